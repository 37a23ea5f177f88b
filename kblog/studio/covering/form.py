"""What is said of a cover: which of the drawn ones it is, or which picture, seen from where, and what it shows."""

import re
from types import SimpleNamespace

from wtforms import BooleanField, Form
from wtforms.validators import NumberRange, ValidationError

from kblog.document import PICTURE
from kblog.language import gettext as _
from kblog.language import noted
from kblog.models import Review
from kblog.models.media import cover_in
from kblog.reviews.cover_pictures import CENTRE

from ..library.describing import LONGEST_ALT
from ..review_form import LINE, Number, Words, at_most

COUNTED = re.compile(r"(?P<first>.*)/(?P<number>[1-9][0-9]{0,5})", re.DOTALL)
MOST_DRAWN = 100_000  # nobody looks at more of them


def within_picture(_form: Form, field: Number) -> None:
    """Refuse what is no part of a hundred."""
    if field.data is None or not 0 <= field.data <= 100:
        raise ValidationError(_("This is a number from 0 to 100."))


class DrawnForm(Form):
    """One of the covers that are drawn for a review."""

    version = Number("Version")
    number = Number("Cover", [NumberRange(1, MOST_DRAWN)])


class CoverForm(Form):
    """A picture in the place of the drawn cover."""

    version = Number("Version")
    cover = Words("Picture")
    x = Number(noted("From the left"), [within_picture])
    y = Number(noted("From the top"), [within_picture])
    alt = Words(noted("What it shows"), [at_most(LONGEST_ALT)])
    is_decorative = BooleanField(noted("It only decorates: there is nothing to say"))
    credit = Words(noted("Credit"), [LINE])

    def validate_cover(self, field: Words) -> None:
        if not re.match(PICTURE.pattern + r"\Z", field.data):
            raise ValidationError(_("Choose a picture."))
        if not cover_in(field.data):
            raise ValidationError(_("That picture is not here any more. Choose another one."))

    def validate_alt(self, field: Words) -> None:
        if not field.data.strip() and not self.is_decorative.data:
            said = _("Describe the picture for those who cannot see it, or say that it only decorates.")
            raise ValidationError(said)

    def validate_is_decorative(self, field: BooleanField) -> None:
        if field.data and self.alt.data.strip():
            raise ValidationError(_("Say what it shows or that it only decorates, not both."))

    @property
    def focus(self) -> str:
        """The point that stays in sight, as a document says it."""
        numbers = [field.data if field.data is not None and field.data <= 100 else 50 for field in (self.x, self.y)]
        return f"{numbers[0]} {numbers[1]}"

    @property
    def framed(self) -> SimpleNamespace:
        """What a cover with it is drawn from."""
        said = {"cover_alt": self.alt.data, "cover_credit": self.credit.data, "cover_focus": self.focus}
        found = cover_in(self.cover.data)
        return SimpleNamespace(cover_files=found and found[1], **said)


def of_review(review: Review) -> CoverForm:
    """Return the form of the picture that a review has as its cover."""
    x, y = (review.cover_focus or CENTRE).split()
    said = {"alt": review.cover_alt, "credit": review.cover_credit, "is_decorative": not review.cover_alt}
    return CoverForm(data={"version": review.version, "cover": review.cover, "x": int(x), "y": int(y), **said})


def number_of(review: Review) -> int:
    """Return which of the covers drawn for a review is its own; the first is 1."""
    counted = COUNTED.fullmatch(review.cover_seed)
    return int(counted["number"]) if counted else 1


def seed_of(review: Review, number: int) -> str:
    """Return the seed of one of the covers drawn for a review; "" where its address alone is enough.

    >>> [seed_of(Review(slug="salt-road", cover_seed="salt-road/7"), number) for number in (1, 2)]
    ['', 'salt-road/2']
    """
    counted = COUNTED.fullmatch(review.cover_seed)
    first = (counted["first"] if counted else review.cover_seed) or review.slug
    if number == 1:
        return "" if first == review.slug else first
    return f"{first}/{number}"
