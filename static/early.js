/* What the reader chose in this browser, applied while the page is still coming in: nothing of it is painted before.
   It runs at once, in the head, and so is small; kblog.js goes on with what is defined here. */

// in the language of the page: where that is not English, it brings our words with it
const words = JSON.parse(document.getElementById("script-words")?.textContent ?? "{}");
const say = (sentence, values = {}) => (words[sentence] ?? sentence).replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);

// storage may be shut off: then nothing is kept, and everything else goes on
const keep = (store, name, value) => {
  try { value === "" ? window[store].removeItem(name) : window[store].setItem(name, value); } catch { /* not kept */ }
};
const kept = (store, name) => {
  try { return window[store].getItem(name) ?? ""; } catch { return ""; }
};

// colours: the system's unless the reader chose; the bar of a telephone's browser goes along
const useColours = choice => {
  const isChosen = ["light", "dark"].includes(choice);
  if (isChosen) document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
    meta.dataset.media ??= meta.media;
    meta.media = !isChosen ? meta.dataset.media : meta.dataset.media.includes(choice) ? "all" : "not all";
  }
};
useColours(kept("localStorage", "theme"));

// where the reader watches from: offered again as a link, and first among the places where a work can be watched
const regionName = code => {
  const name = new Intl.DisplayNames(document.documentElement.lang, { type: "region" }).of(code);
  return /^(United|Nether|Philip)/.test(name) ? `the ${name}` : name;
};
const useRegion = () => {
  const region = kept("localStorage", "region"), place = document.querySelector(".own-region");
  if (!/^[A-Z]{2}$/.test(region)) return;
  if (place && !document.querySelector("[name=region]:checked")?.value) {
    const link = document.createElement("a"), forget = document.createElement("button");
    link.href = `${place.dataset.address}${place.dataset.address.includes("?") ? "&" : "?"}region=${region}`;
    link.textContent = say("Only what I can watch in {region}", { region: regionName(region) });
    forget.type = "button";
    forget.className = "btn quiet";
    forget.textContent = say("Forget where I watch");
    place.replaceChildren(link, " ", forget);
    place.hidden = false;
  }
  for (const told of [...document.querySelectorAll(".review-body dd[data-region]")].reverse())
    if ([region, "WORLD"].includes(told.dataset.region)) {
      told.classList.add("own");
      told.parentElement.querySelector("dt").after(told);
    }
};

// spoilers: what is safe for a reader who has seen so much opens by itself
const seenOf = review => kept("localStorage", "spoilers") || kept("localStorage", `seen ${review}`);
const openSafe = () => {
  const seen = document.querySelector("#seen select");
  let opened = 0;
  for (const spoiler of document.querySelectorAll("[data-review] details.spoiler")) {
    const until = seenOf(spoiler.closest("[data-review]").dataset.review);
    const isSafe = ["all", "always"].includes(until) || Number(until) >= Number(spoiler.dataset.until ?? Infinity);
    if (isSafe && !("seen" in spoiler.dataset)) spoiler.open = true;  // once: what a reader closes stays closed
    else if (!isSafe && "seen" in spoiler.dataset) spoiler.open = false;
    spoiler.toggleAttribute("data-seen", isSafe);
    opened += isSafe;
  }
  if (seen) seen.value = seenOf(seen.closest("[data-review]").dataset.review);
  return opened;
};

// a page comes in pieces: each is looked at before it is painted
const arriving = new MutationObserver(() => {
  useRegion();
  openSafe();
  arriving.takeRecords();                             // of what was moved here
});
arriving.observe(document, { childList: true, subtree: true });
document.addEventListener("DOMContentLoaded", () => arriving.disconnect());
