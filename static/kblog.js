/* Everything the site scripts itself, beside htmx and early.js, on which it stands. Each block is an enhancement;
   without it the same control still works as a link, a form or a <details>. */

// said to screen readers; what went wrong is shown as well
const announce = (text, isTrouble = false) => {
  const line = document.getElementById("announce");
  line.textContent = text;
  line.classList.toggle("vh", !isTrouble);
  if (isTrouble) document.querySelector(".filters:popover-open")?.hidePopover();  // it would lie on top
};

// htmx 4: mark the region that is loading, and say so when the server or the network fails
const busy = new WeakMap();                          // the answer may have named another target by the end
document.addEventListener("htmx:before:request", e => {
  const isAskedFor = e.detail.ctx.sourceElement?.matches?.("a, button, form");  // not sent by itself, while one types
  if (isAskedFor || !document.getElementById("announce").classList.contains("vh")) announce("");
  busy.set(e.detail.ctx, { target: e.detail.ctx.target, pressed: document.activeElement });
  e.detail.ctx.target?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const { target, pressed } = busy.get(ctx) ?? {};
  target?.removeAttribute("aria-busy");
  // a button that is shut off while it waits loses the focus: it gets it back, unless something else took it
  queueMicrotask(() => {
    if (document.activeElement === document.body && ctx.disabledElements?.includes(pressed)) pressed.focus({ preventScroll: true });
  });
});
for (const name of ["htmx:response:error", "htmx:error"])
  document.addEventListener(name, e => {
    const status = e.detail.ctx?.response?.status ?? 0;
    if (status && status < 500) return;               // 4xx brings its own message with it
    const isForm = e.detail.ctx?.sourceElement?.closest?.("form[method=post]");
    announce(status ? say("The server had a problem and nothing was changed. Try again in a moment.")
           : isForm ? say("No connection. What you wrote is still here. Try again when you are back online.")
                    : say("No connection. What is on this page is still here. Try again when you are back online."), true);
  });

// a search while typing is over when it is sent or the field is left: what it sought in vain is noted only then
document.addEventListener("htmx:config:request", e => {
  const { sourceEvent, request } = e.detail.ctx;
  if (sourceEvent?.type === "submit" || sourceEvent?.type === "change" && sourceEvent.target.id === "q")
    request.headers["Search-Ended"] = "1";
});

// the sheet of filters has done its work when its button is pressed
document.addEventListener("submit", e => {
  if (e.target.matches(".filters:popover-open")) e.target.hidePopover();
});

// a form is sent once: a second press while the page waits for the answer would begin a second draft
const SENT_FOR = 3000;                               // ms
const sent = new WeakMap();
document.addEventListener("submit", e => {
  if (e.defaultPrevented || e.target.method !== "post" || e.submitter?.formTarget === "_blank") return;
  if (e.timeStamp - (sent.get(e.target) ?? -SENT_FOR) < SENT_FOR) e.preventDefault();
  else sent.set(e.target, e.timeStamp);
});

// a file that is too large is refused before it is sent: a browser that is cut off while it sends shows no answer
document.addEventListener("change", e => {
  const most = e.target.dataset.mostBytes;
  if (!most) return;
  const trouble = say("That file is larger than {most} MB, the most that is taken in.", { most: Math.floor(most / 1048576) });
  e.target.setCustomValidity([...e.target.files].some(file => file.size > most) ? trouble : "");
  e.target.reportValidity();
});

// a fragment cannot carry a <title>: the section with the results says what the page is called now
document.addEventListener("htmx:after:swap", () => {
  const listed = document.querySelector("[data-title]");
  if (listed) document.title = listed.dataset.title;
});

