"""The form with which any term gets another name, and the way back from it."""

from flask import abort, flash, redirect, url_for
from wtforms import BooleanField, Form

from kblog.db import db, now
from kblog.language import gettext as _
from kblog.language import noted, plural
from kblog.models import Renaming, Term
from kblog.reviews.filters import FACET_OF, INDEXES
from kblog.studio import access
from kblog.studio.review_form import Words

from ..undoable import say_with_way_back
from . import naming, queries
from .blueprint import bp

ANY = "/<any(people, genres, platforms, hashtags):index>/<slug>"
HOW_IT_IS = noted("Load the page again to see how it is now.")


class NameForm(Form):
    """What a term is called, and whether its page moves to the address of that name."""

    name = Words(noted("Name"))
    native_name = Words(noted("Native name"))
    moves = BooleanField(noted("Move the page to the address of the new name; the old address leads there"))

    @classmethod
    def of(cls, term: Term) -> "NameForm":
        """Return the form as it shows a term."""
        return cls(data={"name": term.name, "native_name": term.native_name})


def rename_as(term: Term, sent: NameForm) -> Renaming | None:
    """Rename a term as a form says; raise ValueError with a sentence for the author. The caller commits."""
    name, native_name = (" ".join(field.data.split()) for field in (sent.name, sent.native_name))
    if term.facet == "hashtag":
        name = name.lstrip("#＃")
    return naming.rename(db.session(), term, name, native_name, now(), moves=sent.moves.data)


def say_renamed(term: Term, made: Renaming | None) -> None:
    """Let the next page say that a term was renamed, with the way back."""
    if made is None:
        flash(_("Nothing was changed: it says so already."))
        return
    said = _("Saved. Every page says %(name)s now.", name=term.name)
    say_with_way_back(said, url_for("studio.terms.undo_rename", index=INDEXES[term.facet], slug=term.slug))


def merged_words(name: str, into: str, number: int) -> str:
    """Say that one term became part of another one, with this many reviews."""
    said = noted("%(name)s is %(other)s now, in %(reviews)s. What the reviews write is as it was.")
    return _(said, name=name, other=into, reviews=plural(number, "review"))


@bp.post(f"{ANY}/renamed")
def undo_rename(index: str, slug: str):
    """The term by the name and address that it had before."""
    term = queries.term(FACET_OF[index], slug) or abort(404)
    made = queries.renamed(term.facet, term.slug)
    if made is None:
        flash(_("%(name)s was not renamed, so there is nothing to take back.", name=term.name))
        return redirect(address(term), 303)
    try:
        naming.undo_rename(db.session(), term, made)
    except ValueError as error:
        db.session.rollback()
        return access.refused(str(error), HOW_IT_IS, 409)
    db.session.commit()
    flash(_("It is called %(name)s again.", name=term.name))
    return redirect(address(term), 303)


def address(term: Term) -> str:
    """Return a term's page in the studio; an anchor would take the focus from what is said at its top."""
    if term.facet == "person":
        return url_for("studio.terms.show", slug=term.slug)
    return url_for("studio.terms.show_term", index=INDEXES[term.facet], slug=term.slug)
