"""The addresses of the reviews."""

from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, redirect, render_template, request
from werkzeug.exceptions import Gone, NotFound

from kblog import cache, htmx, traffic
from kblog.addresses import url_for
from kblog.comments.queries import closes_at, is_open
from kblog.comments.threads import queries as threads
from kblog.db import now
from kblog.errors import answer
from kblog.guard import SAFE
from kblog.language import gettext as _
from kblog.language import joined, noted
from kblog.models import Term

from . import finding, jsonld, people, platforms, queries, reading
from .catalogue import NOWHERE, Bits, Catalogue, Value
from .catalogue.queries import order
from .facts import shown
from .filters import BEST, FACET_OF, FACETS, INDEXES, LONGEST_QUERY, NARROWING, SINGLE, ReviewFilter

bp = Blueprint("reviews", __name__)

PAGE_SIZE = 24  # a multiple of the grid's 2, 3 and 4 columns
# in this order; the verdict from some number on, the other facets once they are chosen
SHOWN_FACETS = ("kind", "genre", "platform", "region", "length", "year", "verdict")
BEFORE = ("verdict", "year", "genre", "person", "hashtag")  # stand before the noun of a page's title, in this order
AFTER = {  # how it goes on after the noun
    "length": noted("%(reviews)s of %(length)s"),
    "platform": noted("%(reviews)s on %(platform)s"),
    "region": noted("%(reviews)s in %(region)s"),
}
AT_FIRST = {"year": 6, "genre": 16}  # chips; the others are behind "Earlier years" and "More genres"
ON_A_WRONG_WAY = 3  # reviews to go on with where a page is missing: one row of cards


@bp.get("/")
def home():
    """The newest reviews, the one to start with, a line, and the genres."""
    listed = queries.catalogue()
    lead = listed.featured()
    ids = [lead, *(i for i in listed.ids(listed.everything, 0, queries.LATEST + 1) if i != lead)]
    newest = [i for i in ids[: queries.LATEST + 1] if i is not None]
    most_read = queries.most_read(today())
    cards = queries.cards([*newest, *most_read])
    return render_template(
        "reviews/home.html",
        lead=cards[0] if cards else None,
        latest=cards[1 : len(newest)],
        most_read=cards[len(newest) :],
        total=len(listed.reviews),
        genres=[value for value in listed.values("genre", ReviewFilter()) if value.count],
        lead_is_featured=bool(lead and listed.reviews[listed.place[lead]].featured),
        line=queries.line_of(today()),
        linked_data=jsonld.of_site(cache.site()),
    )


@bp.get("/reviews/")
def index():
    """The reviews that match the filters in the address, with the filters."""
    wanted = ReviewFilter.from_args(request.args)
    listed = queries.catalogue()
    if (moved := where_now(wanted, listed)) != wanted:
        return cache.led_on(url(moved))
    search = finding.find(wanted.text, listed)
    found = search.bits
    if found == 0:
        cache.each_time(traffic.noting(current_app, wanted.text, today(), is_typed=htmx.wants_fragment()))
    matching = listed.matching(wanted, found)
    total = matching.bit_count()
    last = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page_asked()), last)
    start = (page - 1) * PAGE_SIZE
    address = url(wanted)
    ids = (
        search.ids(listed, matching, start, PAGE_SIZE)
        if wanted.order == BEST
        else listed.ids(matching, start, PAGE_SIZE, order(listed, wanted.order))
    )
    cards = queries.cards(ids, listed.region_unchecked(wanted), passages=bool(wanted.text))
    context = {
        "wanted": wanted,
        "cards": finding.hits(cards, search) if wanted.text else cards,
        "people": finding.people(search, listed) if page == 1 else [],
        "lines": finding.lines(search, matching, listed) if page == 1 else [],
        "meant": finding.suggestion(wanted, listed) if found == 0 else "",
        "facets": offered(listed, wanted, found),
        "at_first": AT_FIRST,
        "every_kind": listed.matching(wanted.without("kind"), found).bit_count(),
        "every_region": listed.matching(wanted.without("region"), found).bit_count(),
        "best_removal": None if total else listed.best_removal(wanted, found),
        "catalogue": listed,
        "total": total,
        "page": page,
        "start": start,
        "seen": min(total, start + PAGE_SIZE),
        "page_size": PAGE_SIZE,
        "single": SINGLE,
        "longest_query": LONGEST_QUERY,
        "previous_url": url(wanted, page - 1) if page > 1 else None,
        "next_url": url(wanted, page + 1) if page < last else None,
        "canonical": canonical(wanted.sorted_by(""), page) if total else address,
        "is_combination": bool(wanted.text) or len(list(wanted.choices)) > 1,
        "url": url,
    }
    if page > 1 and htmx.wants_fragment():
        return htmx.render("reviews/index.html", "reviews/_more.html", **context)
    answer = htmx.render("reviews/index.html", "reviews/_browse.html", **context)
    return htmx.push_url(answer, address, typed="q")


