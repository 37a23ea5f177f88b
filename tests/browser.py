"""A test client that checks on every HTML answer what must hold for all of them."""

import contextvars
import itertools
import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import html5lib
import lxml.etree
import lxml.html
from flask import Flask
from werkzeug.test import TestResponse

from kblog import language
from kblog.db import db

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
LABELLABLE = "//input[not(@type='hidden')] | //select | //textarea"
WITHOUT_TOKEN = {"/studio/login", "/studio/setup"}  # nobody is logged in there yet
SILENT_INPUTS = ("submit", "button", "image", "reset")
TAG = re.compile(r"""(<(?:[^"'>]|"[^"]*"|'[^']*')*>)""")
ATTRIBUTE = re.compile(r"""(\s[^\s"'<>=]+)=("[^"]*"|'[^']*')""")
PLAIN = re.compile(r"[^<&\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]*")  # in which there can be no error


class Page:
    """An answer and its tree; made only of HTML that passes the invariants."""

    def __init__(self, browser: "Browser", response: TestResponse, url: str) -> None:
        self.browser, self.response, self.url = browser, response, url
        self.status, is_text = response.status_code, response.mimetype != "image/png"
        self.text = response.get_data().decode(errors="strict" if is_text else "replace")
        response.close()
        is_html = response.mimetype == "text/html" and self.text.strip()
        self.tree = lxml.html.fromstring(self.text if is_html else "<i></i>")

    def all(self, xpath: str) -> list:
        return self.tree.xpath(xpath)

    def one(self, xpath: str):
        found = self.all(xpath)
        assert len(found) == 1, f"{len(found)} of {xpath} on {self.url}"
        return found[0]

    def texts(self, xpath: str) -> list[str]:
        """The words of every element found, with single spaces."""
        return [words(each) for each in self.all(xpath)]

    @property
    def title(self) -> str:
        return words(self.one("//head/title"))

    @property
    def h1(self) -> str:
        return words(self.one("//h1"))

    @property
    def words(self) -> str:
        return words(self.one("//main"))

    def follow(self, text: str) -> "Page":
        """Follow the link that says this."""
        links = [link for link in self.all("//a[@href]") if words(link) == text]
        assert links, f"no link says {text!r} on {self.url}"
        return self.browser.get(urljoin(self.url, links[0].get("href")))

    def fields(self, form: str) -> list[tuple[str, str]]:
        """What a browser would send of a form: no buttons, line breaks as CR LF."""
        tree = self.one(form)
        first_break = {each.name for each in tree.xpath(".//textarea") if (each.text or "").startswith("\n")}
        pairs = [(name, value or "") for name, value in tree.form_values()]
        bare = [(name, value[1:] if name in first_break else value) for name, value in pairs]
        return [(name, re.sub(r"\r\n?|\n", "\r\n", value)) for name, value in bare]

    def send(self, form: str, changes: dict[str, str | None] | None = None, *, button: str = "", **given) -> "Page":
        """Send a form of this page after changing some of its fields; None takes a field away.

        `button` is the `name=value` of the one that is pressed, whose own address wins over the form's.
        """
        changes = dict(changes or {})
        pairs = [(name, changes.pop(name, value)) for name, value in self.fields(form)]
        pairs += changes.items()
        url = self.one(form).get("action")
        if button:
            name, _, value = button.partition("=")
            pressed = self.one(f"({form}//button[@name='{name}' and @value='{value}'])[1]")
            url = pressed.get("formaction") or url
            pairs.append((name, value))
        return self.browser.post(urljoin(self.url, url), [pair for pair in pairs if pair[1] is not None], **given)

    def fragment(self, xpath: str) -> str:
        return lxml.html.tostring(self.one(xpath), encoding="unicode")


