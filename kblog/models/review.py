"""Reviews: the words their author wrote, and the index of what the program understands from them."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy import event
from sqlalchemy.orm import (
    Mapped,
    Session,
    deferred,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    undefer,
    validates,
)

from kblog import fold, markup
from kblog.db import Json, Model, SafeHtml, UtcDateTime, now
from kblog.document import KINDS, VERDICTS
from kblog.overview import Field, Row

from . import media
from .availability import Availability
from .line import FormerLine, Line, speaker_keys, successors
from .publication import Publication
from .term import Term

OPENING = re.compile(r"[“\"‘'](?P<title>.+?)[”\"’']\s*[—–:-]+\s*(?P<rest>.+)", re.DOTALL)
TITLES = (Field.TITLE, Field.NATIVE, Field.OTHER)  # a result has them as its own title
A_DAY = timedelta(days=1)
ORIGINS = ("overview", "implied", "label", "hashtag")


LISTED = (
    *("published_at", "withdrawn_at", "kind", "year", "verdict", "minutes", "episodes", "featured"),
    *("work_title", "headline", "slug", "native_title"),
)


class Filing(Model):
    """A review filed under a term: as its overview, a broader genre, a label or a hashtag says."""

    __table_args__ = (
        sa.CheckConstraint(sa.column("origin").in_(ORIGINS), name="origin"),
        sa.Index(None, "review_id", "term_id"),
        {"sqlite_with_rowid": False},  # both indexes then hold all that a facet count reads
    )

    term_id: Mapped[int] = mapped_column(sa.ForeignKey("term.id", ondelete="CASCADE"), primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    origin: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    written: Mapped[str] = mapped_column(default="")  # the phrase, label or tag as its author wrote it
    sense: Mapped[str] = mapped_column(default="")  # what a hashtag names: work, person, platform, genre or ""
    term: Mapped[Term] = relationship()


class Credit(Model):
    """A person's part in a work, by the name written there."""

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    term_id: Mapped[int] = mapped_column(sa.ForeignKey("term.id"), index=True)
    role: Mapped[str]  # cast, director or writer
    position: Mapped[int]
    name: Mapped[str]
    alias: Mapped[str] = mapped_column(default="")
    character: Mapped[str] = mapped_column(default="")
    term: Mapped[Term] = relationship()


class SearchEntry(Model):
    """The folded text of one review; triggers keep the full-text index equal to it."""

    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    titles: Mapped[str]
    people: Mapped[str]
    tags: Mapped[str]
    headings: Mapped[str]
    body: Mapped[str]
    lines: Mapped[str]
    # What results show: [anchor, heading, text] as written, without spoilers; none in rows that are older than this.
    passages: Mapped[list[list[str]] | None] = deferred(mapped_column(Json))


class Titled:
    """What is made of a review's titles and times, whether it was read as an object or as the columns of its page."""

    if TYPE_CHECKING:
        slug: Any
        headline: Any
        work_title: Any
        published_at: Any
        updated_at: Any

    @property
    def title(self) -> str:
        """The work's title, else the headline."""
        return self.work_title or self.headline or self.slug

    @property
    def standfirst(self) -> str:
        """The headline without a leading “Title”—; nothing where it only says the title again.

        >>> Review(headline="“Salt Road”—Two strangers, one coffin", work_title="Salt Road").standfirst
        'Two strangers, one coffin'
        """
        if not self.work_title or fold.fold(self.headline) == fold.fold(self.work_title):
            return ""
        opening = OPENING.match(self.headline)
        if opening and fold.fold(opening["title"]) == fold.fold(self.work_title):
            return opening["rest"]
        return self.headline

    @property
    def updated_later(self) -> bool:
        """Whether the text changed on a later day than it was published."""
        return bool(self.updated_at and self.published_at and self.updated_at - self.published_at > A_DAY)


class ReadReview(Titled, SimpleNamespace):
    """A review of which some columns were read, by their names here: a fifth of the time that an object takes."""


