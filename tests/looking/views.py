"""What is looked at: each page in each of its states, by name, and what a person does to bring it about."""

import re
from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page, expect

from .sites import BARE, LONG, PICTURED, SPOILT

SHARED = "/reviews/the-lighthouse-keepers-radio/"


class View(NamedTuple):
    """One state of a page; `minds` is a pattern of what the browser may complain of there."""

    name: str
    address: str
    does: Callable[[Page], None] | None = None
    site: str = "full"
    is_studio: bool = False
    minds: str = ""


def opens_all(page: Page) -> None:
    page.eval_on_selector_all("main details:not(.share)", "all => all.forEach(each => { each.open = true })")


def opens_the_sheet(page: Page) -> None:
    if page.locator("#open-filters").is_visible():
        page.locator("#open-filters").click()


def waits_for_results(page: Page) -> None:
    """Choose something, and look before the answer comes."""
    page.route("**/reviews/?*", lambda _route: None)  # which is never answered
    opens_the_sheet(page)
    page.locator("#kind-film").check()
    expect(page.locator("[aria-busy=true]")).to_have_count(1)
    page.keyboard.press("Escape")


def gets_no_results(page: Page) -> None:
    page.route("**/reviews/?*", lambda route: route.abort())
    opens_the_sheet(page)
    page.locator("#kind-film").check()
    expect(page.locator("#announce")).to_contain_text("No connection.")


def shares(page: Page) -> None:
    page.locator(".share > summary").click()


def writes(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^(Write a comment|댓글 쓰기)")).click()
    expect(page.locator(".comment-form")).to_be_visible()
    page.locator(".comment-form").scroll_into_view_if_needed()


def answers(page: Page) -> None:
    page.locator("#thread").get_by_role("link", name="Reply").nth(2).click()
    expect(page.locator(".reply-slot .comment-form")).to_be_visible()


def posts(name: str, body: str, seen: str) -> Callable[[Page], None]:
    def post(page: Page) -> None:
        writes(page)
        form = page.locator(".comment-form")
        form.evaluate("form => { form.noValidate = true }")
        form.get_by_label("Name").fill(name)
        form.get_by_role("textbox", name="Comment").fill(body)
        form.get_by_role("button", name="Post comment").click()
        expect(page.get_by_text(seen).first).to_be_visible()

    return post


def loses_the_line(page: Page) -> None:
    writes(page)
    page.route("**/comments", lambda route: route.abort())
    page.locator(".comment-form").get_by_label("Name").fill("Gil")
    page.locator(".comment-form").get_by_role("textbox", name="Comment").fill("Is anybody there?")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#announce")).to_contain_text("No connection.")


def waits_for_the_thread(page: Page) -> None:
    """Send a comment, and look before the answer comes."""
    writes(page)
    page.route("**/comments", lambda _route: None)
    page.locator(".comment-form").get_by_label("Name").fill("Gil")
    page.locator(".comment-form").get_by_role("textbox", name="Comment").fill("Is anybody there?")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".comment-form.htmx-request")).to_be_visible()


def waits_for_more(page: Page) -> None:
    page.route("**/lines/?*", lambda _route: None)
    page.get_by_role("link", name=re.compile("^Show .* more")).click()
    expect(page.locator(".pager .htmx-request")).to_be_visible()


def reports(page: Page) -> None:
    page.locator(".report").first.click()
    expect(page.locator(".report-form, form[action$=report]")).to_be_visible()


def has_seen_everything(page: Page) -> None:
    page.evaluate("localStorage.setItem('spoilers', 'always'); localStorage.setItem('region', 'US')")
    page.reload()
    page.evaluate("localStorage.clear()")


def is_refused(page: Page) -> None:
    page.get_by_label("Name").fill("Nobody")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".error").first).to_be_visible()


