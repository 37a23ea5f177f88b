"""The forms a commenter fills in: what each field may hold, and the sentence that says what is amiss."""

from collections.abc import Callable
from datetime import timedelta

from wtforms import Field, Form, StringField, ValidationError

from kblog import mailbox
from kblog.db import LARGEST_ID
from kblog.language import gettext as _
from kblog.markup import COMMENT_LIMIT

from . import stamps, typed


class Typed(StringField):
    """A field whose value is cleaned before anything looks at it; a missing one is empty."""

    data: str  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, *given, clean: Callable[[str], str] = typed.text, **more) -> None:
        super().__init__(*given, filters=[lambda value: clean(value or "")], **more)


class EditForm(Form):
    """What may change of a comment that is there."""

    body = Typed()
    spoils = Typed()

    def validate_body(self, field: Field) -> None:
        if not typed.says_something(field.data):
            raise ValidationError(_("Write a comment before posting it."))
        if len(field.data) > COMMENT_LIMIT:
            said = _(
                "A comment holds %(most)s characters; this one has %(number)s.",
                most=f"{COMMENT_LIMIT:,}",
                number=f"{len(field.data):,}",
            )
            raise ValidationError(said)

    def validate_spoils(self, field: Field) -> None:
        try:
            field.data = typed.spoils(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class CommentForm(EditForm):
    """A new comment; the author's has no name, for the author's is known."""

    name = Typed(clean=typed.name)
    website = Typed()
    email = Typed()
    parent = Typed()
    key = Typed()
    stamp = Typed()
    homepage_url = Typed()  # hidden from people: what fills it in is a machine

    def __init__(
        self,
        *given,
        author_name: str,
        is_author: bool,
        age: timedelta | None,
        is_timed: bool,
        takes_mail: bool = False,
        **more,
    ) -> None:
        """Take what was sent, and what is known beside it: the author's name, how old the form is, what it asks for."""
        super().__init__(*given, **more)
        self.author_name, self.is_author = author_name, is_author
        self.age, self.is_timed, self.takes_mail = age, is_timed, takes_mail and not is_author
        self.is_orphan = False  # what it answers is not there to be answered

    @property
    def parent_id(self) -> int | None:
        """The number of the comment that is answered; 0, which none has, where what was sent is no number."""
        if not self.parent.data:
            return None
        is_number = self.parent.data.isascii() and self.parent.data.isdigit() and len(self.parent.data) < 20
        number = int(self.parent.data) if is_number else 0
        return number if number <= LARGEST_ID else 0

    def validate_name(self, field: Field) -> None:
        if self.is_author:
            return
        if not typed.says_something(field.data):
            raise ValidationError(_("Add a name. It can be a nickname."))
        if len(field.data) > typed.NAME_LIMIT:
            said = _(
                "A name has at most %(most)s characters; this one has %(number)s.",
                most=typed.NAME_LIMIT,
                number=len(field.data),
            )
            raise ValidationError(said)
        authors = typed.skeleton(self.author_name)
        if authors and typed.skeleton(field.data) == authors:
            raise ValidationError(_("That is the name of this blog's author. Choose another one."))

    def validate_website(self, field: Field) -> None:
        try:
            field.data = typed.website(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def validate_email(self, field: Field) -> None:
        if not self.takes_mail:
            field.data = ""
        if field.data.strip():
            try:
                field.data = mailbox.address(field.data)
            except ValueError as error:
                raise ValidationError(_("%(trouble)s, and you can leave it out.", trouble=error)) from None

    def validate_parent(self, _field: Field) -> None:
        if self.is_orphan:
            raise ValidationError(_("The comment you answer is no longer here. You can post yours on its own."))

    def validate_key(self, field: Field) -> None:
        if len(field.data) > typed.KEY_LIMIT:
            raise ValidationError(_("This form was not sent as it was made. The text is kept: post it again."))

    def validate_stamp(self, _field: Field) -> None:
        if self.is_timed and not stamps.is_good(self.age):
            raise ValidationError(_("This form was open for too long. The text is kept: post it again."))
