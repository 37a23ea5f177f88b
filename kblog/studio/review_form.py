"""The form of a review: its fields as the author types them, and what is wrong with them in words."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import wtforms
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import Length, Regexp, ValidationError

from kblog import ledger, markup, overview
from kblog.db import now
from kblog.ledger import OFFERS
from kblog.models.review import VERDICTS
from kblog.overview import Field, Row
from kblog.vocabulary import REGIONS, WORDS

SLUG = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?")
LONGEST_SLUG = 80  # as kblog.slugs makes them
LINE = Length(max=300, message="This is longer than %(max)d characters.")
LONGEST_TEXT = 2_000  # characters of a description, a row, a note: more belongs in the text
TEXT = Length(max=LONGEST_TEXT, message="This is longer than %(max)d characters.")
ROW = re.compile(r"-([0-9]{1,9})-")  # the number of a row, in the name of each of its fields
UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # but line breaks and tabs
WAYS = {"": "Not said"} | {offer: offer.capitalize() for offer in OFFERS if offer}
REGION_NAMES = {"": "Not said"} | {
    code: names[0].removeprefix("the ").capitalize() if names[0].islower() else names[0].removeprefix("the ")
    for code, names in REGIONS.items()
}
SAID = {"available": "On it", "not available": "Not on it", "left": "Has left", "unknown": "Not known"}
TELLS = {"": "Not said", "nothing": "Nothing that spoils", "episode": "Up to an episode", "ending": "The ending"}
KIND_WORDS = {"": "Not said", "drama": "Drama", "film": "Film", "special": "Special", "show": "Show"}


def clean(text: str | None) -> str:
    """Take what a browser sent as the author typed it: one sign for a line break, no sign that cannot be seen.

    >>> clean("one\\r\\ntwo\\x00")
    'one\\ntwo'
    """
    return UNSHOWN.sub("", re.sub(r"\r\n?", "\n", text or ""))


class Words(StringField):
    """A text kept as it was typed; "" where nothing was."""

    data: str  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, label: str = "", validators: Any = None, **given: Any) -> None:
        super().__init__(label, validators, filters=[clean], **given)


class Day(StringField):
    """A day, or none; what was typed is shown again where it is no day."""

    data: date | None

    def process_formdata(self, valuelist: list[str]) -> None:
        text = clean(valuelist[0]).strip() if valuelist else ""
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError:
            self.data = None  # pyright: ignore[reportIncompatibleVariableOverride] - a day is what this field holds
            raise ValueError("Write the day as 2026-03-12.") from None

    def _value(self) -> str:
        if self.raw_data:
            return clean(self.raw_data[0])
        return self.data.isoformat() if self.data else ""


class Number(IntegerField):
    """A whole number, or none; what was typed is shown again where it is no number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = clean(valuelist[0]).strip() if valuelist else ""
        if text and not (text.isascii() and text.isdigit() and len(text) <= 9):
            self.data = None
            raise ValueError("Write a number.")
        self.data = int(text) if text else None


class Ticked(wtforms.Field):
    """The values of the boxes that are ticked."""

    data: list[str]

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [clean(value) for value in valuelist]


class Choice(SelectField):
    """One of some words; `words` maps what is sent to what is shown.

    A text is drawn before it is checked, so what is none of them is told, and never gets as far as the data.
    """

    otherwise = "Choose one from the list."

    def __init__(self, label: str, words: dict[str, str], **given: Any) -> None:
        super().__init__(label, choices=words, **{"default": "", **given})
        self.words = words

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not self.is_known(valuelist[0]):
            raise ValueError(self.otherwise)
        super().process_formdata(valuelist)

    def is_known(self, value: str) -> bool:
        """Whether a value is one of those that can be chosen."""
        return value in self.words


class Region(Choice):
    """A country, or a code of one that the list lacks and the review has."""

    otherwise = "Choose a country from the list."

    def iter_choices(self):
        if self.data not in REGION_NAMES:
            self.choices = REGION_NAMES | {self.data: self.data}
        return super().iter_choices()

    def is_known(self, value: str) -> bool:
        return re.fullmatch(r"[A-Z]{2}|WORLD|SOME|", value) is not None


