/* What marks a text as Markdown wants it: each mark says of a text and what is selected in it which stretch is written
   anew, how, and what is selected then. The same mark once more takes it away. Nothing here knows of a page. */

const LETTER = /[\p{L}\p{M}\p{N}'’‑-]/u;
const written = (start, end, text, from = text.length, to = from) => ({ start, end, text, from: start + from, to: start + to });

// what is meant: what is selected, without the spaces around it, else the word in which the caret stands
const meant = (text, start, end) => {
  if (start === end) {
    if (!LETTER.test(text[start - 1] ?? "") || !LETTER.test(text[end] ?? "")) return [start, end];
    while (LETTER.test(text[start - 1] ?? "")) start--;
    while (LETTER.test(text[end] ?? "")) end++;
    return [start, end];
  }
  const words = text.slice(start, end), bare = words.trim();
  if (!bare) return [end, end];
  start += words.indexOf(bare);
  return [start, start + bare.length];
};
const lineAround = (text, start, end) => {
  const after = text.indexOf("\n", Math.max(end, start));
  return [start && text.lastIndexOf("\n", start - 1) + 1, after < 0 ? text.length : after];
};
// the paragraphs that are touched, whole, and their words: a block cannot begin within one
const paragraphs = (text, start, end) => {
  [start, end] = lineAround(text, start, end > start && text[end - 1] === "\n" ? end - 1 : end);
  const isBlank = (from, to) => /^\s*(?::{3,}.*)?$/.test(text.slice(from, to));  // or where a spoiler begins or ends
  while (start > 0 && !isBlank(...lineAround(text, start, start))) {
    const above = lineAround(text, start - 1, start - 1);
    if (isBlank(...above)) break;
    [start] = above;
  }
  while (end < text.length && !isBlank(...lineAround(text, end, end))) {
    const below = lineAround(text, end + 1, end + 1);
    if (isBlank(...below)) break;
    [, end] = below;
  }
  return [start, end, text.slice(start, end).trim()];
};
// blank lines that a block needs around it, and has not got yet
const around = (text, start, end) => [
  start === 0 || text.slice(0, start).endsWith("\n\n") ? "" : text[start - 1] === "\n" ? "\n" : "\n\n",
  end === text.length || text.slice(end).startsWith("\n\n") ? "" : text[end] === "\n" ? "\n" : "\n\n",
];

// bold and italic: line by line, for neither goes on in the next paragraph
const OPENS = /^(?:\s*(?:[-*+>]|\d+[.)]|#{1,6})\s+)*/;  // a list, a quotation, a heading: no part of the words
const emphasis = sign => {
  const run = sign === "**" ? /\*\*(?!\s)(.+?)(?<!\s)\*\*(?!\*)/g : /(?<![*\\])\*(?![\s*])(.+?)(?<![\s*\\])\*(?!\*)/g;
  const bare = words => words.replace(run, "$1");
  return (text, start, end) => {
    if (text.slice(start - sign.length, start) === sign && text.startsWith(sign, end) && start === end)
      return written(start - sign.length, end + sign.length, "");
    const [first, last] = lineAround(text, start, end);
    for (const { index, 0: { length }, 1: words } of text.slice(first, last).matchAll(run)) {
      const from = first + index, within = at => Math.min(Math.max(at - from - sign.length, 0), words.length);
      if (start < from || end > from + length) continue;
      if (start === end && start === from + sign.length + words.length) return written(from + length, from + length, "");  // typed, and done
      return written(from, from + length, words, within(start), within(end));
    }
    const caret = start === end && start;
    [start, end] = meant(text, start, end);
    const lines = text.slice(start, end).split("\n");
    if (lines.length === 1) {
      const words = bare(lines[0]), made = `${sign}${words}${sign}`;
      if (caret !== false) return written(start, end, made, sign.length + caret - start);
      return written(start, end, made, sign.length, sign.length + words.length);
    }
    const parted = lines.map((line, number) => {
      const opening = number || text[start - 1] === "\n" || !start ? OPENS.exec(line)[0] : "";
      return [opening, line.slice(opening.length)];
    });
    const isAll = parted.every(([, words]) => !words.trim() || bare(words) === words.slice(sign.length, -sign.length));
    const made = parted.map(([opening, words]) => {
      const plain = bare(words);
      return opening + (isAll || !plain.trim() ? plain : plain.replace(/\S(?:.*\S)?/, `${sign}$&${sign}`));
    }).join("\n");
    return written(start, end, made, 0, made.length);
  };
};

const LINK = /(?<!!)\[((?:[^[\]\\]|\\.)*)\]\([^()\s]*(?:\s+"[^"]*")?\)/g;
const link = (text, start, end) => {
  for (const { index, 0: { length }, 1: words } of text.matchAll(LINK))
    if (index <= start && end <= index + length) return written(index, index + length, words, 0, words.length);
  [start, end] = meant(text, start, end);
  const words = text.slice(start, end).split(/\n\s*\n/)[0];
  end = start + words.length;
  if (/^https?:\/\/\S+$/.test(words)) return written(start, end, `[](${words})`, 1);
  return written(start, end, `[${words}]()`, words ? words.length + 3 : 1);
};

const heading = (text, start, end, { signs }) => {
  const [first] = lineAround(text, start, start), opening = /^#{1,6}(?:[ \t]+|$)/.exec(text.slice(first).split("\n")[0])?.[0] ?? "";
  const wanted = opening.trim() === signs ? "" : `${signs} `;
  const moved = at => Math.max(first, at + wanted.length - opening.length);
  return { start: first, end: first + opening.length, text: wanted, from: moved(start), to: moved(end) };
};

const OPENED = /^:{3,}[ \t]*spoilers?(?![\w-]).*$/i, CLOSED = /^:{3,}[ \t]*$/;
const spoilerAround = (text, start, end) => {        // the innermost, as [start, end, the words inside]
  let at = 0, found = null;
  const open = [];
  for (const line of text.split("\n")) {
    if (OPENED.test(line)) open.push([at, at + line.length + 1]);
    else if (CLOSED.test(line) && open.length) {
      const [from, inner] = open.pop();
      if (from <= start && end <= at + line.length && !(found?.[0] > from))
        found = [from, at + line.length, text.slice(inner, Math.max(inner, at - 1))];
    }
    at += line.length + 1;
  }
  return found;
};
const spoiler = (text, start, end) => {
  const there = spoilerAround(text, start, end);
  if (there) {
    const inner = text.indexOf("\n", there[0]) + 1;
    const within = at => Math.min(Math.max(at - inner, 0), there[2].length);
    return written(...there, within(start), within(end));
  }
  const [first, last, words] = paragraphs(text, start, end), [before, after] = around(text, first, last);
  const opening = `${before}::: spoiler`;
  return written(first, last, `${opening}\n${words}\n:::${after}`, opening.length + (words ? 0 : 1));
};

// a memorable quotation, and below it who says it
const CREDIT = /^[—–]/;
const line = (text, start, end) => {
  const [first, last, words] = paragraphs(text, start, end), lines = words.split("\n");
  if (words && lines.every(each => each.startsWith(">"))) {
    const bare = lines.map(each => each.replace(/^> ?/, ""));
    if (/^[—–]\s*$/.test(bare.at(-1))) bare.pop();
    return written(first, last, bare.join("\n"));
  }
  const [before, after] = around(text, first, last);
  const quoted = lines.map(each => `> ${each}`.trimEnd()).join("\n");
  if (!words) return written(first, last, `${before}> \n> — ${after}`, before.length + 2);
  const credited = lines.length > 1 && CREDIT.test(lines.at(-1)) ? quoted : `${quoted}\n> — `;
  return written(first, last, before + credited + after, before.length + credited.length);
};

// its number is the next one in the whole text, whose sections share their footnotes
const footnote = (text, start, end, { whole }) => {
  const number = 1 + Math.max(0, ...[...whole.matchAll(/\[\^(\d+)\]/g)].map(([, each]) => +each));
  const rest = text.slice(end).trimEnd(), above = (text.slice(0, end) + rest).split("\n").at(-1);
  const made = `[^${number}]${rest}${/^\[\^[^\]]+\]:/.test(above) ? "\n" : "\n\n"}[^${number}]: `;
  return written(end, text.length, made);
};

const MARKS = { bold: emphasis("**"), italic: emphasis("*"), link, heading, spoiler, line, footnote };
