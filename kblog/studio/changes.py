"""How the ledger changes: what differs between two states of it, each difference noted, and taken back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kblog.document import Document
from kblog.ledger import Availability
from kblog.models import Availability as Row
from kblog.models import AvailabilityChange, Review, Term
from kblog.overview import understand
from kblog.transfer import links
from kblog.vocabulary import SOME, WORLD

Pair = tuple[Availability | None, Availability | None]

SAME: tuple[Callable[[Availability], tuple], ...] = (  # what makes two entries one that changed, the closest first
    lambda entry: (entry,),
    lambda entry: (entry.platform, entry.region, entry.offer),
    lambda entry: (entry.platform, entry.region),
    lambda entry: (entry.platform,),
)
VAGUE = ("", SOME, WORLD)  # regions that may turn out to be another; one country never becomes the next


class Held(NamedTuple):
    """An entry of the ledger, with its row and platform."""

    row_id: int
    platform_id: int | None
    entry: Availability
    written: str


def held(review: Review) -> list[Held]:
    """Return what a review's ledger holds now."""
    return [Held(row.id, row.platform_id, row.entry, row.written) for row in review.availability]


def differences(before: Iterable[Availability], after: Iterable[Availability]) -> list[Pair]:
    """Pair the entries that differ as (old, new); None where one came or went.

    >>> viki, mubi = Availability("Viki"), Availability("MUBI", "KR")
    >>> checked = Availability("Viki", "US")
    >>> differences([viki, mubi], [checked, mubi]) == [(viki, checked)]
    True
    >>> differences([viki], [mubi]) == [(viki, None), (None, mubi)]
    True
    """
    gone, come = list(before), list(after)
    pairs: list[Pair] = []
    for same in SAME:
        for old in tuple(gone):
            new = next((each for each in come if same(each) == same(old) and _may_be_one(old, each)), None)
            if new is not None:
                gone.remove(old)
                come.remove(new)
                pairs.append((old, new))
    return [
        *((old, new) for old, new in pairs if old != new),
        *((old, None) for old in gone),
        *((None, new) for new in come),
    ]


def note(session: Session, review: Review, before: Sequence[Held], moment: datetime) -> None:
    """Note what a save changed in the ledger of a review that readers know. The caller commits.

    What a draft says is no change: nobody was told otherwise before.
    """
    if review.state not in ("published", "withdrawn"):
        return
    after = held(review)
    known = {each.entry: each for each in (*before, *after)}
    rows = {each.entry: each.row_id for each in after}
    for old, new in differences((each.entry for each in before), (each.entry for each in after)):
        entry = new or old
        session.add(
            AvailabilityChange.between(
                old,
                new,
                review_id=review.id,
                platform_id=known[entry].platform_id if entry else None,
                written=known[entry].written if entry else "",
                entry_id=rows.get(new) if new else None,
                cause="edited",
                at=moment,
            )
        )


def settle(
    session: Session, settled: Iterable[tuple[Row, Availability]], moment: datetime, cause: str = "checked"
) -> list[Row]:
    """Let entries say what was found of them, and note each change; return those that changed. The caller commits.

    Their reviews get a new version: an editor that was opened before is told, and puts nothing back unseen. No
    revision is made, for the text is the same: what the ledger said is in the note.
    """
    changed = []
    for row, entry in settled:
        before = row.entry
        if entry == before:
            continue
        row.say(entry)
        given = {"review_id": row.review_id, "platform_id": row.platform_id, "entry_id": row.id, "written": row.written}
        session.add(AvailabilityChange.between(before, entry, cause=cause, at=moment, **given))
        changed.append(row)
    _raise_versions(session, changed)
    return changed


def undo(session: Session, changes: Iterable[AvailabilityChange], moment: datetime) -> list[AvailabilityChange]:
    """Take changes back where the entry still says what they made of it; return those. The caller commits."""
    undone = []
    for change in changes:
        row, before = change.entry, change.before
        if row is None or before is None or row.entry != change.after:
            continue
        row.say(before)
        change.undone_at = moment
        undone.append(change)
    _raise_versions(session, [change.entry for change in undone if change.entry])
    return undone


def end(
    session: Session, platform: Term, rows: Iterable[Row], on: date, successor: Term | None, today: date, at: datetime
) -> list[Row]:
    """Let a platform end: what was there has left, and what was never there stays so. The caller commits."""
    platform.active_to = on
    links.succeed(session, platform, successor)
    left = [(row, _left(row.entry, today)) for row in rows if row.status in ("available", "unknown")]
    return settle(session, left, at, "ended")


def go_on(
    session: Session, platform: Term, changes: Iterable[AvailabilityChange], moment: datetime
) -> list[AvailabilityChange]:
    """Let a platform that ended go on as before, and take back what its end changed. The caller commits."""
    platform.active_to = None
    links.succeed(session, platform, None)
    return undo(session, changes, moment)


def latest(old: Sequence[Availability], held: Iterable[Availability]) -> tuple[Availability, ...]:
    """Return the entries of an old text, each as it was last checked: facts do not go back with the words.

    >>> viki, left = Availability("Viki", "US"), Availability("Viki", "US", status="left", checked_on=date(2026, 3, 1))
    >>> latest([viki, Availability("MUBI")], [left]) == (left, Availability("MUBI"))
    True
    """
    since = {was: now for was, now in differences(old, held) if was and now and _is_later(now, was)}
    return tuple(since.get(entry, entry) for entry in old)


def rechecked(document: Document, review: Review) -> Document:
    """Return an old text of a review with the ledger as it was checked since."""
    old = document.entries(understand(document.overview))
    entries = latest(old, [row.as_written for row in review.availability])
    return document if entries == old else replace(document, availability=entries)


def _is_later(now: Availability, was: Availability) -> bool:
    return now.checked_on is not None and (was.checked_on is None or now.checked_on > was.checked_on)


def _left(entry: Availability, today: date) -> Availability:
    return replace(entry, status="left", checked_on=today)


def _may_be_one(old: Availability, new: Availability) -> bool:
    return old.region == new.region or old.region in VAGUE or new.region in VAGUE


def _raise_versions(session: Session, rows: Iterable[Row]) -> None:
    """Give their reviews a new version, without loading and folding their texts."""
    ids = {row.review_id for row in rows}
    if ids:
        session.flush()
        raised = sa.update(Review).where(Review.id.in_(ids)).values(version=Review.version + 1)
        session.execute(raised.execution_options(synchronize_session=False))
