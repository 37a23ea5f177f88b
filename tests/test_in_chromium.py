"""What readers do in a real browser, with JavaScript and without."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from .chromium import barriers, find_nothing, kept

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
REVIEW = "/reviews/the-lighthouse-keepers-radio/"
SPOILED = "/reviews/night-ferry-to-tongyeong/"
MISSING = "/reviews/never-written/"
PAGES = {
    "home": "/",
    "browse": "/reviews/?genre=romance",
    "search": "/reviews/?q=%EB%93%B1%EB%8C%80+seo",
    "review": REVIEW,
    "term": "/people/seo-ha-jin/",
    "people": "/people/",
    "lines": "/lines/",
    "archive": "/archive/",
    "about": "/pages/about/",
    "missing": MISSING,
}

WATCH_THE_THEME = """
new MutationObserver(() => { window.hadBodyWhenThemed ??= document.body !== null })
    .observe(document, { subtree: true, attributeFilter: ["data-theme"] });
"""


def stay(page: Page) -> None:
    """Mark the document, so that `stayed` can tell whether it was ever left."""
    page.evaluate("window.neverLeft = true")


def stayed(page: Page) -> bool:
    return page.evaluate("window.neverLeft === true")


def query(page: Page) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.url).query)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def titles(page: Page) -> list[str]:
    return page.locator("#review-list h3").all_inner_texts()


def promised(page: Page, control: str) -> int:
    """Return the number that stands beside a filter."""
    return int(page.locator(".chip", has=page.locator(control)).locator("data").inner_text())


def shows(page: Page, number: int) -> None:
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{number} reviews?\b"))
    expect(page.locator("#review-list > li")).to_have_count(number)


# Filtering


def test_choosing_a_genre_changes_the_list_in_place(page: Page):
    page.goto("/reviews/")
    number, everything = promised(page, "#genre-romance"), titles(page)
    assert 1 < number < len(everything)
    stay(page)
    page.locator("#genre-romance").focus()
    page.keyboard.press("Space")
    shows(page, number)
    assert set(titles(page)) < set(everything)
    assert page.url.endswith("/reviews/?genre=romance")
    expect(page).to_have_title("Romance reviews | K-Blog")
    assert stayed(page)
    assert focused(page) == "genre-romance"
    expect(page.locator("#genre-romance")).to_be_checked()
    expect(page.locator("section#browse > form#filters.filters")).to_have_count(1)


def test_back_restores_boxes_and_count_and_list(page: Page):
    page.goto("/reviews/")
    everything, romances = len(titles(page)), promised(page, "#genre-romance")
    page.locator("#genre-romance").check()
    shows(page, romances)
    on_viki = promised(page, "#platform-viki")
    assert on_viki < romances < everything
    page.locator("#platform-viki").check()
    shows(page, on_viki)
    assert page.url.endswith("/reviews/?genre=romance&platform=viki")
    page.go_back()
    expect(page.locator("#platform-viki")).not_to_be_checked()
    expect(page.locator("#genre-romance")).to_be_checked()
    expect(page).to_have_title("Romance reviews | K-Blog")
    shows(page, romances)
    page.go_back()
    expect(page.locator("#genre-romance")).not_to_be_checked()
    shows(page, everything)
    expect(page).to_have_title("Reviews | K-Blog")
    page.go_forward()
    expect(page.locator("#genre-romance")).to_be_checked()


def test_unticking_brings_the_others_back(page: Page):
    page.goto("/reviews/?genre=romance")
    stay(page)
    page.locator("#genre-romance").uncheck()
    shows(page, 12)
    assert page.url.endswith("/reviews/")
    expect(page).to_have_title("Reviews | K-Blog")
    assert stayed(page)


def test_one_kind_at_a_time(page: Page):
    page.goto("/reviews/")
    dramas, films = promised(page, "#kind-drama"), promised(page, "#kind-film")
    page.locator("#kind-drama").check()
    shows(page, dramas)
    page.locator("#kind-film").check()
    shows(page, films)
    expect(page.locator("#kind-drama")).not_to_be_checked()
    assert query(page) == [("kind", "film")]
    page.locator("#kind-any").check()
    shows(page, 12)
    assert query(page) == []


def test_a_word_and_enter_searches_within_the_filters(page: Page):
    page.goto("/reviews/?kind=drama")
    stay(page)
    page.locator("#q").fill("등대")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text(re.compile("^1 review for 등대"))
    assert titles(page) == ["The Lighthouse Keeper’s Radio"]
    assert sorted(query(page)) == [("kind", "drama"), ("q", "등대")]
    assert focused(page) == "q"
    expect(page.locator("#q")).to_have_value("등대")
    assert stayed(page)


def test_a_chip_takes_its_filter_away(page: Page):
    page.goto("/reviews/")
    page.locator("#genre-romance").check()
    page.locator("#kind-drama").check()
    expect(page.locator(".active .chip")).to_have_count(2)
    page.get_by_role("link", name=re.compile("^Romance ?, remove filter")).click()
    expect(page.locator("#genre-romance")).not_to_be_checked()
    assert query(page) == [("kind", "drama")]


def test_show_more_appends_and_puts_the_focus_on_the_first_new_title(page: Page, long_site: str):
    page.goto(f"{long_site}/reviews/")
    before = titles(page)
    stay(page)
    for shown in (48, 60):
        first_new = len(titles(page))
        page.locator("#pager a[rel=next]").click()
        expect(page.locator("#review-list > li")).to_have_count(shown)
        focus = page.evaluate("document.activeElement.textContent")
        assert focus == titles(page)[first_new]
    assert titles(page)[:24] == before
    assert len(set(titles(page))) == 60
    expect(page.locator("#pager a")).to_have_count(0)
    expect(page.locator("#pager")).to_have_text("That is everything.")
    assert stayed(page)
    assert page.url == f"{long_site}/reviews/"


# The filter sheet of a small screen


def test_the_sheet_opens_by_its_button_and_escape_gives_the_focus_back(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/reviews/")
    expect(page.locator("#filters")).to_be_hidden()
    page.locator("#open-filters").click()
    expect(page.locator("#filters")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    assert focused(page) == "open-filters"
    page.locator("#open-filters").click()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#filters")).to_be_hidden()


def test_the_sheet_stays_open_while_filters_change(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/reviews/")
    page.locator("#open-filters").click()
    number = promised(page, "#genre-romance")
    page.locator("#genre-romance").check()
    shows(page, number)
    expect(page.locator("#filters:popover-open")).to_be_visible()
    assert focused(page) == "genre-romance"
    expect(page.get_by_role("button", name=f"Show {number} reviews")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#open-filters")).to_have_text("Filters 1 on")
    assert focused(page) == "open-filters"


def test_the_button_of_the_sheet_shows_the_reviews(page: Page):
    page.set_viewport_size(PHONE)
    page.goto("/reviews/")
    page.locator("#open-filters").click()
    page.locator("#genre-romance").check()
    page.get_by_role("button", name=re.compile("^Show 3 reviews")).click()
    expect(page.locator("#filters")).to_be_hidden()
    shows(page, 3)


# When the server is gone


def nobody(route: Route) -> None:
    route.abort()


def broken(route: Route) -> None:
    route.fulfill(status=503, content_type="text/html", body="<h1>Traceback</h1>")


@pytest.mark.parametrize(
    ("answer", "said"),
    [(nobody, "No connection. What is on this page is still here."), (broken, "The server had a problem")],
    ids=["nobody answers", "it answers 503"],
)
def test_when_the_server_fails_the_results_stay_and_it_is_said(
    page: Page, complaints: list[str], answer: Callable[[Route], None], said: str
):
    page.goto("/reviews/")
    before = titles(page)
    page.route("**/reviews/?*", answer)
    page.locator("#genre-romance").check()
    expect(page.locator("#announce")).to_contain_text(said)
    expect(page.locator("#announce")).not_to_have_class(re.compile(r"\bvh\b"))
    assert titles(page) == before
    assert "Traceback" not in page.content()
    assert page.url.endswith("/reviews/")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    page.unroute("**/reviews/?*")
    page.locator("#kind-drama").check()
    expect(page).to_have_url(re.compile(r"\?kind=drama&genre=romance$"))
    expect(page.locator("#announce")).to_be_empty()
    assert complaints
    complaints.clear()


# Reading a review


def test_a_spoiler_opens_by_click_and_by_keyboard(page: Page):
    page.goto(SPOILED)
    spoiler = page.locator("details.spoiler").first
    words, summary = spoiler.locator("p").first, spoiler.locator("summary")
    expect(words).to_be_hidden()
    summary.click()
    expect(words).to_be_visible()
    summary.click()
    expect(words).to_be_hidden()
    for key in ("Enter", "Space"):
        summary.focus()
        page.keyboard.press(key)
        expect(words).to_be_visible()
        page.keyboard.press(key)
        expect(words).to_be_hidden()
    page.emulate_media(media="print")  # whoever prints a review wants all of it
    expect(words).to_be_visible()
    expect(summary).to_be_visible()


def test_a_link_to_a_line_inside_a_spoiler_opens_it(page: Page):
    page.goto(SPOILED)
    line = page.locator("details.spoiler figure.line")
    anchor = line.get_attribute("id")
    expect(line).to_be_hidden()
    page.goto(f"{SPOILED}#{anchor}")  # a step within the page
    expect(line).to_be_in_viewport()
    page.goto("/")
    page.goto(f"{SPOILED}#{anchor}")  # from elsewhere
    expect(line).to_be_in_viewport()
    expect(page.locator("details.spoiler:not([open])").first).to_be_visible()


def test_share_opens_and_copies_and_closes(new_context: Callable):
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{REVIEW}?utm_source=letter#comments")
    address = page.locator("link[rel=canonical]").get_attribute("href")
    share, copy = page.locator(".share > summary"), page.locator("[data-copy]")
    expect(copy).to_be_hidden()
    share.click()
    copy.click()
    expect(page.locator("#announce")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()") == address
    find_nothing(page)
    page.keyboard.press("Escape")
    expect(copy).to_be_hidden()
    expect(share).to_be_focused()
    share.press("Enter")
    expect(copy).to_be_visible()
    for words in ("Copied", "E-mail", "X"):
        page.keyboard.press("Tab")
        expect(page.locator(".share :focus")).to_have_text(words)
    page.locator("h1").click()
    expect(copy).to_be_hidden()


def test_share_asks_the_device_for_its_own_sheet(page: Page):
    page.add_init_script("""
      navigator.share = async sheet => {
        window.sheet = sheet;
        if (window.refusal) throw new DOMException("", refusal);
      };
    """)
    page.goto(f"{REVIEW}?utm_source=letter#comments")
    share, copy = page.locator(".share > summary"), page.locator("[data-copy]")
    share.click()
    assert page.evaluate("sheet") == {
        "title": page.title(),
        "url": page.locator("link[rel=canonical]").get_attribute("href"),
    }
    expect(copy).to_be_hidden()
    page.evaluate("window.refusal = 'AbortError'")
    share.click()
    expect(copy).to_be_hidden()
    page.evaluate("window.refusal = 'NotAllowedError'")
    share.click()
    expect(copy).to_be_visible()


def test_more_threads_come_below_the_first_fifty(page: Page, long_site: str):
    page.goto(f"{long_site}/reviews/boat-1/")
    expect(page.locator("#thread > li")).to_have_count(50)
    stay(page)
    page.get_by_role("link", name="Show 10 more threads").click()
    expect(page.locator("#thread > li")).to_have_count(60)
    expect(page.locator("#thread > li").nth(50).get_by_role("link").first).to_be_focused()
    names = page.locator("#thread b").all_inner_texts()
    assert names == [f"Guest {number}" for number in range(1, 61)]
    expect(page.locator("#comments-pager a")).to_have_count(0)
    assert stayed(page)
    assert page.url == f"{long_site}/reviews/boat-1/"


# Colours


def paper(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def painted(page: Page, colour: str) -> list[int]:
    """Return a colour of any notation as it is on the screen: red, green, blue."""
    return page.evaluate(
        """colour => {
            const brush = document.createElement("canvas").getContext("2d");
            brush.fillStyle = colour;
            brush.fillRect(0, 0, 1, 1);
            return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        colour,
    )


