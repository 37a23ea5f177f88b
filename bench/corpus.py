"""A made-up blog of any size as a Blogger backup; the same numbers always give the same bytes."""

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

BLOG = "7000000000000000001"
HOST = "https://made-up-notes.example"
EPOCH = dt.datetime(2015, 1, 5, 9, 0, tzinfo=dt.UTC)
SECTIONS = (
    "Introduction",
    "Overall Story",
    "Highlight Moments / Key Episodes",
    "Memorable Lines",
    "Why It’s Special",
    "Popularity & Reception",
    "Cast & Fun Facts",
    "Conclusion / Warm Reminders",
)
GENRES = (
    "Romance", "Thriller", "Melodrama", "Historical", "Fantasy", "Slice of life", "Medical", "Legal", "Crime",
    "Horror", "Romantic comedy", "Action", "School", "Office comedy", "Family", "Mystery",
)  # fmt: skip
PLATFORMS = ("Netflix", "Viki", "Disney+", "Hulu", "Kocowa", "Tving", "Wavve", "MUBI")
SURNAMES = ("Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Yoon", "Han", "Seo", "Ma")
GIVEN = ("Ha-jin", "Do-yun", "Su-ah", "Tae-o", "Mi-rae", "Jun-seok", "Bo-ra", "Eun-gyo", "Sang-ok", "I-an")
SYLLABLES = ("별", "밤", "길", "집", "섬", "봄", "눈", "강", "꽃", "달")
WORDS = (
    "the of and to in a is that it was for on as with his her he she but by at from this they not be are have an which "
    "one you all or their there so when who what would about if out up into than them its no time more some could "
    "only other then do over also like even after first way two because him any these most show episode scene drama "
    "actor director series season story love family father mother friend camera music ending character writer plot "
    "city night rain office school hospital court king palace ghost secret past memory letter phone train island "
    "winter spring summer snow tears laugh silence performance pacing revenge justice power money debt promise "
    "betrayal feels makes gives takes turns leaves finds keeps tells shows plays builds breaks carries watches wants "
    "slow quiet warm sharp funny sad bright dark honest clumsy brave gentle cruel lovely strange familiar lantern "
    "harbour ledger kitchen corridor umbrella violin persimmon ferry platform elevator radio lighthouse orchard"
).split()


def write_backup(path: Path, *, reviews: int, comments: int, words: int = 1800, seed: int = 7) -> None:
    """Write a backup with this many reviews of about `words` words, and comments nested to depth four."""
    with path.open("w", encoding="utf-8") as file:
        file.write("<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns='http://www.w3.org/2005/Atom'>")
        file.write(f"<id>tag:blogger.com,1999:blog-{BLOG}.archive</id><title>Made-up notes</title>\n")
        file.writelines(_reviews(reviews, words, random.Random(f"reviews {seed}")))
        file.writelines(_comments(reviews, comments, random.Random(f"comments {seed}")))
        file.write("</feed>\n")


