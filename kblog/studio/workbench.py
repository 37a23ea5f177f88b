"""What the editor's page is drawn from: the form, what stands beside it, and what is wrong with it."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from flask import Response, request, url_for
from wtforms import FieldList, Form, FormField

from kblog import cache, htmx, overview
from kblog import document as documents
from kblog.cache import Kept
from kblog.db import now
from kblog.document import Document
from kblog.language import gettext as _
from kblog.media.store import LARGEST
from kblog.models import Review
from kblog.reviews.facts import shown
from kblog.reviews.routes import today
from kblog.slugs import slug, unique
from kblog.transfer import rows
from kblog.vocabulary import GENRES, PLATFORMS

from . import drafting, findings, linking, marking, previews, queries, saving
from .difference import difference
from .review_form import ReviewForm
from .sections import words
from .tags import suggested_hashtags
from .writing import typed, written

MOST_GENRES = 14  # two rows of chips
BLANK = ("cast", "availability", "rows")  # groups that end in an empty row, to be filled in


class Step(NamedTuple):
    """One entry of the list of sections: where it leads, and how much there is."""

    name: str
    anchor: str
    count: str  # pyright: ignore[reportIncompatibleMethodOverride] - what a tuple calls so, nobody asks
    is_done: bool


def opened(review: Review, tab: str = "") -> ReviewForm:
    """Return the form of a review as it is saved, for a tab of its own or for this one."""
    form = ReviewForm(data=typed(saving.document_of(review)) | {"version": review.version, "tab": tab or new_tab()})
    if is_unnamed(review):
        form.slug.data = ""
    return form


def new_tab() -> str:
    return secrets.token_urlsafe(9)


def document(form: ReviewForm, review: Review) -> Document:
    """Return the document that a form makes of a review, be it valid or not."""
    return written(form.data, saving.document_of(review))


def is_sound(form: ReviewForm, made: Document) -> bool:
    """Whether a form can be saved; what stands in the way is told beside its fields."""
    is_valid = form.validate()
    try:
        saving.draw(made)
    except ValueError as error:
        form.parts.errors = [*form.parts.errors, str(error)]
        return False
    return is_valid


def page(review: Review, form: ReviewForm, status: int = 200, conflict: dict[str, Any] | None = None) -> Response:
    """Answer with the editor; htmx puts its form in place of the one it sent."""
    made = document(form, review)
    untagged = replace(made, hashtags=tuple(tag for tag in made.hashtags if tag not in form.add_hashtags.data))
    for group in map(form.group, BLANK):
        if not group.entries or group[-1].data != group[-1].form_class().data:
            group.append_entry()
    context = {
        **drawn_from(review, made, form, status, conflict),
        "review": review,
        "words": word_count(form),
        "steps": steps(form),
        "preview": preview(made),
        **looked_at(review, form, made),
        "near": near(form),
        "links": links(form, review),
        "suggested": suggested_hashtags(untagged),
        "understood": list(drafting.understood(made)) if request.args.get("read") else [],
        "suggested_genres": suggested_genres(made, form.add_genres.data),
        "people_names": queries.people_names(),
        "platform_names": list(PLATFORMS),
    }
    response = htmx.render("studio/editor/edit.html", "studio/editor/_form.html", status=status, **context)
    return htmx.retarget(response, "#review-form") if htmx.wants_fragment() else response


def drawn_from(
    subject: saving.Subject, made: Document, form: Any, status: int, conflict: dict[str, Any] | None
) -> dict[str, Any]:
    """Return what the editor of a review and that of a page are drawn from alike."""
    return {
        "form": form,
        "problems": list(problems(form)),
        "conflict": conflict,
        "said": _("Not saved") if status != 200 else _("Kept, not saved yet") if form.version.raw_data else _("Saved"),
        "kept": [each for each in queries.autosaves(subject) if each.tab != form.tab.data],
        "saved_tab": request.args.get("saved", ""),
        "proposed_slug": proposed_slug(subject, made),
        "largest_picture": LARGEST,
    }


def compared(subject: saving.Subject, document: Document) -> dict[str, Any]:
    """Return when the saved text was saved, and what a text that came too late says differently."""
    return {
        "saved_at": queries.saved_at(subject) or now(),
        "blocks": difference(rows.text_of(subject), documents.write(document)),
    }


def problems(form: Form) -> Iterator[Any]:
    """Yield the fields that have errors, those of a group's rows one by one."""
    for field in form:
        if isinstance(field, FieldList):
            rows = [entry for entry in field.entries if isinstance(entry, FormField)]
            inner = [each for row in rows for each in problems(row.form)]
            yield from inner or ([field] if field.errors else [])
        elif field.errors:
            yield field


def preview(made: Document) -> dict[str, Any] | str:
    """Return what the page of a document is drawn from, or the sentence that says why it cannot be drawn."""
    try:
        return shown(previews.drawn(made), today())
    except ValueError as error:
        return str(error)


