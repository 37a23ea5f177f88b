"""What a day of readers is taken to be: each number by name, with where it comes from."""

from dataclasses import dataclass, field
from typing import Any

ASSUMED = "assumed"


def said(value: Any, what: str, source: str = ASSUMED) -> Any:
    """Return a field that carries what it means and where its value comes from."""
    return field(default=value, metadata={"what": what, "source": source})


@dataclass(frozen=True)
class Day:
    """A day; `dataclasses.replace` makes another of it."""

    page_views: int = said(100_000_000, "pages opened by people", "the question asked")
    curve: tuple[float, ...] = said(
        (0.45, 0.30, 0.50, 0.90, 1.15, 1.35, 1.75, 1.60),
        "how busy each three hours are, the mean being 1: readers of few time zones, mostly in the evening",
    )
    rush: float = said(2.0, "how much busier the busiest minute is than the busiest three hours")
    rush_share: float = said(0.3, "of the reviews opened in that minute, those that are one and the same")

    # what is opened: shares of the page views
    home: float = said(0.08, "of the pages, the home page")
    browse: float = said(0.03, "of the pages, all reviews without a filter")
    facets: float = said(0.06, "of the pages, a list under filters, opened as a page")
    searches: float = said(0.04, "of the pages, what a search found")
    terms: float = said(0.08, "of the pages, one genre, platform or person")
    lines: float = said(0.02, "of the pages, memorable lines")
    reviews: float = said(0.69, "of the pages, a review; shares of all pages add up to 1")
    facet_clicks: float = said(0.06, "filters chosen on the page, a fragment each, for each page opened")
    typed: float = said(0.12, "fragments fetched while a search is typed, for each page opened")
    more: float = said(0.04, "'Show more' under a list or thread, a fragment each, for each page opened")

    # how many different there are, and how much the first of them are preferred (the nth is asked for as 1/n^skew)
    review_skew: float = said(
        0.8, "for reviews", "0.64 to 0.83 in six traces: Breslau et al., Web Caching and Zipf-like Distributions, 1999"
    )
    facet_choices: int = said(5_000, "choices of filters that anybody makes")
    facet_skew: float = said(0.9, "for them")
    queries: int = said(20_000, "different searches")
    query_skew: float = said(0.8, "for them")
    term_pages: int = said(2_000, "genres, platforms and people with a page")
    line_pages: int = said(500, "pages of lines")

    # what else goes over the wire
    pages_a_visit: float = said(2.5, "pages in one visit")
    new_visitors: float = said(0.4, "of the visits, those whose browser has none of the site's files")
    files: int = said(5, "style sheets, scripts and icons that such a browser asks for")
    covers: float = said(2.0, "covers that a page shows and the browser has not got yet (drawn ones, as SVG)")
    again: float = said(0.1, "of the pages, those the browser still has, and asks whether they are true")
    crawled: float = said(0.25, "pages read by crawlers, for each page opened: every review as often as any other")
    feed_readers: int = said(50_000, "programs that read a feed once an hour")
    feeds: int = said(300, "feeds that are read: the site's, of terms, of single threads")

    # what is written
    comments_a_visit: float = said(
        0.001, "comments in one visit", "one in a thousand writes on a blog: Nielsen, Participation Inequality, 2006"
    )
    forms: float = said(2.0, "comment forms opened for each comment that is sent")
    seen_at_once: float = said(1.0, "changes that readers see for each comment: sent, or approved later, one by one")
    edits: int = said(60, "changes of reviews, the ledger or settings by the author")

    # what stands between readers and K-Blog
    places: int = said(40, "places of a CDN that readers come to")
    place_skew: float = said(1.0, "for places: the nth has 1/n of the readers")
    processes: int = said(4, "processes on one web machine, one for each of its cores")
    headroom: float = said(0.6, "of a web machine's cores, what may be used in the busiest three hours")

    @property
    def views(self) -> float:
        """Pages opened a second, on average."""
        return self.page_views / 86_400

    @property
    def visits(self) -> float:
        return self.views / self.pages_a_visit

    @property
    def comments(self) -> float:
        """Comments a second, on average."""
        return self.visits * self.comments_a_visit

    @property
    def changes(self) -> float:
        """Changes a second that end every kept page, on average."""
        return self.comments * self.seen_at_once + self.edits / 86_400
