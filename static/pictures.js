/* Pictures in a text: chosen, pasted or dropped, sent to the library one after the other, and described meanwhile. What
   stands in the text for each is put in, changed and taken out as if it were typed. */

const panel = document.getElementById("pictures");
const chooser = document.getElementById("choose-pictures");
const asked = new Map();                             // the form that asks about a picture -> the picture
const UNFIT = /[\\`*_[\]<>&"!()\s]+/g;               // for the words between the brackets while it comes
const SIGNS = /[\\`*_[\]<>&"]/g;                     // what Markdown would read in words
const plainly = words => words.replace(/\s+/g, " ").trim().replace(SIGNS, "\\$&");
const markdown = ({ alt, address, caption }) => `![${plainly(alt)}](${address}${caption && ' "'}${plainly(caption)}${caption && '"'})`;

// a paragraph of its own where the caret is, and never amid another one
const standIn = (name, text) => {
  const known = [text, ...[...asked.values()].map(each => each.stands)].join("\n");
  for (let number = 1; ; number++) {
    const words = `![${say("Uploading {name}", { name: name.replace(UNFIT, " ") + (number > 1 ? ", " + number : "") })}…]()`;
    if (!known.includes(words)) return words;
  }
};
const putIn = (field, pictures, caret = field.selectionEnd) => {
  const { value } = field, [first, end, words] = paragraphs(value, caret, caret), at = !words || caret <= first ? first : end;
  for (const picture of pictures) Object.assign(picture, { field: field.id, stands: standIn(picture.file.name, value) });
  const made = pictures.map(each => each.stands).join("\n\n"), after = value.startsWith("\n\n", at) ? "" : "\n\n";
  replace(field, at, at, around(value, at, at)[0] + made + after);
};

const take = (field, files, caret = field.selectionEnd) => {
  const all = files.map(file => ({ file, alt: "", caption: "" })), pictures = all.filter(each => each.file.type.startsWith("image/"));
  all.forEach(ask);
  for (const other of all) if (!pictures.includes(other)) fail(other, say("Only pictures can stand in the text."));
  if (!pictures.length) return;
  putIn(field, pictures, caret);
  announce(say("Uploading {name}", { name: pictures.map(each => each.file.name).join(", ") }) + ".");
  pictures[0].form.elements.alt.focus();
  pictures.forEach(send);
};

// what stands for a picture is found wherever the author has moved it meanwhile; focus, caret and place stay
const rewrite = async (picture, words) => {
  while (isComposing) await new Promise(resolve => addEventListener("compositionend", () => setTimeout(resolve), { once: true }));
  const field = picture.stands && [document.getElementById(picture.field), ...texts()].find(each => each?.value.includes(picture.stands));
  if (!field) return false;
  const { value, selectionStart, selectionEnd } = field, at = value.indexOf(picture.stands), active = document.activeElement;
  const end = at + picture.stands.length + (words ? 0 : /^\n{0,2}/.exec(value.slice(at + picture.stands.length))[0].length);
  const top = scrollY, moved = place => (place <= at ? place : at + words.length + Math.max(0, place - end));
  replace(field, at, end, words);
  field.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  if (active !== field) active.focus({ preventScroll: true });
  scrollTo({ top });
  picture.stands = words;
  return true;
};

// to the server, whatever it answers; who signed in again since the page was opened has another token
const post = (address, fields, follow) => new Promise(resolve => {
  const request = new XMLHttpRequest(), body = new FormData();
  for (const [name, value] of Object.entries({ csrf_token: document.getElementById("token").value, ...fields })) body.append(name, value);
  request.open("POST", address);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("HX-Request-Type", "partial");
  request.upload.onprogress = e => follow?.(e.loaded / e.total);
  request.onloadend = () => resolve({ status: request.status, page: read(request.responseText) });
  request.send(body);
});
const read = answer => new DOMParser().parseFromString(answer, "text/html");
const tell = async (...what) => {
  const answer = await post(...what);
  if (answer.status !== 403) return answer;
  const fresh = read(await fetch(panel.dataset.address).then(page => page.text()).catch(() => "")).querySelector("[name=csrf_token]");
  if (!fresh) return answer;
  document.getElementById("token").value = fresh.value;
  return post(...what);
};
const why = async ({ status, page }) => {            // a server that does not want a file may cut it off, unanswered
  const found = status ? {} : await fetch(panel.dataset.address, { redirect: "manual" }).catch(() => null);
  if (status === 401 || found?.type === "opaqueredirect") return say("You are signed out. Sign in in a new tab, then send it again; your text stays here.");
  if (!found) return say("No connection. Send it again when you are back online; your text stays here.");
  return page.querySelector("#refused, .note")?.textContent.trim() || say("The server had a problem. Send it again in a moment.");
};

let uploading = Promise.resolve();                   // one picture at a time
const send = picture => {
  uploading = uploading.then(async () => {
    const most = +panel.dataset.largest, isTooLarge = picture.file.size > most;
    if (isTooLarge) return fail(picture, say("It is larger than {most} MB, the most that is taken in.", { most: Math.floor(most / 1048576) }));
    const answer = await tell(panel.dataset.address, { file: picture.file }, part => { picture.form.querySelector("progress").value = part; });
    const tile = answer.status === 201 && answer.page.querySelector("[data-address]");
    if (!tile) return fail(picture, await why(answer));
    picture.address = tile.dataset.address;
    picture.describe = tile.querySelector("form").getAttribute("action");
    if (!picture.isDone) learn(picture, tile.querySelector("form").elements);
    draw(picture);
    await settle(picture);
  }).catch(() => fail(picture, say("Something went wrong in this browser. Send it again.")));
};
// a text is saved when its pictures are here: readers would see what stands in it for them
const isOnItsWay = () => [...asked.values()].some(each => each.stands && !each.isSettled);
document.addEventListener("click", e => {
  const button = e.target.closest("form[data-editor] button[name=action]");
  if (!button || !isOnItsWay()) return;
  e.preventDefault();
  e.stopImmediatePropagation();
  announce(say("It is saved when the pictures are here."));
  uploading.then(() => button.click());
}, { capture: true });
// it is seen now; and it may be in the library already: what is said of it there is the beginning
const learn = (picture, known) => {
  const { alt, is_decorative: only, caption } = picture.form.elements, thumbnail = new Image();
  thumbnail.src = picture.address;
  thumbnail.alt = "";
  picture.form.prepend(thumbnail);
  alt.value ||= picture.alt = known.alt.value;
  caption.value ||= picture.caption = known.caption.value;
  if (known.is_decorative.checked && !alt.value) only.click();
};
const fail = async (picture, words) => {
  picture.trouble = words;
  draw(picture);
  await rewrite(picture, "");
  picture.isSettled = true;
};
const settle = async picture => {
  const { file: { name }, alt, caption, isSaid, isDone } = picture;
  if (!picture.address) return;
  const isThere = await rewrite(picture, markdown(picture));
  picture.isSettled = true;
  if (!isDone) return announce(say("{name} is here. Say what it shows.", { name }));
  const answer = isSaid ? await tell(picture.describe, { alt, caption, ...!alt && { is_decorative: "y" } }) : { status: 200 };
  if (!isThere) picture.trouble = say("It is in the library, and no longer in the text.");
  if (answer.status !== 200) picture.trouble = `${say("It is described in the text, but not in the library.")} ${await why(answer)}`;
  if (picture.trouble) return draw(picture);
  announce(isSaid ? say("{name} is described.", { name }) : say("{name} is here, and waits in the library for a description.", { name }));
  leave(picture);
};

// the panel: a form for each picture that is on its way, or that nobody has described yet
const ask = picture => {
  const row = document.getElementById("picture-asked").content.cloneNode(true);
  picture.form = row.querySelector("form");
  picture.form.setAttribute("aria-label", picture.file.name);
  row.querySelector("[data-name]").textContent = picture.file.name;
  asked.set(picture.form, picture);
  document.getElementById("arriving").append(row);
  panel.show();
};
const later = document.querySelector("#picture-asked").content.querySelector("[data-later]").textContent;
const draw = ({ form, stands, address, trouble, isDone }) => {
  const isPicture = stands !== undefined;
  const parts = { progress: !address && !trouble, ".error": trouble, "[data-asked]": isPicture && !isDone, "[data-write]": !trouble && !isDone, "[data-again]": isPicture && trouble && !address, "[data-later]": trouble || !isDone };
  for (const [part, isShown] of Object.entries(parts)) for (const each of form.querySelectorAll(part)) each.hidden = !isShown;
  form.querySelector(".error").textContent = trouble ?? "";
  form.querySelector("[data-later]").textContent = trouble ? say("Let it go") : later;
};
const leave = picture => {
  const hadFocus = picture.form.contains(document.activeElement);
  asked.delete(picture.form);
  picture.form.closest("li").remove();
  if (hadFocus) goOn(picture);
  if (!asked.size) panel.close();
};
const goOn = picture => {                            // to the next one that asks, else back into the text
  const next = [...asked.values()].find(each => each !== picture && !each.isDone && !each.trouble);
  (next?.form.elements.alt ?? document.getElementById(picture.field) ?? current()).focus();
};
const done = (picture, isSaid = false) => {
  const { alt, is_decorative: only, caption } = picture.form.elements;
  if (isSaid) Object.assign(picture, { alt: only.checked ? "" : alt.value, caption: caption.value });
  Object.assign(picture, { isSaid, isDone: true });
  goOn(picture);
  draw(picture);
  settle(picture);
};
panel.addEventListener("submit", e => {
  e.preventDefault();
  done(asked.get(e.target), true);
});
panel.addEventListener("change", e => {
  if (e.target.name !== "is_decorative") return;
  const { alt } = e.target.form.elements;
  alt.disabled = e.target.checked;                    // then it need not be said, and is not
});
panel.addEventListener("click", e => {
  const picture = asked.get(e.target.form);
  if (e.target.matches("[data-later]")) (picture.trouble ? leave : done)(picture);
  if (!e.target.matches("[data-again]")) return;
  delete picture.trouble;
  delete picture.isSettled;
  draw(picture);
  putIn(document.getElementById(picture.field) ?? current(), [picture]);
  send(picture);
});
panel.addEventListener("keydown", e => {
  if (e.key === "Escape" && !e.isComposing) current().focus();
  if (e.key !== "Enter" || e.isComposing || !e.target.matches("textarea")) return;
  e.preventDefault();                                // a description is one paragraph
  e.target.form.requestSubmit();
});

// in by the button, by paste and by drop; what has words beside a picture is pasted as text
acts.image = () => chooser.click();
document.addEventListener("click", e => {
  if (e.target.closest("#toolbar [data-mark=image]")) acts.image();
});
chooser.addEventListener("change", () => {
  take(current(), [...chooser.files]);
  chooser.value = "";
});
document.addEventListener("paste", e => {
  const { files } = e.clipboardData;
  if (!e.target.matches("textarea[data-marked]") || !files.length || e.clipboardData.getData("text/plain")) return;
  e.preventDefault();
  take(e.target, [...files]);
});
const hasFiles = e => e.dataTransfer?.types.includes("Files") && !e.target.closest?.("input[type=file]");
document.addEventListener("dragover", e => {
  if (hasFiles(e)) e.preventDefault();
});
document.addEventListener("drop", e => {
  if (!hasFiles(e)) return;
  e.preventDefault();                                // a file beside the text would be opened in the place of the page
  const field = e.target.closest("textarea[data-marked]"), there = document.caretPositionFromPoint?.(e.clientX, e.clientY);
  if (!field) return announce(say("Drop a picture onto the text where it shall stand."), true);
  take(field, [...e.dataTransfer.files], there?.offsetNode === field ? there.offset : field.selectionEnd);
});
// a page that is left takes with it what is on its way
addEventListener("beforeunload", e => {
  if (isOnItsWay()) e.preventDefault();
});