def test_the_choice_of_colours_is_kept_and_applied_before_the_first_paint(new_context: Callable):
    context = new_context(color_scheme="light")
    context.add_init_script(WATCH_THE_THEME)
    page = context.new_page()
    page.goto("/")
    light = paper(page)
    page.get_by_role("button", name="Dark").click()
    dark = paper(page)
    assert dark != light
    by_day, by_night = page.locator("meta[name=theme-color]").evaluate_all("metas => metas.map(meta => meta.content)")
    assert painted(page, by_day) == painted(page, light), "the browser's own bar is of the page's colour"
    assert painted(page, by_night) == painted(page, dark)
    assert page.request.get("/manifest.webmanifest").json()["theme_color"] == by_day
    for address in (REVIEW, "/archive/"):
        page.goto(address)
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert page.evaluate("window.hadBodyWhenThemed") is False
        assert paper(page) == dark
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert kept(page) == {"theme": "dark"}
    page.get_by_role("button", name="System").click()
    assert paper(page) == light
    page.reload()
    assert page.locator("html").get_attribute("data-theme") is None
    expect(page.get_by_role("button", name="System")).to_have_attribute("aria-pressed", "true")
    page.emulate_media(color_scheme="dark")
    assert paper(page) == dark
    page.get_by_role("button", name="Light").click()
    assert paper(page) == light