def looked_at(review: Review, form: ReviewForm, made: Document) -> dict[str, Any]:
    """Return what the panel of findings is drawn from, each with the id of the field it is about."""
    parts = [number for number, part in enumerate(form.parts) if not number or part.form.heading.data.strip()]
    if len(parts) > 1 and not any(form.parts[0].data.values()):
        parts.pop(0)  # an empty opening is no section of the text

    def entry(number: int) -> str:
        return form.parts[parts[number]].form.text.id if number < len(parts) else "parts"

    seen = findings.found(review, made)
    return {
        "found": seen,
        "anchors": {
            each.key: entry(each.part) if each.where == "body" and each.part is not None else findings.anchor(each)
            for each in seen.findings
        },
        "proposals": [(each, entry(each.part)) for each in marking.proposals(made)],
    }


def steps(form: ReviewForm) -> list[Step]:
    """List the parts of a review with how much there is of each."""
    length = ("episodes", "running_time") if form.kind.data == "drama" else ("running_time",)
    facts: list[Any] = [form[name].data for name in ("title", "native_title", "kind", "year", "genres")]
    facts += [form[name].data for name in ("director", "writer", *length)]
    facts += [
        any(entry.form["name"].data for entry in form.cast),
        form.platform.data or any(entry.form.platform.data for entry in form.availability),
    ]
    said = sum(map(bool, facts))
    found = [Step(_("Overview"), "overview", _("%(said)s of %(all)s", said=said, all=len(facts)), said == len(facts))]
    for number, part in enumerate(form.parts):
        count = words(part.form.text.data)
        name = part.form.heading.data or (_("Opening") if not number else "")
        if name and (number or count):
            found.append(Step(name, f"parts-{number}", f"{count:,}" if count else "", bool(count)))
    tags = len(form.hashtags.data.split())
    return [*found, Step(_("Hashtags"), "tags", str(tags) if tags else "", bool(tags))]


def suggested_genres(made: Document, ticked: Sequence[str]) -> list[str]:
    """Name genres that a review has not got yet, those that reviews here are filed under first."""
    there = {slug(genre) for genre in overview.understand(made.overview).genres} - set(map(slug, ticked))
    usual: dict[str, str] = {}
    for name in (*queries.genre_names(), *GENRES):
        usual.setdefault(slug(name), name)
    return [name for address, name in usual.items() if address not in there][:MOST_GENRES]


def word_count(form: ReviewForm) -> int:
    """Count the words of the text, its headings with it, as the review's page does."""
    return sum(words(part.form.heading.data) + words(part.form.text.data) for part in form.parts)


def near(form: ReviewForm) -> Sequence[tuple[str, Any]]:
    """Name the people whom the cast and crew may mean under another spelling."""
    names = [entry.form["name"].data.partition("(")[0].strip() for entry in form.cast]
    names += [name.strip() for field in (form.director, form.writer) for name in field.data.split(",")]
    return queries.people_like([name for name in dict.fromkeys(names) if name])


def links(form: ReviewForm, review: Review) -> list[tuple[linking.Proposal, str]]:
    """Propose links to other reviews and their people, each with the id of the field in which its words stand."""
    texts = [part.form.text for part in form.parts]
    found = linking.proposals([text.data for text in texts], cache.kept("linkable", _linkable), review.id)
    return [(proposal, texts[proposal.part].id) for proposal in found]


def _linkable() -> Kept:
    reviews, people, moment = queries.titled(), queries.people_spelt(), now()
    targets = [
        linking.Target(name, url_for("reviews.show", slug=row.slug), row.id)
        for row in reviews
        if row.published_at <= moment
        for name in (row.work_title, row.native_title, *row.other_titles)
    ]
    for row in people:
        address, only = (
            url_for("reviews.term", index="people", slug=row.slug),
            row.review_id if row.reviews == 1 else None,
        )
        targets += [linking.Target(name, address, only, is_person=True) for name in (row.name, row.native_name)]
    next_one = min((row.published_at for row in reviews if row.published_at > moment), default=None)
    return Kept(linking.known(targets), until=next_one)


def is_unnamed(subject: saving.Subject) -> bool:
    """Whether a draft's address only says that it had no title yet."""
    return subject.state == "draft" and subject.slug.partition("-")[0] == drafting.UNNAMED


def proposed_slug(subject: saving.Subject, made: Document) -> str:
    """Propose an address: the one it has, or for a draft one made of its title, Hangul romanised."""
    if subject.state not in ("draft", "discarded"):
        return subject.slug
    understood = overview.understand(made.overview)
    title = understood.work_title or understood.native_title or made.headline
    return unique(slug(title, drafting.UNNAMED), lambda wanted: bool(queries.holder(subject, wanted)))
