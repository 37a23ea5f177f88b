"""What the findings ask the database: what was set aside, and all that the rules have to know around a review."""

import re
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from kblog.cache import Kept
from kblog.db import db, now
from kblog.models import IgnoredFinding, Media, Page, Redirect, Review, media
from kblog.models.review import SHOWN_TITLE
from kblog.pages import BUILT_IN
from kblog.reviews.filters import FACET_OF
from kblog.reviews.queries import term as public_term

from ..lint import Pictured
from ..lint.prose import opening

KINDS = ("reviews", "pages", *FACET_OF)
ROOT = re.compile(rf"/(?P<kind>{'|'.join(KINDS)})/(?P<slug>[^/]+)(?:/|\Z)")
OLD = re.compile(r"/(?:\d{4}/\d\d|p)/[^/]+\.html\Z")  # of the old blog: each that came along is a redirect


def ignored(review: Review) -> Sequence[IgnoredFinding]:
    """Return the findings on a review that its author set aside, the latest first."""
    query = sa.select(IgnoredFinding).where(IgnoredFinding.review_id == review.id)
    return db.session.scalars(query.order_by(IgnoredFinding.ignored_at.desc(), IgnoredFinding.key)).all()


def openings() -> Kept:
    """Return the live reviews with a description by the words it opens with: number, title and description of each."""
    query = sa.select(Review.id, SHOWN_TITLE.label("title"), Review.work_title, Review.description)
    found: dict[tuple[str, ...], list[tuple[int, str, str]]] = {}
    for row in db.session.execute(query.where(Review.is_live(), Review.description != "").order_by(Review.id)):
        entry = (row.id, row.title, row.description)
        found.setdefault(opening(row.description, row.work_title), []).append(entry)
    ahead = sa.select(sa.func.min(Review.published_at)).where(Review.published_at > now())
    return Kept(found, db.session.scalar(ahead))


def pictured(body: str) -> dict[str, Pictured]:
    """Return the pictures of the library that a text shows, by their address in it; two queries where it has some."""
    found = {each.picture.address: each.media_id for each in media.found_in(body)}
    if not found:
        return {}
    query = sa.select(Media).where(Media.id.in_(set(found.values())))
    rows = {each.id: Pictured(each.id, each.name, each.is_described) for each in db.session.scalars(query)}
    return {address: rows[media_id] for address, media_id in found.items()}


def leading(paths: Iterable[str]) -> tuple[set[str], set[str]]:
    """Part the addresses that lead to something public from those of which the database knows nothing.

    What is in neither set is the address of a review, page, term or old post that no reader can see.
    """
    roots = {path: found for path in paths if (found := ROOT.match(path))}
    named = {path: OLD.match(path) for path in paths if path not in roots}
    slugs = {kind: {found["slug"] for found in roots.values() if found["kind"] == kind} for kind in KINDS}
    live: set[tuple[str, str]] = {("pages", slug) for slug in BUILT_IN}
    for kind, model in (("reviews", Review), ("pages", Page)):
        if slugs[kind]:
            query = sa.select(model.slug).where(model.slug.in_(slugs[kind]), model.is_live())
            live |= {(kind, slug) for slug in db.session.scalars(query)}
    for kind, facet in FACET_OF.items():
        live |= {(kind, slug) for slug in slugs[kind] if public_term(facet, slug)}
    moved = {path for path, is_old in named.items() if is_old}
    moved |= {f"/{found['kind']}/{found['slug']}/" for found in roots.values()} - {f"/{k}/{s}/" for k, s in live}
    new: set[str] = set()
    if moved:
        query = sa.select(Redirect.path).outerjoin(Review, Review.id == Redirect.review_id)
        query = query.outerjoin(Page, Page.id == Redirect.page_id)
        new = set(db.session.scalars(query.where(Redirect.path.in_(moved), Review.is_live() | Page.is_live())))
    there = {path for path, found in roots.items() if (found["kind"], found["slug"]) in live}
    there |= {path for path, found in roots.items() if f"/{found['kind']}/{found['slug']}/" in new}
    return there | (new & named.keys()), {path for path, is_old in named.items() if not is_old}
