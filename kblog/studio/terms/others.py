"""The desk's pages about genres, platforms and hashtags: all of them, one of them, and what would become of two."""

from collections.abc import Iterable
from typing import NamedTuple

from flask import abort, flash, redirect, request, url_for
from wtforms import Form

from kblog import ledger
from kblog.db import db, now
from kblog.language import gettext as _
from kblog.language import noted, plural
from kblog.models import MovedTerm, Review, Term
from kblog.reviews import queries as public
from kblog.reviews.filters import FACET_OF, INDEXES
from kblog.studio import access, asked
from kblog.studio.review_form import Words
from kblog.transfer import links
from kblog.transfer.filing import address_of

from ..undoable import say_with_way_back
from . import merging, naming, queries
from .blueprint import bp
from .renaming import HOW_IT_IS, NameForm, merged_words, rename_as, say_renamed
from .renaming import address as page_of

INDEX = "/<any(genres, platforms, hashtags):index>"
TERM = f"{INDEX}/<slug>"
PAGE_SIZE = 100  # terms on one page of the list
MOST_SHOWN = 100  # reviews of a term
MOST_LISTED = 20  # reviews on the page before a merge, and genres that count under one
MOST_CHOICES = 30  # terms offered to merge with
MOST_OFFERED = 500  # names that a field offers while one types


class AliasForm(Form):
    """One more name that means a term."""

    alias = Words(noted("Another name or label"))


class BroaderForm(Form):
    """One more genre under which one counts."""

    broader = Words(noted("Counts under"))


class Mentions(NamedTuple):
    """How many reviews name a term, and what the newest of them write."""

    total: int
    works: list[tuple[Review, list[str]]]