class Browser:
    """Visits pages of an app and refuses those that break the house's rules."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client(use_cookies=True)
        self.is_strict = True  # a test that visits the same pages a thousand times need not look hard at each

    def get(self, url: str, *, status: int | None = 200, headers: dict | None = None) -> Page:
        """Visit a page, checking its status and, when it is HTML, the invariants of every page."""
        response = self.ask(url, headers=headers)
        page = Page(self, response, url)
        if status is not None:
            assert page.status == status, f"{page.status} for {url}: {page.text[:400]}"
        assert page.status < 500 or page.status == status == 503, f"{page.status} for {url}"
        assert is_studio(url) or "Set-Cookie" not in response.headers, f"reading {url} set a cookie"
        if self.is_strict and response.mimetype == "text/html" and page.status not in (301, 302, 304, 308):
            check(page)
        return page

    def ask(self, url: str, method: str = "GET", **given) -> TestResponse:
        """Send a request in a context of its own, as a server does: no session and no `g` of the test's is in it."""
        if method == "POST":
            db.session.rollback()  # what the test has read may hold the one write lock
        return contextvars.Context().run(self.client.open, url, method=method, **given)

    def post(self, url: str, fields: Any = (), *, status: int | None = 303, headers: dict | None = None) -> Page:
        """Send a form as a page of the site does; `fields` is a dict or a list of pairs."""
        sent = urlencode(list(fields.items()) if isinstance(fields, dict) else list(fields), doseq=True)
        own = {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        page = Page(self, self.ask(url, "POST", data=sent, headers=own), url)
        if status is not None:
            assert page.status == status, f"{page.status} for {url}: {said(page)}"
        assert page.status < 500 or page.status == status == 503, f"{page.status} for {url}"
        is_page = page.response.mimetype == "text/html" and page.status not in (301, 302, 303, 307, 308)
        if self.is_strict and is_page:
            check(page)
        return page

    def fragment(self, url: str, *, status: int = 200) -> Page:
        """Ask for a page the way htmx does; the answer must not be a whole page."""
        page = self.get(url, status=status, headers=HTMX)
        assert "<html" not in page.text
        return page


def said(page: Page) -> str:
    """What a page says about what went wrong."""
    trouble = page.texts("//*[@role='alert'] | //p[contains(@class, 'error')]")
    return " ".join(trouble) or page.text[:400]


def words(element) -> str:
    return " ".join("".join(element.itertext()).split())


def check(page: Page) -> None:
    """Assert what holds for every HTML answer, whole page or fragment."""
    is_whole = page.text.lstrip().lower().startswith("<!doctype")
    _parses(page, is_whole)
    ids = page.all("//@id")
    assert len(ids) == len(set(ids)), f"ids twice on {page.url}: {sorted({i for i in ids if ids.count(i) > 1})}"
    assert not page.all("//img[not(@alt)]"), f"a picture without alt on {page.url}"
    data = "@type='application/ld+json' or @type='application/json'"
    assert not page.all(f"//script[not(@src) and not({data})]"), f"an inline script on {page.url}"
    for block in page.all("//script[@type='application/ld+json']"):
        assert json.loads(block.text)["@context"], f"linked data that is none on {page.url}"
    assert not page.all("//style | //*[@style]"), f"an inline style on {page.url}"
    handlers = [name for name in page.all("//@*/..") for name in name.attrib if re.match(r"on[a-z]+$|hx-on", name)]
    assert not handlers, f"{handlers} on {page.url}"
    assert not page.all("//form[not(@action)]"), f"a form without an action on {page.url}"
    if is_studio(page.url):
        bare = page.all("//form[@method='post'][not(.//input[@name='csrf_token'])]/@action")
        assert not set(bare) - WITHOUT_TOKEN, f"{bare} without a token on {page.url}"
    else:
        assert not page.all("//@*[contains(., 'csrf')][name() != 'value']"), f"a token on {page.url}"
    _labels(page)
    _plain_twins(page)
    if is_whole and page.status < 400:
        _is_found_or_not(page)
    if is_whole:
        assert len(page.all("//h1")) == 1, f"{len(page.all('//h1'))} h1 on {page.url}"
        assert page.title, f"no title on {page.url}"
        assert page.one("//html").get("lang") in language.NAMES
        levels = [int(each.tag[1]) for each in page.all("//h1 | //h2 | //h3 | //h4")]
        jumps = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]
        assert not jumps, f"headings skip on {page.url}: {levels}"
        for target in page.all("//a[starts-with(@href, '#')]/@href"):
            assert target[1:] in ids, f"{target} leads nowhere on {page.url}"


def _parses(page: Page, is_whole: bool) -> None:
    errors = _errors(_bare(page.text), is_whole)
    assert not errors, f"{page.url} is no HTML5: {errors[:3]}"


def _bare(html: str) -> str:
    """Leave words out that a parser finds no error in: pages of one template are much alike then.

    >>> _bare('<p class="note">Two boats &amp; a ferry</p> <p title="a > b=" id="2">Words</p>')
    '<p class="">Two boats &amp; a ferry</p> <p title="" id="">x</p>'
    """
    parts = TAG.split(html)  # every second one is a tag
    return "".join(ATTRIBUTE.sub(_nameless, part) if n % 2 else _wordless(part) for n, part in enumerate(parts))


