"""The desk's pages about people: all of them, one of them, and what would become of two."""

from typing import Any, NamedTuple

from flask import abort, flash, redirect, request, url_for
from wtforms import Form

from kblog.db import LARGEST_ID, db, now
from kblog.language import gettext as _
from kblog.language import noted, plural
from kblog.models import Review, Spelling, Term
from kblog.studio import access, asked
from kblog.studio.review_form import Words

from ..undoable import say_with_way_back
from . import merging, naming, queries
from .blueprint import bp
from .renaming import HOW_IT_IS, NameForm, merged_words, rename_as, say_renamed

PAGE_SIZE = 100  # people on one page of the list
MOST_ALIKE = 20  # pairs that are shown at once
MOST_CHOICES = 30  # people offered to merge with
PERSON = "/people/<slug>"
ID = f"<int(max={LARGEST_ID}):number>"


class SpellingForm(Form):
    """One more way to write a person's name."""

    spelling = Words(noted("Another spelling"))


class Evidence(NamedTuple):
    """The reviews that name a person, each with what it writes of them, and all spellings."""

    works: dict[Review, list[Any]]
    spellings: list[Spelling]

    @property
    def written(self) -> set[str]:
        """The spellings that reviews write."""
        return {name for rows in self.works.values() for row in rows for name in (row.name, row.alias) if name}


