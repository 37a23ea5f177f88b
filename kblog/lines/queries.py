"""What readers may ask of the lines in live reviews.

A line that spoils is listed closed. Who says it and in which episode is hidden with it: a choice by either finds only
what is open, or an address would tell what the page does not.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from kblog import cache
from kblog.cache import Kept
from kblog.db import db
from kblog.language import gettext as _
from kblog.models import FormerLine, Line, Review
from kblog.models.review import SHOWN_TITLE
from kblog.reviews.queries import next_publication

from .filters import FIELDS, LineFilter

MOST_CHOICES = 300  # in one list; what is rarer is reached from its review

SHOWN = (
    Line.id,
    Line.review_id,
    Line.position,
    Line.anchor,
    Line.quote,
    Line.speaker,
    Line.speaker_key,
    Line.episode,
    Line.context,
    Line.spoils,
    Review.slug,
    SHOWN_TITLE.label("title"),
    Review.native_title,
    Review.year,
    Review.published_at,
)


class Choice(NamedTuple):
    """One value that a choice of lines may have."""

    value: str
    name: str


def number(wanted: LineFilter) -> int:
    """Count the lines that are asked for."""
    return db.session.scalar(sa.select(sa.func.count(Line.id)).join(Review, _is_in()).where(*_chosen(wanted))) or 0


def listed(wanted: LineFilter, start: int, length: int) -> Sequence[Any]:
    """Return a stretch of the lines that are asked for: the newest review's first, each review's in its order."""
    query = sa.select(*SHOWN).join(Review, _is_in()).where(*_chosen(wanted))
    query = query.order_by(Review.published_at.desc(), Review.id.desc(), Line.position)
    return db.session.execute(query.limit(length).offset(start)).all()


def choices(wanted: LineFilter) -> dict[str, list[Choice]]:
    """Return the values by which lines can be chosen, each under the other choices.

    What stands under no other choice is kept: it is the dear part, and the same for everybody who comes.
    """
    under = {field: wanted.without(field) for field in FIELDS}
    every = cache.kept("the choices of lines", _every_choice, but_comments=True)
    return {field: _CHOICES[field](others) if others else every[field] for field, others in under.items()}


def _every_choice() -> Kept:
    until = db.session.scalar(next_publication())
    return Kept({field: found(LineFilter()) for field, found in _CHOICES.items()}, until=until)


def _works(under: LineFilter) -> list[Choice]:
    """Return the reviews that have such a line, the newest first."""
    query = sa.select(Review.slug, SHOWN_TITLE).where(sa.exists().where(_is_in(), *_chosen(under)), Review.is_live())
    query = query.order_by(Review.published_at.desc(), Review.id.desc()).limit(MOST_CHOICES)
    return [Choice(*row) for row in db.session.execute(query)]


def _speakers(under: LineFilter) -> list[Choice]:
    """Return those who say most of such lines, by their longest names."""
    whole = sa.case((sa.func.length(Line.speaker) == sa.func.length(Line.speaker_key), Line.speaker))
    name = sa.func.coalesce(sa.func.max(whole), Line.speaker_key).label("name")
    query = sa.select(Line.speaker_key, name).join(Review, _is_in()).group_by(Line.speaker_key)
    query = query.where(*_chosen(under), Line.speaker_key != "", Line.spoils == "")
    query = query.order_by(sa.func.count().desc(), Line.speaker_key).limit(MOST_CHOICES)
    found = [Choice(row.speaker_key, row.name) for row in db.session.execute(query)]
    return sorted(found, key=lambda choice: choice.name.casefold())


def _episodes(under: LineFilter) -> list[Choice]:
    """Return the episodes that such lines are from."""
    query = sa.select(Line.episode).distinct().join(Review, _is_in()).order_by(Line.episode)
    query = query.where(*_chosen(under), Line.episode.is_not(None), Line.spoils == "")
    return [Choice(str(episode), _("Episode %(number)s", number=episode)) for episode in db.session.scalars(query)]


_CHOICES = {"review": _works, "speaker": _speakers, "episode": _episodes}


def line(line_id: int) -> Any:
    """Find a line of a live review, with the title it is from."""
    query = sa.select(*SHOWN).join(Review, _is_in()).where(Line.id == line_id, Review.is_live())
    return db.session.execute(query).first()


def neighbours(of: Any) -> tuple[int | None, int | None]:
    """Return the ids of the lines before and after one in the list of all: two queries."""
    day, same = Review.published_at, Review.id == of.review_id
    newer = sa.or_(day > of.published_at, sa.and_(day == of.published_at, Review.id > of.review_id))
    older = sa.or_(day < of.published_at, sa.and_(day == of.published_at, Review.id < of.review_id))
    earlier, later = sa.and_(same, Line.position < of.position), sa.and_(same, Line.position > of.position)
    query = sa.select(Line.id).join(Review, _is_in()).where(Review.is_live()).limit(1)
    before = query.where(day >= of.published_at, sa.or_(newer, earlier))
    after = query.where(day <= of.published_at, sa.or_(older, later))
    return (
        db.session.scalar(before.order_by(day.asc(), Review.id.asc(), Line.position.desc())),
        db.session.scalar(after.order_by(day.desc(), Review.id.desc(), Line.position.asc())),
    )


def was_public(line_id: int) -> bool:
    """Whether readers may have this address: its line left a public review, or its review was taken back."""
    gone = sa.select(FormerLine.id).join(Review, Review.id == FormerLine.review_id).where(FormerLine.id == line_id)
    hidden = sa.select(Line.id).join(Review, _is_in()).where(Line.id == line_id, Review.is_taken_back())
    either = gone.where(sa.or_(Review.is_live(), Review.is_taken_back())).union_all(hidden)
    return db.session.scalar(either) is not None


def _is_in() -> sa.ColumnElement[bool]:
    return Review.id == Line.review_id


def _chosen(wanted: LineFilter) -> list[sa.ColumnElement[bool]]:
    criteria: list[sa.ColumnElement[bool]] = [Review.is_live()]
    if wanted.review:
        criteria.append(Review.slug == wanted.review)
    if wanted.speaker:
        criteria += [Line.speaker_key == wanted.speaker.casefold(), Line.spoils == ""]
    if wanted.episode:
        is_number = wanted.episode.isascii() and wanted.episode.isdigit() and len(wanted.episode) <= 3
        criteria += [Line.episode == int(wanted.episode) if is_number else sa.false(), Line.spoils == ""]
    return criteria
