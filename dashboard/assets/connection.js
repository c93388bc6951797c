// Says on the page when the dashboard itself can't be reached or no longer knows the teacher.
// (That the dashboard can't reach the server behind it, it says itself.)
(() => {
  const send = window.fetch;
  let lastData = null;

  const say = (text) => {
    // The lamp beside “Live” goes out with the connection (roomtone.css).
    document.body.classList.toggle("is-cut-off", Boolean(text));
    let line = document.getElementById("connection");
    if (!line && !text) return;
    if (!line) {
      line = document.createElement("div");
      line.id = "connection";
      line.className = "notice";
      line.setAttribute("role", "status");
      const page = document.getElementById("page");
      page.parentNode.insertBefore(line, page);
    }
    line.hidden = !text;
    if (line.textContent !== text) line.textContent = text;
  };

  const words = window.roomtone.words;
  const unreachable = () => (lastData
    ? words.unreachable_since.replace("{time}", lastData.toLocaleTimeString(words.language, { hour12: false }))
    : words.unreachable);

  const judge = (status) => {
    if (status === 401) say(words.signed_out);
    else if (status === 0 || status >= 500) say(unreachable());
    else {
      lastData = new Date();
      say("");
    }
  };

  // The live page's feed (feed.js) tells what it hears, and when it hears nothing for long; then it
  // is said unless other answers came.
  window.roomtone = window.roomtone || {};
  window.roomtone.connection = {
    hear: () => judge(200),
    miss: (ms) => { if (!lastData || Date.now() - lastData > ms) judge(0); },
  };

  // To Dash a question without an answer is one that changes nothing (204). Told of a failure, it
  // would never start the clock again that rests while a question is under way.
  const nothing = () => new Response(null, { status: 204 });

  // A clock's answer that was drawn before what the feed has brought meanwhile would take it back.
  const isOvertaken = (request) =>
    window.roomtone.feed?.hasFilled() && /"output":"[^"]*shown\.data/.test(request?.body);

  window.fetch = async (...given) => {
    const address = String(given[0] && given[0].url ? given[0].url : given[0]);
    if (!address.includes("_dash-update-component")) return send(...given);
    try {
      const answer = await send(...given);
      judge(answer.status);
      if (isOvertaken(given[1])) return nothing();
      return answer.ok ? answer : nothing();
    } catch {
      judge(0);
      return nothing();
    }
  };
})();
