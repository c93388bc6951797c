// What this browser remembers of uploads: under a file's size and age which recording it is, so that
// choosing it again goes on; in this tab alone the keys to frames. Never a file's name.
(() => {
  const UPLOADS = "roomtone-uploads", KEYS = "roomtone-view-keys", KEEP_MS = 30 * 86_400_000;

  const read = (place, name) => {
    try {
      return JSON.parse(place().getItem(name)) || {};
    } catch {
      return {};
    }
  };
  const keep = (place, name, what) => {
    try {
      place().setItem(name, JSON.stringify(what));
    } catch {
      // storage is switched off: it lasts as long as the page
    }
  };
  const [browser, tab] = [() => localStorage, () => sessionStorage];

  const keys = read(tab, KEYS); // video id -> view key
  const keyOf = (id) => keys[id];
  const keepKey = (id, key) => { if (key) { keys[id] = key; keep(tab, KEYS, keys); } };
  const dropKey = (id) => { delete keys[id]; keep(tab, KEYS, keys); };

  const uploads = () => Object.entries(read(browser, UPLOADS)).filter(([, each]) => Date.now() - each.at < KEEP_MS);
  const markOf = (file) => `${file.size}-${file.lastModified}`;
  const uploadOf = (file) => Object.fromEntries(uploads())[markOf(file)];
  const learn = (file, told) => keep(browser, UPLOADS, { ...Object.fromEntries(uploads()), [markOf(file)]: { ...told, at: Date.now() } });
  const forget = (id) => {
    const [all, others] = [uploads(), uploads().filter(([, each]) => each.video !== id)];
    if (others.length < all.length) keep(browser, UPLOADS, Object.fromEntries(others));
  };

  window.roomtone.memory = { keyOf, keepKey, dropKey, visits: () => Object.entries(keys), uploadOf, learn, forget };
})();
