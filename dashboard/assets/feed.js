// Follows the live page's feed (docs/live.md): server-sent events with the parts that changed. While
// they arrive, the page's own clocks sleep; when they stay away, the clocks ask as they used to.
(() => {
  const SILENT_MS = 6000; // without a sign of life: wake the clocks
  const LOST_MS = 10000; // nor any other answer: say so
  const COOKIE_MS = 15000; // events go on without the cookie they began with: ask whether it is there
  const HIDDEN_MS = 60000; // a page that nobody sees is not fed
  const LONGEST_PAUSE_MS = 15000;
  const ASLEEP_MS = 2 ** 31 - 1;
  const CLOCKS = { tick: 1000, "slow-tick": 10000 };

  let wanted = null; // session and query of the page shown
  let source = null;
  let after = ""; // the id of the last event
  let heard = 0;
  let pause = 1000;
  let retry = null;
  let asleep = false;
  let over = false;
  let filled = false; // by events, with the view that is wanted now
  let hiding = null;

  const set = (id, values) => {
    if (document.getElementById("live")) window.dash_clientside.set_props(id, values);
  };

  const setClocks = (sleep) => {
    if (asleep === sleep) return;
    asleep = sleep;
    if (!sleep) filled = false;
    Object.entries(CLOCKS).forEach(([id, ms]) => set(id, { interval: sleep ? ASLEEP_MS : ms }));
  };

  const hear = () => {
    heard = Date.now();
    pause = 1000;
    window.roomtone?.connection?.hear();
    setClocks(true);
  };

  const fill = (event) => {
    if (event.target !== source) return;
    hear();
    after = event.lastEventId || after;
    filled = true;
    const parts = {};
    Object.entries(JSON.parse(event.data)).forEach(([place, value]) => {
      const dot = place.lastIndexOf(".");
      const id = place.slice(0, dot);
      parts[id] = { ...parts[id], [place.slice(dot + 1)]: value };
    });
    Object.entries(parts).forEach(([id, values]) => set(id, values));
  };

  const shut = () => {
    clearTimeout(retry);
    if (source) source.close();
    source = null;
  };

  const signOut = () => { // the clocks ask, are refused, and the page says so
    over = true;
    shut();
    setClocks(false);
  };

  const open = () => {
    shut();
    if (!wanted || over || hiding === "hidden") return;
    const query = new URLSearchParams(wanted.query);
    if (after) query.set("after", after);
    source = new EventSource(`/dashboard/session/${wanted.session}/live?${query}`);
    source.addEventListener("parts", fill);
    source.addEventListener("beat", (event) => { if (event.target === source) hear(); });
    source.addEventListener("gone", () => { over = true; shut(); });
    source.addEventListener("signed-out", signOut);
    source.addEventListener("error", () => {
      shut();
      if (heard < Date.now() - 1000) setClocks(false); // a stream ends in time, and goes on at once
      retry = setTimeout(open, pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  };

  const leave = () => {
    shut();
    wanted = null;
    after = "";
    asleep = false;
    over = false;
    filled = false;
  };

  const follow = (view, session) => {
    const told = Object.entries(view || {}).filter(([, value]) => value);
    const query = new URLSearchParams(told).toString();
    if (!session || (wanted && wanted.session === session && wanted.query === query)) return;
    if (!wanted || wanted.session !== session) leave();
    wanted = { session, query };
    after = "";
    filled = false;
    heard = Date.now();
    shut();
    retry = setTimeout(open, 50); // the view is told once more while the page comes together
  };

  const watch = () => {
    if (!wanted) return;
    if (!document.getElementById("live")) leave();
    else if (!over && hiding !== "hidden" && Date.now() - heard > SILENT_MS) {
      setClocks(false);
      if (Date.now() - heard > LOST_MS) window.roomtone?.connection?.miss(LOST_MS);
    }
  };

  const askCookie = async () => {
    if (!source || over) return;
    const answer = await fetch("/dashboard/signed-in").catch(() => null); // that nothing answers is said by `watch`
    if (answer?.status === 401 && wanted && !over) signOut();
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hiding = setTimeout(() => { hiding = "hidden"; shut(); }, HIDDEN_MS);
      return;
    }
    const wasShut = hiding === "hidden";
    clearTimeout(hiding);
    hiding = null;
    if (wasShut) { heard = Date.now(); open(); }
  });

  // Whoever signs out in one tab has signed out in all.
  const tabs = new BroadcastChannel("roomtone");
  tabs.addEventListener("message", (event) => { if (event.data === "signed-out" && wanted) signOut(); });
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/dashboard/sign-out") tabs.postMessage("signed-out");
  });

  window.addEventListener("pagehide", shut);
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  setInterval(watch, 1000);
  setInterval(askCookie, COOKIE_MS);

  window.roomtone = window.roomtone || {};
  window.roomtone.feed = { hasFilled: () => filled };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.roomtone = { ...window.dash_clientside.roomtone, follow };
})();
