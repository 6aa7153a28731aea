// Small things that all parts of the page use. Text is only ever set as text.

export const $ = (id) => document.getElementById(id);

/** An element with attributes (`onclick` and the like are listeners) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Sets text, and leaves it alone if it is the same: focus and screen readers stay where they are. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Says something once, also to screen readers. */
export const announce = (text) => say($("status"), text);

/** Asks yes or no. */
export function confirmed(text) {
  const dialog = $("confirm");
  say($("confirm-text"), text);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** Seconds for people: `2 min`. */
export function span(seconds) {
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** How long ago or ahead an instant is. */
export function when(instant) {
  const seconds = Math.round((Date.now() - Date.parse(instant)) / 1000);
  return seconds >= 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

/** A `time` that says how long ago, and exactly when. */
export function time(instant) {
  return el("time", { datetime: instant, title: instant }, when(instant));
}

/** A cell of a table that becomes a block on a phone. */
export function cell(label, ...content) {
  return el("td", { "data-label": label }, ...content);
}
