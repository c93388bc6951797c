// Keeps the screen on while pictures are sent, where the browser can.

let held = null;
let wanted = false;

async function ask() {
  if (!wanted || held || document.visibilityState !== "visible" || !navigator.wakeLock) return;
  try {
    held = await navigator.wakeLock.request("screen");
    held.addEventListener("release", () => { held = null; });
    if (!wanted) held.release();
  } catch { /* low battery, or not allowed: the screen may go dark */ }
}

export function keepAwake(wish) {
  wanted = wish;
  if (wish) ask();
  else held?.release();
}

document.addEventListener("visibilitychange", ask);
