"""What a page says to machines, in the words of schema.org: a review and its work, the site, the way to a page."""

from collections.abc import Iterable, Sequence
from typing import Any

from kblog.addresses import url_for
from kblog.document import VERDICTS
from kblog.jinja import absolute, iso
from kblog.models import Site
from kblog.overview import Credit

from . import cover_pictures
from .reading import Reading

Data = dict[str, Any]

CONTEXT = "https://schema.org"
POINTS = {verdict: points for points, verdict in enumerate(reversed(VERDICTS), 1)}  # Skip 1 .. Essential 4
ROLES = {"actor": "cast", "director": "director", "author": "writer"}


def of_review(review: Reading, credits: Sequence[Credit], site: Site) -> Data:
    """Describe a live review: nothing but what its page shows, and nothing from a spoiler."""
    address = absolute(url_for("reviews.show", slug=review.slug))
    published = review.published_at
    changed = max(filter(None, (published, review.updated_at)), default=None)
    about: Data = {
        "@type": "Review",
        "@id": f"{address}#review",
        "url": address,
        "headline": review.headline or review.title,
        "description": review.description or review.excerpt,
        "inLanguage": "en",
        "datePublished": published and iso(published),
        "dateModified": changed and iso(changed),
        "image": [absolute(path) for path in cover_pictures.addresses(review, review.link_hash)],
        "author": _author(site),
        "publisher": _publisher(site),
        "itemReviewed": _work(review, credits),
    }
    if review.verdict:
        rating = {"@type": "Rating", "ratingValue": POINTS[review.verdict], "bestRating": 4, "worstRating": 1}
        about["reviewRating"] = rating | {"name": review.verdict}
    way = _way((("Reviews", url_for("reviews.index")), (review.title, url_for("reviews.show", slug=review.slug))))
    return {"@context": CONTEXT, "@graph": [_said(about), way]}


def of_site(site: Site) -> Data:
    """Describe the site and how it is searched."""
    target = absolute(url_for("reviews.index")) + "?q={search_term_string}"
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": target},
        "query-input": "required name=search_term_string",
    }
    about = {
        "@type": "WebSite",
        "name": site.name,
        "description": site.description,
        "url": absolute(url_for("reviews.home")),
        "inLanguage": "en",
        "publisher": _publisher(site),
        "potentialAction": search,
    }
    return {"@context": CONTEXT, **_said(about)}


def breadcrumbs(steps: Iterable[tuple[str, str]]) -> Data:
    """Describe the way from the front page to this one: the (name, address) of each step, this page's the last."""
    return {"@context": CONTEXT, **_way(steps)}


def _work(review: Reading, credits: Sequence[Credit]) -> Data:
    """Describe the film or series that a review is about."""
    kind = _kind(review)
    others = list(dict.fromkeys(filter(None, (review.native_title, *review.other_titles))))
    work: Data = {
        "@type": kind,
        "name": review.title,
        "alternateName": others[0] if len(others) == 1 else others,
        "datePublished": str(review.year) if review.year else "",
        "genre": review.genres,
        "numberOfEpisodes": review.episodes if kind == "TVSeries" else None,
        # of one episode it would be said of the whole series
        "duration": f"PT{review.minutes}M" if review.minutes and kind == "Movie" else "",
    }
    for member, role in ROLES.items():
        named = [_person(credit.name, credit.alias) for credit in credits if credit.role == role]
        work[member] = named if kind != "CreativeWork" or member == "author" else []
    return _said(work)


def _kind(review: Reading) -> str:
    """Choose what schema.org calls a work: one with episodes is a series, whatever else it may be called."""
    if review.kind in ("drama", "show") or review.episodes:
        return "TVSeries"
    if review.kind in ("film", "special") or review.minutes:
        return "Movie"
    return "CreativeWork"


def _person(name: str, alias: str) -> Data:
    return _said({"@type": "Person", "name": name, "alternateName": alias})


def _author(site: Site) -> Data:
    if not site.author:
        return _publisher(site)
    return {"@type": "Person", "name": site.author, "url": absolute(url_for("pages.show", slug="about"))}


def _publisher(site: Site) -> Data:
    return {"@type": "Organization", "name": site.name, "url": absolute(url_for("reviews.home"))}


def _way(steps: Iterable[tuple[str, str]]) -> Data:
    way = (("Home", url_for("reviews.home")), *steps)
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": absolute(address)}
        for place, (name, address) in enumerate(way, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _said(members: Data) -> Data:
    """Leave out what nobody said."""
    return {name: value for name, value in members.items() if value not in ("", None, [])}
