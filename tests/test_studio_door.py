"""The studio's door: who is let in, and what becomes of everybody else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, abort, redirect
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.test import encode_multipart

from kblog import auth
from kblog.db import db
from kblog.models import AuthorSession
from kblog.studio import access
from kblog.studio.resuming import Carried

from .browser import HTMX, Browser, Page, filled_in
from .builders import stored
from .conftest import NAME, PASSWORD, logged_in, with_author

GONE = 404  # a letter that somebody took away
OWN = {"Origin": "http://localhost"}
TEXT = "첫 눈, “Lee Sun‑kyun” & co.\r\n\r\n  50 % + more = 한 줄 \u200b더;\ttab\r\n"
LETTER = [("title", "A"), ("tag", ""), ("tag", "b&c"), ("body", TEXT), ("tag", "a")]


def addresses(app: Flask) -> list[str]:
    """Every address of the studio, future ones too: whatever the map holds, with numbers and words filled in."""
    found = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/studio")}
    return sorted(map(filled_in, found))


@pytest.fixture
def letters(app: Flask) -> list:
    """What the studio's views of these tests were given; they stand in for an editor."""
    got: list = []

    @access.resumable
    def update(letter_id: int, form: MultiDict):
        if letter_id == GONE:
            abort(404)
        got.append((letter_id, form))
        return redirect(f"/studio/?saved={letter_id}", 303)

    @access.keeps_text
    def autosave(letter_id: int):
        got.append(letter_id)
        return "saved"

    app.add_url_rule("/studio/letters/<int:letter_id>/", "letters.update", update, methods=["POST"])
    app.add_url_rule("/studio/letters/<int:letter_id>/autosave", "letters.autosave", autosave, methods=["POST"])
    app.add_url_rule("/studio/letters/plain", "letters.plain", lambda: got.append(1) or "plain", methods=["POST"])
    return got


def hidden(page: Page, form: str = "//main//form") -> dict[str, str]:
    return {each.get("name"): each.get("value") for each in page.all(f"{form}//input[@type='hidden']")}


def token(browser: Browser) -> dict[str, str]:
    return dict(browser.get("/studio/").fields("//header//form"))


def sign_out(browser: Browser) -> None:
    """End the session as time would: the row goes, the cookie stays."""
    db.session.query(AuthorSession).delete()
    db.session.commit()


# Let in


def test_the_author_is_let_in_everywhere(author: Browser):
    for url in ("/studio/", "/studio/account/"):
        page = author.get(url)
        assert page.response.headers["Cache-Control"] == "no-store"
        assert NAME in author.get("/studio/").words


def test_a_form_with_the_pages_token_is_taken(letters: list, author: Browser):
    author.post("/studio/letters/7/", [*LETTER, *token(author).items()])
    ((number, form),) = letters
    assert number == 7
    assert form["body"] == TEXT
    assert form.getlist("tag") == ["", "b&c", "a"]


def test_no_answer_is_kept_anywhere_not_even_that_there_is_nothing(letters: list, author: Browser):
    own = token(author)
    for method, url, status in (("GET", "/studio/nothing", 404), ("GET", "/studio", 308), ("PUT", "/studio/", 405)):
        response = author.ask(url, method, headers=OWN)
        assert (response.status_code, response.headers["Cache-Control"]) == (status, "no-store")
    response = author.post("/studio/letters/plain", own, status=200).response
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("size", "status"), [(4_000_000, 303), (4_300_000, 413)])
def test_a_form_may_be_as_large_as_four_megabytes(letters: list, author: Browser, size: int, status: int):
    page = author.post("/studio/letters/7/", {**token(author), "body": "x" * size}, status=status)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert len(letters) == (status == 303)


# Refused


@pytest.mark.parametrize("is_set_up", [True, False], ids=["an author", "no author yet"])
def test_a_stranger_is_refused_at_every_address(app: Flask, letters: list, reader: Browser, is_set_up: bool):
    if is_set_up:
        with_author(app)
    urls = [*addresses(app), "/studio", "/studio/nothing/here"]
    assert len(urls) > 8
    for url in urls:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            for headers in (OWN, {**OWN, **HTMX}):
                response = reader.ask(url, method, headers=headers, data=None if method in ("GET", "HEAD") else {})
                asked = f"{method} {url} {headers}"
                if is_set_up and url == "/studio/login":
                    assert response.status_code in (200, 401, 422), asked
                else:
                    assert response.status_code in ((302, 401) if is_set_up else (403,)), asked
                assert response.headers["Cache-Control"] == "no-store", asked
                assert "Set-Cookie" not in response.headers, asked
    assert letters == []


def test_a_page_leads_a_stranger_to_the_log_in_and_back(app: Flask, reader: Browser):
    with_author(app)
    response = reader.get("/studio/account/?tab=%ED%95%9C&x=1", status=302).response
    assert urlsplit(response.location).path == "/studio/login"
    assert parse_qs(urlsplit(response.location).query) == {"next": ["/studio/account/?tab=%ED%95%9C&x=1"]}
    sent = {**hidden(reader.get(response.location)), "name": NAME, "password": PASSWORD}
    assert reader.post("/studio/login", sent).response.location == "/studio/account/?tab=%ED%95%9C&x=1"