READERS = (
    View("home", "/"),
    View("home-empty", "/", site="empty"),
    View("browse", "/reviews/"),
    View("browse-filtered", "/reviews/?genre=romance&genre=comedy&platform=viki&kind=drama"),
    View("browse-sheet", "/reviews/?genre=romance", opens_the_sheet),
    View("browse-none", "/reviews/?genre=romance&platform=mubi&kind=film&year=2019"),
    View("browse-empty", "/reviews/", site="empty"),
    View("browse-loading", "/reviews/", waits_for_results),
    View("browse-no-connection", "/reviews/", gets_no_results, minds="ERR_FAILED|Failed to fetch"),
    View("search", "/reviews/?q=the"),
    View("search-nothing", "/reviews/?q=qqqqzzzz"),
    View("search-nearly", "/reviews/?q=persimon+wintr"),
    View("search-long", f"/reviews/?q={'a-very-long-word' * 6}"),
    View("review", SHARED),
    View("review-shared", SHARED, shares),
    View("review-long", f"/reviews/{LONG}/"),
    View("review-long-shared", f"/reviews/{LONG}/", shares),
    View("review-bare", f"/reviews/{BARE}/"),
    View("review-pictured", f"/reviews/{PICTURED}/"),
    View("review-spoilers-open", f"/reviews/{SPOILT}/", opens_all),
    View("review-all-seen", f"/reviews/{SPOILT}/", has_seen_everything),
    View("comment-form", f"/reviews/{PICTURED}/", writes),
    View("comment-reply", f"/reviews/{LONG}/", answers),
    View("comment-wrong", f"/reviews/{PICTURED}/", posts("", "", "Write a comment before posting it."), minds="422"),
    View(
        "comment-held",
        f"/reviews/{PICTURED}/",
        posts("Gil", "https://example.org/1 and https://example.org/2", "will appear"),
    ),
    View("comment-posted", f"/reviews/{PICTURED}/", posts("Gil from Aberdeen", "I liked the pier.", "Posted.")),
    View("comment-sending", f"/reviews/{PICTURED}/", waits_for_the_thread),
    View("comment-no-connection", f"/reviews/{PICTURED}/", loses_the_line, minds="ERR_FAILED|Failed to fetch"),
    View("comment-page", f"/reviews/{PICTURED}/comments/new"),
    View("comments-page-2", f"/reviews/{LONG}/comments?page=2"),
    View("comment-report", f"/reviews/{LONG}/", reports),
    View("lines", "/lines/", opens_all),
    View("line", "/lines/1/", opens_all),
    View("lines-loading", "/lines/", waits_for_more),
    View("lines-empty", "/lines/", site="empty"),
    View("genres", "/genres/"),
    View("genre", "/genres/romance/"),
    View("platform", "/platforms/netflix/"),
    View("people", "/people/"),
    View("person", "/people/seo-ha-jin/"),
    View("hashtags", "/hashtags/"),
    View("years", "/years/"),
    View("year", "/years/2025/"),
    View("archive", "/archive/"),
    View("archive-empty", "/archive/", site="empty"),
    View("titles", "/archive/titles/"),
    View("about", "/pages/about/"),
    View("privacy", "/pages/privacy/"),
    View("page", "/pages/house-rules/"),
    View("missing", "/reviews/never-written/", minds="404"),
    View("broken", "/breaks", minds="500"),
    View("home-korean", "/", site="korean"),
    View("browse-korean", "/reviews/?genre=romance", site="korean"),
    View("review-korean", f"/reviews/{SPOILT}/", opens_all, site="korean"),
    View("comment-form-korean", f"/reviews/{SPOILT}/", writes, site="korean"),
)
STUDIO = tuple(
    View(name, address, does, site, is_studio=True)
    for name, address, does, site in (
        ("desk", "/studio/", None, "full"),
        ("desk-empty", "/studio/", None, "empty"),
        ("reviews", "/studio/reviews/", None, "full"),
        ("reviews-empty", "/studio/reviews/", None, "empty"),
        ("review-new", "/studio/reviews/new", None, "full"),
        ("editor", "/studio/reviews/1/", None, "full"),
        ("editor-long", "/studio/reviews/13/", None, "full"),
        ("publish", "/studio/reviews/16/publish", None, "full"),
        ("history", "/studio/reviews/1/revisions/", None, "full"),
        ("cover", "/studio/reviews/1/cover/", None, "full"),
        ("queue", "/studio/comments/", None, "full"),
        ("queue-empty", "/studio/comments/", None, "empty"),
        ("availability", "/studio/availability/", None, "full"),
        ("availability-empty", "/studio/availability/", None, "empty"),
        ("availability-log", "/studio/availability/log/", None, "full"),
        ("platforms", "/studio/availability/platforms/", None, "full"),
        ("pages", "/studio/pages/", None, "full"),
        ("library", "/studio/media/", None, "full"),
        ("library-picture", "/studio/media/1/", None, "full"),
        ("library-empty", "/studio/media/", None, "empty"),
        ("terms", "/studio/terms/", None, "full"),
        ("term-genres", "/studio/terms/genres/", None, "full"),
        ("insights", "/studio/insights/", None, "full"),
        ("insights-searches", "/studio/insights/searches/", None, "full"),
        ("insights-comments", "/studio/insights/comments/", None, "full"),
        ("insights-empty", "/studio/insights/", None, "empty"),
        ("import", "/studio/import/", None, "full"),
        ("settings", "/studio/settings/", None, "full"),
        ("account", "/studio/account/", None, "full"),
    )
)
ENTRANCE = (View("login", "/studio/login"), View("login-wrong", "/studio/login", is_refused, minds="422"))
VIEWS = (*READERS, *ENTRANCE, *STUDIO)
