/* The toolbar of the editors and its keys: they mark what is selected in the text that has the focus, or had it last. */

const tools = () => document.getElementById("toolbar");
const texts = () => [...document.querySelectorAll("textarea[data-marked]")];
let last = "";                                       // the id of that text: its form may be drawn anew
const current = () => document.getElementById(last) ?? texts()[0];

// a syllable that is being composed is put down first, and no key does anything meanwhile (keys.js)
let isComposing = false;
document.addEventListener("compositionstart", () => { isComposing = true; });
document.addEventListener("compositionend", () => { isComposing = false; });

const mark = (name, field) => {
  if (isComposing) field.blur();
  field.focus();
  const context = { signs: tools().dataset.heading, whole: texts().map(each => each.value).join("\n") };
  const { start, end, text, from, to } = MARKS[name](field.value, field.selectionStart, field.selectionEnd, context);
  replace(field, start, end, text);
  field.setSelectionRange(from, to);
};
for (const name of Object.keys(MARKS))
  acts[name] = () => {
    const field = document.activeElement;
    return field.matches("textarea[data-marked]") && mark(name, field);
  };

document.addEventListener("focusin", e => {
  if (e.target.matches("textarea[data-marked]")) last = e.target.id;
});
document.addEventListener("pointerdown", e => {
  if (e.target.closest("#toolbar button")) e.preventDefault();  // the text keeps the focus, and what is selected
});
document.addEventListener("click", e => {
  const { mark: name } = e.target.closest("#toolbar [data-mark]")?.dataset ?? {};
  if (name in MARKS && current()) mark(name, current());
});

// one stop for the Tab key; arrows walk, and Esc leads back into the text
acts.tools = () => tools().querySelector("button:not([tabindex='-1'])").focus();
document.addEventListener("keydown", e => {
  const button = e.target.closest("#toolbar button");
  if (!button || e.ctrlKey || e.metaKey || e.altKey) return;
  const all = [...tools().querySelectorAll("button")], at = all.indexOf(button);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[e.key];
  if (e.key === "Escape") current()?.focus();
  if (next === undefined) return;
  e.preventDefault();
  const there = all.at(next % all.length);
  for (const each of all) each.tabIndex = each === there ? 0 : -1;
  there.focus();
});

// it sticks below the bar with the buttons to save, which is as high as its words make it
const measure = new ResizeObserver(([{ target }]) => document.documentElement.style.setProperty("--save-bar", `${target.offsetHeight}px`));
const show = () => {
  if (!tools()?.hidden) return;
  tools().hidden = false;
  if (isMac) for (const button of tools().querySelectorAll("button")) button.title = button.title.replace("Ctrl+", "⌘");
  measure.disconnect();
  measure.observe(document.querySelector(".save-bar"));
};
document.addEventListener("htmx:after:swap", show);
show();