# Without JavaScript


@pytest.fixture
def plain(new_context: Callable) -> Page:
    """A page of a browser whose JavaScript is off."""
    return new_context(java_script_enabled=False).new_page()


def test_without_javascript_the_button_filters(plain: Page):
    plain.goto("/reviews/")
    number = promised(plain, "#genre-romance")
    plain.locator("#genre-romance").check()
    plain.locator("#kind-drama").check()
    plain.get_by_role("button", name=re.compile("^Show 12 reviews")).click()
    expect(plain.locator("#genre-romance")).to_be_checked()
    expect(plain.locator("#kind-drama")).to_be_checked()
    shows(plain, 2)
    plain.get_by_role("link", name=re.compile("^Dramas ?, remove filter")).click()
    shows(plain, number)
    plain.locator("#q").fill("violin")
    plain.keyboard.press("Enter")
    expect(plain.locator("#review-list h3")).to_have_text(["Second Violin"])
    plain.locator("#results").get_by_role("link", name="Clear all").click()
    shows(plain, 12)


def test_without_javascript_the_sheet_opens_and_filters(plain: Page):
    plain.set_viewport_size(PHONE)
    plain.goto("/reviews/")
    plain.locator("#open-filters").click()
    plain.locator("#genre-romance").check()
    plain.get_by_role("button", name=re.compile("^Show 12 reviews")).click()
    expect(plain.locator("#filters")).to_be_hidden()
    shows(plain, 3)


