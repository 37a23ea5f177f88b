"""Which genres count under which, and which platform came after which: said by address, worked out for the terms."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from kblog.models import MovedTerm, Term, TermLink, term_broader
from kblog.models.site import mark_visible_change


def settle(session: Session, going: Term | None = None) -> None:
    """Work out anew what the links mean for the terms that there are now, but for one that goes. The caller commits."""
    session.flush()
    gone = going.id if going else 0
    address = _addresses(gone)
    narrow = aliased(Term)
    meant = sa.select(narrow.id, address.c.id).select_from(TermLink).distinct()
    meant = meant.join(narrow, sa.and_(narrow.facet == TermLink.facet, narrow.slug == TermLink.slug))
    meant = meant.join(address, sa.and_(address.c.facet == TermLink.facet, address.c.slug == TermLink.target))
    meant = meant.where(TermLink.holds, narrow.id != address.c.id, narrow.id != gone, TermLink.facet == "genre")
    session.execute(sa.delete(term_broader))
    session.execute(sa.insert(term_broader).from_select(["term_id", "broader_id"], meant))
    said = sa.select(address.c.id).join(TermLink, TermLink.target == address.c.slug)
    said = said.where(TermLink.facet == "platform", TermLink.slug == Term.slug, address.c.facet == "platform")
    said = said.where(address.c.id != Term.id).correlate(Term).limit(1)
    platforms = sa.update(Term).where(Term.facet == "platform").values(successor_id=said.scalar_subquery())
    session.execute(platforms.execution_options(synchronize_session=False))
    mark_visible_change(session)
    for term in [each for each in session.identity_map.values() if isinstance(each, Term)]:
        session.expire(term, ["broader", "successor_id", "successor"])


def succeed(session: Session, platform: Term, successor: Term | None) -> None:
    """Say which platform came after one that ended, or that none did. The caller commits."""
    platform.successor = successor
    said = sa.delete(TermLink).where(TermLink.facet == "platform", TermLink.slug == platform.slug)
    session.execute(said)
    if successor:
        session.add(TermLink(facet="platform", slug=platform.slug, target=successor.slug))


def place(session: Session, genre: Term, broader: Collection[Term]) -> None:
    """Say under which genres one counts, whatever the vocabulary says of it. The caller commits."""
    session.flush()
    address = _addresses()
    answers = sa.and_(address.c.facet == TermLink.facet, address.c.slug == TermLink.target)
    held = sa.select(TermLink, address.c.id).outerjoin(address, answers)
    rows = session.execute(held.where(TermLink.facet == "genre", TermLink.slug == genre.slug)).all()
    wanted = {term.id: term for term in broader}
    for row, term_id in rows:
        row.holds = term_id in wanted
    new = [term.slug for term_id, term in wanted.items() if term_id not in {row[1] for row in rows}]
    session.add_all(TermLink(facet="genre", slug=genre.slug, target=slug) for slug in new)
    if not rows and not new:  # or the vocabulary would be asked again
        session.add(TermLink(facet="genre", slug=genre.slug, target=genre.slug, holds=False))


def said_of(session: Session, slug: str) -> dict[str, bool]:
    """Return the addresses of the genres of which it was said whether the one at this address counts under them."""
    said = sa.select(TermLink.target, TermLink.holds).where(TermLink.facet == "genre", TermLink.slug == slug)
    return {row.target: row.holds for row in session.execute(said.order_by(TermLink.target))}


def follow(session: Session, facet: str, old: str, new: str) -> None:
    """Let what is said of a term go along to its new address. The caller commits."""
    session.flush()
    said = sa.delete(TermLink).where(TermLink.facet == facet, TermLink.slug == new)
    session.execute(said)  # of somebody else, who lived there once
    for column in (TermLink.slug, TermLink.target):
        moved = sa.update(TermLink).where(TermLink.facet == facet, column == old).values({column.key: new})
        session.execute(moved.execution_options(synchronize_session=False))
    session.expire_all()


def complete(session: Session) -> None:
    """Say what the terms mean where an older program wrote no links. The caller commits."""
    narrow, later = aliased(Term), aliased(Term)
    said = sa.exists().where(TermLink.facet == narrow.facet, TermLink.slug == narrow.slug)
    columns = narrow.facet, narrow.slug, later.slug, sa.true()
    broader = sa.select(*columns).join(term_broader, term_broader.c.term_id == narrow.id)
    broader = broader.join(later, later.id == term_broader.c.broader_id).where(~said)
    after = sa.select(*columns).join(later, later.id == narrow.successor_id).where(~said)
    names = ["facet", "slug", "target", "holds"]
    session.execute(sa.insert(TermLink).from_select(names, broader.union_all(after)))


def above(genres: Iterable[Term]) -> list[Term]:
    """Return all that some genres count under, the nearest first; what is met again is not followed again."""
    found: list[Term] = []
    waiting = list(genres)
    while waiting:
        new = {term for genre in waiting for term in genre.broader} - set(found)
        waiting = sorted(new, key=lambda term: term.slug)
        found += waiting
    return found


def snapshot(session: Session) -> set[tuple]:
    """Return all that is said, so that somebody who knows terms by heart sees whether it changed."""
    rows = session.execute(sa.select(TermLink.facet, TermLink.slug, TermLink.target, TermLink.holds))
    return {tuple(row) for row in rows}


def _addresses(gone: int = 0) -> sa.Subquery:
    """Give the number of the term that answers for each address, its own or one that leads to it."""
    owner = aliased(Term)
    owned = sa.exists().where(owner.facet == MovedTerm.facet, owner.slug == MovedTerm.slug, owner.id != gone)
    moved = sa.select(MovedTerm.facet, MovedTerm.slug, MovedTerm.term_id).where(~owned)
    own = sa.select(Term.facet, Term.slug, Term.id).where(Term.id != gone)
    return own.union_all(moved).subquery()
