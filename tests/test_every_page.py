"""The whole site, page by page: everything linked is there, and every page keeps the rules."""

import pytest

from .browser import Browser, internal_links

MOST_PAGES = 700  # the samples have about 515; a runaway of filter links would show


def crawl(browser: Browser, start: str = "/") -> dict[str, int]:
    """Visit everything that is linked from the front page on; combinations of filters only one deep."""
    seen: dict[str, int] = {}
    waiting = [start, "/sitemap.xml", "/robots.txt", "/healthz"]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        is_permalink = url.startswith("/comments/") and not url.endswith("/report")
        page = browser.get(url, status=302 if is_permalink else 200)
        seen[url] = page.status
        assert len(seen) < MOST_PAGES
        if page.response.mimetype == "text/html" and "?" not in url:
            waiting += sorted(internal_links(page) - seen.keys())
    return seen


def test_everything_linked_from_the_samples_is_there(samples: Browser):
    assert len(crawl(samples)) > 150


def test_an_empty_site_has_no_broken_page(reader: Browser):
    assert len(crawl(reader)) > 10


@pytest.mark.real_data
def test_everything_linked_from_the_imported_blog_is_there(imported: Browser):
    assert len(crawl(imported)) > 80
