// Timers of a worker keep their pace while the tab is in the background; the page's own do not.
onmessage = ({ data: { id, ms } }) => setTimeout(() => postMessage(id), ms);