def test_signing_out_twice_is_no_error(author: Browser):
    page = author.get("/studio/")
    page.send("//header//form")
    page.send("//header//form", status=302)


def test_a_fragment_sends_the_whole_page_to_the_log_in(app: Flask, reader: Browser):
    with_author(app)
    asked = {**HTMX, "HX-Current-URL": "http://localhost/studio/account/?tab=2"}
    response = reader.get("/studio/", status=401, headers=asked).response
    assert response.headers["HX-Redirect"] == "/studio/login?next=/studio/account/?tab%3D2"
    response = reader.get("/studio/", status=401, headers=HTMX).response
    assert response.headers["HX-Redirect"] == "/studio/login?next=/studio/"


def test_while_typing_nothing_leads_away_from_the_text(letters: list, author: Browser):
    sign_out(author)
    page = author.post("/studio/letters/7/autosave", LETTER, status=401, headers=HTMX)
    assert len(page.all("//*[@id='save-state']")) == 1
    assert page.texts("//p/span") == ["You are signed out. Sign in in a new tab; your text stays here."]
    assert page.texts("//p/button") == ["Sign in and save"]
    assert "HX-Redirect" not in page.response.headers
    assert page.response.headers["HX-Retarget"] == "#save-state"
    page = author.post("/studio/letters/plain", LETTER, status=401, headers=HTMX)
    assert page.response.headers["HX-Redirect"].startswith("/studio/login?next=")
    assert letters == []


def test_what_is_not_taken_while_typing_is_said_where_later_saves_look(author: Browser):
    url = f"/studio/reviews/{stored(state='draft').id}/"
    own = token(author)
    for step, more, status in (("", "x" * 4_300_000, 413), ("autosave", "x" * 4_300_000, 413), ("rows", "", 400)):
        page = author.post(f"{url}{step}", {**own, "body": more, "add": "nothing"}, status=status, headers=HTMX)
        assert page.response.headers["HX-Retarget"] == "#save-state"
        assert page.texts("//p[@id='save-state']")[0].endswith("Your text stays here.")
    page = author.post("/studio/reviews/0/autosave", own, status=404, headers=HTMX)
    assert "That page is not here." in page.texts("//p[@id='save-state']")[0]
    page = author.post(f"{url}autosave", {**own, "body": "x" * 4_300_000}, status=413)  # no fragment: a page
    assert page.one("//h1") is not None


def test_without_an_author_the_studio_says_how_to_make_one(reader: Browser):
    words = "Open the set-up link that `make run` prints, or run `flask author create`."
    page = reader.get("/studio/reviews/new", status=403)
    assert page.h1 == "There is no author yet."
    assert words in page.words
    fragment = reader.fragment("/studio/", status=403)
    assert fragment.texts("//p") == [f"There is no author yet. {words}"]
    reader.post("/studio/login", {"name": NAME, "password": PASSWORD}, status=403)


# The text of a form that came too late


def test_a_save_that_came_too_late_is_finished_after_the_log_in(letters: list, author: Browser):
    sign_out(author)
    page = author.post("/studio/letters/7/", LETTER, status=401)
    assert "You are signed out. Sign in and your save is finished; the text is kept." in page.words
    assert letters == []
    typed = {**hidden(page), "name": NAME}
    page = author.post("/studio/login", {**typed, "password": "not this one at all"}, status=422)
    assert {**hidden(page), "name": NAME} == typed
    page = author.post("/studio/login", {**hidden(page), "name": NAME, "password": PASSWORD})
    assert page.response.location == "/studio/?saved=7"
    ((number, form),) = letters
    assert (number, form) == (7, ImmutableMultiDict(LETTER))
    author.get("/studio/")


def test_a_text_whose_page_is_gone_meanwhile_is_shown(letters: list, author: Browser):
    sign_out(author)
    page = author.post(f"/studio/letters/{GONE}/", LETTER, status=401)
    page = author.post("/studio/login", {**hidden(page), "name": NAME, "password": PASSWORD}, status=422)
    assert page.h1 == "That could not be saved"
    assert page.one("//textarea[@id='kept-4']").text.strip() == TEXT.replace("\r\n", "\n").strip()
    author.get("/studio/")
    page = author.post(f"/studio/letters/{GONE}/", LETTER, status=403)
    page = author.post("/studio/resume", hidden(page), status=422)
    assert page.h1 == "That could not be saved"
    assert letters == []


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))))
def test_a_carried_form_is_the_form(pairs: list[tuple[str, str]]):
    assert Carried.of("/studio/letters/7/", MultiDict(pairs)).form == ImmutableMultiDict(pairs)


def test_a_long_text_is_carried_whole(letters: list, author: Browser):
    body = "한 줄\r\n" * 60_000  # 660 kB, in a form 1.9 MB
    sign_out(author)
    page = author.post("/studio/letters/7/", {"body": body}, status=401)
    assert page.one("//main//form").get("enctype") == "multipart/form-data"
    sent = {**hidden(page), "name": NAME, "password": PASSWORD}
    boundary, encoded = encode_multipart(sent)
    kind = f"multipart/form-data; boundary={boundary}"
    response = author.ask("/studio/login", "POST", data=encoded, headers=OWN, content_type=kind)
    assert response.location == "/studio/?saved=7"
    assert letters[0][1]["body"] == body