class Review(Titled, Publication, Model):
    """One article about one work."""

    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(("", *KINDS)), name="kind"),
        sa.CheckConstraint(sa.column("verdict").in_(("", *VERDICTS)), name="verdict"),
        # all that lists are made of: what stands behind a text in its row is far away
        sa.Index("ix_review_listed", *LISTED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_ref: Mapped[str | None] = mapped_column(unique=True)

    headline: Mapped[str] = mapped_column(default="")
    work_title: Mapped[str] = mapped_column(default="")
    native_title: Mapped[str] = mapped_column(default="")
    other_titles: Mapped[list[str]] = mapped_column(Json, default=list)
    kind: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    genres: Mapped[list[str]] = mapped_column(Json, default=list)  # the phrases as written, in order
    episodes: Mapped[int | None]
    running_time: Mapped[str] = mapped_column(default="")  # in the author's words
    minutes: Mapped[int | None]
    minutes_approximate: Mapped[bool] = mapped_column(default=False)
    minutes_per_episode: Mapped[bool] = mapped_column(default=False)
    overview: Mapped[list[list[str]]] = mapped_column(Json, default=list)  # [label, value] rows as written
    labels: Mapped[list[str]] = mapped_column(Json, default=list)  # of the old blog, as written
    hashtags: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")  # as written, with the sign
    verdict: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    tells: Mapped[str] = mapped_column(default="")  # how far the unmarked text tells: nothing, an episode, ending
    featured: Mapped[bool] = mapped_column(default=False)
    comments_open: Mapped[bool] = mapped_column(default=True)
    cover_seed: Mapped[str] = mapped_column(default="")
    # a picture in the place of the drawn cover: its address, the point that stays in sight, what it shows, whose it is
    cover: Mapped[str] = mapped_column(default="", server_default="")
    cover_focus: Mapped[str] = mapped_column(default="", server_default="")
    cover_alt: Mapped[str] = mapped_column(default="", server_default="")
    cover_credit: Mapped[str] = mapped_column(default="", server_default="")
    cover_files: Mapped[list[list[Any]] | None] = mapped_column(Json)  # of it, as it is here
    notes: Mapped[str] = mapped_column(default="")

    body: Mapped[str] = deferred(mapped_column(sa.Text, default=""))
    body_html: Mapped[Markup] = mapped_column(SafeHtml, default=Markup())
    outline: Mapped[list[list[str]]] = mapped_column(Json, default=list)  # [anchor, heading, kind of section]
    excerpt: Mapped[str] = mapped_column(default="")
    words: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)  # visible ones; kept, so that lists need not count

    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by hand, here; none since it was taken in

    credits: Mapped[list[Credit]] = relationship(cascade="all, delete-orphan", order_by=Credit.position)
    filings: Mapped[list[Filing]] = relationship(cascade="all, delete-orphan", order_by=Filing.position)
    availability: Mapped[list[Availability]] = relationship(
        cascade="all, delete-orphan", order_by=Availability.position
    )
    lines: Mapped[list[Line]] = relationship(cascade="all, delete-orphan", order_by=Line.position)
    former_lines: Mapped[list[FormerLine]] = relationship(cascade="all, delete-orphan")
    search_entry: Mapped[SearchEntry | None] = relationship(cascade="all, delete-orphan")
    uses: Mapped[list[media.MediaUse]] = relationship(cascade="all, delete-orphan")  # of pictures

    @validates("body")
    def _render_body(self, _key: str, body: str) -> str:
        """Draw the text once, here: its safe HTML, outline, lines and excerpt all come from the one parse."""
        found = media.found_in(body)
        rendered = media.drawn(body, found)
        self.body_html = rendered.html
        self.outline = [[each.anchor, each.heading, each.kind] for each in rendered.outline]
        self.excerpt, self.words = rendered.excerpt, rendered.words
        self._keep_lines(rendered.lines)
        media.keep_uses(self, (each.media_id for each in found))
        self._rendered = rendered
        return body

    @validates("cover")
    def _find_cover(self, _key: str, cover: str) -> str:
        """Look once, here, under which addresses a cover's picture is to be had: lists of reviews ask nothing more."""
        found = media.cover_in(cover)
        self.cover_files = found[1] if found else None
        media.keep_uses(self, [found[0]] if found else [], "cover")
        return cover

    def _keep_lines(self, written: Sequence[markup.Line]) -> None:
        """Index the lines of a text just drawn; what was a line before keeps its id, also after it was gone.

        A line that goes is remembered only where readers may have its address.
        """
        before = successors([line.quote for line in self.lines], [line.quote for line in written])
        back = {fold.fold(line.quote): line for line in self.former_lines}
        keys = speaker_keys([line.speaker for line in written])
        lines: list[Line] = []
        for position, (line, key) in enumerate(zip(written, keys, strict=True)):
            words = fold.fold(line.quote)
            own = self.lines[before[position]] if position in before else None
            if words in back and (own is None or fold.fold(own.quote) != words):
                own = Line(id=back[words].id)
                self.former_lines.remove(back.pop(words))
            own = own or Line()
            own.position, own.anchor, own.quote, own.spoils = position, line.anchor, line.quote, line.spoils
            own.speaker, own.speaker_key, own.episode, own.context = line.speaker, key, line.episode, line.context
            lines.append(own)
        if self.published_at and self.published_at <= now():
            gone = (line for line in self.lines if line not in lines and line.id)
            self.former_lines += [FormerLine(id=line.id, quote=line.quote) for line in gone]
        self.lines = lines

    def searchable(self, *names: str) -> dict[str, str]:
        """Return the folded text a search may find this review by; spoilers are left out of all of it.

        Only the named parts of it where some are named: the body is the dear one, it may have to be drawn.
        """
        parts: dict[str, Callable[[], list[str]]] = {
            "titles": lambda: [self.work_title, self.native_title, *self.other_titles, self.headline],
            "people": self._people,
            "tags": self._tags,
            "headings": lambda: [heading for _, heading, _ in self.outline],
            "body": lambda: [self.description, self._drawn().plain],
            "lines": lambda: [word for line in self.lines if not line.spoils for word in (line.quote, line.speaker)],
        }
        return {name: fold.fold("\n".join(filter(None, parts[name]()))) for name in names or parts}

    def passages(self) -> list[list[str]]:
        """Return the text that a search may show of this review, as [anchor, heading, text]; it tells no spoiler."""
        headings = {anchor: heading for anchor, heading, _ in self.outline}
        sections = [[anchor, headings.get(anchor, ""), text] for anchor, text in self._drawn().passages]
        rows = [Row(label, value) for label, value in self.overview]
        facts = [["", row.label, row.value] for row in rows if row.field not in TITLES]
        played = ", ".join(f"{credit.character} ({credit.name})" for credit in self.credits if credit.character)
        tags = " ".join(self.hashtags)
        more = {"Also known as": ", ".join(self.other_titles), "Characters": played, "Hashtags": tags}
        shown = [*sections, ["", "", self.description], *facts, *(["", name, text] for name, text in more.items())]
        return [passage for passage in shown if passage[2]]

    def _drawn(self) -> markup.Rendered:
        return getattr(self, "_rendered", None) or media.drawn(self.body)

    def _people(self) -> list[str]:
        written = [word for credit in self.credits for word in (credit.name, credit.alias, credit.character)]
        return [*written, *(spelling.name for credit in self.credits for spelling in credit.term.spellings)]

    def _tags(self) -> list[str]:
        terms = [filing.term for filing in self.filings]
        terms += [entry.platform for entry in self.availability if entry.platform]
        called = [word for term in terms if term.facet != "person" for word in (term.native_name, term.also_called)]
        words = [*(term.name for term in terms), *(filing.written for filing in self.filings), *self.hashtags, *called]
        return list(dict.fromkeys(words))