def _reviews(number: int, words: int, rng: random.Random) -> Iterator[str]:
    step = dt.timedelta(days=10 * 365 / max(number, 1))
    for n in range(1, number + 1):
        title = " ".join(word.capitalize() for word in rng.sample(WORDS[120:], 2)) + f" {n}"
        native = "".join(rng.choices(SYLLABLES, k=2)) + "의 " + "".join(rng.choices(SYLLABLES, k=2))
        genres, platforms = rng.sample(GENRES, rng.randint(1, 3)), rng.sample(PLATFORMS, rng.randint(1, 2))
        cast = [f"{rng.choice(SURNAMES)} {rng.choice(GIVEN)}" for _ in range(4)]
        is_drama = rng.random() < 0.7
        length = "<b>Episodes:</b> 16<br />\n<b>Running Time:</b> Approx. 60 minutes per episode<br />\n"
        overview = (
            f"<h2>Overview</h2>\n<b>Title:</b> {title} ({native})<br />\n<b>Year:</b> {2005 + n % 20}<br />\n"
            f"<b>Genre:</b> {', '.join(genres)}<br />\n<b>Main Cast:</b> {', '.join(dict.fromkeys(cast))}<br />\n"
            f"{length if is_drama else '<b>Runtime:</b> 104 minutes<br />'}"
            f"<b>Streaming Platform:</b> {', '.join(platforms)}<br />\n"
        )
        body = [f"<h2>{SECTIONS[0]}</h2>{_paragraphs(rng, words // 8)}", overview]
        for section in SECTIONS[1:]:
            lines = "".join(
                f"<p>“{_sentence(rng)}” – {rng.choice(cast).split()[1]}, at the gate<br />{_sentence(rng)}</p>"
                for _ in range(3)
                if section == "Memorable Lines"
            )
            body.append(f"<h2>{escape(section)}</h2>{lines}{_paragraphs(rng, words // 8)}")
        body.append(f"<h2>Hashtags</h2><p>#{title.replace(' ', '')} #KoreanDrama #{rng.choice(GIVEN).title()}</p>")
        at = EPOCH + step * n
        label = "K-Drama" if is_drama else "K-Movie"
        link = f"{HOST}/{at:%Y/%m}/review-{n}.html"
        yield (
            f"<entry><id>tag:blogger.com,1999:blog-{BLOG}.post-{n}</id><published>{at.isoformat()}</published>"
            f"<updated>{at.isoformat()}</updated>{_category('post')}"
            f"<category scheme='http://www.blogger.com/atom/ns#' term='{label}'/><title type='text'>“{title}”—"
            f"{escape(_sentence(rng))}</title><content type='html'>{escape(''.join(body))}</content>"
            f"<link rel='alternate' type='text/html' href={quoteattr(link)}/>"
            "<author><name>Made-up author</name></author></entry>\n"
        )


def _comments(reviews: int, number: int, rng: random.Random) -> Iterator[str]:
    earlier: dict[int, list[tuple[int, int]]] = {}
    for n in range(1, number + 1):
        post = rng.randint(1, reviews)
        known = earlier.setdefault(post, [])
        parent, depth = rng.choice(known) if known and rng.random() < 0.5 else (0, 0)
        if depth < 3:
            known.append((1_000_000 + n, depth + 1))
        at = EPOCH + dt.timedelta(days=3650, minutes=n)
        related = f"<link rel='related' href='{HOST}/feeds/{post}/comments/default/{parent}'/>" if parent else ""
        text = " ".join(_sentence(rng) for _ in range(rng.randint(1, 5)))
        yield (
            f"<entry><id>tag:blogger.com,1999:blog-{BLOG}.post-{1_000_000 + n}</id>"
            f"<published>{at.isoformat()}</published>{_category('comment')}<title/>"
            f"<content type='html'>{escape(text)}</content>{related}"
            f"<author><name>{rng.choice(GIVEN)}</name></author><thr:in-reply-to "
            f"xmlns:thr='http://purl.org/syndication/thread/1.0' ref='tag:blogger.com,1999:blog-{BLOG}.post-{post}'/>"
            "</entry>\n"
        )


def _category(kind: str) -> str:
    scheme = "http://schemas.google.com/g/2005#kind"
    return f"<category scheme='{scheme}' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>"


def _sentence(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=rng.randint(8, 20))
    return " ".join(words).capitalize() + rng.choice(".....!?")


def _paragraphs(rng: random.Random, words: int) -> str:
    paragraphs, count, sentences = [], 0, []
    while count < words:
        sentences.append(_sentence(rng))
        count += sentences[-1].count(" ") + 1
        if len(sentences) == 5:
            paragraphs.append(f"<p>{' '.join(sentences)}</p>")
            sentences = []
    return "".join(paragraphs) + (f"<p>{' '.join(sentences)}</p>" if sentences else "")