def _nameless(attribute: re.Match[str]) -> str:
    return f'{attribute[1]}=""' if PLAIN.fullmatch(attribute[2]) else attribute[0]


def _wordless(text: str) -> str:
    return ("x" if text.strip() else text[:1]) if PLAIN.fullmatch(text) else text


@lru_cache(maxsize=5_000)
def _errors(html: str, is_whole: bool) -> list:
    """Return what is wrong with HTML by the standard.

    >>> _errors(_bare("<p>Two boats</p>"), False), bool(_errors(_bare("<p><b>boats</p>"), False))
    ([], True)
    """
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html) if is_whole else parser.parseFragment(html)
    return [error for error in parser.errors if error[1] != "unknown-doctype"]


def _is_found_or_not(page: Page) -> None:
    """Search engines are told one address of a page, or that it is not to be found."""
    robots = page.all("//meta[@name='robots']/@content")
    canonical = page.all("//link[@rel='canonical']/@href")
    assert len(robots) + len(canonical) == 1, f"{robots} and {canonical} on {page.url}"
    assert robots or not is_studio(page.url), f"{page.url} is to be found"
    assert canonical == page.all("//meta[@property='og:url']/@content"), f"two addresses on {page.url}"
    assert not page.all("//meta[not(@content)][@name or @property]"), f"a meta that says nothing on {page.url}"


def _labels(page: Page) -> None:
    for control in page.all(LABELLABLE):
        if control.get("type") in SILENT_INPUTS:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        labelled = page.all(f"//label[@for='{control.get('id')}']") if control.get("id") else []
        inside = [parent for parent in control.iterancestors() if parent.tag == "label"]
        assert named or labelled or inside, f"{control.get('name')} has no label on {page.url}"


def _plain_twins(page: Page) -> None:
    """Every hx- request repeats the address of the link or form that carries it."""
    for verb, attribute in (("hx-get", "href"), ("hx-get", "action"), ("hx-post", "action")):
        for element in page.all(f"//*[@{verb}]"):
            twin = {"a": "href", "form": "action", "button": "formaction"}.get(element.tag)
            if twin is None and is_studio(page.url) and verb == "hx-post":
                _stands_in_a_form(page, element)
                continue
            assert twin, f"{verb} on a <{element.tag}> on {page.url}"
            if twin == attribute:
                assert element.get(verb) == element.get(twin), f"{verb} differs from {twin} on {page.url}"
            if element.tag == "form":
                assert element.get("method", "get").lower() == verb.removeprefix("hx-")
            assert element.get("hx-target"), f"{verb} without hx-target on {page.url}"
            assert element.get("hx-swap"), f"{verb} without hx-swap on {page.url}"


def _stands_in_a_form(page: Page, element) -> None:
    """What saves, previews or checks while the author types stands in a form with a button that does it too.

    In a fragment, whose form is on the page, the button stands beside it and has the same address.
    """
    if element.get("hx-post") in element.xpath("following-sibling::button/@formaction"):
        return
    form = next((each for each in element.iterancestors() if each.tag == "form"), None)
    assert form is not None, f"{element.get('hx-post')} outside a form on {page.url}"
    assert form.xpath(".//button[not(@type) or @type='submit']"), f"a form without a button on {page.url}"
    assert element.get("hx-target"), f"hx-post without hx-target on {page.url}"
    assert element.get("hx-swap"), f"hx-post without hx-swap on {page.url}"


def filled_in(rule: str) -> str:
    """Return an address that a rule of the URL map takes: one of its words, or a number, in each gap.

    >>> filled_in("/studio/<any(reviews, pages):kind>/<int(max=9):number>/<slug>")
    '/studio/reviews/7/7'
    """
    return re.sub(r"<[^>]+>", "7", re.sub(r"<any\(\W*(\w+)[^>]*>", r"\1", rule))


def is_studio(url: str) -> bool:
    return urlsplit(url).path.startswith("/studio/")


def internal_links(page: Page) -> set[str]:
    """Every address of this site that a page links or loads."""
    found = page.all("//a/@href | //img/@src | //link/@href | //script/@src | //form/@action")
    own = {urljoin(page.url, address) for address in found if not urlsplit(address).scheme}
    return {address.partition("#")[0] for address in own}


def tostring(element) -> str:
    return lxml.etree.tostring(element, encoding="unicode")
