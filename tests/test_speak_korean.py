"""The interface in Korean: all of it, at once, the same for everybody, with the content left as it is."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from kblog import language
from kblog.db import db, now
from kblog.models import ReviewViews, Setting, Term, VainSearch
from kblog.reviews.routes import today
from kblog.studio import previews
from kblog.transfer.telling import SENTENCES

from .browser import HTMX, Browser, Page, internal_links
from .builders import comments, stored
from .commenting import URL, filled, moderated, post
from .conftest import counted, logged_in, with_author
from .mailing import Postbox, deliver, link, mailing, text
from .speaking import ROOT, Wrapped, compiled, holes, meant, read, said
from .test_bring_pictures import picture
from .test_import_in_studio import BACKUP, press, send, sent, work
from .test_upload_media import SHELF, came_in, token, upload

BODY = """## Introduction

A boat leaves. It comes back (돌아온다).

::: spoiler episodes 2-4
It sinks.
:::

![A pier](https://old.example/pier.jpg)

## Memorable Lines

> I am early.
> — Jun, Episode 3
"""
OVERVIEW = (
    ("Title", "Paper Boats (종이배)"),
    ("Genre", "Romance"),
    ("Number of Episodes", "16"),
    ("Platform", "Not on Netflix or Hulu in the United States (checked November 24, 2025). Viki, Tving (Korea)"),
)
WORD = re.compile(r"[A-Za-z]{2,}")
OURS = re.compile(r"⟦[^⟦⟧]*⟧")
ADDRESS = re.compile(r"(?:https?:/)?/\S+")
SPOKEN = ("aria-label", "placeholder", "data-copied")
SAID = (
    "//*[contains(@class, 'flash')] | //p[contains(@class, 'trouble') or contains(@class, 'error')]"
    " | //*[contains(@class, 'findings') or contains(@class, 'decided-for')]/li/p[not(@class)][1]"
)
REPORTS = (
    "DocumentError",
    "NotAPicture",
    "NotAnExport",
    "NotFetched",
    "Refused",
    "Remark",
    "Skipped",
    "_said",
    "_skip",
)
REMARKS = ("lost", "losses", "notes", "remarks", "warnings")  # to which a reader adds
SAMPLED = 1  # page of each kind
WRAPPED = Wrapped()  # one for all tests, so that templates are compiled with it once


def speak(app: Flask, spoken: str) -> None:
    """Choose the language of the interface, as the studio does."""
    with app.app_context():
        db.session.merge(Setting(name="language", value=spoken))
        db.session.commit()


@pytest.fixture
def korean(app: Flask) -> Browser:
    """A browser on a site that speaks Korean, with a review on which comments are open."""
    with_author(app)
    stored(overview=OVERVIEW, body=BODY, comments=comments(2, spoils="3"), verdict="Mixed", tells="4")
    speak(moderated(app, "first", guard=False), language.KOREAN)
    return Browser(app)


@pytest.fixture
def wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put brackets around all that a catalogue can translate."""
    monkeypatch.setitem(language._catalogues, language.KOREAN, WRAPPED)


def unspoken(page: Page) -> list[str]:
    """Return what a page says in no language but ours: it is in no brackets, and not marked as English content."""
    depth, found = 0, []
    for element, words in _texts(page.tree):
        depth_before, depth = depth, depth + words.count("⟦") - words.count("⟧")
        is_ours = (
            depth_before > 0
            or depth > 0
            or "⟦" in words
            or element.xpath("ancestor-or-self::code | ancestor-or-self::kbd")
        )
        spoken = next((each.get("lang") for each in (element, *element.iterancestors()) if each.get("lang")), "ko")
        if spoken == language.KOREAN and not is_ours and WORD.search(ADDRESS.sub("", words)):
            found.append(words.strip())
    for name in SPOKEN:
        found += [
            f"{name}={each}"
            for each in page.all(f"//@{name}[not(../@id='slug')]")
            if "⟦" not in each and WORD.search(ADDRESS.sub("", each))
        ]
    # what is called by its content alone has no words of ours in its title
    titles = page.all("//head/title") if "⟦" in "".join(page.texts("//h1")) and "/lines/1" not in page.url else []
    found += [f"title={each.text}" for each in titles if "⟦" not in each.text]
    # what is said of something is marked by its names alone, and has words of ours in any case
    found += [f"said={each}" for each in page.texts(SAID) if each and "⟦" not in each]
    return found


def _texts(tree) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    """Yield each stretch of text with the element that it stands in."""
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start" and element.tag not in ("script", "style", "title", "textarea"):
            yield element, element.text or ""
        elif event == "end" and element.getparent() is not None:
            yield element.getparent(), element.tail or ""


def at_work(app: Flask) -> Browser:
    """The author's browser; the same pages in English are looked at hard."""
    author = logged_in(app)
    author.is_strict = False
    return author


def kind(app: Flask, url: str) -> tuple:
    """Return what pages have in common that one template draws: the endpoint and the names of arguments."""
    adapter, (path, query) = app.url_map.bind("localhost"), urlsplit(url)[2:4]
    try:
        endpoint, values = adapter.match(path)
    except MethodNotAllowed:
        return ("",)
    except HTTPException:
        return (path,)
    names = sorted(pair.partition("=")[0] for pair in query.split("&"))
    return endpoint, values.get("index"), values.get("facet"), *names


def walk(browser: Browser, waiting: list[str], below: str = "/", ways: tuple = ({}, HTMX)) -> Iterator[Page]:
    """Visit some pages of every kind that is linked, as page and as fragment."""
    seen: Counter = Counter()
    known = set(waiting)
    while waiting:
        url = waiting.pop(0)
        seen[alike := kind(browser.app, url)] += 1
        if seen[alike] > SAMPLED:
            continue
        for headers in ways:
            page = browser.get(url, status=None, headers=headers)
            if page.response.mimetype == "text/html" and page.text.strip():
                yield page
                new = {each for each in internal_links(page) if each.startswith(below)} - known
                known |= new
                waiting += sorted(new)


# All of it


@pytest.mark.usefixtures("wrapped")
def test_whatever_readers_see_of_the_samples_is_translated(sample_app: Flask):
    speak(sample_app, language.KOREAN)
    browser = Browser(sample_app)
    browser.is_strict = False  # the same pages in English are looked at hard
    starts = ["/", "/nothing/here/", "/reviews/?q=zyxq", "/reviews/?q=nigth", "/reviews/?genre=romance&platform=zyxq"]
    starts += [
        "/reviews/?q=night&genre=romance",
        "/lines/?speaker=zyxq",
        "/reviews/?region=US&platform=none&sort=title",
    ]
    pages = list(walk(browser, starts))
    assert len({kind(sample_app, page.url)[0] for page in pages}) > 15
    assert {page.url: found for page in pages if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_whatever_commenters_see_is_translated(korean: Browser, postbox: Postbox):
    app = mailing(korean.app, postbox, author="bae@example.org")
    other, third = Browser(app), Browser(app)
    pages = [korean.get(f"{URL}/new"), korean.get(f"{URL}/new?parent=1"), korean.get("/comments/1/report")]
    pages.append(post(korean, status=202, headers=HTMX, email="mina@example.org"))  # it waits
    pages += [korean.get(f"{URL}/new"), korean.get("/comments/3/edit"), other.get("/comments/3/edit", status=403)]
    pages.append(post(korean, status=422, body="", name="", website="no address", spoils="zyxq"))
    pages.append(korean.post(URL, filled(korean, name="Bae Harin", key="k" * 70) | {"parent": "99"}, status=422))
    pages.append(korean.post(f"{URL}/preview", filled(korean), status=200, headers=HTMX))
    pages.append(korean.post(f"{URL}/preview", filled(korean, body=""), status=422))
    pages.append(korean.post("/comments/1/report", {"reason": ""}, status=422))
    pages.append(korean.post("/comments/1/report", {"reason": "rude"}, status=201, headers=HTMX))
    moderated(app, "none", guard=False)
    pages.append(post(other, status=201, headers=HTMX, body="Ahoy.", spoils="all"))
    pages.append(post(third, status=201, headers=HTMX, body="Oh?", parent=4))
    pages.append(other.post("/comments/4/edit", {"body": "Ahoy!", "spoils": "2"}, status=403, headers=HTMX))
    pages.append(third.post("/comments/5/edit", {"body": "Ah.", "spoils": "2"}, status=200, headers=HTMX))
    post(other, body="Ahoy there.", parent=5)
    other.post("/comments/4/delete", status=303)
    pages += [korean.get("/reviews/paper-boats/"), korean.get(f"{URL}?sort=newest"), korean.get(f"{URL}?root=4")]
    pages += [other.get(f"{URL}/new"), korean.get("/comments/4/", status=410), korean.get("/comments/99/", status=404)]
    deliver(app)
    confirm = link(postbox.to("mina@example.org")[-1], "/mail/confirm/")
    pages += [korean.get(confirm), korean.post(confirm, status=200), korean.get(f"{confirm}x", status=410)]
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_what_is_seldom_seen_is_translated(app: Flask):
    speak(app, language.KOREAN)
    author, browser = at_work(app), Browser(app)
    empty = ("/", "/reviews/", "/lines/", "/archive/", "/archive/titles/", "/years/", "/genres/", "/people/")
    pages = [browser.get(url) for url in empty]
    shut = stored(overview=OVERVIEW, body=BODY, comments_open=False, labels=("Viki", "Rainy days"))
    viki = db.session.scalars(sa.select(Term).where(Term.slug == "viki")).one()
    viki.active_to, viki.successor = (
        date(2026, 1, 1),
        db.session.scalars(sa.select(Term).where(Term.slug == "tving")).one(),
    )
    db.session.commit()
    urls = ("/platforms/viki/", "/platforms/netflix/", "/reviews/?platform=viki", "/reviews/paper-boats/", f"{URL}/new")
    pages += [browser.get(url) for url in urls]
    pages.append(browser.post(URL, {"name": "Mina", "body": "Too late?"}, status=403))
    pages.append(author.get(f"{URL}/new"))
    draft = stored(slug="night-train", headline="Night Train", published_at=None, body=BODY)
    with app.test_request_context():
        address = previews.link(draft)
    pages.append(browser.get(address))
    shut.withdrawn_at = now()
    db.session.commit()
    pages += [browser.get("/reviews/paper-boats/", status=410), browser.get("/previews/zyxq/", status=404)]
    pages += [browser.get("/feeds/availability.atom?region=zyxq", status=404), browser.get("/media/zyxq", status=404)]
    pages.append(browser.post("/", status=405))
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_the_rooms_of_the_studio_that_speak_korean_say_all_of_it(korean: Browser):
    app = moderated(korean.app, "all", guard=False)
    stranger, author = Browser(app), at_work(app)
    post(korean, body="[a](https://one.example) [b](https://two.example)", website="https://guest.example")
    post(korean, status=303, body="Again.")
    korean.post("/comments/1/report", {"reason": "unkind"})
    pages = [stranger.get("/studio/login"), stranger.post("/studio/comments/3/approve", status=401)]
    pages.append(pages[0].send("//main//form", {"name": "x", "password": "y"}, status=422))
    pages += [author.get(f"/studio/{room}/") for room in ("settings", "account", "comments")]
    pages.append(pages[-3].send("//section[@id='site']//form", {"name": "", "language": "tlh"}, status=422))
    pages.append(pages[-4].send("//section[@id='comments']//form", {"days": "zyxq", "words": "x" * 30_000}, status=422))
    wrong = {"present": "x", "new": "short", "again": "other"}
    pages.append(author.get("/studio/account/").send("//section[1]//form", wrong, status=422))
    pages.append(author.get("/studio/account/second-step"))
    states = ("published", "spam", "removed", "reported", "published&q=zyxq", "spam&page=7")
    pages += [author.get(f"/studio/comments/?state={state}") for state in states]
    pages += [
        author.get(f"/studio/comments/{rest}") for rest in ("3/reply", "writers/1/", "writers/1/erase", "writers/3/")
    ]
    token = {"csrf_token": pages[4].one("(//input[@name='csrf_token'])[1]").get("value")}
    pages.append(author.post("/studio/comments/3/approve", token, status=200, headers=HTMX))
    pages.append(author.post("/studio/comments/3/undo", token, status=200, headers=HTMX))
    pages.append(author.post("/studio/comments/3/spoils", token | {"spoils-3": "4"}, status=200, headers=HTMX))
    for fields in ({"action": "spam", "id": "4"}, {"action": "spam", "id": "4"}, {"action": "spam"}):
        author.post("/studio/comments/bulk", token | fields)
        pages.append(author.get("/studio/comments/"))
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_the_desk_says_all_of_it_in_korean(korean: Browser):
    app = moderated(korean.app, "all", guard=False)
    author = at_work(app)
    pages = [author.get("/studio/"), author.get("/studio/reviews/?state=draft"), author.get("/studio/reviews/new")]
    post(korean)
    korean.post("/comments/1/report", {"reason": "unkind"})
    pages.append(pages[2].send("//section[2]//form", {"text": ""}, status=422))
    pages.append(author.get("/studio/reviews/?q=zyxq"))
    for number, state in enumerate((None, now() + timedelta(days=2), now(), None, None, None, None, None)):
        stored(slug=f"night-train-{number}", headline="Night Train", published_at=state, body=BODY)
    pages += [author.get("/studio/"), author.get("/studio/reviews/"), author.get("/studio/reviews/?state=withdrawn")]
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_the_editor_says_all_of_it_in_korean(korean: Browser):
    author = at_work(korean.app)
    lacking = (
        BODY
        + '\n\n## Overall Story\n\nEpisode 40 is ‘on’ Netflix. “It’s" said. ![](/media/none.jpg)\n\n## Conclusion\n'
    )
    draft = stored(slug="night-train", headline="Night Train", published_at=None, body=lacking, overview=OVERVIEW).id
    pages = [
        author.get(f"/studio/reviews/{number}/{rest}")
        for number in (1, draft)
        for rest in ("", "publish", "revisions/")
    ]
    first, form = pages[0], "//form[@id='review-form']"
    wrong = {"year": "x", "episodes": "x", "running_time": "x", "slug": "X y", "version": "", "headline": "x" * 400}
    pages.append(first.send(form, wrong, button="action=save", status=422))
    author.get("/studio/reviews/1/").send(form, {"description": "Boats."}, button="action=save")
    pages.append(author.get("/studio/reviews/1/"))
    pages.append(first.send(form, {"description": "Ships."}, button="action=save", status=409))
    fields = dict(author.get(f"/studio/reviews/{draft}/").fields(form))
    for rest in ("preview", "autosave", "slug"):
        pages.append(author.post(f"/studio/reviews/{draft}/{rest}", fields, status=200, headers=HTMX))
    for group in ("cast", "availability", "rows", "parts"):
        sent = fields | {"add": group}
        pages.append(author.post(f"/studio/reviews/{draft}/rows", sent, status=200, headers=HTMX))
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_whatever_the_author_is_led_to_is_translated(korean: Browser):
    author = at_work(moderated(korean.app, "all", guard=False))
    post(korean)
    people = [("Title", "Night Train"), ("Genre", "Rom-com"), ("Cast", "Kim Go-eun (Mina)"), ("Director", "Kim Goeun")]
    train = stored(slug="night-train", headline="Night Train", overview=people, hashtags=("#Trains",), labels=("Viki",))
    draft = stored(slug="draft", headline="Rain", published_at=None, body=BODY)
    for ago in (0, 1, 40):
        db.session.add(ReviewViews(review_id=train.id, day=today() - timedelta(days=ago), views=3))
        db.session.add(VainSearch(day=today() - timedelta(days=ago), folded=f"w{ago}", words=f"word {ago}", times=2))
    db.session.commit()
    came_in(author, picture())
    starts = ["/studio/", f"/studio/reviews/{draft.id}/", "/studio/media/?show=unused", "/studio/insights/?period=all"]
    starts += [
        "/studio/terms/people/kim-go-eun/merge?into=kim-goeun",
        "/studio/terms/genres/rom-com/merge?into=romance",
    ]
    starts += ["/studio/terms/platforms/viki/merge?into=tving", "/studio/availability/?show=all", "/studio/nothing/"]
    pages = list(walk(author, starts, "/studio/", ({},)))
    assert len({kind(author.app, page.url)[0] for page in pages}) > 30
    assert {page.url: found for page in pages if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_the_library_and_the_covers_say_all_of_it_in_korean(korean: Browser):
    author = at_work(korean.app)
    tabs = ("?show=undescribed", "?show=unused", "?show=removed", "?page=7", "?q=zyxq", "unused/")
    pages = [author.get(f"{SHELF}{tab}") for tab in tabs]
    boats = came_in(author, picture(), "harbour.jpg")
    proof = {"csrf_token": token(author)}
    pages += [upload(author), upload(author, ("b.png", picture("PNG")), ("notes.txt", b"None."), headers=HTMX)]
    own = f"{SHELF}{boats.id}/"
    pages += [author.get(own), author.post(own, proof | {"alt": "x" * 1001, "is_decorative": "y"}, status=422)]
    pages.append(upload(author, ("b.png", picture("PNG")), instead_of=str(boats.id)))
    pages.append(author.post(own, proof | {"alt": "Boats", "credit": "Yuna"}, status=200, headers=HTMX))
    for action, fields in ((f"{boats.id}/", {"alt": "Boats."}), (f"{boats.id}/remove", {}), ("undo", {"id": boats.id})):
        author.post(f"{SHELF}{action}", proof | fields)
        pages += [author.get(SHELF), author.get(f"{SHELF}?show=removed")]
    cover = "/studio/reviews/1/cover/"
    pages += [author.get(cover), author.get(f"{cover}?q=zyxq&page=2"), author.get(f"{cover}?picture={boats.hash}")]
    wrong = {"x": "101", "y": "x", "alt": "", "credit": "x" * 400}
    pages.append(pages[-1].send("//form[@id='picture-cover']", wrong, button="action=save", status=422))
    wrong = {"cover": "/media/x.jpg", "is_decorative": "y"}
    pages.append(pages[-2].send("//form[@id='picture-cover']", wrong, button="action=save", status=422))
    pages.append(pages[-5].send("//form[@id='drawn-cover']", {"number": "0"}, status=422))
    pages[-6].send("//form[@id='drawn-cover']", {"number": "3"})
    pages += [author.get(cover), pages[-4].send("//form[@id='drawn-cover']", {"number": "2"}, status=409)]
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_what_the_author_decides_of_terms_and_platforms_is_said_in_korean(korean: Browser):
    author = at_work(korean.app)
    people = [("Title", "Night Train"), ("Genre", "Rom-com"), ("Cast", "Kim Go-eun (Mina)"), ("Director", "Kim Goeun")]
    stored(slug="night-train", overview=people, hashtags=("#Trains",))
    proof, terms, pages = {"csrf_token": token(author)}, "/studio/terms/", []

    def decide(url: str, status: int = 303, **fields: str) -> None:
        page = author.post(url, proof | fields, status=status)
        pages.append(author.get(page.response.location) if status == 303 else page)

    for index in ("people", "genres", "platforms", "hashtags"):
        pages += [author.get(f"{terms}{index if index != 'people' else ''}/?q=zyxq".replace("//", "/"))]
    one, genre = f"{terms}people/kim-go-eun/", f"{terms}genres/rom-com/"
    for url in (one, genre):
        decide(f"{url}name", 422, name="")
        decide(f"{url}name", 422, name="Boats", native_name="Boats")
        decide(f"{url}name", name="Night", moves="y")
        decide(f"{terms}{url.split('/')[3]}/night/renamed")
        decide(f"{terms}{url.split('/')[3]}/night/renamed")
        decide(f"{url}merge", into=url.split("/")[4])
        decide(f"{url}undo")
    decide(f"{one}spellings", 422, spelling="x" * 200)
    decide(f"{one}spellings", 422, spelling="Kim Goeun")
    decide(f"{one}spellings", spelling="Kim Goni")
    decide(f"{terms}people/kim-goeun/two", other="kim-go-eun")
    decide(f"{terms}people/kim-goeun/merge", into="kim-go-eun")
    decide(f"{terms}people/kim-goeun/undo")
    for _again in range(2):
        decide(f"{genre}names", alias="Love")
        decide(f"{genre}broader", broader="Romance")
    decide(f"{genre}broader", 422, broader="Rom-com")
    decide(f"{terms}genres/romance/broader", 422, broader="Rom-com")
    for _again in range(2):
        decide(f"{genre}names/remove", address="love")
        decide(f"{genre}broader/remove", broader="romance")
    decide(f"{terms}hashtags/trains/merge", into="trains")
    decide(f"{terms}platforms/viki/merge", into="tving")
    decide(f"{terms}platforms/viki/undo")
    platform = "/studio/availability/platforms/viki/"
    decide(platform, 422, active_to="", successor="Viki")
    decide(platform, 422, active_to="3000-01-01")
    decide(platform, 422, active_to="x")
    decide(platform, active_to="2026-03-01", successor="Tving")
    pages += [author.get("/studio/availability/platforms/"), author.get("/studio/availability/log/")]
    decide(f"{platform}go-on")
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_what_the_author_finds_of_a_platform_is_said_in_korean(korean: Browser):
    author, queue = at_work(korean.app), "/studio/availability/"
    proof = {"csrf_token": token(author), "show": "all"}
    pages = [
        author.get(f"{queue}{rest}") for rest in ("?show=all", "?show=undated", "?page=7", "log/?page=7", "log/1/")
    ]
    for action in ("confirm", "unknown", "undo", "undo"):
        pages.append(author.post(f"{queue}1/{action}", proof, status=200, headers=HTMX))
    pages.append(author.post(f"{queue}1/confirm", proof | {"was": "x"}, status=409, headers=HTMX))
    pages += [author.get(f"{queue}1/change"), author.get(f"{queue}1/change", headers=HTMX)]
    changes = {"entry-1-status": "left", "entry-1-was": "x", "entry-1-link": ""}
    pages.append(author.post(f"{queue}1/change", proof | changes, status=409))
    wrong = {"entry-1-status": "x", "entry-1-checked_on": "x", "entry-1-link": "x", "entry-1-note": "x" * 3000}
    pages.append(author.post(f"{queue}1/change", proof | wrong, status=422))
    marks = [each.get("value") for each in author.get(f"{queue}?show=all").all("//li/input[@name='entry']")]
    for fields in (
        {},
        {"action": "confirm", "entry": [marks[0], f"{marks[1]}x"]},
        {"action": "unknown", "entry": marks[1]},
        {"id": "2"},
        {"id": "2"},
    ):
        author.post(f"{queue}{'undo' if 'id' in fields else 'bulk'}", proof | fields)
        pages.append(author.get(f"{queue}?show=all"))
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}


@pytest.mark.usefixtures("wrapped")
def test_what_comes_in_from_another_blog_is_said_in_korean(korean: Browser):
    author, form = at_work(korean.app), "/studio/import/"
    files = ((b"<html></html>", "page.xml"), (b"", "empty.xml"), (b"%PDF", "text.pdf"), (b"PK\x03\x04", "half.zip"))
    pages = [send(author, *file, base_url="nowhere") for file in files]
    pages += [send(author, b"", ""), author.get(form)]
    url = sent(author)
    pages += [author.get(url), author.get(form), send(author, BACKUP)]
    work(korean.app)
    pages += [author.get(url), author.get(form)]
    press(author, pages[-2], "⟦Import⟧")
    pages += [author.get(url), author.get(url, headers=HTMX)]
    work(korean.app)
    pages += [author.get(url), author.get(form)]
    url = sent(author)
    author.post(f"{url}stop", {"csrf_token": token(author)})
    pages.append(author.get(url))
    for words in ("---\nkind: x\n---\n", "---\nkinds: x\n---\n", "---\n"):
        pages.append(author.post("/studio/reviews/paste", {"csrf_token": token(author), "text": words}, status=422))
    assert {f"{at} {page.url}": found for at, page in enumerate(pages) if (found := unspoken(page))} == {}
    told = [*pages[-5].texts("//ul[contains(@class, 'decided-for')]/li/p"), *pages[-5].texts("//p[@class='hint']")]
    assert told
    assert [each for each in told if "⟦" not in each and not each.startswith(("A ", "Salt"))] == []


@pytest.mark.usefixtures("wrapped")
def test_what_is_not_translated_would_be_found(korean: Browser):
    page = korean.get("/reviews/paper-boats/")
    assert unspoken(page) == []
    for ours, theirs in (('lang="en"', 'lang="ko"'), ("⟦Overview⟧", "Overview"), ('aria-label="⟦', 'aria-label="')):
        page.tree = lxml.html.fromstring(page.text.replace(ours, theirs))
        assert unspoken(page), theirs


def test_the_catalogues_have_every_sentence_and_no_other():
    asked = said()
    for spoken in set(language.NAMES) - {language.ENGLISH}:
        words = read(spoken)
        there = {each.id if isinstance(each.id, str) else tuple(each.id): each for each in words if each.id}
        assert set(there) == set(asked), "python -m tests.speaking writes the catalogues anew"
        for message, entry in there.items():
            assert not entry.fuzzy, message
            strings = entry.string if entry.pluralizable else [entry.string]
            many = message if isinstance(message, str) else message[1]
            for string in strings:
                assert string, f"{message} is not translated"
                assert holes(string) == holes(many), f"{string!r} has other holes than {many!r}"
        beside = (language.FOLDER / f"{spoken}.mo").read_bytes()
        assert meant(beside) == meant(compiled(words)), "python -m tests.speaking writes it anew"


def test_what_is_said_of_exports_pictures_and_documents_can_be_told_in_any_language():
    """Readers of formats say it in English; a page tells it only where its pattern is known."""
    of_exports = [path for path in sorted((ROOT / "kblog/transfer").glob("*.py")) if path.stem != "telling"]
    others = [ROOT / "kblog" / name for name in ("media/store.py", "media/fetching.py", "media/redrawing.py")]
    lines = [line for path in (*of_exports, *others, ROOT / "kblog/document.py") for line in _reported(path)]
    assert len(lines) > 120
    patterns, messages = zip(*SENTENCES.patterns, strict=True)
    whole = [re.sub(r"%\(\w+\)s", "7", message) for message in messages]
    for line in lines:
        may_be = re.compile(re.escape(line).replace("7", ".*"))  # where a value is words of ours
        assert any(each.fullmatch(line) for each in patterns) or any(map(may_be.fullmatch, whole)), line


def _reported(path: Path) -> Iterator[str]:
    """Yield what a module says of what it reads, with "7" for each value."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in REPORTS:
                said: list[ast.expr] = args
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name)), args=args):
                said = args if name in REMARKS else []
            case ast.Assign(targets=[ast.Name(id="warnings")], value=value) | ast.Return(value=ast.Tuple() as value):
                said = [value]
            case _:
                continue
        found = (line for part in said for line in _lines(part))
        yield from (line for line in found if len(re.findall("[a-z]{2,}", line)) > 2 and line[0] != "<")


def _lines(node: ast.expr | None) -> list[str]:
    """Return every text that an expression may be, as far as it can be seen from outside."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp():
            return [*_lines(node.body), *_lines(node.orelse)]
        case ast.Tuple():
            return [line for part in node.elts for line in _lines(part)]
        case ast.JoinedStr():
            return ["".join(parts) for parts in product(*map(_lines, node.values))]
        case ast.FormattedValue(value=ast.IfExp() as value):
            return _lines(value)
        case ast.FormattedValue():
            return ["7"]
    return []


# At once, for everybody


def test_the_studio_changes_the_language_of_the_next_page_whoever_kept_it(app: Flask):
    stored(overview=OVERVIEW, body=BODY)
    author, reader = logged_in(app), Browser(app)
    for spoken, heading in (("ko", "작품 정보"), ("en", "Overview"), ("ko", "작품 정보")):
        reader.get("/reviews/paper-boats/")  # kept as it is now
        author.get("/studio/settings/").send("//section[@id='site']//form", {"language": spoken})
        page = reader.get("/reviews/paper-boats/")
        assert page.one("//html").get("lang") == spoken
        assert heading in page.texts("//h2")
    author.get("/studio/settings/").send("//section[@id='site']//form", {"language": "tlh"}, status=422)
    author.get("/studio/settings/").send("//section[@id='site']//form", {"language": None})
    assert reader.get("/").one("//html").get("lang") == "ko"


def test_every_reader_gets_the_same_bytes(korean: Browser):
    stranger = Browser(korean.app)
    post(korean)
    for url in ("/", "/reviews/", "/reviews/paper-boats/", "/lines/"):
        first, again = korean.get(url), stranger.get(url, headers={"Accept-Language": "en"})
        assert first.text == again.text
        assert first.response.headers["ETag"] == again.response.headers["ETag"]


def test_a_page_in_korean_asks_the_database_no_more(korean: Browser):
    asked: dict[str, list[int]] = {"en": [], "ko": []}
    for spoken, numbers in asked.items():
        speak(korean.app, spoken)
        korean.get("/archive/")
        for url in ("/", "/reviews/?genre=romance", "/reviews/paper-boats/", f"{URL}/new", "/nothing-here/"):
            with counted() as statements:
                korean.get(url, status=None)
            numbers.append(len(statements))
    assert asked["ko"] == asked["en"]


# What it says


def test_a_review_speaks_korean_around_its_english_text(korean: Browser):
    page = korean.get("/reviews/paper-boats/")
    assert page.one("//div[contains(@class, 'prose')]").get("lang") == "en"
    assert page.texts("//h1/span[@lang='en']") == ["Paper Boats"]
    assert page.texts("//details[@class='spoiler']/summary[@lang='ko']") == ["스포일러: 2~4화"]
    assert page.texts("//a[@class='picture']") == ["옛 블로그의 사진: A pier"]
    assert page.texts("//dd[@data-region='US']")[0].startswith("미국: Netflix, Hulu에 없음, 2025년 11월 24일 확인")
    assert page.texts("//dd[@data-region='KR']")[0].startswith("한국: Tving에서 볼 수 있음")
    assert "2026년 3월 12일" in page.words
    assert page.texts("//h2[@id='comments-title']") == ["댓글 2개"]
    assert page.texts("//summary[text()='3화까지의 스포일러']")
    assert "4화까지 내용 포함" in page.words
    assert page.texts("//*[@class='verdict']") == ["Mixed"]


def test_what_machines_read_of_a_review_stays_english(korean: Browser):
    linked = "//script[@type='application/ld+json']"
    in_korean = korean.get("/reviews/paper-boats/").one(linked).text
    speak(korean.app, language.ENGLISH)
    assert korean.get("/reviews/paper-boats/").one(linked).text == in_korean
    assert json.loads(in_korean)["@graph"][0]["inLanguage"] == "en"


def test_feeds_say_their_own_words_in_korean(korean: Browser):
    assert '<p><a href="http://localhost/reviews/paper-boats/#h-introduction">스포일러: 2~4화</a></p>' in (
        lxml.etree.fromstring(korean.get("/feeds/reviews.atom").text.encode()).xpath(
            "string(//*[local-name()='content'])"
        )
    )
    assert "<title>K-Blog: 댓글</title>" in korean.get("/feeds/comments.atom").text
    assert "3화까지의 스포일러가 있어요" in korean.get("/feeds/comments.atom").text
    availability = korean.get("/feeds/availability.atom?region=US").text
    assert "미국에서 볼 수 있는 곳" in availability
    assert 'xml:lang="ko"' in availability


def test_a_title_of_chosen_reviews_reads_as_korean(korean: Browser):
    assert korean.get("/reviews/?genre=romance&region=US&platform=viki").title == (
        "미국에서 볼 수 있는 Viki의 Romance 리뷰 | K-Blog"
    )
    assert korean.get("/reviews/?kind=drama&length=13-16-episodes").title == "13~16부작 드라마 | K-Blog"


def test_a_form_says_in_korean_what_is_amiss(korean: Browser):
    page = post(korean, status=422, name="", body="")
    assert page.texts("//p[@class='error']") == ["이름을 적어 주세요. 별명도 괜찮아요.", "내용을 쓴 다음 올려 주세요."]
    assert "이 이름으로 쓴 첫 댓글" in post(korean, status=202, headers=HTMX).text


def test_what_stands_within_a_sentence_is_korean_too(korean: Browser):
    author = at_work(korean.app)
    broken = {"csrf_token": token(author), "text": "---\nhashtags: [Boats\nyear: 1\n---\n"}
    (told,) = author.post("/studio/reviews/paste", broken, status=422).texts("//p[@class='error']")
    assert told.startswith("3번째 줄: 쉼표(,)나 닫는 대괄호(])가 있어야 할 곳에 다른 것이 있어요")
    draft = stored(slug="rain", published_at=None, overview=OVERVIEW, body="Episode 40 is long.")
    findings = author.get(f"/studio/reviews/{draft.id}/publish").texts("//ul[@class='findings']/li/p[1]")
    assert "글에 “Episode 40” 이야기가 있는데 작품은 16화까지예요." in findings


def test_why_a_comment_waits_is_kept_in_english_and_said_in_the_language_of_the_day(korean: Browser):
    waits = "//section[@id='own-comments']//p[starts-with(., '이유') or starts-with(., 'Why')]"
    post(korean, status=303, body="[a](https://one.example) [b](https://two.example)")
    assert korean.get(f"{URL}/new").texts(waits) == ["이유: 링크 2개; 이 이름으로 쓴 첫 댓글."]
    speak(korean.app, language.ENGLISH)
    assert korean.get(f"{URL}/new").texts(waits) == ["Why: 2 links; First comment under this name."]


def test_mails_are_in_korean(korean: Browser, postbox: Postbox):
    app = mailing(moderated(korean.app, "none", guard=False), postbox, author="bae@example.org")
    post(korean, email="mina@example.org")
    deliver(app)
    asked = postbox.to("mina@example.org")[-1]
    assert asked["Subject"] == "확인해 주세요: ‘Paper Boats’ 댓글의 답글 메일"
    korean.post(link(asked, "/mail/confirm/"), status=200)
    post(Browser(app), parent=3, name="Ottilie", body="So did I.")
    deliver(app)
    reply = postbox.to("mina@example.org")[-1]
    assert reply["Subject"] == "‘Paper Boats’에 쓴 댓글에 답글이 달렸어요"
    assert "Ottilie 님이 ‘Paper Boats’에 쓴 댓글에 답글을 달았어요." in text(reply)
    moderated(app, "all", guard=False)
    post(Browser(app), name="Guest", body="Me too.")
    deliver(app)
    assert postbox.to("bae@example.org")[-1]["Subject"] == "K-Blog: 기다리는 댓글 1개"


def test_what_broke_is_said_in_korean_without_asking_the_database(korean: Browser):
    @korean.app.get("/breaks")
    def breaks():
        raise RuntimeError("on purpose")

    assert korean.get("/nothing-here/", status=404).h1 == "찾는 페이지가 없어요."
    korean.app.config["PROPAGATE_EXCEPTIONS"] = False
    with counted() as statements:
        answer = korean.ask("/breaks")
    assert (answer.status_code, statements) == (500, [])
    assert "저희 쪽에서 문제가 생겼어요." in answer.text
    with counted() as statements:
        answer = korean.ask("/", "POST", environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked"})
    assert (answer.status_code, statements) == (411, [])
    assert "바뀐 것은 없어요." in answer.text
