"""How two people become one, and two again: the texts stay, only the addresses of their names lead elsewhere."""

from datetime import datetime

from sqlalchemy.orm import Session

from kblog.models import Merge, MovedTerm, Spelling, Term, TwoPeople
from kblog.models.review import refold
from kblog.models.site import mark_visible_change
from kblog.transfer.filing import Terms

from . import queries


def merge(session: Session, gone: Term, into: Term, moment: datetime) -> Merge:
    """Let one person be part of another: every name that led to the one leads to the other. The caller commits.

    What the one had is remembered, so that it can be had back. Which reviews those were is not: that follows from
    what they write, also in what is written later.
    """
    pairs, addresses = queries.told_apart(gone.id), queries.moved_to(gone.id)
    merges = queries.merges_into(gone.id)
    others = queries.terms(each.one_id + each.other_id - gone.id for each in pairs)
    merged = Merge(
        facet=gone.facet, slug=gone.slug, name=gone.name, native_name=gone.native_name, into=into, merged_at=moment
    )
    merged.moved = {
        "spellings": [[spelling.name, spelling.by_hand] for spelling in gone.spellings],
        "spellings_before": [spelling.name for spelling in into.spellings],
        "native_name_before": into.native_name,
        "addresses": [each.slug for each in addresses],
        "merges": [each.id for each in merges],
        "two_people": [each.slug for each in others],
    }
    session.add_all([merged, MovedTerm(facet=gone.facet, slug=gone.slug, term=into, by_merge=True)])
    for each in addresses:
        each.term = into
    for each in merges:
        each.into = into
    for each in pairs:
        session.delete(each)
    for each in others:
        if each is not into:
            tell_apart(session, into.id, each.id)
    _give_spellings(into, merged.moved["spellings"])
    into.native_name = into.native_name or gone.native_name
    terms = Terms(session, is_whole=False)
    terms.known[gone.facet, gone.slug] = into
    _refile(session, terms, gone, into)
    session.delete(gone)
    refold_reviews(session, into)
    return merged


def undo(session: Session, merged: Merge, moment: datetime) -> tuple[Term, int]:
    """Make two people of one again; return the one that is back, and how many reviews name them.

    Reviews go to whom they name, also those that were written since. The caller commits. Raises ValueError with a
    sentence for the author where it cannot be done any more.
    """
    into, kept = merged.into, merged.moved
    if merged.undone_at:
        raise ValueError(f"{merged.name} and {into.name} are two people again already.")
    address = queries.moved(merged.facet, merged.slug)
    if address is None or address.term is not into or queries.is_taken(merged.facet, merged.slug):
        raise ValueError(f"The address of {merged.name} leads to somebody else by now, so this cannot be undone.")
    session.delete(address)
    session.flush()
    back = Term(facet=merged.facet, slug=merged.slug, name=merged.name, native_name=merged.native_name)
    session.add(back)
    for each in queries.moved_to(into.id):
        if each.slug in kept["addresses"]:
            each.term = back
    for each in queries.merges_into(into.id):
        if each.id in kept["merges"]:
            each.into = back
        elif merged.id in each.moved["merges"]:
            _forget(each, merged)
    _give_spellings(back, kept["spellings"])
    session.flush()
    for other in filter(None, map(queries.person, kept["two_people"])):
        tell_apart(session, back.id, other.id)
    if into.native_name == merged.native_name and not kept["native_name_before"]:
        into.native_name = ""
    _refile(session, Terms(session, is_whole=False), into, back)
    stay = {into.name, *kept["spellings_before"], *queries.written(into.id)}
    came = {name for name, _ in kept["spellings"]}
    into.spellings = [each for each in into.spellings if each.name in stay or (each.by_hand and each.name not in came)]
    merged.undone_at = moment
    refold_reviews(session, into, back)
    return back, queries.review_numbers([back.id]).get(back.id, 0)


def tell_apart(session: Session, one_id: int, other_id: int) -> None:
    """Remember that two people are two, so that nobody asks again. The caller commits."""
    session.merge(TwoPeople(one_id=min(one_id, other_id), other_id=max(one_id, other_id)))


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
            terms.refile_people(review)
            session.flush()  # the next reviews are read afresh, and their people with them


def _forget(later: Merge, merged: Merge) -> None:
    """Let a later merge give back only what is not given back already with an earlier one."""
    own = {later.name, *merged.moved["spellings_before"]}
    gone = {name for name, _ in merged.moved["spellings"]} - own
    later.moved = later.moved | {
        "spellings": [each for each in later.moved["spellings"] if each[0] not in gone],
        "spellings_before": [name for name in later.moved["spellings_before"] if name not in gone],
    }
    if later.native_name == merged.native_name and not merged.moved["native_name_before"]:
        later.native_name = ""


def _give_spellings(person: Term, spellings: list[list]) -> None:
    has = {spelling.name: spelling for spelling in person.spellings}
    for name, by_hand in spellings:
        if name in has:
            has[name].by_hand = has[name].by_hand or by_hand
        else:
            person.spellings.append(Spelling(name=name, by_hand=by_hand))