class Group(FieldList):
    """The rows of a group, in the order of the numbers in their names."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        for name in formdata:
            if name.startswith(prefix) and (row := ROW.match(name, len(prefix))):
                yield int(row[1])


class CreditForm(Form):
    """One member of the cast."""

    name = Words("Name", [LINE])
    character = Words("Plays", [LINE])


class EntryForm(Form):
    """One entry of the ledger."""

    platform = Words("Platform", [LINE])
    region = Region("Where", REGION_NAMES)
    offer = Choice("How", WAYS)
    status = Choice("Is it there?", SAID, default="available")
    checked_on = Day("Checked on")
    link = Words("Link", [Regexp(r"(?:https?://\S+)?\Z", message="A link begins with http:// or https://.")])
    note = Words("Note", [TEXT])

    def validate_checked_on(self, field: Day) -> None:
        if field.data and field.data > now().date() + timedelta(days=1):  # the day may have begun where the author is
            raise ValidationError("That day has not come yet.")


class RowForm(Form):
    """One more row of the overview, in the author's own words."""

    label = Words("Label", [LINE])
    value = Words("Says", [TEXT])


class PartForm(Form):
    """One section of the text."""

    heading = Words("Heading", [LINE])
    text = Words("Text")


class TextForm(Form):
    """What the form of a review and that of a page begin with: the version and the tab they came from, an address."""

    version = Number("Version")
    tab = HiddenField("Tab", [Length(max=64)])
    slug = Words("Address", [Length(max=LONGEST_SLUG)])

    def validate_version(self, field: Number) -> None:
        if field.data is None:
            raise ValidationError("This form does not say which version it began from. Open the text again.")

    def validate_slug(self, field: Words) -> None:
        if not SLUG.fullmatch(field.data):
            raise ValidationError("An address has small letters a to z, digits and single hyphens.")


class ReviewForm(TextForm):
    """A review as the editor shows it."""

    title = Words("Title", [LINE])
    native_title = Words("Title in Hangul", [LINE])
    other_titles = Words("Other titles", [TEXT])
    headline = Words("Headline", [LINE])
    description = Words("Description", [TEXT])
    kind = Choice("Kind", KIND_WORDS)
    year = Words("Year", [TEXT])
    genres = Words("Genres", [TEXT])
    add_genres = Ticked()
    director = Words("Director", [TEXT])
    writer = Words("Writer", [TEXT])
    episodes = Words("Episodes", [TEXT])
    running_time = Words("Running time", [TEXT])
    cast = Group(FormField(CreditForm))
    platform = Words("Where to watch, in a sentence", [TEXT])
    availability = Group(FormField(EntryForm))
    rows = Group(FormField(RowForm))
    verdict = Choice("Verdict", {word: word or "No verdict" for word in VERDICTS})
    tells = Choice("How far the unmarked text tells", TELLS)
    tells_episode = Number("Episode")
    hashtags = Words("Hashtags", [TEXT])
    add_hashtags = Ticked()
    labels = Words("Labels of the old blog", [TEXT])
    notes = Words("Notes for yourself", [Length(max=20_000)])
    comments_open = BooleanField("Readers may comment")
    parts = Group(FormField(PartForm))

    def group(self, name: str) -> FieldList:
        """Return a group of rows: cast, availability, rows or parts."""
        return getattr(self, name)

    def validate_year(self, field: Words) -> None:
        _understood(field, Field.YEAR, "Give the year with four digits, such as 2021.")

    def validate_episodes(self, field: Words) -> None:
        _understood(field, Field.EPISODES, "Give the number of episodes, such as 16.")

    def validate_running_time(self, field: Words) -> None:
        _understood(field, Field.RUNNING_TIME, "Give the minutes, such as 106 minutes or 70 minutes per episode.")

    def validate_tells_episode(self, field: Number) -> None:
        if self.tells.data == "episode" and not 1 <= (field.data or 0) <= 9999:
            raise ValidationError("Up to which episode? Give its number.")

    def validate_parts(self, field: FieldList) -> None:
        try:
            markup.render_review("\n\n".join(part["text"] for part in field.data))
        except ValueError as error:
            raise ValidationError(str(error)) from None


def _understood(field: Words, meant: Field, otherwise: str) -> None:
    """Refuse a value of the overview of which nothing is understood; "to be announced" is an answer."""
    value = field.data
    said = ledger.folded(value)
    if not said or said in (*WORDS["not yet"], *WORDS["nothing"], *WORDS["none"]):
        return
    found = overview.understand([Row(meant.value, value)])
    time = found.running_time
    known = {Field.YEAR: found.year, Field.EPISODES: found.episodes, Field.RUNNING_TIME: time and time.minutes}
    if not known[meant]:
        raise ValidationError(otherwise)
