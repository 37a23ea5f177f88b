/* Proposed links: put in where their words stand, by one click each or all at once, and taken back by one more. */

const proposed = () => [...document.querySelectorAll("[data-link]")];
let linked = [];                                     // what the last click linked

// the text may have moved on since it was looked through; what stands behind a new link has moved with it
const putLink = button => {
  const { link, words, field, at } = button.dataset, place = document.getElementById(field), start = +at;
  if (!place?.value.startsWith(words, start)) return false;
  replace(place, start, start + words.length, link);
  button.closest("li").remove();
  for (const { dataset } of proposed()) if (dataset.field === field && +dataset.at > start) dataset.at = +dataset.at + link.length - words.length;
  linked.push({ field, link, words });
  return true;
};
const tellLinked = () => {
  const names = linked.map(each => each.words).join(", "), line = document.getElementById("linked");
  line.hidden = !linked.length;
  line.querySelector("span").textContent = names && say("Linked: {names}", { names }) + ".";
  return names;
};
document.addEventListener("click", e => {
  const button = e.target.closest("[data-link], [data-link-all]");
  if (!button) return;
  const wanted = button.matches("[data-link]") ? [button] : proposed(), before = linked;
  linked = [];
  const isWhole = wanted.map(putLink).every(Boolean);
  if (!linked.length) linked = before;
  if (!isWhole) document.querySelector(".write").dispatchEvent(new Event("input", { bubbles: true }));  // asks for the list anew
  const names = tellLinked();
  announce(isWhole ? say("Linked: {names}", { names }) : say("The text has changed meanwhile. The list is made anew."));
});
document.addEventListener("click", e => {
  if (!e.target.closest("#linked button")) return;
  for (const { field, link, words } of linked) {
    const place = document.getElementById(field), at = place?.value.indexOf(link) ?? -1;
    if (at >= 0) replace(place, at, at + link.length, words);
    else place?.focus();                              // this button goes
  }
  announce(say("Taken back."));
  linked = [];
  tellLinked();
});