@bp.get(f"{INDEX}/")
def index_terms(index: str):
    """Every genre, platform or hashtag, with its number of reviews."""
    text, page = asked.text(request.args), asked.page(request.args)
    found = queries.terms(FACET_OF[index], text, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    return access.page(
        "studio/terms/index.html",
        index=index,
        facet=FACET_OF[index],
        tallies=queries.tallies(),
        text=text,
        terms=found[:PAGE_SIZE],
        page=page,
        has_more=len(found) > PAGE_SIZE,
    )


@bp.get(f"{TERM}/")
def show_term(index: str, slug: str):
    """One term: what it is called, what else leads to it, what it counts under, which reviews name it."""
    term = found(index, slug)
    if term.slug != slug:
        return redirect(page_of(term))
    return page(term)


@bp.post(f"{TERM}/name")
@access.resumable
def rename_term(index: str, slug: str, form):
    """Call a term something else."""
    term, sent = found(index, slug), NameForm(form)
    try:
        made = rename_as(term, sent)
    except ValueError as error:
        db.session.rollback()
        sent.name.errors = [str(error)]
        return page(found(index, slug), 422, name_form=sent)
    db.session.commit()
    say_renamed(term, made)
    return redirect(page_of(term), 303)


@bp.post(f"{TERM}/names")
@access.resumable
def add_alias(index: str, slug: str, form):
    """Let one more name or label mean a term."""
    term, sent = found(index, slug), AliasForm(form)
    alias = spelt(term, sent.alias.data)
    try:
        is_new = naming.add_alias(db.session(), term, alias)
    except ValueError as error:
        db.session.rollback()
        sent.alias.errors = [str(error)]
        return page(found(index, slug), 422, alias_form=sent)
    db.session.commit()
    if is_new:
        back = url_for(".remove_alias", index=index, slug=term.slug)
        said = _("%(alias)s means %(name)s now.", alias=alias, name=term.name)
        say_with_way_back(said, back, address=address_of(term.facet, alias))
    else:
        flash(_("%(alias)s means %(name)s already.", alias=alias, name=term.name))
    return redirect(page_of(term), 303)


@bp.post(f"{TERM}/names/remove")
def remove_alias(index: str, slug: str):
    """Let a name mean what it meant before."""
    term = found(index, slug)
    alias = queries.moved(term.facet, request.form.get("address", ""))
    if alias is None or alias.term is not term:
        flash(_("That name leads here no more."))
        return redirect(page_of(term), 303)
    if alias.merged_at or not alias.name:
        said = _("%(address)s was the address of a page, so it stays.", address=alias.slug)
        return access.refused(said, HOW_IT_IS, 409)
    name = alias.name
    naming.remove_alias(db.session(), term, alias)
    db.session.commit()
    back = url_for(".add_alias", index=index, slug=term.slug)
    said = _("%(alias)s does not mean %(name)s any more.", alias=name, name=term.name)
    say_with_way_back(said, back, alias=name)
    return redirect(page_of(term), 303)


@bp.post("/<any(genres):index>/<slug>/broader")
@access.resumable
def add_broader(index: str, slug: str, form):
    """Let a genre count under one more."""
    term, sent = found(index, slug), BroaderForm(form)
    try:
        broader = naming.genre_named(db.session(), " ".join(sent.broader.data.split()))
        is_new = broader not in term.broader
        naming.place(db.session(), term, [*term.broader, broader])
    except ValueError as error:
        db.session.rollback()
        sent.broader.errors = [str(error)]
        return page(found(index, slug), 422, broader_form=sent)
    db.session.commit()
    said = _("%(name)s counts under %(other)s now.", name=term.name, other=broader.name)
    if is_new:
        say_with_way_back(said, url_for(".remove_broader", index=index, slug=term.slug), broader=broader.slug)
    else:
        flash(_("%(name)s counts under %(other)s already.", name=term.name, other=broader.name))
    return redirect(page_of(term), 303)


@bp.post("/<any(genres):index>/<slug>/broader/remove")
def remove_broader(index: str, slug: str):
    """Let a genre count under one less."""
    term = found(index, slug)
    gone = queries.term("genre", request.form.get("broader", ""))
    if gone is None or gone not in term.broader:
        flash(_("It does not count there any more."))
        return redirect(page_of(term), 303)
    naming.place(db.session(), term, [each for each in term.broader if each is not gone])
    db.session.commit()
    back = url_for(".add_broader", index=index, slug=term.slug)
    said = _("%(name)s does not count under %(other)s any more.", name=term.name, other=gone.name)
    say_with_way_back(said, back, broader=gone.name)
    return redirect(page_of(term), 303)


@bp.get(f"{TERM}/merge")
def confirm_term_merge(index: str, slug: str):
    """What merging a term into another one would do; first of all, which other one."""
    term, text = found(index, slug), asked.text(request.args)
    into = queries.term(term.facet, request.args.get("into", ""))
    if into is None or into is term:
        rows = [row for row in queries.terms(term.facet, text, MOST_CHOICES) if row[0] is not term] if text else []
        return access.page("studio/terms/choose.html", term=term, index=index, text=text, rows=rows)
    moved = queries.moved_to(term.id)
    gone_too = [genre for genre in links.above([term]) if genre is not into and genre not in links.above([into])]
    return access.page(
        "studio/terms/merge_terms.html",
        term=term,
        into=into,
        index=index,
        has=mentions(term, moved, MOST_LISTED),
        own_number=queries.review_numbers([into.id]).get(into.id, 0),
        both=queries.number_of_both(term.id, into.id),
        addresses=[each.slug for each in moved],
        narrower=[each for each in queries.narrower(term.id, MOST_LISTED) if each is not into],
        gone_too=gone_too,
        trouble=circle(term, into),
    )


@bp.post(f"{TERM}/merge")
def merge_term(index: str, slug: str):
    """The term that two became, with a way back."""
    gone, into = found(index, slug), found(index, request.form.get("into", ""))
    if gone is into:
        flash(_("They are one already."))
        return redirect(page_of(into), 303)
    if trouble := circle(gone, into):
        return access.refused(trouble, HOW_IT_IS, 409)
    name, number = gone.name, queries.review_numbers([gone.id]).get(gone.id, 0)
    merging.merge(db.session(), gone, into, now())
    db.session.commit()
    say_with_way_back(merged_words(name, into.name, number), url_for(".undo_term_merge", index=index, slug=slug))
    return redirect(page_of(into), 303)


@bp.post(f"{TERM}/undo")
def undo_term_merge(index: str, slug: str):
    """The term that is back, by the address it had."""
    merged = queries.merged(slug, FACET_OF[index])
    if merged is None:
        flash(_("%(name)s stands by itself already.", name=found(index, slug).name))
        return redirect(url_for(".show_term", index=index, slug=slug), 303)
    into = merged.term.name
    back, number = merging.undo(db.session(), merged)
    db.session.commit()
    said = noted("%(name)s and %(other)s are two again. %(reviews)s went back to %(name)s.")
    flash(_(said, name=back.name, other=into, reviews=plural(number, "review")))
    return redirect(page_of(back), 303)


def found(index: str, slug: str) -> Term:
    return queries.term(FACET_OF[index], slug) or abort(404)


def spelt(term: Term, text: str) -> str:
    """Return a name as it was typed, without the sign of a hashtag."""
    name = " ".join(text.split())
    return name.lstrip("#＃") if term.facet == "hashtag" else name


def circle(gone: Term, into: Term) -> str:
    """Say why two genres cannot be one: what one of them counts under would count under itself; "" where they can."""
    said = noted("%(name)s counts under %(other)s, and that under %(gone)s: take one of them away first.")
    for between in into.broader:
        if between is not gone and gone in links.above([between]):
            return _(said, name=into.name, other=between.name, gone=gone.name)
    return ""


def mentions(term: Term, moved: Iterable[MovedTerm], most: int) -> Mentions:
    """Return what reviews write of a term to which these addresses lead: three queries."""
    total = queries.review_numbers([term.id]).get(term.id, 0)
    addresses = {term.slug, *(each.slug for each in moved if not each.leads_only)}
    reviews = queries.naming(term.id, most)
    return Mentions(total, [(review, list(written(review, term, addresses))) for review in reviews])


def written(review: Review, term: Term, addresses: set[str]):
    """Yield in words what a review writes that leads to a term."""

    def means(word: str) -> bool:
        return address_of(term.facet, word) in addresses

    if term.facet == "genre":
        yield from (_("genre %(name)s", name=phrase) for phrase in review.genres if means(phrase))
    if term.facet == "platform":
        yield from (
            ledger.in_words(entry.as_written, with_check=False)
            for entry in review.availability
            if entry.platform_id == term.id
        )
    if term.facet == "hashtag":
        yield from (_("hashtag %(name)s", name=tag) for tag in review.hashtags if means(tag.lstrip("#＃")))
    own = ledger.platform if term.facet == "platform" else str
    yield from (_("label %(label)s", label=label) for label in review.labels if means(own(label) or label))


def page(term: Term, status: int = 200, *, name_form=None, alias_form=None, broader_form=None):
    """Answer with one term's page, one of its forms as it was sent."""
    moved = queries.moved_to(term.id)
    return access.page(
        "studio/terms/term.html",
        status,
        term=term,
        facet=term.facet,
        index=INDEXES[term.facet],
        has=mentions(term, moved, MOST_SHOWN),
        aliases=[each for each in moved if each.name and not each.merged_at],
        addresses=[each for each in moved if not each.name and not each.merged_at],
        merges=[each for each in moved if each.merged_at],
        narrower=queries.narrower(term.id, MOST_LISTED + 1) if term.facet == "genre" else [],
        most_narrower=MOST_LISTED,
        offered=queries.names("genre", MOST_OFFERED) if term.facet == "genre" else [],
        renamed=queries.renamed(term.facet, term.slug),
        name_form=name_form or NameForm.of(term),
        alias_form=alias_form or AliasForm(),
        broader_form=broader_form or BroaderForm(),
        is_public=public.term(term.facet, term.slug) is not None,
    )
