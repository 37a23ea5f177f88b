"""The kinds of requests: how often each comes, how many different there are, and who may keep the answer."""

from typing import NamedTuple

from .assumptions import Day

FROM = 4  # pages that one and the same fragment is asked from


class Kind(NamedTuple):
    """One kind of request.

    `price` names what was measured of it. An edge may keep what `is_shared`, for as long as it is told or, `for_good`,
    as long as it has room; K-Blog itself keeps what `is_kept`. Kinds with one `space` ask for the same addresses.
    """

    name: str
    price: str
    space: str
    number: int  # of different addresses
    skew: float  # 0: each as often as any other
    rate: float  # a second, on average
    is_shared: bool = True
    is_kept: bool = True
    for_good: bool = False


def kinds(day: Day, reviews: int) -> list[Kind]:
    """Return every kind of request of a day on a blog with so many reviews.

    Only files that never change are told apart from all else, and counted by themselves (`files_a_second`).
    """
    views, choices = day.views, day.facet_choices
    return [
        Kind("home", "home", "home", 1, 0, views * day.home),
        Kind("all reviews", "browse", "browse", 1, 0, views * day.browse),
        Kind("filtered list", "facets", "facets", choices, day.facet_skew, views * day.facets),
        Kind("search", "search", "search", day.queries, day.query_skew, views * day.searches),
        Kind("term", "term", "term", day.term_pages, day.review_skew, views * day.terms),
        Kind("lines", "lines", "lines", day.line_pages, day.review_skew, views * day.lines),
        Kind("review", "review", "review", reviews, day.review_skew, views * day.reviews),
        Kind("review, crawled", "review", "review", reviews, 0, views * day.crawled),
        Kind("cover", "cover", "cover", reviews, day.review_skew, views * day.covers, for_good=True),
        Kind("feed", "feed", "feed", day.feeds, day.review_skew, day.feed_readers / 3600),
        # fragments, which are sent `private`; the page that they are asked from is part of their key
        Kind(
            "filter chosen",
            "facets fragment",
            "chosen",
            choices * FROM,
            day.facet_skew,
            views * day.facet_clicks,
            False,
        ),
        Kind("search typed", "search fragment", "typed", day.queries * FROM, day.query_skew, views * day.typed, False),
        Kind("more", "more", "more", reviews, day.review_skew, views * day.more, False),
        Kind("comment form", "form", "form", reviews, day.review_skew, day.comments * day.forms, False, is_kept=False),
    ]


def files_a_second(day: Day) -> float:
    """Return how many style sheets, scripts and icons are asked for, on average: each is kept for good where it is."""
    return day.visits * day.new_visitors * day.files
