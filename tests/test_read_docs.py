"""The README and the docs hold together: links lead somewhere, pictures say what they show, examples do as they say."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unicodedata

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from lxml import etree

from kblog import markup
from kblog.comments import spam
from kblog.models import Review

from .browser import Browser
from .conftest import read
from .docs import DOCS, FENCE, PAGES, ROOT, blocks, links, name, spans, text
from .test_edit_review import begun


def anchor(heading: str) -> str:
    """Return the anchor that a heading has where the pages are read.

    >>> anchor("What is kept, and `what` is not"), anchor("[Mail](mail.md)")
    ('what-is-kept-and-what-is-not', 'mail')
    """
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", unicodedata.normalize("NFC", heading)).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@pytest.mark.parametrize("path", [*PAGES, ROOT / "CHANGELOG.md"], ids=name)
def test_every_link_leads_somewhere(path: pathlib.Path):
    for words, to in links(path):
        if to.startswith("https://"):
            continue
        file, _, place = to.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.is_file(), f"[{words}]({to})"
        if place:
            headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text(target)), re.MULTILINE)
            assert place in {anchor(each) for each in headings}, f"[{words}]({to})"


def test_every_page_of_the_docs_is_found_from_the_readme():
    reached, wanted = {ROOT / "README.md"}, [ROOT / "README.md"]
    while wanted:
        path = wanted.pop()
        for _, to in links(path):
            target = (path.parent / to.partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in reached:
                reached.add(target)
                wanted.append(target)
    assert set(PAGES) <= reached


def test_every_picture_says_what_it_shows_and_all_are_light():
    pictures = [found for path in DOCS for found in links(path) if found[1].endswith((".webp", ".svg"))]
    assert len(pictures) > 5
    assert all(len(words) > 20 for words, _ in pictures)
    shots = list((ROOT / "docs" / "pictures").iterdir())
    assert {f"docs/pictures/{each.name}" for each in shots} <= {to for _, to in pictures}
    assert sum(each.stat().st_size for each in shots) < 600_000


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_file_that_is_named_is_there(path: pathlib.Path):
    inside = re.compile(r"(?:kblog|tests|bench|deploy|docs|templates|static)/[\w./-]+")
    named = [span for span in spans(path) if inside.fullmatch(span)]
    assert not [each for each in named if not (ROOT / each).exists()]


def test_the_picture_of_the_house_says_what_it_shows_and_names_what_is_there():
    tree = etree.parse(ROOT / "docs" / "architecture.svg").getroot()
    svg = {"s": "http://www.w3.org/2000/svg"}
    named = [tree.find(f"s:{each}", svg) for each in ("title", "desc")]
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == " ".join(each.get("id") for each in named)
    assert all(len(each.text) > 40 for each in named)
    ladder = dict(re.findall(r"^(\d) \w+ +(.+)$", text(ROOT / "CONTRIBUTING.md"), re.MULTILINE))
    for number, rooms in ladder.items():
        drawn = tree.xpath(f"//s:g[@id='rung-{number}']/s:text[contains(@class, 'rooms')]/text()", namespaces=svg)
        assert drawn
        assert set(" ".join(drawn).split()) <= set(re.split(r"[ ,|>-]+", rooms)), f"storey {number}"


def test_the_example_of_a_review_is_read_and_every_sign_of_it_works(author: Browser):
    example = max(blocks(ROOT / "docs" / "writing.md", "markdown"), key=len)
    pasting = author.get("/studio/reviews/new")
    pasting.send("//form[contains(@action, 'paste')]", {"text": example})
    (number,) = read(sa.select(Review.id))
    release = author.get(f"/studio/reviews/{number}/publish")
    (lacking,) = release.texts("//ul[@class='findings']/li/p[1]")
    assert lacking.startswith("There is no section Overall Story")  # it is a short one
    release.send("//form[@id='release']")
    page = author.get("/reviews/slow-ferry/")
    assert page.h1 == "Slow Ferry"
    facts = " ".join(page.texts("//aside//dl"))
    for said in ("Office comedy", "Doah Min", "12", "60 minutes per episode", "Viki"):
        assert said in facts
    assert page.texts("//details[@class='spoiler']/summary") == ["Spoilers for episodes 9 to 12"]
    assert page.one("//figure[@class='line']//blockquote//*[@lang='ko']") is not None
    bold, cell, run_in = "//section//strong[.='not']", "//table//td[.='the boat']", "//strong[@class='run-in']"
    for sign in (bold, cell, run_in, "//h3/span[@class='ep']", "//sup"):
        assert page.all(sign), sign
    assert author.get("/lines/?episode=2").texts("//blockquote")
    assert author.get("/reviews/?genre=comedy").all("//a[contains(@href, 'slow-ferry')]")
    assert read(sa.select(Review.tells)) == ["nothing"]


def test_the_short_examples_of_the_language_are_what_they_say():
    examples = blocks(ROOT / "docs" / "writing.md", "markdown")
    spoiled, whole, line, _ = (markup.render_review(f"## Memorable Lines\n\n{each}") for each in examples)
    assert (spoiled.reaches, whole.reaches) == (("12",), ("all",))
    assert [(each.speaker, each.episode, each.context) for each in line.lines] == [("Gu", 4, "at the weighbridge")]


def cells(path: pathlib.Path) -> list[list[str]]:
    """Return the rows of a page's tables, without their heads."""
    rows = re.findall(r"^\| (?!-)(.*) \|$", FENCE.sub("", text(path)), re.MULTILINE)
    return [row.split(" | ") for row in rows]


