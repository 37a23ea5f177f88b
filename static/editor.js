/* The editor: keeps what is typed, on the server and in this browser, until it is saved. Loaded for the author only;
   without it every button of the form still does its work. */

const AUTOSAVE_AFTER = 2000;   // ms of rest after the last key
const AUTOSAVE_WITHIN = 4000;  // ms of typing without a rest: at most five seconds may be lost
const MIRROR_AFTER = 500;

const form = () => document.querySelector("form[data-editor]");
const key = () => `draft:${form().dataset.text}`;
const fields = () => [...new FormData(form())].filter(([name]) => name !== "csrf_token");
const field = name => fields().find(([known]) => known === name)?.[1] ?? "";

const store = {
  read() { try { return JSON.parse(localStorage.getItem(key())); } catch { return null; } },
  write(value) { try { localStorage.setItem(key(), JSON.stringify(value)); } catch { /* shut off, or full: the server keeps it too */ } },
  clear() { try { localStorage.removeItem(key()); } catch { /* nothing was kept */ } },
};

let firstUnsaved = 0, autosaveTimer = 0, mirrorTimer = 0;

const mirror = () => store.write({ tab: field("tab"), at: Date.now(), fields: fields() });
const autosave = () => {
  firstUnsaved = 0;
  clearTimeout(autosaveTimer);
  document.getElementById("autosave")?.dispatchEvent(new Event("autosave"));
};

// every key is kept in this browser within half a second, and on the server when the hand rests
document.addEventListener("input", e => {
  if (!e.target.form?.matches("form[data-editor]")) return;
  const now = Date.now();
  firstUnsaved ||= now;
  clearTimeout(mirrorTimer);
  mirrorTimer = setTimeout(mirror, MIRROR_AFTER);
  clearTimeout(autosaveTimer);
  autosaveTimer = setTimeout(autosave, Math.max(0, Math.min(AUTOSAVE_AFTER, firstUnsaved + AUTOSAVE_WITHIN - now)));
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !firstUnsaved || !form()) return;
  mirror();
  autosave();
});

// the address names this tab once it holds something of its own: a reload goes on with it
document.addEventListener("htmx:after:swap", e => {
  if (!form()) return;
  const status = e.detail.ctx?.response?.status ?? 0;
  const asked = new URL(e.detail.ctx?.request?.action ?? location.href, location.href).pathname;
  if (asked.endsWith("/autosave") && status === 200) history.replaceState(null, "", `?tab=${encodeURIComponent(field("tab"))}`);
  if (asked === form().getAttribute("action") && status === 200) saved();
});

const saved = () => {
  clearTimeout(autosaveTimer);
  clearTimeout(mirrorTimer);
  firstUnsaved = 0;
  store.clear();
  history.replaceState(null, "", location.pathname);
  for (const tick of document.querySelectorAll("input[name^=add_]:checked")) tick.closest("label").remove();
};

acts.save = () => document.getElementById("save").click();

// a stretch of a text is written anew as if it had been typed: Ctrl+Z takes it back, and all that listens hears of it
const replace = (place, start, end, words) => {
  place.focus();
  place.setSelectionRange(start, end);
  if (start === end && !words) return;
  if (document.execCommand(words ? "insertText" : "delete", false, words)) return;
  place.setRangeText(words, start, end, "end");      // not every browser has it here
  place.dispatchEvent(new Event("input", { bubbles: true }));
};

// what this browser kept and the server never got is offered, never put back unasked
const offerKept = () => {
  if (!form()) return;
  const kept = store.read();
  if (form().dataset.kept && kept?.tab === form().dataset.kept) store.clear();
  const known = store.read();
  if (!known || same(known.fields, fields())) return;
  const note = document.getElementById("in-browser");
  note.hidden = false;
  document.getElementById("put-back").addEventListener("click", () => putBack(known.fields));
  document.getElementById("let-go").addEventListener("click", () => {
    store.clear();
    note.hidden = true;
    document.getElementById("title").focus();
  });
};
const text = pairs => JSON.stringify(pairs.filter(([name, value]) => !["version", "tab"].includes(name) && value !== "")
  .map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]).sort());
const same = (one, other) => text(one) === text(other);

// rows that this page lacks are asked of the server: it keeps the text and opens it in this tab
const putBack = pairs => {
  const carrier = document.createElement("form");
  carrier.method = "post";
  carrier.action = document.getElementById("autosave").getAttribute("hx-post");
  const token = form().querySelector("[name=csrf_token]").value;
  for (const [name, value] of [["csrf_token", token], ...pairs]) {
    const carried = document.createElement("textarea");
    carried.name = name;
    carried.value = value;
    carrier.append(carried);
  }
  carrier.hidden = true;
  document.body.append(carrier);
  carrier.submit();
};

// "Go there" also selects the words it is about, where the field still has them
document.addEventListener("click", e => {
  const link = e.target.closest("a[data-quote][href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place?.matches("textarea, input:not([type=hidden], [type=date])")) return;
  e.preventDefault();
  showWords(place, link.dataset.quote);
});
const showWords = (place, quote) => {
  for (let node = place; node; node = node.parentElement) if (node.localName === "details") node.open = true;
  const start = Math.max(0, place.value.indexOf(quote));
  const end = start + (place.value.includes(quote) ? quote.length : 0);
  const height = heightOf(place, place.value.slice(0, end));
  place.focus({ preventScroll: true });
  place.setSelectionRange(start, end);
  place.scrollTop = height - place.clientHeight / 2;
  const above = Math.min(height - place.scrollTop, place.clientHeight);
  scrollTo({ top: scrollY + place.getBoundingClientRect().top + above - innerHeight / 2 });
};
const heightOf = (place, text) => {                   // of some of its text: a copy is measured, the field keeps its undo
  const copy = place.cloneNode();
  copy.removeAttribute("name");
  copy.removeAttribute("id");
  copy.value = text;
  copy.rows = 1;
  place.after(copy);
  const height = copy.scrollHeight;
  copy.remove();
  return height;
};

// a paragraph that was marked as a spoiler is typed text like any other: kept, and drawn; its button goes, so it has the focus
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const asked = new URL(ctx?.request?.action ?? location.href, location.href).pathname;
  if (!form() || !asked.endsWith("/spoiler") || ctx?.response?.status !== 200) return;
  announce(say("Marked as a spoiler."));
  const place = document.querySelector(`#${ctx.target.id} textarea`);
  showWords(place, ctx.sourceElement.closest("li").querySelector("[data-quote]").dataset.quote);
  place.dispatchEvent(new Event("input", { bubbles: true }));
});

// whoever signs out leaves no drafts behind in the browser
document.addEventListener("submit", e => {
  if (!e.target.getAttribute("action")?.endsWith("/studio/logout")) return;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("draft:")) localStorage.removeItem(name);
  } catch { /* nothing was kept */ }
});

// one button copies every hashtag
for (const button of document.querySelectorAll("[data-copy-from]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copyFrom).value);
    button.textContent = say("Copied");
    announce(say("Hashtags copied."));
  });
}

offerKept();
