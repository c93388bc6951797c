// A clock in a worker: a page in the background is given its own timers once a minute only.
let timer = null;
onmessage = ({ data }) => {
  clearInterval(timer);
  if (data) timer = setInterval(() => postMessage(null), data);
};