// share: the device's own sheet where there is one, otherwise the menu with "Copy link"
for (const copy of document.querySelectorAll("[hidden] > [data-copy]")) copy.parentElement.hidden = false;
document.addEventListener("click", async e => {
  const share = e.target.closest(".share > summary");
  if (share && navigator.share) {
    e.preventDefault();
    await navigator.share({ title: document.title, url: document.querySelector("link[rel=canonical]").href })
      .catch(error => { share.parentElement.open = error.name !== "AbortError"; });  // closed by hand, or no sheet after all
  }
  const copy = e.target.closest("[data-copy]");
  if (copy) {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.textContent = say("Copied");
      announce(copy.dataset.copied ?? say("Link copied."));
    } catch {
      copy.textContent = copy.dataset.copy;           // no clipboard over plain http: the address, to copy by hand
    }
  }
  if (!e.target.closest(".share")) document.querySelector(".share[open]")?.removeAttribute("open");
});
document.addEventListener("keydown", e => {
  const share = document.querySelector(".share[open]");
  if (e.key !== "Escape" || !share) return;
  share.removeAttribute("open");
  share.querySelector("summary").focus();
});

// colours: the system's unless the reader chose; the choice stays in this browser
const theme = document.getElementById("theme");
if (theme) {
  const press = choice => {
    for (const button of theme.querySelectorAll("button"))
      button.setAttribute("aria-pressed", button.dataset.themeChoice === choice);
  };
  press(document.documentElement.dataset.theme ?? "system");
  theme.addEventListener("click", e => {
    const choice = e.target.dataset.themeChoice;
    if (!choice) return;
    useColours(choice);
    press(choice);
    keep("localStorage", "theme", choice);
  });
}

// where the reader watches from: chosen under "Watching from", kept in this browser alone
document.addEventListener("change", e => {
  if (e.target.matches("#filters [name=region]") && e.target.value) keep("localStorage", "region", e.target.value);
});
document.addEventListener("click", e => {
  const place = e.target.closest(".own-region button")?.parentElement;
  if (!place) return;
  keep("localStorage", "region", "");
  place.hidden = true;
  announce(say("Forgotten."));
  document.getElementById("count").focus();
});
document.addEventListener("htmx:after:swap", useRegion);

// spoilers: how much the reader has seen stays in this browser
const seen = document.getElementById("seen");
seen?.addEventListener("change", e => {
  const { value } = e.target;
  keep("localStorage", "spoilers", value === "always" ? value : "");
  if (value !== "always") keep("localStorage", `seen ${seen.closest("[data-review]").dataset.review}`, value);
  const opened = openSafe();
  announce(opened === 1 ? say("Open on this page: 1 spoiler.") : opened ? say("Open on this page: {number} spoilers.", { number: opened })
           : say("No spoiler is opened for you."));
});
for (const name of ["pageshow", "storage"]) addEventListener(name, openSafe);  // another window may have chosen
document.addEventListener("htmx:after:swap", openSafe);

// comments: what is not posted yet outlives a reload and a lost connection, in this tab alone
const draftOf = form => `draft ${form.getAttribute("action")} ${form.elements.parent?.value ?? ""}`;
const restoreDrafts = () => {
  for (const form of document.querySelectorAll(".comment-form:not([data-restored])")) {
    const typed = new URLSearchParams(kept("sessionStorage", draftOf(form)));
    for (const name of ["name", "website", "email", "body", "spoils"])
      if (typed.get(name) && form.elements[name]) form.elements[name].value = typed.get(name);
    form.dataset.restored = "";
  }
};
document.addEventListener("input", e => {
  const { form } = e.target;
  if (form?.matches(".comment-form"))
    keep("sessionStorage", draftOf(form), form.elements.body.value && `${new URLSearchParams(new FormData(form))}`);
});