@bp.get("/reviews/<slug>/")
def show(slug: str):
    """One review: its overview, text, lines, hashtags and comments."""
    review = reading.live(slug) or abort(404)
    thread = threads.thread(review_id=review.id, size=review.comment_count)
    cache.each_time(traffic.counter(current_app, review.id, today()))
    cache.ends_at(closes_at(review, cache.site().comment_days))
    drawn = shown(review, today())
    return render_template(
        "reviews/show.html",
        thread=thread,
        is_open=is_open(review, cache.site().comment_days),
        related=partial(queries.related, review),
        linked_data=jsonld.of_review(review, drawn["credits"], cache.site()),
        **drawn,
    )


@bp.get("/<any(genres, platforms, people, hashtags):index>/")
def terms(index: str):
    """Every genre, platform, person or hashtag, with its number of reviews."""
    facet = FACET_OF[index]
    listed = queries.catalogue()
    if facet == "person":
        return render_template("terms/people.html", index=index, **people.listed(listed, page_asked()))
    values = [value for value in listed.values(facet, ReviewFilter()) if value.count and value.value != NOWHERE]
    return render_template("terms/index.html", index=index, facet=facet, values=values)


@bp.get("/<any(genres, platforms, people, hashtags):index>/<slug>/")
def term(index: str, slug: str):
    """One genre, platform, person or hashtag and its reviews."""
    facet = FACET_OF[index]
    found = queries.term(facet, slug)
    if found is None:
        if new := queries.address_now(facet, slug):
            return cache.led_on(url_for("reviews.term", index=index, slug=new))
        facet, new = (queries.better_place(slug) if facet == "hashtag" else None) or abort(404)
        return cache.led_on(url_for("reviews.term", index=INDEXES[facet], slug=new))
    listed = queries.catalogue()
    wanted = ReviewFilter(chosen=((facet, (slug,)),))
    matching = listed.matching(wanted)
    filed = doubtful = 0
    if facet == "platform":
        matching, doubtful = platforms.standing(found, listed, today())
        filed = listed.labelled.get(slug, 0) & ~matching & ~doubtful
    total = matching.bit_count()
    ids = [i for bits in (matching, doubtful) for i in listed.ids(bits, 0, bits.bit_count())]
    last = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(1, page_asked()), last)
    shown_ids = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    way = ((index.capitalize(), url_for("reviews.terms", index=index)), (found.name, request.path))
    return render_template(
        "terms/show.html",
        index=index,
        facet=facet,
        term=found,
        cards=queries.cards(shown_ids),
        may_have_left=set(ids[total:]),
        told=platforms.told_on_cards(found, shown_ids, today()) if facet == "platform" else {},
        is_known=lambda platform: ("platform", platform.slug) in listed.names,
        mentioned=queries.cards(listed.ids(filed, 0, PAGE_SIZE)) if page == last else [],
        total=total,
        page=page,
        last=last,
        linked_data=jsonld.breadcrumbs(way),
        page_url=lambda number: url_for("reviews.term", index=index, slug=slug, page=number if number > 1 else None),
        **(people.shown(found) if facet == "person" else called(found)),
    )


def called(term: Term) -> dict[str, Any]:
    """Return what else a genre, platform or hashtag is called, as its author says it."""
    return {"native_name": term.native_name, "spellings": queries.aliases_of(term.id)}