@bp.get("/")
def index():
    """Everybody whom reviews name, and who of them may be one."""
    text, page = asked.text(request.args), asked.page(request.args)
    found = queries.people(text, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    pairs = queries.alike() if not text and page == 1 else []
    shown = pairs[:MOST_ALIKE]
    known = evidence(*(person for pair in shown for person in pair[:2]))
    return access.page(
        "studio/terms/people.html",
        tallies=queries.tallies(),
        text=text,
        people=found[:PAGE_SIZE],
        page=page,
        has_more=len(found) > PAGE_SIZE,
        pairs=list(zip(shown, known[::2], known[1::2], strict=True)),
        more_pairs=len(pairs) - len(shown),
    )


@bp.get(f"{PERSON}/")
def show(slug: str):
    """One person: what they are called, how they are spelt, which reviews name them, who became part of them."""
    person = found(slug)
    if person.slug != slug:
        return redirect(url_for(".show", slug=person.slug))
    return page(person)


@bp.post(f"{PERSON}/name")
@access.resumable
def rename(slug: str, form):
    """Call a person something else."""
    person, sent = found(slug), NameForm(form)
    try:
        made = rename_as(person, sent)
    except ValueError as error:
        db.session.rollback()
        sent.name.errors = [str(error)]
        return page(found(slug), 422, name_form=sent)
    db.session.commit()
    say_renamed(person, made)
    return redirect(url_for(".show", slug=person.slug), 303)


@bp.post(f"{PERSON}/spellings")
@access.resumable
def add_spelling(slug: str, form):
    """Let one more spelling lead to a person."""
    person, sent = found(slug), SpellingForm(form)
    spelling = " ".join(sent.spelling.data.split())
    try:
        naming.add_spelling(db.session(), person, spelling)
    except ValueError as error:
        db.session.rollback()
        sent.spelling.errors = [str(error)]
        return page(found(slug), 422, spelling_form=sent)
    db.session.commit()
    said = _("%(spelling)s leads to %(name)s now.", spelling=spelling, name=person.name)
    given = next((each.id for each in person.spellings if each.name == spelling), 0)
    say_with_way_back(said, url_for(".remove_spelling", slug=person.slug, number=given))
    return redirect(url_for(".show", slug=person.slug), 303)


@bp.post(f"{PERSON}/spellings/{ID}/remove")
def remove_spelling(slug: str, number: int):
    """Take away a spelling that no review writes."""
    person = found(slug)
    spelling = next((each for each in person.spellings if each.id == number), None)
    if spelling:
        name = spelling.name
        try:
            naming.remove_spelling(db.session(), person, spelling)
        except ValueError as error:
            db.session.rollback()
            return access.refused(str(error), HOW_IT_IS, 409)
        db.session.commit()
        back = url_for(".add_spelling", slug=person.slug)
        say_with_way_back(_("%(name)s leads nowhere any more.", name=name), back, spelling=name)
    return redirect(url_for(".show", slug=person.slug), 303)


@bp.get(f"{PERSON}/merge")
def confirm_merge(slug: str):
    """What merging a person into another one would do; first of all, which other one."""
    person, text = found(slug), asked.text(request.args)
    into = queries.person(request.args.get("into", ""))
    if into is None or into is person:
        choices = [row for row in queries.people(text, MOST_CHOICES) if row[0] is not person] if text else []
        alike = [pair.other if pair.one is person else pair.one for pair in queries.alike() if person in pair[:2]]
        numbers = queries.review_numbers([each.id for each in alike])
        rows = [(each, numbers.get(each.id, 0)) for each in alike] if not text else choices
        return access.page("studio/terms/choose.html", term=person, index="people", text=text, rows=rows)
    has, gets = evidence(person, into)
    return access.page(
        "studio/terms/merge.html",
        person=person,
        into=into,
        has=has,
        gets=gets,
        addresses=[each.slug for each in queries.moved_to(person.id)],
    )


@bp.post(f"{PERSON}/merge")
def merge(slug: str):
    """The person that two became, with a way back."""
    gone, into = found(slug), found(request.form.get("into", ""))
    if gone is into:
        flash(_("They are one person already."))
        return redirect(url_for(".show", slug=into.slug), 303)
    name, number = gone.name, len({row.Review.id for row in queries.works(gone.id)})
    merging.merge(db.session(), gone, into, now())
    db.session.commit()
    say_with_way_back(merged_words(name, into.name, number), url_for(".undo_merge", slug=slug))
    return redirect(url_for(".show", slug=into.slug), 303)


@bp.post(f"{PERSON}/undo")
def undo_merge(slug: str):
    """The person who is back, by the address they had."""
    merged = queries.merged(slug)
    if merged is None:
        flash(_("%(name)s is a person of their own already.", name=found(slug).name))
        return redirect(url_for(".show", slug=slug), 303)
    into = merged.term.name
    back, number = merging.undo(db.session(), merged)
    db.session.commit()
    said = noted("%(name)s and %(other)s are two people again. %(reviews)s went back to %(name)s.")
    flash(_(said, name=back.name, other=into, reviews=plural(number, "review")))
    return redirect(url_for(".show", slug=slug), 303)


@bp.post(f"{PERSON}/two")
def tell_apart(slug: str):
    """The list of people, where these two are not taken for one any more."""
    one, other = found(slug), found(request.form.get("other", ""))
    if one is not other:
        merging.tell_apart(db.session(), one, other)
        db.session.commit()
        said = noted("%(name)s and %(other)s are two people. They will not be suggested again.")
        flash(_(said, name=one.name, other=other.name))
    return redirect(url_for(".index", _anchor="alike"), 303)


def found(slug: str) -> Term:
    return queries.person(slug) or abort(404)


def evidence(*people: Term) -> list[Evidence]:
    """Return what is known of each of these people: one query for all of them."""
    works: dict[int, dict] = {person.id: {} for person in people}
    for row in queries.works(*works):
        works[row.term_id].setdefault(row.Review, []).append(row)
    return [
        Evidence(works[person.id], sorted(person.spellings, key=lambda spelling: spelling.name.casefold()))
        for person in people
    ]


def page(person: Term, status: int = 200, *, name_form: NameForm | None = None, spelling_form=None):
    """Answer with one person's page, one of its forms as it was sent."""
    (has,) = evidence(person)
    return access.page(
        "studio/terms/person.html",
        status,
        person=person,
        has=has,
        removable={each.id for each in has.spellings if naming.may_go(person, each, has.written)},
        name_form=name_form or NameForm.of(person),
        renamed=queries.renamed("person", person.slug),
        spelling_form=spelling_form or SpellingForm(),
        merges=[each for each in queries.moved_to(person.id) if each.merged_at],
        is_public=bool(any(review.state == "published" for review in has.works)),
    )
