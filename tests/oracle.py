"""What watches a page for anything that a stranger's words made of it: scripts that ran, and nodes nobody allowed."""

from playwright.sync_api import Page

# Set up before any script of the page: what a payload calls is written down and does nothing.
RECORDER = """
(() => {
  const calls = [];
  const record = name => (...given) => { calls.push(`${name}(${String(given[0]).slice(0, 80)})`); };
  const fix = (object, name, value) => Object.defineProperty(object, name, { value });  // for good
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) fix(window, name, record(name));
  fix(navigator, "sendBeacon", record("sendBeacon"));
  const ours = url => new URL(url, location.href).origin === location.origin;
  const fetch = window.fetch;
  fix(window, "fetch", (url, ...more) => ours(url) ? fetch(url, ...more) : record("fetch")(url));
  fix(window, "XMLHttpRequest", class { constructor() { record("XMLHttpRequest")(""); } });
  fix(window, "calls", () => [...calls]);
  addEventListener("securitypolicyviolation", e => calls.push(`policy: ${e.violatedDirective} ${e.blockedURI}`));
})();
"""

# Walks over everything strangers wrote, and over the page around it; wakes every handler there might be.
WALK = r"""
() => {
  const found = [];
  const sized = /^\/media\/[0-9a-f]{64}\.(jpg|png|webp) \d+w$/;  // what the author's pictures are chosen from
  const isSized = (node, name, value) => name === "srcset" && node.closest(".prose picture, .prose img")
    && ["source", "img"].includes(node.localName) && value.split(", ").every(each => sized.test(each));
  const tags = new Set("P BR A EM STRONG DEL BLOCKQUOTE CODE PRE UL OL LI DETAILS SUMMARY".split(" "));
  const attributes = {
    A: { href: /^(https?:|mailto:)/i, title: /^/, rel: /^nofollow ugc noopener$/ },
    P: { lang: /^ko$/ }, SPAN: { lang: /^ko$/ }, OL: { start: /^\d{1,9}$/ },
    DETAILS: { class: /^spoiler$/, open: /^$/ },
  };
  const flag = (node, why) => found.push(`${why}: ${node.outerHTML.slice(0, 120)}`);
  const walk = (node, allowed) => {
    if (node.namespaceURI !== "http://www.w3.org/1999/xhtml") flag(node, "namespace");
    if (!allowed.has(node.tagName)) flag(node, "tag");
    for (const { name, value } of node.attributes)
      if (!attributes[node.tagName]?.[name]?.test(value)) flag(node, `attribute ${name}`);
    if (node.tagName === "A" && node.hasAttribute("href") && !["http:", "https:", "mailto:"].includes(node.protocol))
      flag(node, "protocol");
  };
  const wake = node => {
    for (const type of ["mouseover", "mouseenter", "click", "toggle", "focus", "error", "load", "animationstart"])
      node.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
    if (node.tagName === "DETAILS") node.open = true;
    node.focus?.();
  };
  const stay = e => { if (e.target.closest?.("a, button, form")) { e.preventDefault(); e.stopPropagation(); } };
  addEventListener("click", stay, true);
  const words = [...document.querySelectorAll(".comment-body[hx-ignore], .comment-body > [hx-ignore]")];
  const names = [...document.querySelectorAll(".comment-head bdi, .form-title bdi")];
  for (const container of words) for (const node of container.querySelectorAll("*")) { walk(node, tags); wake(node); }
  for (const container of names) for (const node of container.querySelectorAll("*")) walk(node, new Set(["A", "SPAN"]));
  for (const node of document.querySelectorAll("*")) {
    for (const { name, value } of node.attributes) {
      const runs = /^on|^style$|^srcdoc$|^srcset$|^(?:data-)?hx-on/i.test(name);
      if (runs && !isSized(node, name, value)) flag(node, `attribute ${name}`);
      if (/^(href|src|action|formaction|xlink:href|data|poster|background)$/i.test(name)
          && !/^(https?:|mailto:|\/|\?|#|$)/i.test(value.trim())) flag(node, `address ${value.slice(0, 40)}`);
    }
    if (/^(iframe|object|embed|base|applet|frame|math|video|audio|template|style|marquee|isindex)$/i.test(node.tagName))
      flag(node, "tag");
    const is = name => node.localName === name;
    const isData = node.type === "application/ld+json" && node.parentElement === document.head;  // never run
    if (is("script") && !isData && !/^\/static\//.test(node.getAttribute("src") ?? "")) flag(node, "script");
    const isOwn = node.closest(".prose") && /^\/media\/[0-9a-f]{64}\.\w+$/.test(node.getAttribute("src"));
    if (is("img") && !isOwn && !/\/cover\.svg/.test(node.getAttribute("src"))) flag(node, "picture");
    if ((is("picture") || is("source")) && !node.closest(".prose picture")) flag(node, "picture");
    if (is("form") && !/^\/(reviews|comments)\//.test(node.getAttribute("action"))) flag(node, "form");
  }
  const ids = [...document.querySelectorAll("[id]")].map(node => node.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push(`id twice: ${id}`);
  removeEventListener("click", stay, true);
  return [...found, ...window.calls()];
}
"""


def look(page: Page) -> list[str]:
    """Return everything on a page that should not be there; nothing where it is clean."""
    return page.evaluate(WALK)
