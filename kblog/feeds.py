"""What is new, for programs that follow it: reviews, comments and where to watch, as Atom and JSON feeds."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from sqlalchemy.orm import joinedload, load_only

from kblog import cache, ledger, markup
from kblog.addresses import url_for
from kblog.comments.threads import queries as threads
from kblog.db import db
from kblog.jinja import absolute, rfc3339
from kblog.language import ENGLISH, spoken
from kblog.language import gettext as _
from kblog.models import AvailabilityChange, Comment, LinkPicture, Review
from kblog.reviews import queries
from kblog.reviews.catalogue import COUNTRIES, COUNTS_EVERYWHERE
from kblog.reviews.cover_pictures import addresses
from kblog.reviews.filters import FACET_OF, INDEXES, ReviewFilter

bp = Blueprint("feeds", __name__)

ENTRIES = 20  # newest ones; a feed of whole reviews stays under 500 kB
CHANGES = 100  # they are short, and a platform that closes makes many at once
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


@bp.get("/feeds/reviews.atom")
def reviews():
    """The newest reviews, whole."""
    return _reviews_feed(cache.site().name, url_for("reviews.home"), url_for("feeds.reviews"), Review.is_live())


@bp.get("/feeds/reviews.json")
def reviews_json():
    """The newest reviews, whole, as a JSON Feed."""
    entries = _review_entries(Review.is_live())
    site = cache.site()
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": absolute(url_for("reviews.home")),
        "feed_url": absolute(url_for("feeds.reviews_json")),
        "description": site.description,
        "language": "en",
        "authors": [{"name": site.author or site.name}],
        "items": [
            {
                "id": entry["id"],
                "url": entry["url"],
                "title": entry["title"],
                **({"summary": entry["summary"]} if entry["summary"] else {}),
                **({"image": entry["picture"]} if entry["picture"] else {}),
                "content_html": entry["html"],
                "date_published": rfc3339(entry["published_at"]),
                "date_modified": rfc3339(entry["updated_at"]),
                "authors": [{"name": site.author or site.name}],
                "tags": entry["categories"],
                "language": "en",
            }
            for entry in entries
        ],
    }
    response = make_response(current_app.json.dumps(feed, ensure_ascii=False, sort_keys=False))
    response.mimetype = "application/feed+json"
    return _for_everybody(response)


@bp.get("/feeds/<any(genres, platforms, people, hashtags):index>/<slug>.atom")
def index_term(index: str, slug: str):
    """The feed of a term, asked for by the name of its index."""
    return redirect(url_for("feeds.term", facet=FACET_OF[index], slug=slug), 301)


@bp.get("/feeds/<any(genre, platform, person, hashtag):facet>/<slug>.atom")
def term(facet: str, slug: str):
    """The newest reviews under one term, whole."""
    index = INDEXES[facet]
    found = queries.term(facet, slug)
    if found is None:
        if new := queries.address_now(facet, slug):
            return cache.led_on(url_for("feeds.term", facet=facet, slug=new))
        facet, new = (queries.better_place(slug) if facet == "hashtag" else None) or abort(404)
        return cache.led_on(url_for("feeds.term", facet=facet, slug=new))
    listed = queries.catalogue()
    ids = listed.ids(listed.matching(ReviewFilter(chosen=((facet, (slug,)),))), 0, ENTRIES)
    page = url_for("reviews.term", index=index, slug=slug)
    here = url_for("feeds.term", facet=facet, slug=slug)
    return _reviews_feed(f"{cache.site().name}: {found.name}", page, here, Review.id.in_(ids))


@bp.get("/feeds/comments.atom")
def comments():
    """The newest comments."""
    return _comments_feed(
        _("%(site)s: comments", site=cache.site().name),
        url_for("reviews.home"),
        url_for("feeds.comments"),
        Review.is_live(),
    )


@bp.get("/reviews/<slug>/comments.atom")
def review_comments(slug: str):
    """The newest comments on one review."""
    review = threads.commented(slug) or abort(404)
    page = url_for("reviews.show", slug=slug, _anchor="comments")
    here = url_for("feeds.review_comments", slug=slug)
    return _comments_feed(_("Comments on %(title)s", title=review.title), page, here, Review.id == review.id)


@bp.get("/feeds/availability.atom")
def availability():
    """What changed of where the reviewed works can be watched, for everywhere or for one country.

    What an import brings is where the ledger begins, and no news; nor is what was looked at and is as it was.
    """
    wanted = request.args.get("region", "")
    region = ledger.region(wanted)
    if wanted and region not in COUNTRIES:
        abort(404, _("That is no country the ledger knows."))
    title = _("%(site)s: where to watch", site=cache.site().name)
    if region:
        title = _("%(site)s: where to watch in %(region)s", site=cache.site().name, region=ledger.region_name(region))
    page = url_for("reviews.index", region=region or None)
    query = sa.select(AvailabilityChange, Review).join(Review, Review.id == AvailabilityChange.review_id)
    # what was said of a work before its review appeared came with the review
    query = query.where(Review.is_live(), AvailabilityChange.at > Review.published_at, AvailabilityChange.is_news())
    if region:
        query = query.where(AvailabilityChange.counts_in((region, *COUNTS_EVERYWHERE)))
    loads = joinedload(AvailabilityChange.platform), load_only(Review.slug, Review.work_title, Review.headline)
    query = query.order_by(AvailabilityChange.at.desc(), AvailabilityChange.id.desc()).limit(CHANGES).options(*loads)
    entries = [_news(change, review) for change, review in db.session.execute(query)]
    return _feed(title, page, url_for("feeds.availability", region=region or None), entries, language=spoken())


def _reviews_feed(title: str, page: str, here: str, which: sa.ColumnElement[bool]) -> Response:
    return _feed(title, page, here, _review_entries(which))


def _review_entries(which: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    query = sa.select(Review, LinkPicture.hash).outerjoin(LinkPicture).where(which, Review.is_live())
    query = query.order_by(Review.published_at.desc(), Review.id.desc())
    found = db.session.execute(query.limit(ENTRIES)).all()
    return [
        {
            "id": _entry_id("review", review),
            "title": review.headline or review.title,
            "url": absolute(url_for("reviews.show", slug=review.slug)),
            "published_at": review.published_at,
            "updated_at": _changed(review.published_at, review.updated_at),
            "summary": review.description or review.excerpt,
            "html": markup.without_spoilers(
                markup.told(review.body_html), absolute(url_for("reviews.show", slug=review.slug))
            ),
            "categories": review.genres,
            "author": "",
            "picture": next(map(absolute, addresses(review, link_hash)), ""),
        }
        for review, link_hash in found
    ]


def _comments_feed(title: str, page: str, here: str, which: sa.ColumnElement[bool]) -> Response:
    query = (
        sa.select(Comment, Review)
        .join(Review, Review.id == Comment.review_id)
        .where(which, Review.is_live(), Comment.state == "visible")
        .order_by(Comment.posted_at.desc(), Comment.id.desc())
        .limit(ENTRIES)
    )
    entries = []
    for comment, review in db.session.execute(query):
        address = absolute(url_for("comments.show", comment_id=comment.id))
        entries.append(
            {
                "id": _entry_id("comment", comment),
                "title": _("%(name)s on %(title)s", name=comment.name, title=review.title),
                "url": address,
                "published_at": comment.posted_at,
                "updated_at": _changed(comment.posted_at, comment.edited_at),
                "summary": "",
                "html": None if comment.spoils else markup.without_spoilers(markup.told(comment.body_html), address),
                "spoils": comment.spoils,
                "categories": [],
                "author": comment.name,
            }
        )
    return _feed(title, page, here, entries)


def _news(change: AvailabilityChange, review: Review) -> dict[str, Any]:
    """Say what changed in the words of the review's card."""
    before, after = change.before, change.after
    told = [ledger.in_words(after) + "."] if after else []
    told += [_("Before: %(said)s.", said=ledger.in_words(before))] if before else []
    if after:
        what = ledger.in_words(after, with_check=False)
    else:
        said = ledger.in_words(before, with_check=False) if before else ""
        what = said and _("not listed any more: %(said)s", said=said)
    return {
        "id": f"tag:{urlsplit(absolute('/')).hostname},2026:availability-{change.id}",
        "title": f"{review.title}: {what}",
        "url": absolute(url_for("reviews.show", slug=review.slug)),
        "published_at": change.at,
        "updated_at": change.at,
        "summary": " ".join(told),
        "categories": [change.platform.name] if change.platform else [],
    }


