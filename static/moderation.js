/* The queues of the studio, comments and availability: many at once, and keys. Loaded for the author only; without it every button still works. */

// J and K walk through the queue; the other keys press the button of the line that has the focus
const queue = () => [...document.querySelectorAll(".queue > li")];
const current = () => document.activeElement?.closest(".queue > li");
const walk = step => {
  const all = queue(), here = all.indexOf(current());
  const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};
const own = key => current()?.querySelector(`[data-key=${key}]`);

// Z takes back what has the focus, else the last decision made here, else what the page says was done
const decided = [];
document.addEventListener("click", e => {
  const row = e.target.closest(".queue > li");
  if (row && e.target.closest("button[hx-post]:not([data-key=z])")) decided.push(row.id);
});
const undo = () => {
  const rows = decided.map(id => document.getElementById(id)).filter(row => row?.matches(".decided"));
  (own("z") ?? rows.at(-1)?.querySelector("[data-key=z]") ?? document.querySelector(".flash [data-key=z]"))?.click();
};
const press = key => () => own(key)?.click();
const keys = { j: () => walk(1), k: () => walk(-1), a: press("a"), s: press("s"), c: press("c"), u: press("u"), z: undo };

// they can be switched off, in this browser alone (WCAG 2.1.4)
const useKeys = document.getElementById("use-keys");
document.getElementById("key-help").hidden = false;
useKeys.checked = kept("localStorage", "moderation-keys") !== "off";
useKeys.addEventListener("change", () => keep("localStorage", "moderation-keys", useKeys.checked ? "" : "off"));
document.addEventListener("keydown", e => {
  const isTyping = e.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (isTyping || e.repeat || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || !useKeys.checked) return;
  const act = Object.hasOwn(keys, e.key.toLowerCase()) && keys[e.key.toLowerCase()];
  if (!act) return;
  e.preventDefault();
  act();
});

// how many are ticked, and all of them by one tick
const all = document.querySelector("[data-check-all]");
const count = () => {
  if (!all) return;
  const boxes = [...document.querySelectorAll(".queue [type=checkbox]")], ticked = boxes.filter(each => each.checked).length;
  document.getElementById("queue-status").textContent = ticked ? `${ticked} selected` : "";
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
};
if (all) all.closest("label").hidden = false;
document.addEventListener("change", e => {
  if (e.target === all) for (const each of document.querySelectorAll(".queue [type=checkbox]")) each.checked = all.checked;
  count();
});
document.addEventListener("htmx:after:swap", count);
