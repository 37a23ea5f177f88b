/* What the walk asks of a page, and does to it, by name; each runs in the page. */
({
  openAll() {
    for (const each of document.querySelectorAll("details")) each.open = true;
  },

  /* WCAG 1.4.12: a reader may space a text like this, and nothing is cut off */
  spaced() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
                       p { margin-block-end: 2em !important; }`);
    document.adoptedStyleSheets.push(sheet);
    const cut = [...document.querySelectorAll("body *")].filter(e => {
      const { overflowX, overflowY } = getComputedStyle(e);
      return /hidden|clip/.test(overflowX + overflowY) && !e.closest(".vh, .clip") && e.textContent.trim() && e.checkVisibility()
          && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
    }).map(e => `cut off when spaced: <${e.localName} .${e.className}>`);
    const { scrollWidth } = document.documentElement;
    document.adoptedStyleSheets.pop();
    return scrollWidth > innerWidth ? [...cut, `scrolls sideways when spaced: ${scrollWidth} of ${innerWidth}`] : cut;
  },

  /* buttons that only a script would answer */
  dead() {
    return [...document.querySelectorAll("button[type=button]:not([popovertarget])")]
      .filter(e => e.checkVisibility({ visibilityProperty: true }))
      .map(e => `does nothing without a script: ${e.textContent.trim()}`);
  },

  /* the next Tab begins at the top, wherever a fragment or an autofocus put the beginning */
  toTop() {
    window.walked = new Set();
    scrollTo(0, 0);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  },

  /* back at the end: whether something sticks to an edge of the window */
  turnAround() {
    const last = [...window.walked].at(-1);
    window.walked = new Set([last]);
    last?.focus();
    return [...document.querySelectorAll("body *")].some(e => /sticky|fixed/.test(getComputedStyle(e).position) && e.checkVisibility());
  },

  /* where the keyboard is, and what is wrong about it: whether it was not here before, and barriers */
  focus(key) {
    const e = document.activeElement, previous = [...window.walked].at(-1), amiss = [];
    const isNextStop = e === previous && /^(date|time|month)/.test(e.type);  // such a field has several
    if (!e || e === document.body || (window.walked.has(e) && !isNextStop)) return [false, []];
    window.walked.add(e);
    const onward = key === "Tab" ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
    if (previous && !isNextStop && !(previous.compareDocumentPosition(e) & onward)) amiss.push("comes after what it stands before");
    const ringed = node => {
      const { outlineStyle, outlineWidth } = getComputedStyle(node);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    };
    if (!ringed(e) && !ringed(e.closest(".card, label, details") ?? e)) amiss.push("nothing shows that the focus is here");
    // 2.4.11: not all of it may lie under what is stuck to an edge
    const isSeen = [...e.getClientRects()].some(({ left, top, width, height }) =>
      [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].some(([x, y]) => {
        const there = document.elementFromPoint(left + width * x, top + height * y);
        return there && (e.contains(there) || there.contains(e) || e.labels?.[0]?.contains(there));
      }));
    if (!isSeen) amiss.push("the focus is covered, or out of sight");
    const words = (e.getAttribute("aria-label") || e.textContent || e.value || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return [true, amiss.map(said => `${said}: <${e.localName}${e.id ? " #" + e.id : ""}> ${words}`)];
  },

  /* what can be pressed, or sent, by its number among those that `selector` finds, and what tells its kind */
  things(selector) {
    const typed = "input:not([type=hidden], [type=checkbox], [type=radio], [type=submit]), textarea";
    return [...document.querySelectorAll(selector)].map((e, number) => ({
      number,
      address: e.getAttribute("hx-get") ?? e.getAttribute("hx-post") ?? e.getAttribute("action"),
      verb: e.hasAttribute("hx-get") ? "GET" : "POST",
      kind: [e.localName, e.getAttribute("hx-target"), e.classList.value].join(" "),
      isMeant: e.checkVisibility({ visibilityProperty: true }) && (!e.matches("form[method=post]") || Boolean(e.querySelector(typed))),
    })).filter(each => each.isMeant);
  },

  /* fill a form in as nobody should: nothing where something must stand, nonsense elsewhere */
  spoil(form) {
    form.noValidate = true;
    for (const field of form.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), textarea")) {
      if (field.closest("[aria-hidden]")) continue;  // the trap for programs
      for (const limit of ["maxlength", "pattern", "min", "max", "list"]) field.removeAttribute(limit);
      if (/date|number/.test(field.type)) field.type = "text";
      field.value = field.required || field.localName === "textarea" || /name|title|heading/.test(field.name) ? "" : "no : address";
    }
  },

  /* whoever sent a form that was not taken begins at what is wrong, without having to look for it */
  led() {
    const isToldHere = document.querySelector("main [aria-invalid=true], main .error, main [role=alert]");
    return isToldHere && document.activeElement === document.body ? ["the focus is not at what is wrong"] : [];
  },

  /* from now on, note what is said to who listens, and when the answer is in its place */
  listen() {
    const regions = "[role=status], [role=alert], [aria-live]:not([aria-live=off])";
    window.said = [];
    window.pressed = document.activeElement;
    new MutationObserver(changes => {
      for (const { target, addedNodes } of changes) {
        const told = (target.nodeType === 1 ? target : target.parentElement)?.closest(regions)
          ?? [...addedNodes].map(node => (node.matches?.("[role=alert]") ? node : node.querySelector?.("[role=alert]"))).find(Boolean);
        const words = told?.textContent.trim().replace(/\s+/g, " ");
        if (words && !window.said.some(each => each.told === told && each.words === words)) window.said.push({ told, words });
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    window.answered = new Promise(resolve => {
      document.addEventListener("htmx:finally:request", () => setTimeout(resolve, 150), { once: true });
      setTimeout(resolve, 6000);
    });
  },

  async outcome() {
    if (!window.said) return [];  // it led to another page, which is looked at as it is
    await window.answered;
    const e = document.activeElement, words = window.said.map(each => each.words), found = [];
    if (!e || e === document.body || !e.isConnected) found.push("the focus is lost");
    for (const each of new Set(words)) if (words.filter(other => other === each).length > 1) found.push(`said twice: ${each}`);
    if (!words.length && e === window.pressed) found.push("nothing tells that anything changed");
    return found;
  },
})
