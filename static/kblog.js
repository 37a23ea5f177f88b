/* Everything the site scripts itself, beside htmx. Each block is an enhancement;
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
  announce("");
  busy.set(e.detail.ctx, e.detail.ctx.target);
  e.detail.ctx.target?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:finally:request", e => busy.get(e.detail.ctx)?.removeAttribute("aria-busy"));
for (const name of ["htmx:response:error", "htmx:error"])
  document.addEventListener(name, e => {
    const status = e.detail.ctx?.response?.status ?? 0;
    if (status && status < 500) return;               // 4xx brings its own message with it
    announce(status ? "The server had a problem and nothing was changed. Try again in a moment."
                    : "No connection. What is on this page is still here. Try again when you are back online.", true);
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

// a fragment cannot carry a <title>: the browse section says what the page is called now
document.addEventListener("htmx:after:swap", () => {
  const browse = document.getElementById("browse");
  if (browse) document.title = browse.dataset.title;
});

// share: the device's own sheet where there is one, otherwise the menu with "Copy link"
document.addEventListener("click", async e => {
  const share = e.target.closest(".share > summary");
  if (share && navigator.share) {
    e.preventDefault();
    await navigator.share({ title: document.title, url: location.href.split("#")[0] }).catch(() => {});
  }
  const copy = e.target.closest("[data-copy]");
  if (copy) {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.textContent = "Copied";
      announce("Link copied.");
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
  const show = choice => {
    if (choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    for (const button of theme.querySelectorAll("button"))
      button.setAttribute("aria-pressed", button.dataset.themeChoice === choice);
  };
  theme.hidden = false;
  show(document.documentElement.dataset.theme ?? "system");
  theme.addEventListener("click", e => {
    const choice = e.target.dataset.themeChoice;
    if (!choice) return;
    show(choice);
    try { localStorage.setItem("theme", choice); } catch { /* storage is shut off: good for this page only */ }
  });
}

// a link into a closed spoiler opens it
const openTarget = () => {
  let name = location.hash.slice(1);
  try { name = decodeURIComponent(name); } catch { /* not percent-encoded: taken as it is */ }
  const target = name && document.getElementById(name);
  for (let node = target; node; node = node.parentElement)
    if (node.localName === "details") node.open = true;
};
addEventListener("hashchange", openTarget);
openTarget();
