// What only the browser knows: the viewer's time zone, told to the dashboard in a cookie, and the
// colour scheme chosen earlier, set before anything is painted; and the words of all scripts.
(() => {
  const words = document.getElementById("words");
  window.roomtone = { words: words ? JSON.parse(words.textContent) : {} };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  document.cookie = `roomtone_zone=${encodeURIComponent(zone)}; path=/dashboard; SameSite=Strict`;
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value") || "auto";
  } catch {
    // storage is switched off: follow the system
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
})();
