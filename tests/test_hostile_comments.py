"""What strangers type to break a page: nothing of it runs, in a real Chromium, and nothing of it is an error.

A sample of the payloads runs with the suite; `make xss` runs them all.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from kblog.comments import typed
from kblog.db import db
from kblog.document import Document
from kblog.transfer.prose import convert

from . import builders, engines
from .browser import HTMX, Browser
from .builders import comments
from .chromium import served
from .commenting import fields
from .conftest import DATA, close, make_app
from .oracle import RECORDER, WALK, look
from .test_size_pictures import came, grainy, make

EVERY = 12  # of the payloads, one in so many: the sample takes about a minute
A_FEW = 4  # of the naughty strings, one in so many: each is sent seven times
FEWER = 10  # of that sample, one in so many, where each takes pages of its own
A_PAGE = 50  # comments, the most a page of a thread shows
ALLOWED = {"kblog-writer"}
SIGNS = (
    "tag: <img",
    "namespace: <svg",
    "attribute onerror",
    "attribute onclick",
    "protocol: <a",
    "script",
    "form",
    "tag: <picture",
    "attribute srcset: <source",
)
RAW = (
    "<img src=x onerror=alert(1)><svg><script>alert(2)</script></svg>"
    "<a href='javascript:alert(3)' onclick=alert(4)>x</a><form action='https://evil.example/'></form>"
    "<picture><source srcset='/media/own.webp 320w'></picture>"
)


@pytest.fixture
def payloads(request: pytest.FixtureRequest) -> list[str]:
    lines = (DATA / "xss" / "payloads.jsonl").read_text(encoding="utf-8").splitlines()
    step = 1 if request.config.getoption("--every-payload") else EVERY
    return [json.loads(line)["payload"] for line in lines][::step]


@pytest.fixture
def some(payloads: list[str], request: pytest.FixtureRequest) -> list[str]:
    """Those of them that get pages of their own."""
    return payloads if request.config.getoption("--every-payload") else payloads[::FEWER]


@pytest.fixture
def app(empty_instance: Path, tmp_path: Path) -> Iterator[Flask]:
    """An empty site on which everything that is posted appears at once."""
    engines.copy(empty_instance, tmp_path / "instance")
    app = make_app(tmp_path / "instance", moderation="none", guard=False)
    with app.app_context():
        yield app
        close(app)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def send(browser: Browser, slug: str, key: str, payload: str) -> None:
    """Post a payload as name, as website and as text, each where the form takes it."""
    url = f"/reviews/{slug}/comments"
    words = {"name": payload[:60], "body": payload or "x", "key": key}
    for website in (payload, f"https://guest.example/{payload}", ""):
        answer = browser.post(url, words | {"website": website}, status=None)
        if answer.status == 303:
            return
        assert answer.status == 422
        if any("web address" in said for said in answer.texts("//p[@class='error']")):
            continue
        words |= {"name": "Mina", "body": f"x {payload}"}  # nothing of the payload is a letter
    assert browser.post(url, words, status=303)


def pages(app: Flask, payloads: list[str]) -> list[str]:
    """Post every payload, fifty to a review; return the addresses of the reviews."""
    browser = Browser(app)
    slugs = []
    for start in range(0, len(payloads), A_PAGE):
        slug = f"p-{start}"
        builders.stored(slug=slug)
        db.session.remove()
        for number, payload in enumerate(payloads[start : start + A_PAGE], start):
            send(browser, slug, str(number), payload)
        slugs.append(slug)
    return slugs


# Types each payload into the form, previews it, and sends it in a way that brings the form back; looks each time.
SEND_AND_LOOK = r"""
async payloads => {
  const look = WALK, bad = [];
  const swapped = () => new Promise(done => document.addEventListener("htmx:finally:request", done, { once: true }));
  const form = () => document.querySelector("#comment-form-new");
  for (const payload of payloads) {
    const { name, website, body } = form().elements;
    [name.value, website.value, body.value] = [payload, `no address ${payload}`, payload || "x"];
    let end = swapped();
    form().querySelector("[formaction]").click();
    await end;
    bad.push(...look().map(each => `preview of ${payload}: ${each}`));
    form().noValidate = true;
    end = swapped();
    form().requestSubmit(form().querySelector(".primary"));
    await end;
    bad.push(...look().map(each => `form with ${payload}: ${each}`));
  }
  return bad;
}
""".replace("WALK", f"({WALK})")


# The oracle sees


@pytest.mark.browser
def test_the_oracle_sees_what_runs_and_what_would(app: Flask, site: str, new_context: Callable, complaints: list[str]):
    kept = came(app, grainy(size=(400, 300)))
    builders.stored(comments=comments(1), body=f"![The sea](/media/{kept.file_name})")
    make(app)
    for bypass in (True, False):
        page = new_context(bypass_csp=bypass).new_page()
        page.add_init_script(RECORDER)
        page.goto(f"{site}/reviews/paper-boats/")
        assert page.locator(".prose picture source").count() == 1, "the author's own pictures are known"
        assert look(page) == []
        page.evaluate("html => { document.querySelector('.comment-body').innerHTML = html }", RAW)
        page.wait_for_timeout(200)
        found = look(page)
        assert any(each.startswith("alert(1)" if bypass else "policy: ") for each in found), found
        for sign in SIGNS:
            assert any(each.startswith(sign) for each in found), (sign, found)
    complaints.clear()


# Nothing runs


@pytest.mark.real_data
@pytest.mark.browser
def test_nothing_in_a_thread_runs(app: Flask, site: str, new_context: Callable, payloads: list[str]):
    slugs = pages(app, payloads)
    page = new_context(cookies_allowed=ALLOWED).new_page()
    page.add_init_script(RECORDER)
    seen = 0
    for slug in slugs:
        page.goto(f"{site}/reviews/{slug}/")
        assert look(page) == [], slug
        seen += page.locator("#thread > li").count()
        page.evaluate(
            "address => htmx.ajax('GET', address, { target: '#comments', swap: 'outerHTML' })",
            f"/reviews/{slug}/comments",
        )
        assert look(page) == [], f"{slug}, after a swap"
        page.goto(f"{site}/reviews/{slug}/comments/new?parent={first_of(page)}")
        assert look(page) == [], f"{slug}, in the form"
    assert seen == len(payloads)


def first_of(page) -> str:
    return page.locator("#thread > li").first.get_attribute("id").removeprefix("comment-")


@pytest.mark.real_data
@pytest.mark.browser
def test_nothing_runs_in_a_preview_or_in_a_form_that_comes_back(
    app: Flask, site: str, new_context: Callable, complaints: list[str], payloads: list[str]
):
    builders.stored()
    db.session.remove()
    page = new_context(cookies_allowed=ALLOWED).new_page()
    page.add_init_script(RECORDER)
    page.goto(f"{site}/reviews/paper-boats/")
    page.get_by_role("link", name="Write a comment").click()
    page.locator("#comment-form-new").wait_for()
    found = page.evaluate(SEND_AND_LOOK, payloads)
    assert found == []
    assert all("422" in each for each in complaints), complaints
    complaints.clear()


def see_all(page, site: str, addresses: Iterable[str]) -> None:
    page.add_init_script(RECORDER)
    for address in addresses:
        page.goto(f"{site}{address}")
        assert look(page) == [], address


@pytest.mark.real_data
@pytest.mark.browser
def test_nothing_runs_where_reviews_show_it(app: Flask, site: str, new_context: Callable, some: list[str]):
    """What an author wrote or an import brought: as text, as title, name and tag, and in a list."""
    for start in range(0, len(some), A_PAGE):
        texts = some[start : start + A_PAGE]
        builders.stored(slug=f"written-{start}", body="\n\n".join(texts))
        builders.stored(slug=f"imported-{start}", body="\n\n".join(convert(each).markdown for each in texts))
    builders.stored_together(*(titled(number, payload) for number, payload in enumerate(some)))
    db.session.remove()
    slugs = [f"{how}-{start}" for start in range(0, len(some), A_PAGE) for how in ("written", "imported")]
    slugs += [f"titled-{number}" for number in range(len(some))]
    pages = [f"/reviews/?page={number + 1}" for number in range(-(-len(slugs) // 24))]
    see_all(new_context().new_page(), site, [*(f"/reviews/{slug}/" for slug in slugs), *pages])


@pytest.mark.real_data
@pytest.mark.browser
def test_nothing_runs_where_a_search_shows_it(app: Flask, site: str, new_context: Callable, some: list[str]):
    """What was searched for, and the review and the person who have it for their name.

    No filter has it here: thousands of them stand beside the lists of the other test, and would on each of these pages.
    """
    builders.stored_together(*(titled(number, payload, is_filed=False) for number, payload in enumerate(some)))
    db.session.remove()
    see_all(new_context().new_page(), site, (f"/reviews/?q={quote(payload)}" for payload in some))


@pytest.mark.real_data
@pytest.mark.browser
def test_nothing_runs_on_a_page_of_an_error(
    app: Flask, site: str, new_context: Callable, complaints: list[str], some: list[str]
):
    addresses = (f"/{quote(payload, safe='')}" for payload in some if payload.strip("./"))
    see_all(new_context().new_page(), site, addresses)
    assert all("404" in each or "400" in each for each in complaints), complaints
    complaints.clear()


def titled(number: int, payload: str, *, is_filed: bool = True) -> Document:
    """Describe a review whose every name is a payload, also those of what it is filed under."""
    words = " ".join(payload.split()) or "x"
    rows, hashtags = (("Title", words), ("Starring", words)), ()
    if is_filed:
        rows, hashtags = (*rows, ("Genre", words), ("Streaming Platform", words)), (f"#{words}",)
    return builders.document(slug=f"titled-{number}", headline=words, overview=rows, hashtags=hashtags)


# No error


@pytest.mark.real_data
def test_naughty_strings_in_every_field_are_no_error(app: Flask, request: pytest.FixtureRequest):
    for slug in ("shown", "other"):
        builders.stored(slug=slug)
    db.session.remove()
    browser, own = Browser(app), HTMX | {"Origin": "http://localhost"}
    step = 1 if request.config.getoption("--every-payload") else A_FEW
    naughty = json.loads((DATA / "unicode" / "blns.json").read_text(encoding="utf-8"))[::step]
    good = {"name": "Mina", "body": "Words.", "website": "", "spoils": "none"}
    shown, unseen = ("name", "body", "website"), ("spoils", "parent", "key", "stamp", "homepage_url")
    answers: Counter[int] = Counter()
    for text in naughty:
        every = dict.fromkeys(unseen, text)
        sent = [("shown", good | {name: text}) for name in shown]
        sent += [("other", good | every), ("other", good | every | {"spoils": "1", "parent": ""})]
        for slug, given in sent:
            answers[browser.ask(f"/reviews/{slug}/comments", "POST", data=given, headers=own).status_code] += 1
        amiss = {"name": text, "body": text, "website": f"no address {text}"}
        browser.post("/reviews/shown/comments", amiss, status=422, headers=HTMX)
        browser.post("/reviews/shown/comments/preview", {"body": text}, status=None, headers=HTMX)
    assert set(answers) <= {200, 201, 202, 422}
    assert answers[201] > 400 / step
    number = browser.get("/reviews/shown/").one("//h2[@id='comments-title']").text.partition(" ")[0]
    for page in range(1, 1 + -(-int(number.replace(",", "")) // A_PAGE)):
        browser.get(f"/reviews/shown/comments?page={page}")
    browser.get("/reviews/shown/comments/new")
    browser.get("/feeds/comments.atom")


def test_naughty_addresses_of_a_thread_are_no_error(app: Flask):
    builders.stored(comments=comments(1))
    db.session.remove()
    browser = Browser(app)
    for text in (
        "",
        "0",
        "-1",
        "1e9",
        "9" * 30,
        "9" * 5000,
        "\x00",
        "\ud800".encode("utf-8", "replace"),
        "'; --",
        "<b>",
        "٣",
    ):
        for name in ("root", "page", "sort", "before", "parent", "held"):
            for url in ("/reviews/paper-boats/comments", "/reviews/paper-boats/comments/new"):
                assert browser.ask(url, query_string={name: text}).status_code in (200, 404), (name, text)


def test_a_text_is_handed_back_as_it_was_typed(app: Flask):
    builders.stored()
    db.session.remove()
    browser = Browser(app)
    for text in (
        "\n\n first lines",
        "a\n\n\nb",
        "</textarea><b>x",
        "&lt;b&gt; &amp;amp;",
        "'\"<>&",
        "{{ 7*7 }}",
        "가\u1112\u1161",
    ):
        sent = {"name": "", "body": text}
        page = browser.post("/reviews/paper-boats/comments", sent, status=422)
        again = fields(page.one("//form[contains(@class, 'comment-form')]"))["body"]
        assert again == typed.text(text)
