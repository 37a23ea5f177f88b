"""Which pages are looked at: of each route those that show something its others do not."""

from collections.abc import Iterable, Iterator

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.browser import Browser, filled_in, internal_links

Marks = frozenset[tuple]
MOST_PAGES = 2_500


def endpoint(app: Flask, url: str, method: str = "GET") -> str:
    """Return the name of the view that an address leads to; "" where there is none."""
    try:
        return app.url_map.bind("localhost").match(url.partition("?")[0], method)[0]
    except (HTTPException, RequestRedirect):
        return ""


def chosen(browser: Browser, starts: Iterable[str], within: str) -> dict[str, list[str]]:
    """Visit all that is linked, and return by the name of each view that answered the pages to look at, if it has any.

    What no page links to is asked for with a made-up name or number.
    """
    shown: dict[str, dict[str, Marks]] = {}
    seen, waiting, guessed = set(), [*starts], every_address(browser.app, within)
    wanted = set(waiting)
    while (waiting or guessed) and len(seen) < MOST_PAGES:
        url = (waiting or guessed).pop(0)
        if url in seen or not url.startswith(within) or "logout" in url:
            continue
        seen.add(url)
        page = browser.get(url, status=None)
        if page.status >= 400 and url not in wanted:
            continue
        pages = shown.setdefault(endpoint(browser.app, url), {})
        if page.response.mimetype == "text/html" and page.status not in (301, 302, 303, 308):
            pages[url] = frozenset((e.tag, e.get("class"), e.get("role"), e.get("type")) for e in page.all("//body//*"))
            if "?" not in url or url.startswith("/studio/"):
                waiting += sorted(internal_links(page))
    return {name: list(fewest(pages)) for name, pages in sorted(shown.items())}


def fewest(pages: dict[str, Marks]) -> Iterator[str]:
    """Yield addresses until there is nothing left that one shows and none before it did."""
    seen: set[tuple] = set()
    for url in sorted(pages, key=lambda url: (-len(pages[url]), url)):
        if not seen >= pages[url]:
            seen |= pages[url]
            yield url


def every_address(app: Flask, within: str) -> list[str]:
    """Return an address for each rule under a path."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted(filled_in(rule).replace("/7/", "/1/") for rule in rules if rule.startswith(within))


def unreached(app: Flask, reached: Iterable[str]) -> set[str]:
    """Name the views that answer a GET and did not."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - {*reached}
