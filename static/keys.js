/* Keys: the list in the page's help says which key does what, to the author and to this script. Loaded for the author
   only; without it every button still works. */

const acts = {};                                     // what is done, by the name that the list has for it
const help = document.getElementById("keys");
const bound = new Map([...help.querySelectorAll("[data-does]")].map(each => [each.dataset.press, each.dataset.does]));
const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

// "Mod" is Ctrl, on a Mac ⌘; a Korean layout says ㅠ for the key B, which is still that key
const pressed = e => {
  const [mod, other] = isMac ? [e.metaKey, e.ctrlKey] : [e.ctrlKey, e.metaKey];
  const sign = /^[!-~]$/.test(e.key) ? e.key : /^Key(.)$/.exec(e.code)?.[1] ?? e.key;
  const also = [mod && "Mod", other && "Other", e.altKey && "Alt", (mod || e.altKey) && e.shiftKey && "Shift"];
  return [...also.filter(Boolean), sign.length === 1 ? sign.toUpperCase() : sign].join("+");
};
const isTyping = place => place.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

// keys that are pressed alone can be switched off, in this browser (WCAG 2.1.4)
const useKeys = document.getElementById("use-keys");
useKeys.checked = kept("localStorage", "single-keys") !== "off";
useKeys.addEventListener("change", () => keep("localStorage", "single-keys", useKeys.checked ? "" : "off"));

// what does not apply where the focus is answers false, and the browser does what it does with that key
document.addEventListener("keydown", e => {
  if (e.isComposing || e.keyCode === 229 || e.defaultPrevented || help.open) return;
  const keys = pressed(e), act = acts[bound.get(keys)];
  if (!act || (!/^(Mod|Alt)\+/.test(keys) && (isTyping(e.target) || !useKeys.checked))) return;
  if (e.repeat || act() !== false) e.preventDefault();
});

// the help: Esc closes it, and the focus goes back to where it was
acts.help = () => help.showModal();
for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", acts.help);
}
help.addEventListener("click", e => {
  if (e.target.closest("[data-close]") || e.target === help) help.close();
});
if (isMac) for (const key of help.querySelectorAll("kbd")) if (key.textContent === "Ctrl") key.textContent = "⌘";
