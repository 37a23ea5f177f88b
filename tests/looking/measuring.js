/* What is measurably wrong with the page as it stands now: a list of sentences. Run in the page by __main__.py. */
() => {
  const wrong = [];
  const said = element => {
    const named = element.localName + (element.id ? `#${element.id}` : "") + [...element.classList].map(each => `.${each}`).join("");
    return `${named} “${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}”`;
  };
  const style = element => getComputedStyle(element);
  const isShown = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true })
    && !element.closest(".vh, [hidden], [aria-hidden=true]");
  const scrolls = element => {
    for (let up = element; up && up !== document.documentElement; up = up.parentElement)
      if (["auto", "scroll"].includes(style(up).overflowX) && up.scrollWidth > up.clientWidth) return true;
    return false;
  };
  const onTop = document.querySelector(":popover-open, dialog[open]");  // what lies under it is not used meanwhile
  const all = [...(onTop ?? document.body).querySelectorAll("*")].filter(isShown);
  const wide = document.documentElement.clientWidth;

  // nothing reaches over the edge of the page
  if (document.scrollingElement.scrollWidth > wide) {
    const out = all.filter(each => each.getBoundingClientRect().right > wide + 1 && !scrolls(each));
    wrong.push(`scrolls sideways: ${document.scrollingElement.scrollWidth} of ${wide} px; ${out.slice(-2).map(said).join(", ")}`);
  }
  for (const each of all) {
    const { left, width, height } = each.getBoundingClientRect();
    if (left < -1 && width && height && !scrolls(each) && style(each).position !== "fixed" && each.textContent.trim() && left + width > 0
        && !each.closest(".site-nav, .mat")) wrong.push(`begins left of the page: ${said(each)}`);
  }

  // no text is cut off by its own box; what can be scrolled is not cut off
  for (const each of all) {
    const { overflowX, overflowY } = style(each);
    const own = [...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!own || ["input", "textarea", "select", "option"].includes(each.localName)) continue;
    if (["hidden", "clip"].includes(overflowX) && each.scrollWidth > each.clientWidth + 1
        || ["hidden", "clip"].includes(overflowY) && each.scrollHeight > each.clientHeight + 1) wrong.push(`cut off: ${said(each)}`);
  }
  for (const button of all.filter(each => each.matches(".btn, .chip, button")))
    if (button.scrollWidth > button.clientWidth + 2) wrong.push(`reaches out of its button: ${said(button)}`);

  // letters: none under 12 px, and no two pieces of text over each other
  const texts = [];
  for (const each of all) {
    if (each.closest("svg, option, select, .announce")) continue;
    const layer = each.closest("[popover], dialog, .share ul, .save-bar, .toolbar, .bulk, .sheet-foot, .pictures, .skip");
    for (const node of each.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
      if (parseFloat(style(each).fontSize) < 11.5) wrong.push(`letters of ${style(each).fontSize}: ${said(each)}`);
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects())
        if (box.width > 2 && box.height > 2) {
          const inset = box.height * .3;               // a line's box is higher than its letters
          texts.push({ each, layer, left: box.left + 1, right: box.right - 1, top: box.top + inset, bottom: box.bottom - inset });
        }
    }
  }
  texts.sort((one, other) => one.top - other.top);
  const told = new Set();
  for (const [number, one] of texts.entries())
    for (let next = number + 1; next < texts.length && texts[next].top < one.bottom; next++) {
      const other = texts[next];
      if (one.each === other.each || one.layer !== other.layer || other.left >= one.right || other.right <= one.left) continue;
      const words = `over each other: ${said(one.each)} and ${said(other.each)}`;
      if (!told.has(words) && told.add(words)) wrong.push(words);
    }

  // what is pressed is 24 px, or has that much room around it, or stands in a sentence (WCAG 2.2, 2.5.8)
  const pressed = all.filter(each => each.matches("a[href], button, summary, input:not([type=hidden]), select, textarea"));
  const boxes = pressed.flatMap(each => {
    const around = each.matches("input") && each.closest("label") || each;
    return [...around.getClientRects()].filter(box => box.width).map(box =>
      ({ each, box, x: box.left + box.width / 2, y: box.top + box.height / 2, small: box.width < 23.5 || box.height < 23.5 }));
  });
  for (const one of boxes) {
    if (!one.small) continue;
    const inSentence = style(one.each).display === "inline"
      && [...one.each.parentElement.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 1);
    if (inSentence) continue;
    const near = boxes.find(other => {
      if (other.each === one.each || one.each.contains(other.each) || other.each.contains(one.each)) return false;
      const dx = other.small ? other.x - one.x : Math.max(other.box.left - one.x, 0, one.x - other.box.right);
      const dy = other.small ? other.y - one.y : Math.max(other.box.top - one.y, 0, one.y - other.box.bottom);
      return Math.hypot(dx, dy) < (other.small ? 24 : 12) - .5;
    });
    if (near) wrong.push(`hard to hit (${Math.round(one.box.width)} × ${Math.round(one.box.height)} px): ${said(one.each)} beside ${said(near.each)}`);
  }

  // every picture is there
  for (const image of document.images)
    if (isShown(image) && image.complete && !image.naturalWidth) wrong.push(`no picture at ${image.getAttribute("src")}`);

  if (matchMedia("(prefers-reduced-motion: reduce)").matches && !matchMedia("print").matches)
    for (const each of document.getAnimations()) if (each.playState === "running") wrong.push("something moves although less motion is wanted");
  if (matchMedia("print").matches)
    for (const each of all.filter(one => one.matches("nav, button, .btn, input, select, textarea, .colophon")))
      wrong.push(`on paper it is of no use: ${said(each)}`);
  if (window.shifted > .001) wrong.push(`moved while it loaded: CLS ${window.shifted.toFixed(3)}: ${window.movers.slice(0, 3).join(", ")}`);
  return wrong;
}
