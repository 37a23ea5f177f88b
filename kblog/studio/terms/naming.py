"""What a person is called, and the spellings that lead to them, as the author says it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from kblog.hangul import has_hangul
from kblog.models import MovedTerm, Spelling, Term
from kblog.transfer.filing import address_of

from . import queries
from .merging import refold_reviews

LONGEST_NAME = 120  # characters: no name that a review can credit is longer


def rename(session: Session, person: Term, name: str, native_name: str) -> None:
    """Call a person this; the address stays, and the new name leads there too. The caller commits.

    Raises ValueError with a sentence for the author.
    """
    if not name:
        raise ValueError("Give a name.")
    if native_name and not has_hangul(native_name):
        raise ValueError("Write the native name in Hangul.")
    if name != person.name:
        add_spelling(session, person, name)
    if native_name and native_name != person.native_name:
        add_spelling(session, person, native_name)
    person.name, person.native_name = name, native_name
    refold_reviews(session, person)


def add_spelling(session: Session, person: Term, name: str) -> None:
    """Let a spelling lead to a person, for readers, searches and reviews to come. The caller commits.

    Raises ValueError with a sentence for the author, where it is nobody's name or somebody else's.
    """
    if not name or not any(map(str.isalpha, name)):
        raise ValueError("Write the spelling.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"Use at most {LONGEST_NAME} characters.")
    address = address_of(person.facet, name)
    held = queries.person(address)
    if held and held is not person:
        raise ValueError(f"{name} leads to {held.name} already. If the two are one person, merge them.")
    if held is None:
        session.add(MovedTerm(facet=person.facet, slug=address, term=person, origin=person.slug))
    known = next((each for each in person.spellings if each.name == name), None)
    if known is None:
        person.spellings.append(Spelling(name=name, by_hand=True, origin=person.slug))
    else:
        known.by_hand = True
    refold_reviews(session, person)


def remove_spelling(session: Session, person: Term, spelling: Spelling) -> None:
    """Take a spelling away that no review writes; its address goes too, unless it was somebody's own.

    The caller commits. Raises ValueError with a sentence for the author.
    """
    if not may_go(person, spelling, queries.written(person.id)):
        raise ValueError(f"{spelling.name} is in use, so it stays.")
    person.spellings.remove(spelling)
    address = queries.moved(person.facet, address_of(person.facet, spelling.name))
    others = {address_of(person.facet, each.name) for each in person.spellings}
    if address and address.term is person and not address.merged_at and address.slug not in others:
        session.delete(address)
    refold_reviews(session, person)


def may_go(person: Term, spelling: Spelling, written: Collection[str]) -> bool:
    """Whether a spelling can be taken away: no review writes it, and the person is not called so."""
    return spelling.name not in {person.name, person.native_name, *written}
