/* The queues of the studio, comments and availability: many at once, and what their keys (keys.js) do.
   Loaded for the author only; without it every button still works. */

// J and K walk through the queue; the other keys press the button of the line that has the focus
const queue = () => [...document.querySelectorAll(".queue > li")];
const current = () => document.activeElement?.closest(".queue > li");
const walk = step => {
  const all = queue(), here = all.indexOf(current());
  const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};
const own = name => current()?.querySelector(`[data-key=${name}]`);

// Z takes back what has the focus, else the last decision made here, else what the page says was done
const decided = [];
document.addEventListener("click", e => {
  const row = e.target.closest(".queue > li");
  if (row && e.target.closest("button[hx-post]:not([data-key=undo])")) decided.push(row.id);
});
const undo = () => {
  const rows = decided.map(id => document.getElementById(id)).filter(row => row?.matches(".decided"));
  (own("undo") ?? rows.at(-1)?.querySelector("[data-key=undo]") ?? document.querySelector(".flash [data-key=undo]"))?.click();
};
Object.assign(acts, { next: () => walk(1), previous: () => walk(-1), undo });
for (const name of bound.values()) acts[name] ??= () => own(name)?.click();

// how many are ticked, and all of them by one tick
const all = document.querySelector("[data-check-all]");
const count = () => {
  if (!all) return;
  const boxes = [...document.querySelectorAll(".queue [type=checkbox]")], ticked = boxes.filter(each => each.checked).length;
  document.getElementById("queue-status").textContent = ticked ? say("{number} selected", { number: ticked }) : "";
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
};
if (all) all.closest("label").hidden = false;
document.addEventListener("change", e => {
  if (e.target === all) for (const each of document.querySelectorAll(".queue [type=checkbox]")) each.checked = all.checked;
  count();
});
document.addEventListener("htmx:after:swap", count);
