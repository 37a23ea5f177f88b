"""How two people become one, and two again: the texts stay, only the addresses of their names lead elsewhere."""

from datetime import datetime

from sqlalchemy.orm import Session

from kblog.hangul import is_hangul
from kblog.models import MovedTerm, Spelling, Term, TwoPeople
from kblog.models.review import refold
from kblog.models.site import mark_visible_change
from kblog.transfer.filing import Terms, address_of

from . import queries


def merge(session: Session, gone: Term, into: Term, moment: datetime) -> None:
    """Let one person be part of another: every name that led to the one leads to the other. The caller commits.

    Each spelling and address keeps its origin, so that it can go back with it. Which reviews move is remembered
    nowhere: that follows from what they write, also in what is written later.
    """
    for each in queries.moved_to(gone.id):
        each.term = into
    was = {"name": gone.name, "native_name": gone.native_name, "merged_at": moment}
    session.add(MovedTerm(facet=gone.facet, slug=gone.slug, term=into, origin=into.slug, **was))
    for spelling in gone.spellings:
        _give(into, spelling)
    into.native_name = into.native_name or gone.native_name
    terms = Terms(session, is_whole=False)
    terms.known[gone.facet, gone.slug] = into  # its row is there until nothing is filed under it
    _refile(session, terms, gone, into)
    session.delete(gone)
    refold_reviews(session, into)


def undo(session: Session, merged: MovedTerm) -> tuple[Term, int]:
    """Make two people of one again; return the one that is back, and how many reviews name them.

    Reviews go to whom they name, also those that were written since. The caller commits.
    """
    into, own = merged.term, queries.leading_to(merged)
    session.delete(merged)
    session.flush()
    back = Term(facet=merged.facet, slug=merged.slug, name=merged.name, native_name=merged.native_name)
    session.add(back)
    for each in queries.moved_to(into.id):
        if each.slug in own:
            each.term = back
    _refile(session, Terms(session, is_whole=False), into, back)
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
    refold_reviews(session, into, back)
    return back, queries.review_numbers([back.id]).get(back.id, 0)


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


def _refile(session: Session, terms: Terms, *people: Term) -> None:
    """File the reviews of these people under whom they name by now."""
    session.flush()
    with session.no_autoflush:
        for review in queries.reviews(*(person.id for person in people)):
            terms.refile_people(review, people)
            session.flush()  # the next reviews are read afresh, and their people with them


def _give(person: Term, spelling: Spelling) -> None:
    """Let a person have a spelling, too; one that was given by hand stays so."""
    held = next((each for each in person.spellings if each.name == spelling.name), None)
    if held is None:
        person.spellings.append(Spelling(name=spelling.name, by_hand=spelling.by_hand, origin=spelling.origin))
    elif spelling.by_hand and not held.by_hand:
        held.by_hand, held.origin = True, spelling.origin
