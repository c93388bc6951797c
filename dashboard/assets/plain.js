// Makes the elements that the server tells as JSON (`dashboard/plain.py`), without a component of
// Dash for each. What is there already stays, and with it the focus and what is chosen.
(() => {
  const build = (told) => {
    if (typeof told === "string") return document.createTextNode(told);
    const [tag, attributes, ...children] = told;
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children.map(build));
    return made;
  };

  const isAlike = (one, other) => one.nodeType === Node.ELEMENT_NODE && one.nodeName === other.nodeName;

  const change = (old, fresh) => {
    if (!isAlike(old, fresh)) { old.replaceWith(fresh); return; }
    [...old.attributes].forEach(({ name }) => { if (!fresh.hasAttribute(name)) old.removeAttribute(name); });
    [...fresh.attributes].forEach(({ name, value }) => { if (old.getAttribute(name) !== value) old.setAttribute(name, value); });
    replace(old, [...fresh.childNodes]);
  };

  // Whatever is the same at the beginning and at the end stays; between them is what is new.
  const replace = (place, fresh) => {
    const old = [...place.childNodes];
    const least = Math.min(old.length, fresh.length);
    let first = 0, last = 0;
    while (first < least && old[first].isEqualNode(fresh[first])) first += 1;
    while (last < least - first && old.at(-1 - last).isEqualNode(fresh.at(-1 - last))) last += 1;
    exchange(place, old.slice(first, old.length - last), fresh.slice(first, fresh.length - last), old[old.length - last] || null);
  };

  const keyOf = (node) => node.dataset?.key;

  // Rows that tell their key stay by it; others by their place, where there are as many as before.
  const exchange = (place, gone, come, next) => {
    if (gone.length === come.length && !gone.some(keyOf)) {
      gone.forEach((each, at) => change(each, come[at]));
      return;
    }
    const wanted = new Set(come.map(keyOf).filter(Boolean));
    const kept = new Map();
    gone.forEach((each) => {
      if (wanted.has(keyOf(each))) kept.set(keyOf(each), each);
      else each.remove();
    });
    let before = kept.values().next().value || next;
    come.forEach((each) => {
      const row = kept.get(keyOf(each));
      if (row && row === before) before = row.nextSibling; // whatever is moved loses the focus
      else place.insertBefore(row || each, before);
      if (row) change(row, each);
    });
  };

  const fill = (place, told) => replace(place, told.map(build));

  const drawn = new WeakSet();
  const draw = (place) => {
    drawn.add(place);
    fill(place, JSON.parse(place.dataset.plain));
  };

  new MutationObserver((changes) => {
    changes.forEach(({ type, target }) => { if (type === "attributes" && target.dataset.plain) draw(target); });
    document.querySelectorAll("[data-plain]").forEach((place) => { if (!drawn.has(place)) draw(place); });
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-plain"] });

  window.roomtone.fill = fill;
})();