// a form that was put away with a text in it: the link that opens it says so
const wordsOf = link => [...link.childNodes].find(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
const draftNames = () => {
  try { return Object.keys(sessionStorage).filter(name => name.startsWith("draft ")); } catch { return []; }
};
const nameBegun = () => {
  for (const link of document.querySelectorAll("[data-plain]")) {
    wordsOf(link).data = link.dataset.plain;
    delete link.dataset.plain;
  }
  for (const name of draftNames()) {
    const [, address, parent] = name.split(" ");
    const link = document.querySelector('[hx-get="' + address + "/new" + (parent && "?parent=" + parent) + '"]');
    if (!link || link.parentElement.querySelector(":scope > .reply-slot > form")) continue;
    const words = wordsOf(link);
    link.dataset.plain = words.data;
    words.data = say("Go on writing");
  }
};

// where this browser posted, so that its own comments are asked for there, and nowhere else
const postedAt = () => kept("localStorage", "posted").split(" ").filter(Boolean);
const posted = draft => {
  keep("sessionStorage", draft, "");
  const address = draft.split(" ")[1];
  if (address.startsWith("/reviews/"))
    keep("localStorage", "posted", [...postedAt().filter(each => each !== address), address].slice(-200).join(" "));
};
const showOwn = () => {
  const place = document.getElementById("own-comments");
  if (place && window.htmx && postedAt().includes(place.dataset.address))
    htmx.ajax("GET", `${place.dataset.address}/new`, { target: place, select: "#own-comments", swap: "outerHTML ignoreTitle:true" });
};
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (!ctx.sourceElement.matches?.(".comment-form") || ctx.response.status > 202) return;
  posted(draftOf(ctx.sourceElement));
  keep("sessionStorage", "older", location.pathname + location.search);
  ctx.hasPosted = !ctx.sourceElement.closest(".own-comment");
});

// Back shows a page as it was kept, which is how it was before somebody posted on it
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward"
    && kept("sessionStorage", "older") === location.pathname + location.search) {
  keep("sessionStorage", "older", "");
  location.reload();
}
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  restoreDrafts();
  nameBegun();
  for (const row of document.querySelectorAll("#posted > li"))
    if (document.getElementById(row.id) !== row) row.remove();  // its page of the thread has come
  if (ctx.hasPosted) showOwn();
});

// without htmx on the page the next page tells whether the comment was taken in
document.addEventListener("submit", e => {
  if (e.target.matches(".comment-form") && !window.htmx && !e.submitter?.hasAttribute("formaction"))
    keep("sessionStorage", "sent", draftOf(e.target));
});
const sentBefore = kept("sessionStorage", "sent");
keep("sessionStorage", "sent", "");
if (sentBefore && (/^#comment-\d+$/.test(location.hash) || new URLSearchParams(location.search).has("held")))
  posted(sentBefore);
document.addEventListener("DOMContentLoaded", showOwn);  // htmx is there by then
restoreDrafts();
nameBegun();

// Cancel puts a form in the thread away with what is in it, and the focus back to where it came from
document.addEventListener("click", e => {
  const form = e.target.closest(".cancel")?.closest(".comment-form");
  const slot = form?.closest(".reply-slot, .own-comment");
  if (!slot || !window.htmx) return;
  e.preventDefault();
  if (slot.matches(".own-comment")) {                  // its text is there, as it was posted
    keep("sessionStorage", draftOf(form), "");
    return showOwn();
  }
  slot.replaceChildren();
  nameBegun();
  slot.parentElement.querySelector(":scope > [hx-get]").focus();
});

// a link into a closed spoiler opens it; one to a comment on a later page of its thread leads there
const findComment = async name => {
  const [, number] = name.match(/^(?:comment-|(?=c\d))(c?\d+)$/) ?? [];
  if (!number || !document.getElementById("thread") || kept("sessionStorage", "sought") === name) return;
  keep("sessionStorage", "sought", name);             // once: a thread that changes meanwhile is no merry-go-round
  const found = await fetch(`/comments/${number}/`, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (found?.type === "opaqueredirect") location.replace(`/comments/${number}/`);
};
const openTarget = () => {
  let name = location.hash.slice(1);
  try { name = decodeURIComponent(name); } catch { /* not percent-encoded: taken as it is */ }
  const target = name && document.getElementById(name);
  if (name && !target) findComment(name);
  for (let node = target; node; node = node.parentElement)
    if (node.localName === "details") node.open = true;
};
addEventListener("hashchange", openTarget);
openTarget();
