"""Which rows of the database stand in which file of an export, what each value is called there, what is left out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from kblog import models
from kblog.db import UtcDateTime
from kblog.models import term_broader

Values = dict[str, Any]

MEDIA = "media"
README = "README.txt"
REVIEWS, PAGES = "reviews", "pages"
LARGEST = 2**63 - 1  # a larger number fits no column

SAID_BY_REVIEW = (  # by its document
    "headline work_title native_title other_titles kind year genres episodes running_time minutes minutes_approximate"
    " minutes_per_episode overview labels hashtags verdict description tells featured comments_open cover_seed cover"
    " cover_focus cover_alt cover_credit notes published_at updated_at body"
)
SAID_BY_PAGE = "title published_at updated_at body"
DRAWN = "body_html outline excerpt words comment_count cover_files"  # of what is said
AT_WORK = "variants_at variants_claimed_at variants_tries variants_trouble"  # on what is made anew
PRIVATE = "key writer_hash network fingerprint"  # what tells one writer from another


class Names:
    """What reviews, pages and terms are called in an export: their numbers would tell nobody who reads it anything."""

    def __init__(self) -> None:
        self.names: dict[str, dict[int, str]] = {"review": {}, "page": {}, "term": {}}
        self.numbers: dict[str, dict[str, int]] = {"review": {}, "page": {}, "term": {}}

    def add(self, table: str, number: int, name: str) -> None:
        self.names[table][number] = name
        self.numbers[table][name] = number


class Part(NamedTuple):
    """One column: its key in a file, the table whose names it uses, what is left out of a row, how it is read."""

    key: str
    column: str
    named: str
    blank: Any
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Kept:
    """The rows of one table; `drawn` are the columns that its model makes of the others, or cleans."""

    name: str
    table: sa.Table
    left_out: frozenset[str] = frozenset()
    drawn: tuple[str, ...] = ()
    model: Callable[..., Any] | None = None

    @property
    def member(self) -> str:
        """The file in which they stand."""
        return f"{self.name}.json"

    @cached_property
    def columns(self) -> list[sa.Column]:
        """The columns that go along, in their order."""
        return [column for column in self.table.columns if column.name not in self.left_out]

    @cached_property
    def unsaid(self) -> Values:
        """What stands in columns that must hold something, until a document says what."""
        columns = (column for column in self.table.columns if column.name in self.left_out - set(self.drawn))
        return {column.name: "" for column in columns if not column.nullable and column.default is None}

    @cached_property
    def parts(self) -> list[Part]:
        return [_part(column) for column in self.columns]

    def told(self, row: sa.RowMapping, names: Names) -> Values:
        """Return a row as it stands in an export."""
        said = {}
        for part in self.parts:
            value = row[part.column]
            if value != part.blank:
                said[part.key] = names.names[part.named][value] if part.named else _spelt(value)
        return said

    def read(self, said: Any, names: Names) -> Values:
        """Return the values of a row from what stands in an export; raise ValueError with the reason."""
        if not isinstance(said, dict):
            raise ValueError("a row is an object with keys")
        row = {}
        for part in self.parts:
            if part.key not in said:
                row[part.column] = part.blank
                continue
            value = said.pop(part.key)
            if part.named:
                row[part.column] = _number(part, value, names)
            else:
                try:
                    row[part.column] = part.read(value)
                except (ValueError, TypeError, OverflowError):
                    raise ValueError(f"'{part.key}' cannot be {str(value)[:40]!r}") from None
        if said:
            raise ValueError(f"it knows no '{next(iter(said))[:40]}'")
        return row


def _number(part: Part, name: Any, names: Names) -> int:
    number = names.numbers[part.named].get(name) if isinstance(name, str) else None
    if number is None:
        raise ValueError(f"'{part.key}' names {str(name)[:80]!r}, which is not here")
    return number


def _part(column: sa.Column) -> Part:
    targets = {key.column.table.name for key in column.foreign_keys} & {"review", "page", "term"}
    named = targets.pop() if targets else ""
    key = column.name.removesuffix("_id") if named else column.name
    blank, read = _kind(column.type)
    return Part(key, column.name, named, None if column.nullable else blank, read)


def _kind(sort: sa.types.TypeEngine) -> tuple[Any, Callable[[Any], Any]]:
    """Return the value that is left out, and what reads the others."""
    if isinstance(sort, UtcDateTime):
        return None, _moment
    if isinstance(sort, sa.Date):
        return None, date.fromisoformat
    if isinstance(sort, sa.Boolean):
        return False, _exactly(bool)
    if isinstance(sort, sa.Integer):
        return 0, _whole
    if isinstance(sort, sa.JSON):
        return None, _exactly(list)
    return "", _text


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _exactly(sort: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not sort:
            raise TypeError(value)
        return value

    return read


def _whole(value: Any) -> int:
    if type(value) is not int or not -LARGEST <= value <= LARGEST:
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(value)
    value.encode()  # half a character fits no column
    return value


def _spelt(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _kept(name: str, model: Any, left_out: str = "", drawn: str = "") -> Kept:
    table = model if isinstance(model, sa.Table) else cast(sa.Table, model.__table__)
    return Kept(name, table, frozenset(left_out.split()), tuple(drawn.split()), cast(Any, model) if drawn else None)


TERMS = _kept("terms", models.Term)
OF_REVIEWS = _kept(REVIEWS, models.Review, f"{SAID_BY_REVIEW} {DRAWN}")
OF_PAGES = _kept(PAGES, models.Page, f"{SAID_BY_PAGE} {DRAWN}")

# In the order in which they are written.
TABLES = (
    _kept("settings", models.Setting),
    TERMS,
    _kept("spellings", models.Spelling, "person_key slug", drawn="person_key slug"),
    _kept("broader-genres", term_broader),
    _kept("moved-terms", models.MovedTerm),
    _kept("term-links", models.TermLink),
    _kept("renamings", models.Renaming),
    _kept("two-people", models.TwoPeople),
    _kept("pictures", models.Media, AT_WORK, drawn="hash extension"),  # before the texts that are drawn with them
    _kept("picture-addresses", models.MediaAddress),
    OF_REVIEWS,
    OF_PAGES,
    _kept("credits", models.Credit),
    _kept("filings", models.Filing),
    _kept("ledger", models.Availability),
    _kept("ledger-log", models.AvailabilityChange),
    _kept("lines", models.Line),
    _kept("former-lines", models.FormerLine),
    _kept("ignored-findings", models.IgnoredFinding),
    _kept("redirects", models.Redirect),
    _kept("reports", models.Report),
    _kept("spam-words", models.SpamWord),
    _kept("views", models.ReviewViews),
    _kept("vain-searches", models.VainSearch),
    _kept("imported", models.ImportedEntry),
)
# In a file for each review and page, whose name says which.
COMMENTS = _kept("comments", models.Comment, f"{PRIVATE} body_html review_id page_id", drawn="body_html website")
REVISIONS = _kept("revisions", models.Revision, "review_id page_id")
BY_SUBJECT = (COMMENTS, REVISIONS)
# Of the author alone, of one browser, with readers' mail addresses, of work under way, or made anew from the rest.
LEFT_OUT = (
    models.ImportJob,
    models.Author,
    models.AuthorSession,
    models.RecoveryCode,
    models.Attempt,
    models.Autosave,
    models.ContentVersion,
    models.ListedChange,
    models.SearchEntry,
    models.MediaVariant,
    models.MediaUse,
    models.DayViews,
    models.MonthViews,
    models.LinkPicture,
    models.Mail,
    models.Subscription,
    models.Follow,
)

FIXED = {README, *(each.member for each in TABLES)}
OF_SUBJECTS = r"(reviews|pages)/[\w.-]+\.md|(comments|revisions)/(pages/)?[\w.-]+\.json"


def document_of(folder: str, slug: str) -> str:
    """Return the file of a review's or page's text."""
    return f"{folder}/{slug}.md"


def rows_of(kept: Kept, table: str, slug: str) -> str:
    """Return the file of what belongs to one review or page."""
    return f"{kept.name}/{'pages/' if table == 'page' else ''}{slug}.json"