# What stands beside several fields, and is told of with them.
TOLD_TOGETHER = {"Actor 1", "Plays", "In a sentence", "Label", "Says"}


def test_every_field_of_the_editor_is_told_of_and_every_one_told_of_is_there(author: Browser):
    page = begun(author)
    sections, ticked = "ancestor::*[@id='parts']", "input[@type='checkbox' and starts-with(@name, 'add_')]"
    labels = set(page.texts(f"//form[@id='review-form']//label[not({sections}) and not({ticked})]"))
    others = {*page.texts("//form[@id='review-form']//legend"), *page.texts("//form[@id='review-form']//summary")}
    firsts = [row[0] for row in cells(ROOT / "docs" / "writing.md") if "`" not in row[0]]
    told = {each for first in firsts for each in re.split(r", | \(", first.strip(")"))}
    assert labels > {"Title", "Genres", "Headline", "Notes for yourself"}
    assert labels - TOLD_TOGETHER - {"Hashtags"} <= told
    heads, elsewhere = {"Field", "Field of an entry", "Type"}, {"Runtime of a film", "Labels of the old blog"}
    assert told - heads - elsewhere <= labels | others


def test_every_reason_for_which_a_comment_waits_is_told_of():
    rows = cells(ROOT / "docs" / "moderation.md")
    reasons = [row for row in rows if row[-1] in ("waits", "spam")]
    assert [row[-1] for row in reasons].count("spam") == sum(rule.state == "spam" for rule in spam.RULES)
    assert len(reasons) == len(spam.RULES)
    assert {row[1].strip("`") for row in rows if len(row) == 2} >= set(spam.MODES)


def test_what_the_readme_says_no_to_has_no_address(app: Flask):
    said = text(ROOT / "README.md").partition("## What it does not do")[2].partition("##")[0]
    refused = ("accounts", "votes", "ratings", "watch lists", "newsletter", "pinned", "API", "webhooks", "metrics")
    assert all(each in said for each in refused)
    words = {word for rule in app.url_map.iter_rules() for word in re.split(r"[\W_]+", rule.rule)}
    assert {"comments", "studio"} <= words
    assert not words & {"register", "users", "vote", "votes", "rating", "ratings", "watchlist", "newsletter", "pin"}
    assert not words & {"api", "webhook", "webhooks", "metrics"}


def test_the_files_of_deploy_are_read_by_what_they_are_for(tmp_path: pathlib.Path):
    dockerfile = text(ROOT / "deploy" / "Dockerfile")
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        assert all((ROOT / each).exists() for each in copied.split())
    compose = yaml.safe_load(text(ROOT / "deploy" / "compose.yaml"))
    built = compose["services"]["kblog"]["build"]
    assert (ROOT / "deploy" / built["context"] / built["dockerfile"]).is_file()
    if shutil.which("caddy"):
        command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(ROOT / "deploy" / "Caddyfile")]
        own = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        tried = subprocess.run(command, env=own, capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
    if shutil.which("systemd-analyze"):
        unit = text(ROOT / "deploy" / "kblog.service").replace("/srv/kblog/.venv/bin/flask", sys.executable)
        path = tmp_path / "kblog.service"
        path.write_text(unit, encoding="utf-8")
        tried = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True)
        assert "kblog.service:" not in tried.stderr, tried.stderr
