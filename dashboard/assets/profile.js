// The engagement profile: its dialog is filled from what the page was last told of it.
(() => {
  const { say, call, refresh, note, complain } = window.roomtone;
  const dialog = document.getElementById("profile-dialog");
  const title = document.getElementById("profile-title");
  const screen = document.getElementById("profile-screen");
  const weights = [...dialog.querySelectorAll("[data-weight]")];

  const decimal = new Intl.NumberFormat(window.roomtone.words.language, { maximumFractionDigits: 2 });
  const tell = (value) => decimal.format(value).replace("-", "−");

  const showFormula = () => {
    const s = Number(screen.value);
    document.getElementById("profile-screen-told").textContent = tell(s);
    const terms = weights
      .map((field) => [Number(field.value), field.closest("label").textContent.trim()])
      .filter(([weight]) => weight)
      .map(([weight, name]) => `${weight < 0 ? "−" : "+"} ${tell(Math.abs(weight))} × ${name}`)
      .join(" ");
    const lines = [say("formula", { screen: tell(s), rest: tell(1 - s) }), say("balance", { terms })];
    document.getElementById("profile-formula").replaceChildren(
      ...lines.map((words) => Object.assign(document.createElement("p"), { textContent: words })),
    );
  };

  dialog.addEventListener("opens", () => {
    const told = document.querySelector("#profile-now [data-profile]");
    if (!told) return;
    const profile = JSON.parse(told.dataset.profile);
    title.value = profile.title;
    screen.value = profile.screen_weight;
    weights.forEach((field) => { field.value = profile.emotion_weights[field.dataset.weight] || 0; });
    document.getElementById("profile-version").textContent = say(profile.ours ? "version_ours" : "version", profile);
    document.getElementById("profile-shipped").hidden = profile.ours;
    showFormula();
  });
  dialog.addEventListener("input", showFormula);

  const change = async (method, body) => {
    const answer = await call(method, "engagement-profile", { body });
    if (!answer.ok) {
      complain(dialog, answer.detail);
      return;
    }
    dialog.close();
    refresh();
    if (answer.told) note(say("profile_saved", answer.told));
  };

  document.getElementById("profile-dialog-form").addEventListener("submit", (event) => {
    event.preventDefault();
    change("PUT", {
      title: title.value,
      screen_weight: Number(screen.value),
      emotion_weights: Object.fromEntries(weights.map((field) => [field.dataset.weight, Number(field.value)])),
    });
  });
  document.getElementById("profile-shipped").addEventListener("click", () => change("DELETE"));
})();
