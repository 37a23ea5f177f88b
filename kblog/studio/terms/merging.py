"""How two terms become one, and two again: the texts stay, only the addresses of their names lead elsewhere."""

from datetime import datetime

from sqlalchemy.orm import Session

from kblog.hangul import is_hangul
from kblog.models import MovedTerm, Spelling, Term, TwoPeople
from kblog.models.review import refold
from kblog.models.site import mark_visible_change
from kblog.transfer import links
from kblog.transfer.filing import Terms, address_of

from . import queries


def merge(session: Session, gone: Term, into: Term, moment: datetime) -> None:
    """Let one term be part of another: every name that led to the one leads to the other. The caller commits.

    Each spelling and address keeps its origin, so that it can go back with it. Which reviews move is remembered
    nowhere: that follows from what they write, also in what is written later.
    """
    for each in queries.moved_to(gone.id):
        each.term = into
    if once := queries.moved(gone.facet, gone.slug):  # somebody lived there before, and is asked for no more
        session.delete(once)
        session.flush()
    was = {"name": gone.name, "native_name": gone.native_name, "active_to": gone.active_to, "merged_at": moment}
    session.add(MovedTerm(facet=gone.facet, slug=gone.slug, term=into, origin=into.slug, **was))
    for change in queries.changes_on(gone.id):
        change.written, change.platform = change.written or gone.name, into
    for spelling in gone.spellings:
        _give(into, spelling)
    if gone.facet == "person":
        into.native_name = into.native_name or gone.native_name
    terms = Terms(session, is_whole=False)
    terms.known[gone.facet, gone.slug] = into  # its row is there until nothing is filed under it
    links.settle(session, going=gone)
    refile_reviews(session, gone, into, terms=terms)
    session.delete(gone)
    if into.facet == "person":
        refold_reviews(session, into)


def undo(session: Session, merged: MovedTerm) -> tuple[Term, int]:
    """Make two terms of one again; return the one that is back, and how many reviews name it.

    Reviews go to what they name, also those that were written since. The caller commits.
    """
    into, own = merged.term, queries.leading_to(merged)
    session.delete(merged)
    session.flush()
    back = Term(facet=merged.facet, slug=merged.slug, name=merged.name, native_name=merged.native_name)
    session.add(back)
    for each in queries.moved_to(into.id):
        if each.slug in own:
            each.term = back
    _give_ledger_back(merged, into, back, own)
    links.settle(session)
    refile_reviews(session, into, back)
    if merged.facet == "person":
        _give_spellings_back(into, back, own)
        refold_reviews(session, into, back)
    return back, queries.review_numbers([back.id]).get(back.id, 0)


def _give_spellings_back(into: Term, back: Term, own: set[str]) -> None:
    written = queries.written(into.id)
    for spelling in [each for each in into.spellings if each.origin in own]:
        _give(back, spelling)
        if spelling.name in written:
            spelling.origin, spelling.by_hand = address_of(into.facet, written[spelling.name]), False
        elif spelling.name == into.name:
            spelling.origin = into.slug
        else:
            into.spellings.remove(spelling)
    _give(back, Spelling(name=back.name, origin=back.slug))
    for person in (into, back):
        names = [spelling.name for spelling in person.spellings]
        if person.native_name not in names:
            person.native_name = next(filter(is_hangul, names), "")


def _give_ledger_back(merged: MovedTerm, into: Term, back: Term, own: set[str]) -> None:
    """Let a platform have its part of the log back; it has ended, too, if the other one ended for both."""
    back.active_to = merged.active_to
    for change in queries.changes_on(into.id):
        if address_of("platform", change.written) in own:
            change.platform = back
            if change.cause == "ended" and not change.undone_at and merged.merged_at and change.at > merged.merged_at:
                back.active_to = back.active_to or into.active_to


def tell_apart(session: Session, one: Term, other: Term) -> None:
    """Remember that two people are two, so that nobody asks again. The caller commits."""
    first, second = sorted((one.slug, other.slug))
    session.merge(TwoPeople(one=first, other=second))


def refold_reviews(session: Session, *people: Term) -> None:
    """Let every review of these people be found by the spellings that they have now. The caller commits."""
    session.flush()
    for review in queries.reviews(*(person.id for person in people)):
        refold(review, "people", "tags")
    mark_visible_change(session)
    session.flush()


def refile_reviews(session: Session, *filed: Term, terms: Terms | None = None) -> None:
    """File the reviews of these terms under what they name by now, and let them be found by it. The caller commits."""
    terms = terms or Terms(session, is_whole=False)
    session.flush()
    if filed[0].facet == "person":
        with session.no_autoflush:
            for review in queries.reviews(*(person.id for person in filed)):
                terms.refile_people(review, filed)
                session.flush()  # the next reviews are read afresh, and their people with them
        return
    for term in filed:
        term.also_called = "\n".join(queries.also_called(term.id))
    session.flush()  # what follows is read afresh
    with session.no_autoflush:
        for some in queries.filed(*(term.id for term in filed)):
            for review in some:
                terms.refile(review)
                refold(review, "tags")
            session.flush()
    mark_visible_change(session)


def _give(person: Term, spelling: Spelling) -> None:
    """Let a person have a spelling, too; one that was given by hand stays so."""
    held = next((each for each in person.spellings if each.name == spelling.name), None)
    if held is None:
        person.spellings.append(Spelling(name=spelling.name, by_hand=spelling.by_hand, origin=spelling.origin))
    elif spelling.by_hand and not held.by_hand:
        held.by_hand, held.origin = True, spelling.origin