def test_without_javascript_the_links_sort(plain: Page):
    plain.goto("/reviews/?kind=film")
    plain.get_by_role("link", name="Title", exact=True).click()
    current = plain.locator("nav[aria-label='Sort reviews'] [aria-current]")
    expect(current).to_have_text("Title")
    expect(plain.locator("footer")).to_be_visible()
    by_title = titles(plain)
    assert len(by_title) > 2
    assert by_title == sorted(by_title, key=str.casefold)
    plain.locator("#genre-romance").check()
    plain.get_by_role("button", name=re.compile("^Show ")).click()
    expect(current).to_have_text("Title")
    assert ("sort", "title") in query(plain)


def test_without_javascript_the_pages_turn(plain: Page, long_site: str):
    plain.goto(f"{long_site}/reviews/")
    seen = titles(plain)
    for more, then in (("Show 24 more", "Show 12 more"), ("Show 12 more", "That is everything.")):
        plain.get_by_role("link", name=more).click()
        expect(plain.locator("#pager")).to_contain_text(then)
        seen += titles(plain)
    assert len(seen) == len(set(seen)) == 60
    plain.get_by_role("link", name="Back to the ones before").click()
    expect(plain.locator("#review-list > li")).to_have_count(24)
    plain.goto(f"{long_site}/reviews/boat-1/")
    plain.get_by_role("link", name="Show 10 more threads").click()
    expect(plain.locator("#thread b").first).to_have_text("Guest 51")
    plain.get_by_role("link", name="Back to the ones before").click()
    expect(plain.locator("#thread b").first).to_have_text("Guest 1")


