"""The form of a review: its fields as the author types them, and what is wrong with them in words."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import wtforms
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from kblog import jinja, ledger, markup, overview
from kblog.db import now
from kblog.document import VERDICTS
from kblog.language import gettext as _
from kblog.language import noted
from kblog.overview import Field, Row
from kblog.vocabulary import REGIONS, WORDS

SLUG = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?")
LONGEST_SLUG = 80  # as kblog.slugs makes them
LONGEST_LINE = 300  # characters
LONGEST_TEXT = 2_000  # characters of a description, a row, a note: more belongs in the text
ROW = re.compile(r"-([0-9]{1,9})-")  # the number of a row, in the name of each of its fields
UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # but line breaks and tabs
WAYS = {
    "": noted("Not said"),
    "subscription": noted("Subscription"),
    "free": noted("Free"),
    "rent": noted("Rent"),
    "buy": noted("Buy"),
    "cinema": noted("Cinema"),
}
SAID = {
    "available": noted("On it"),
    "not available": noted("Not on it"),
    "left": noted("Has left"),
    "unknown": noted("Not known"),
}
TELLS = {
    "": noted("Not said"),
    "nothing": noted("Nothing that spoils"),
    "episode": noted("Up to an episode"),
    "ending": noted("The ending"),
}
KIND_WORDS = {"": noted("Not said"), **jinja.KIND_WORDS}


TOO_LONG = noted("Field cannot be longer than %(most)s characters.")  # as wtforms says it
LINK = re.compile(r"(?:https?://\S+)?\Z")


def at_most(longest: int, otherwise: str = noted("This is longer than %(most)s characters.")) -> Callable[..., None]:
    """Make what refuses a longer text, in the language of the day."""

    def check(_form: Form, field: wtforms.Field) -> None:
        if len(field.data or "") > longest:
            raise ValidationError(_(otherwise, most=longest))

    return check


LINE, TEXT = at_most(LONGEST_LINE), at_most(LONGEST_TEXT)


def region_word(code: str) -> str:
    """Name a region as it stands in a list."""
    name = ledger.region_name(code).removeprefix("the ")
    return _("Not said") if not code else name.capitalize() if name.islower() else name


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
            raise ValueError(_("Write the day as 2026-03-12.")) from None

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
            raise ValueError(_("Write a number."))
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

    otherwise = noted("Choose one from the list.")

    def __init__(self, label: str, words: dict[str, str], **given: Any) -> None:
        super().__init__(label, choices=words, **{"default": "", **given})
        self.words = words

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not self.is_known(valuelist[0]):
            raise ValueError(_(self.otherwise))
        super().process_formdata(valuelist)

    def is_known(self, value: str) -> bool:
        """Whether a value is one of those that can be chosen."""
        return value in self.words


class Region(Choice):
    """A country, or a code of one that the list lacks and the review has."""

    otherwise = noted("Choose a country from the list.")

    def iter_choices(self):
        names = {code: region_word(code) for code in ("", *REGIONS)}
        self.choices = {self.data: self.data} | names if self.data not in names else names
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

    name = Words(noted("Name"), [LINE])
    character = Words(noted("Plays"), [LINE])


class EntryForm(Form):
    """One entry of the ledger."""

    platform = Words(noted("Platform"), [LINE])
    region = Region(noted("Where"), {})
    offer = Choice(noted("How"), WAYS)
    status = Choice(noted("Is it there?"), SAID, default="available")
    checked_on = Day(noted("Checked on"))
    link = Words(noted("Link"))
    note = Words(noted("Note"), [TEXT])

    def validate_link(self, field: Words) -> None:
        if not LINK.match(field.data):
            raise ValidationError(_("A link begins with http:// or https://."))

    def validate_checked_on(self, field: Day) -> None:
        if field.data and field.data > now().date() + timedelta(days=1):  # the day may have begun where the author is
            raise ValidationError(_("That day has not come yet."))


class RowForm(Form):
    """One more row of the overview, in the author's own words."""

    label = Words(noted("Label"), [LINE])
    value = Words(noted("Says"), [TEXT])


class PartForm(Form):
    """One section of the text."""

    heading = Words(noted("Heading"), [LINE])
    text = Words(noted("Text"))


class TextForm(Form):
    """What the form of a review and that of a page begin with: the version and the tab they came from, an address."""

    version = Number("Version")
    tab = HiddenField("Tab", [Length(max=64)])
    slug = Words(noted("Address"), [at_most(LONGEST_SLUG, TOO_LONG)])

    def validate_version(self, field: Number) -> None:
        if field.data is None:
            raise ValidationError(_("This form does not say which version it began from. Open the text again."))

    def validate_slug(self, field: Words) -> None:
        if not SLUG.fullmatch(field.data):
            raise ValidationError(_("An address has small letters a to z, digits and single hyphens."))


class ReviewForm(TextForm):
    """A review as the editor shows it."""

    title = Words(noted("Title"), [LINE])
    native_title = Words(noted("Title in Hangul"), [LINE])
    other_titles = Words(noted("Other titles"), [TEXT])
    headline = Words(noted("Headline"), [LINE])
    description = Words(noted("Description"), [TEXT])
    kind = Choice(noted("Kind"), KIND_WORDS)
    year = Words(noted("Year"), [TEXT])
    genres = Words(noted("Genres"), [TEXT])
    add_genres = Ticked()
    director = Words(noted("Director"), [TEXT])
    writer = Words(noted("Writer"), [TEXT])
    episodes = Words(noted("Episodes"), [TEXT])
    running_time = Words(noted("Running time"), [TEXT])
    cast = Group(FormField(CreditForm))
    platform = Words(noted("Where to watch, in a sentence"), [TEXT])
    availability = Group(FormField(EntryForm))
    rows = Group(FormField(RowForm))
    verdict = Choice(noted("Verdict"), {"": noted("No verdict")} | {word: word for word in VERDICTS})
    tells = Choice(noted("How far the unmarked text tells"), TELLS)
    tells_episode = Number(noted("Episode"))
    hashtags = Words(noted("Hashtags"), [TEXT])
    add_hashtags = Ticked()
    labels = Words(noted("Labels of the old blog"), [TEXT])
    notes = Words(noted("Notes for yourself"), [at_most(20_000, TOO_LONG)])
    comments_open = BooleanField(noted("Readers may comment"))
    parts = Group(FormField(PartForm))

    def group(self, name: str) -> FieldList:
        """Return a group of rows: cast, availability, rows or parts."""
        return getattr(self, name)

    def validate_year(self, field: Words) -> None:
        _understood(field, Field.YEAR, _("Give the year with four digits, such as 2021."))

    def validate_episodes(self, field: Words) -> None:
        _understood(field, Field.EPISODES, _("Give the number of episodes, such as 16."))

    def validate_running_time(self, field: Words) -> None:
        _understood(field, Field.RUNNING_TIME, _("Give the minutes, such as 106 minutes or 70 minutes per episode."))

    def validate_tells_episode(self, field: Number) -> None:
        if self.tells.data == "episode" and not 1 <= (field.data or 0) <= 9999:
            raise ValidationError(_("Up to which episode? Give its number."))

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
