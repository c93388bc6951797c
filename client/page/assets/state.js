// The one word for where the page stands, from the facts. Pure.

/** Return the state that `document.body.dataset.state` tells. */
export function stateOf({ phase, paused, wantsCamera, camera, link, why }) {
  if (phase === "left" && why === undefined) return "leaving"; // the server does not know it yet
  if (phase !== "in") return phase;
  if (paused) return "paused";
  if (link !== "ok") return link;
  if (!wantsCamera) return "reporting";
  return { on: "sending", gone: "no-camera" }[camera] ?? "starting";
}