def _feed(title: str, page: str, here: str, entries: Sequence[dict[str, Any]], *, language: str = ENGLISH) -> Response:
    changed = max((entry["updated_at"] for entry in entries), default=None)
    context = {"title": title, "page": page, "here": here, "entries": entries, "changed": changed, "language": language}
    response = xml("feeds/atom.xml", "application/atom+xml", **context)
    return _for_everybody(response)


def _for_everybody(response: Response) -> Response:
    """Let other sites read a feed, and search engines list the pages it names in its place."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def xml(template: str, mimetype: str, **context: Any) -> Response:
    """Draw a template of XML, without the characters that no XML may hold."""
    response = make_response(NO_XML.sub("", render_template(template, **context)))
    response.mimetype = mimetype
    return response


def _entry_id(kind: str, thing: Review | Comment) -> str:
    """Return an id that stays: the old blog's own for what came from it, so that no feed reader shows it anew."""
    source, _, rest = (thing.source_ref or "").partition(":")
    blog, _, number = rest.partition(":")
    if source == "blogger" and blog.isdigit() and number.isdigit():
        return f"tag:blogger.com,1999:blog-{blog}.post-{number}"
    return f"tag:{urlsplit(absolute('/')).hostname},2026:{kind}-{thing.id}"


def _changed(published_at: datetime | None, updated_at: datetime | None) -> datetime | None:
    return max(filter(None, (published_at, updated_at)), default=None)
