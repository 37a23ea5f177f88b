"""Whether the page of every imported entry holds every word of it, whichever format it came in."""

import re
from datetime import UTC, datetime

import lxml.etree
import lxml.html
import sqlalchemy as sa
from flask import Flask

from kblog.db import db
from kblog.models import Comment, ImportedEntry, Page, Review

from .browser import Browser

OVERVIEW_LABELS = {"Title"}  # said by the page's h1, not by a row
# WordPress's own commands within a text; what a caption says in an attribute is shown
COMMANDS = re.compile(r"\[/?(?:caption|wp_caption|gallery|embed|audio|video)\b([^\[\]]*)\]")
SAID = re.compile(r"\bcaption=\"([^\"]*)\"")


def check_every_word(app: Flask) -> int:
    """Assert it, in the order of the source within the body; return how many entries were looked at.

    The overview and the hashtags have places of their own.
    """
    reader = Browser(app)
    entries = db.session.scalars(sa.select(ImportedEntry).where(ImportedEntry.outcome.in_(("review", "page")))).all()
    checked = 0
    for entry in entries:
        for model, start in ((Review, "/reviews/"), (Page, "/pages/")):
            thing = db.session.scalar(sa.select(model).where(model.source_ref == entry.source_ref))
            if thing is None:
                continue
            is_public = thing.state == "published"
            if not is_public:  # read it as it would be read
                thing.published_at, thing.withdrawn_at = datetime(2020, 1, 1, tzinfo=UTC), None
                db.session.commit()
            page = reader.get(f"{start}{thing.slug}/")
            body = words(" ".join(page.one("//div[contains(@class, 'prose')]").itertext()))
            # a word may end where an element does, on either side
            beside = words(page.words) + words(" ".join(page.one("//main").itertext()))
            moved = set(words(" ".join(page.texts("//aside | //ul[@class='tags'] | //header"))))
            source = source_words(entry.raw)
            assert not sorted(set(source) - set(beside) - OVERVIEW_LABELS), entry.source_ref
            in_body = [word for word in source if word not in moved | OVERVIEW_LABELS]
            assert not is_in_order(in_body, body), entry.source_ref
            checked += 1
    check_comments()
    return checked


def check_comments() -> None:
    """Assert that each comment holds every word that its writer wrote."""
    commented = sa.select(ImportedEntry.raw, Comment).join(Comment, Comment.source_ref == ImportedEntry.source_ref)
    for raw, comment in db.session.execute(commented.where(Comment.state != "removed")):
        shown = words(" ".join(lxml.html.fromstring(f"<div>{comment.body_html}</div>").itertext()))
        assert not sorted(set(source_words(raw)) - set(shown)), comment.source_ref


def words(text: str) -> list[str]:
    """Cut a text into words; what is written with marks between letters is one word."""
    return re.findall(r"\w+(?:[\u2010\u2011’'-]\w+)*", text)


def source_words(raw: str) -> list[str]:
    """Return the words of an entry's content as its own blog showed them, scripts and styles left out."""
    entry = lxml.etree.fromstring(raw.encode())
    content = "".join(entry.xpath("string(*[local-name()='content' or local-name()='comment_content'])"))
    if lxml.etree.QName(entry).localname == "item":
        content = "".join(entry.xpath("string(*[local-name()='encoded'][not(contains(namespace-uri(), 'excerpt'))])"))
        content = COMMANDS.sub(lambda command: " ".join(SAID.findall(command[1])), content)
    if not content.strip():
        return []
    parser = lxml.html.HTMLParser(remove_comments=True)
    tree = lxml.html.fromstring(f"<div>{content}</div>", parser=parser)
    for gone in tree.xpath("//script | //style"):
        gone.drop_tree()
    for plain in tree.xpath("//sub | //sup"):  # written as plain text, of one word with what is beside them
        plain.drop_tag()
    return words(" ".join(tree.itertext()))


def is_in_order(inner: list[str], outer: list[str]) -> list[str]:
    """Return what of `inner` is missing in `outer`, reading both from the front."""
    at, missing = 0, []
    for word in inner:
        try:
            at = outer.index(word, at) + 1
        except ValueError:
            missing.append(word)
    return missing
