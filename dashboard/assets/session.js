// A session's title and course, and the courses there are for every field that asks for one.
(() => {
  const { say, session, call, refresh, note, complain } = window.roomtone;
  const AGAIN_MS = 10_000;
  const dialog = document.getElementById("session-dialog");
  const form = document.getElementById("session-dialog-form");
  const title = document.getElementById("session-title");
  const course = document.getElementById("session-course");
  const known = document.getElementById("courses");

  let asked = -AGAIN_MS;
  const fill = async () => {
    if (performance.now() - asked < AGAIN_MS) return;
    asked = performance.now();
    const answer = await call("GET", "/dashboard/courses");
    if (!answer.ok) return; // the field works without
    known.replaceChildren(...answer.told.map((each) => new Option(each.course, each.course)));
  };
  document.addEventListener("focusin", (event) => { if (event.target.getAttribute?.("list") === known.id) fill(); });

  dialog.addEventListener("opens", ({ detail }) => {
    title.value = detail.title || "";
    course.value = detail.course || "";
    fill();
  });

  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!title.value.trim()) {
      complain(dialog, say("session_no_title"));
      title.focus();
      return;
    }
    const body = { title: title.value.trim(), course: course.value.trim() || null };
    const answer = await call("PATCH", `/dashboard/session/${session()}`, { body });
    if (!answer.ok) {
      complain(dialog, answer.detail);
      return;
    }
    dialog.close();
    refresh();
    note(say("session_saved"));
  });
})();
