/* What axe does not look at, said of a page as it is now: every sentence is a barrier. Runs in the page. */
() => {
  const found = [];
  const named = e => {
    const words = (e.getAttribute("aria-label") || e.textContent || e.value || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${e.localName}${e.id ? " #" + e.id : ""}${e.classList.length ? " ." + [...e.classList].join(".") : ""}> ${words}`;
  };
  const amiss = (what, e) => found.push(`${what}: ${named(e)}`);
  const shown = e => e.checkVisibility({ visibilityProperty: true });
  const all = (selector, within = document) => [...within.querySelectorAll(selector)].filter(shown);
  const referred = (e, attribute) => (e.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean).map(id => document.getElementById(id));

  // read aloud or without a style sheet: one h1, which is the first heading, and no level left out
  const headings = all("h1, h2, h3, h4, h5, h6");
  if (headings.filter(e => e.localName === "h1").length !== 1) found.push("not one h1");
  headings.forEach((e, n) => {
    if (Number(e.localName[1]) > (n ? Number(headings[n - 1].localName[1]) : 0) + 1) amiss("a heading skips a level", e);
  });

  // the way past the header comes first of all that takes the focus, and leads somewhere
  const first = document.querySelector("a[href], button, input, select, textarea, summary, [tabindex]");
  if (!first?.matches("a.skip[href^='#']") || !document.querySelector(first.getAttribute("href"))) amiss("no skip link comes first", first ?? document.body);
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) amiss("an order of its own", e);

  // landmarks have names where there can be several
  for (const e of all("nav, aside, search"))
    if (!e.getAttribute("aria-label")?.trim() && !referred(e, "aria-labelledby").some(by => by?.textContent.trim())) amiss("a landmark without a name", e);

  // what stands beside something stands in the order of the page; a cover that says nothing may hang anywhere.
  // Meant: a phone's header has its links in a second row (the order is a desk's), and a review's facts stand beside its text
  const MEANT = ".masthead > .wrap, .studio-bar > .wrap, .review-body";
  const says = e => e.textContent.trim() || e.matches("a, button, input") || e.querySelector("a, button, input, img:not([alt=''])");
  for (const box of all("body *")) {
    const style = getComputedStyle(box);
    if (!/flex|grid/.test(style.display) || box.matches(MEANT)) continue;
    const inside = all(":scope > *", box).filter(e => says(e) && !/absolute|fixed/.test(getComputedStyle(e).position) && e.getClientRects().length);
    for (let n = 1; n < inside.length; n++) {
      const before = inside[n - 1].getBoundingClientRect(), after = inside[n].getBoundingClientRect();
      const isAbove = after.bottom <= before.top + 1;
      const isLeft = after.right <= before.left + 1 && Math.min(after.bottom, before.bottom) - Math.max(after.top, before.top) > Math.min(after.height, before.height) / 2;
      if (isAbove || isLeft) amiss("seen before what it is read after", inside[n]);
    }
  }

  // Hangul is spoken as Korean
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (/[가-힣]/.test(texts.currentNode.data) && !parent.closest("script, option, textarea") && shown(parent) && parent.closest("[lang]").lang !== "ko")
      amiss("Hangul that is not marked", parent);
  }

  // forms: an error is tied to its field and stands before the hint, what a browser knows it may fill in
  for (const e of all("[aria-invalid=true]"))
    if (!referred(e, "aria-describedby").some(by => by?.matches(".error, [role=alert], [role=alert] *") && by.textContent.trim())) amiss("an error that is not said", e);
  for (const e of all(".field > .hint ~ .error")) amiss("a hint before its error", e);
  for (const e of all("input[type=password]")) if (!/^(current|new)-password$/.test(e.autocomplete)) amiss("no help with the password", e);
  for (const e of all("input[name=code]")) if (!/one-time-code|off/.test(e.autocomplete)) amiss("no help with the code", e);
  for (const e of all("form"))  // one line of text is sent by Enter
    if (all("input:not([type=hidden]), textarea, select", e).length !== 1 && !e.querySelector("button:not([type=button]), input[type=submit]") && !(e.id && document.querySelector(`button[form="${e.id}"]`))) amiss("a form without a button", e);

  // the focus is somewhere that can be seen, and one line is there for what is to be said
  if (document.activeElement && !shown(document.activeElement)) amiss("the focus is nowhere to be seen", document.activeElement);
  if (document.querySelectorAll("#announce[role=status]").length !== 1) found.push("no line for what is to be said");

  if (document.documentElement.scrollWidth > innerWidth) found.push(`scrolls sideways: ${document.documentElement.scrollWidth} of ${innerWidth}`);
  return found;
}