@pytest.mark.parametrize(
    "path",
    [
        "/studio/logout",
        "/studio/letters/7/autosave",
        "/studio/letters/x/",
        "/studio/",
        "//evil.example/",
        "",
        "/reviews/",
    ],
)
def test_nothing_but_a_resumable_view_is_called_after_the_log_in(app: Flask, letters: list, reader: Browser, path: str):
    with_author(app)
    sent = {"name": NAME, "password": PASSWORD, "resume_path": path, "resume_form": "body=my+words"}
    page = reader.post("/studio/login", sent, status=422 if path else 303)
    if path:
        assert page.h1 == "That could not be saved"
        assert page.texts("//textarea") == ["my words"]
    assert letters == []
    reader.get("/studio/")


# The token


def test_a_form_without_the_token_is_refused(letters: list, author: Browser):
    for given_token in ({}, {"csrf_token": ""}, {"csrf_token": "x"}):
        page = author.post("/studio/letters/plain", given_token, status=403)
        assert page.h1 == "This page is older than your last sign-in."
        page = author.post("/studio/letters/plain", given_token, status=403, headers=HTMX)
        assert page.texts("//p") == [f"{access.STALE[0]} {access.STALE[1]}"]
    assert letters == []


def test_a_form_of_before_the_last_log_in_is_handed_back_and_saved(letters: list, author: Browser):
    old = token(author)
    author.post("/studio/login", {"name": NAME, "password": PASSWORD})
    assert token(author) != old
    page = author.post("/studio/letters/7/autosave", old, status=403, headers=HTMX)
    assert len(page.all("//*[@id='save-state']")) == 1
    fresh = {"csrf_token": page.one("//input[@hx-swap-oob]").get("value")}  # for the form that is still open
    author.post("/studio/letters/7/autosave", fresh, status=200, headers=HTMX)
    assert letters.pop() == 7
    page = author.post("/studio/letters/7/", [*LETTER, *old.items()], status=403)
    assert letters == []
    page = author.post(page.one("//main//form").get("action"), hidden(page))
    assert page.response.location == "/studio/?saved=7"
    assert letters[0][1]["body"] == TEXT
    assert letters[0][1].getlist("tag") == ["", "b&c", "a"]


def test_another_sites_form_is_refused_whatever_it_carries(letters: list, author: Browser):
    own = token(author)
    author.post("/studio/letters/7/", own, status=403, headers={"Origin": "https://evil.example"})
    author.post("/studio/letters/7/", own, status=403, headers={"Sec-Fetch-Site": "cross-site"})
    assert letters == []


# Where to go on


ELSEWHERE = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example/", "",
    "\t//evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)",
    "evil.example", "/／evil.example", "／／evil.example", "/⁄evil.example", "/∕evil.example", "/\x00/evil.example",
    "/a\r\nX-Evil: 1",
]  # fmt: skip


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_log_in_leads_nowhere_else(app: Flask, reader: Browser, elsewhere: str):
    with_author(app)
    page = reader.post("/studio/login", {"name": NAME, "password": PASSWORD, "next": elsewhere})
    assert page.response.location == "/studio/"
    assert reader.get("/studio/login?next=" + "%09//evil.example", status=302).response.location == "/studio/"


# What readers see


PUBLIC = (
    "/",
    "/reviews/",
    "/archive/",
    "/genres/",
    "/feeds/reviews.atom",
    "/sitemap.xml",
    "/nowhere",
    "/static/kblog.css",
)


def test_readers_pages_are_the_same_bytes_for_the_author(sample_app: Flask):
    reader, author = Browser(sample_app), logged_in(sample_app)
    author.get("/studio/")
    for url in PUBLIC:
        answers = [each.ask(url) for each in (reader, author)]
        for answer in answers:
            assert "Set-Cookie" not in answer.headers, url
            assert "Cookie" not in answer.headers.get("Vary", ""), url
        assert answers[0].data == answers[1].data, url
        assert answers[0].headers.get("ETag") == answers[1].headers.get("ETag"), url
        for answer in answers:
            answer.close()


def test_who_is_logged_in_is_read_once_a_request(app: Flask, at_most):
    app.add_url_rule("/studio/letters/who", "letters.who", lambda: f"{auth.current()} {auth.current()}")
    author = logged_in(app)
    with at_most(queries=1):
        said = author.ask("/studio/letters/who").text
    assert said.count(NAME) == 2
    assert "token" not in said


def test_who_is_logged_in_is_read_without_the_write_lock(letters: list, author: Browser):
    own = token(author)
    stranger = Browser(author.app)
    with db.engine.begin() as other:
        other.exec_driver_sql("SELECT 1")  # begun IMMEDIATE: it holds the lock until the end of the block
        author.post("/studio/letters/plain", own, status=200)
        stranger.post("/studio/letters/plain", own, status=401)
    assert letters == [1]