def where_now(wanted: ReviewFilter, listed: Catalogue) -> ReviewFilter:
    """Return a choice with the terms that others are part of by now in the place of the ones it names."""
    unknown = [each for each in wanted.choices if each[0] in INDEXES and each not in listed.names]
    if unknown:
        for (facet, old), new in queries.addresses_now(unknown).items():
            wanted = wanted.replacing(facet, old, new)
    return wanted


def offered(listed: Catalogue, wanted: ReviewFilter, found: Bits | None) -> dict[str, list[Value]]:
    """Return what the form offers, facet by facet in its order; of facets it does not show, what is chosen."""
    shown = [facet for facet in SHOWN_FACETS if facet != "verdict" or listed.is_judging or wanted.values(facet)]
    others = [facet for facet in FACETS if facet not in shown and wanted.values(facet)]
    facets = {facet: listed.values(facet, wanted, found) for facet in shown}
    facets |= {facet: listed.values(facet, wanted, found, only_chosen=True) for facet in others}
    return {facet: values for facet, values in facets.items() if values}


def url(wanted: ReviewFilter, page: int = 1) -> str:
    """Return the canonical address of a choice of reviews."""
    args = wanted.args | ({"page": page} if page > 1 else {})
    query = urlencode(args, doseq=True)
    return url_for("reviews.index") + (f"?{query}" if query else "")


@bp.app_errorhandler(404)
def elsewhere(error: NotFound):
    """Send whoever asks for a renamed review, its thread, feed or cover to the new place; 410 for one taken back."""
    slug = (request.view_args or {}).get("slug", "")
    if not slug or not request.path.startswith("/reviews/"):
        return answer(error)
    if new := queries.moved(f"/reviews/{slug}/"):
        rest = request.full_path.removeprefix(f"/reviews/{slug}/").rstrip("?")
        code = 301 if request.method in SAFE else 308  # a comment that is on its way arrives there with its text
        return redirect(url_for("reviews.show", slug=new) + rest, code)
    return answer(Gone()) if queries.once_public(slug) else answer(error)


def page_asked() -> int:
    """Return the page that the address names; any number may stand there."""
    return request.args.get("page", 1, type=int)


def today() -> date:
    """Return today's date where the site is."""
    return now().astimezone(cache.site().zone).date()


INDEX_NAMES = {
    "genres": noted("Genres"),
    "platforms": noted("Platforms"),
    "people": noted("People"),
    "hashtags": noted("Hashtags"),
}


@bp.app_template_global()
def index_name(index: str) -> str:
    """Name the list of all genres, say."""
    return _(INDEX_NAMES[index])


@bp.app_template_global()
def newest_reviews() -> list[queries.Card]:
    """Return the cards of the newest reviews, for a page that has nothing of its own to show."""
    listed = queries.catalogue()
    return queries.cards(listed.ids(listed.everything, 0, ON_A_WRONG_WAY))


@bp.app_template_filter()
def browse_title(catalogue: Catalogue, wanted: ReviewFilter) -> str:
    """Name a choice of reviews: "2021 Romance and Comedy dramas of 9 to 12 episodes on Netflix or Viki"."""
    named = {
        facet: joined([catalogue.name(facet, value) for value in values], "and" if facet in NARROWING else "or")
        for facet, values in wanted.chosen
    }
    named |= {facet: named[facet].lower() for facet in ("kind", "length") if facet in named}
    before = [named[facet] for facet in BEFORE if facet in named]
    words = " ".join([*before, named.get("kind", _("reviews"))])
    for facet, sentence in AFTER.items():
        if facet in named:
            words = _(sentence, reviews=words, **{facet: named[facet]})
    return words[:1].upper() + words[1:] + (f": {wanted.text}" if wanted.text else "")


def canonical(wanted: ReviewFilter, page: int) -> str:
    """Return the one address of a choice: one genre, platform, person, hashtag or year alone has a page of its own."""
    choices = list(wanted.choices)
    if len(choices) == 1 and choices[0][0] == "year" and not wanted.text:
        return url_for("reviews.year", year=choices[0][1], page=page if page > 1 else None)
    if len(choices) == 1 and choices[0][0] in INDEXES and choices[0][1] != NOWHERE and not wanted.text:
        (facet, slug), number = choices[0], page if page > 1 else None
        return url_for("reviews.term", index=INDEXES[facet], slug=slug, page=number)
    return url(wanted, page)