def test_without_javascript_the_address_is_there_to_be_copied(plain: Page):
    plain.goto(REVIEW)
    plain.locator(".share > summary").click()
    expect(plain.locator(".share li:visible")).to_have_count(3)
    address = plain.locator(".share .address")
    expect(address).to_have_text(plain.locator("link[rel=canonical]").get_attribute("href"))
    links = plain.locator(".share a").all()
    for link, start in zip(links, ("mailto:", "https://x.com/intent/post?"), strict=True):
        assert link.get_attribute("href").startswith(start)
        assert quote(address.inner_text()) in link.get_attribute("href")
    assert links[1].get_attribute("rel") == "noopener noreferrer"


def test_without_javascript_spoilers_and_contents_open(plain: Page):
    plain.set_viewport_size(PHONE)
    plain.goto(SPOILED)
    for details in (plain.locator("details.spoiler").first, plain.locator(".toc details"), plain.locator(".share")):
        details.locator("summary").click()
        expect(details.locator("summary ~ *").first).to_be_visible()
    expect(plain.locator("#theme")).to_be_hidden()


# What holds on every page


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_a_page_loads_without_a_complaint_and_leaves_nothing_behind(page: Page, complaints: list[str], address: str):
    page.goto(address)
    if address == MISSING:  # Chromium complains of the answer itself
        assert len(complaints) == 1
        assert "404" in complaints.pop()
    for summary in page.locator("details:not(.toc *) > summary:visible").all():
        summary.click()
    assert kept(page) == {}


def test_filtering_and_reading_on_leave_nothing_behind(page: Page):
    page.goto("/reviews/")
    page.locator("#genre-romance").check()
    shows(page, 3)
    page.get_by_role("link", name="Second Violin").click()
    expect(page.locator("h1")).to_have_text("Second Violin")
    assert kept(page) == {}


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_scrolls_sideways(page: Page, complaints: list[str], width: int):
    page.set_viewport_size({"width": width, "height": 844})
    for name, address in PAGES.items():
        page.goto(address)
        page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
    complaints.clear()  # of the page that is missing


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing(new_context: Callable, complaints: list[str], address: str):
    page = new_context(bypass_csp=True).new_page()
    page.goto(address)
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        find_nothing(page)
    if address == MISSING:
        complaints.clear()


BARRED = """<!doctype html><html lang="en"><body>
<a href="/" tabindex="2">Home</a><nav><a href="/">Home</a></nav><h2>Before</h2><h1>The first</h1><h3>Skips</h3>
<div style="display: flex; flex-direction: row-reverse"><a href="/">One</a><a href="/">Two</a></div>
<p>돌아온다</p>
<form action="/"><input type="password" aria-invalid="true" aria-label="Password"><input type="checkbox"></form>
<div style="width: 200vw">Wide</div>"""
KINDS_OF_BARRIERS = {
    "a heading skips a level",
    "no skip link comes first",
    "an order of its own",
    "a landmark without a name",
    "seen before what it is read after",
    "Hangul that is not marked",
    "an error that is not said",
    "no help with the password",
    "a form without a button",
    "no line for what is to be said",
    "scrolls sideways",
}


def test_barriers_that_axe_does_not_look_for_are_found(page: Page):
    page.set_content(BARRED)
    assert {said.partition(":")[0] for said in barriers(page)} == KINDS_OF_BARRIERS


def test_axe_finds_nothing_in_the_open_sheet(new_context: Callable):
    page = new_context(bypass_csp=True).new_page()
    page.set_viewport_size(PHONE)
    page.goto("/reviews/")
    page.locator("#open-filters").click()
    page.locator("#genre-romance").check()
    expect(page.locator("#open-filters")).to_have_text("Filters 1 on")
    find_nothing(page)
