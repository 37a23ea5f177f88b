"""What a term is called, and the other names that lead to it, as the author says it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from kblog.hangul import has_hangul
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import MovedTerm, Renaming, Spelling, Term
from kblog.transfer import links
from kblog.transfer.filing import Terms, address_of

from . import queries
from .merging import refile_reviews, refold_reviews

LONGEST_NAME = 120  # characters: no name that a review can credit is longer


def rename(
    session: Session, term: Term, name: str, native_name: str, moment: datetime, *, moves: bool = False
) -> Renaming | None:
    """Call a term this; the new name leads to it, and is its address where it moves. The caller commits.

    Returns what it takes to undo it; None where nothing was changed. Raises ValueError with a sentence for the author.
    """
    if not name:
        raise ValueError(_("Give a name."))
    if native_name and not has_hangul(native_name):
        raise ValueError(_("Write the native name in Hangul."))
    made = Renaming(
        facet=term.facet, at=moment, slug=term.slug, name=term.name, native_name=term.native_name, is_claimed=False
    )
    if name != term.name:
        made.is_claimed = _claim(session, term, name)
        _spell(session, term, name)
    if native_name and native_name != term.native_name and term.facet == "person":
        add_spelling(session, term, native_name)
    if moves:
        _move(session, term, address_of(term.facet, name))
    term.name, term.native_name = name, native_name
    made.new_slug, made.new_name, made.new_native_name = term.slug, name, native_name
    refile(session, term, name)
    if (made.slug, made.name, made.native_name) == (term.slug, name, native_name):
        return None
    session.add(made)
    return made


def undo_rename(session: Session, term: Term, made: Renaming) -> None:
    """Call a term what it was called before, at the address that it had. The caller commits.

    The address that it had meanwhile leads on, but what a review writes is filed here by it no more. Raises ValueError
    with a sentence for the author where it was changed since.
    """
    if (term.slug, term.name) != (made.new_slug, made.new_name):
        raise ValueError(_("%(name)s was changed since, so there is nothing to take back.", name=term.name))
    if (there := queries.owner(term.facet, made.slug)) and there is not term:
        raise ValueError(_("%(name)s leads to %(other)s by now.", name=made.name, other=there.name))
    address = address_of(term.facet, made.new_name)
    _move(session, term, made.slug)
    term.name = made.name
    if term.native_name == made.new_native_name:
        term.native_name = made.native_name
    row = queries.moved(term.facet, address)
    if row and row.term is term and not row.name:
        if not made.is_claimed:
            row.name = made.new_name if term.facet != "person" else ""  # an alias, as it was
        elif made.new_slug == made.slug:
            session.delete(row)
        else:
            row.leads_only = True
    given = next((each for each in term.spellings if each.name == made.new_name), None)
    if made.is_claimed and given and may_go(term, given, queries.written(term.id)):
        term.spellings.remove(given)
    session.delete(made)
    refile(session, term, made.new_name)


def add_spelling(session: Session, person: Term, name: str) -> None:
    """Let a spelling lead to a person, for readers, searches and reviews to come. The caller commits.

    Raises ValueError with a sentence for the author, where it is nobody's name or somebody else's.
    """
    _claim(session, person, name)
    _spell(session, person, name)
    refold_reviews(session, person)


def remove_spelling(session: Session, person: Term, spelling: Spelling) -> None:
    """Take a spelling away that no review writes; its address goes too, unless it was somebody's own.

    The caller commits. Raises ValueError with a sentence for the author.
    """
    if not may_go(person, spelling, queries.written(person.id)):
        raise ValueError(_("%(name)s is in use, so it stays.", name=spelling.name))
    person.spellings.remove(spelling)
    address = queries.moved(person.facet, address_of(person.facet, spelling.name))
    others = {address_of(person.facet, each.name) for each in person.spellings}
    if address and address.term is person and not address.merged_at and address.slug not in others:
        if queries.was_left(person.facet, address.slug):
            address.leads_only = True  # readers of its old page still come here
        else:
            session.delete(address)
    refold_reviews(session, person)


def may_go(person: Term, spelling: Spelling, written: Collection[str]) -> bool:
    """Whether a spelling can be taken away: no review writes it, and the person is not called so."""
    return spelling.name not in {person.name, person.native_name, *written}


def add_alias(session: Session, term: Term, name: str) -> bool:
    """Let another name or label mean this term, in the reviews that are here and in those to come.

    Whether it led nowhere before. The caller commits. Raises ValueError with a sentence for the author.
    """
    is_new = _claim(session, term, name, alias=name)
    refile(session, term, name)
    return is_new


def remove_alias(session: Session, term: Term, alias: MovedTerm) -> None:
    """Let a name mean what it meant before; what reviews write so is a term of its own again. The caller commits."""
    name = alias.name
    session.delete(alias)
    refile(session, term, name)


def place(session: Session, genre: Term, broader: Collection[Term]) -> None:
    """Let a genre count under these and no others, whatever the vocabulary says. The caller commits.

    Raises ValueError with a sentence for the author where it would count under itself.
    """
    for each in broader:
        if each is genre:
            raise ValueError(_("No genre counts under itself."))
        if genre in links.above([each]):
            said = _(
                "%(name)s counts under %(other)s, so it cannot be the other way round, too.",
                name=each.name,
                other=genre.name,
            )
            raise ValueError(said)
    links.place(session, genre, broader)
    links.settle(session)
    refile_reviews(session, genre)


def refile(session: Session, term: Term, name: str) -> None:
    """File what is under a term, or under a label of this name that meant nothing better, as it is understood now."""
    session.flush()
    label = queries.term("hashtag", address_of("hashtag", name)) if term.facet not in ("hashtag", "person") else None
    refile_reviews(session, term, *([label] if label else ()))
    if term.facet == "person":
        refold_reviews(session, term)


def genre_named(session: Session, name: str) -> Term:
    """Return the genre of this name, made if need be. Raises ValueError with a sentence for the author."""
    _check(name)
    return Terms(session, is_whole=False).genre(name)


def _spell(session: Session, term: Term, name: str) -> None:
    if term.facet != "person":
        return
    known = next((each for each in term.spellings if each.name == name), None)
    if known is None:
        term.spellings.append(Spelling(name=name, by_hand=True, origin=term.slug))
    else:
        known.by_hand = True


def _claim(session: Session, term: Term, name: str, alias: str = "") -> bool:
    """Let the address of a name lead to a term, unless another one answers for it; whether it led nowhere before."""
    _check(name)
    address = address_of(term.facet, name)
    row, owner = queries.moved(term.facet, address), queries.owner(term.facet, address)
    holder = owner or (row.term if row and not row.leads_only else None)
    if holder and holder is not term:
        one = noted("%(name)s leads to %(other)s already. If the two are one person, merge them.")
        same = noted("%(name)s leads to %(other)s already. If the two are one and the same, merge them.")
        raise ValueError(_(one if term.facet == "person" else same, name=name, other=holder.name))
    if owner:
        return False
    if row is None:
        session.add(MovedTerm(facet=term.facet, slug=address, term=term, origin=term.slug, name=alias))
        return True
    was_lost = row.leads_only
    row.term, row.leads_only = term, False
    row.origin, row.name = (term.slug, alias) if was_lost else (row.origin, row.name or alias)
    return was_lost


def _check(name: str) -> None:
    if not name or not any(map(str.isalpha, name)):
        raise ValueError(_("Write the spelling."))
    if len(name) > LONGEST_NAME:
        raise ValueError(_("Use at most %(most)s characters.", most=LONGEST_NAME))


def _move(session: Session, term: Term, address: str) -> None:
    """Let a term live at an address that leads to it; the one that it had leads on."""
    old = term.slug
    if address == old:
        return
    if row := queries.moved(term.facet, address):
        session.delete(row)
        session.flush()
    term.slug = address
    session.flush()
    session.add(MovedTerm(facet=term.facet, slug=old, term=term, origin=address))
    links.follow(session, term.facet, old, address)