def refold(review: Review, *names: str) -> None:
    """Write a review's search entry anew, or only these parts of it."""
    if review.search_entry is None:
        review.search_entry = SearchEntry(**review.searchable(), passages=review.passages())
        return
    for name, text in review.searchable(*names).items():
        setattr(review.search_entry, name, text)
    if not names:
        review.search_entry.passages = review.passages()


# what `Titled.title` says, for the database to say
SHOWN_TITLE = sa.func.coalesce(sa.func.nullif(Review.work_title, ""), sa.func.nullif(Review.headline, ""), Review.slug)


def foldable(ids: Iterable[int]) -> sa.Select[Review]:
    """Select reviews with all that a search entry is made of: a handful of queries, however many they are."""
    return (
        sa.select(Review)
        .where(Review.id.in_(ids))
        .options(
            undefer(Review.body),
            joinedload(Review.search_entry),
            selectinload(Review.credits).joinedload(Credit.term).selectinload(Term.spellings),
            selectinload(Review.filings).joinedload(Filing.term),
            selectinload(Review.availability).joinedload(Availability.platform),
            selectinload(Review.lines),
            selectinload(Review.former_lines),
            selectinload(Review.uses),
        )
    )


@event.listens_for(Session, "before_flush")
def _fold_reviews(session: Session, _context: Any, _instances: Any) -> None:
    """Keep the search entry of every review that is written; what changes past a review calls `refold` itself."""
    for review in [each for each in (*session.new, *session.dirty) if isinstance(each, Review)]:
        if review in session.new or session.is_modified(review):
            refold(review)
