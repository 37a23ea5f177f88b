"""The forms of the studio; the door has asked for their token when they are read."""

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, StringField, ValidationError

from kblog import auth
from kblog.auth.author import name_trouble
from kblog.auth.passwords import weakness
from kblog.language import gettext as _
from kblog.language import noted

SITE = ("k-blog", "kblog")  # who guesses a password begins with what it is for


class StudioForm(FlaskForm):
    """A form that checks its fields only: the token is the door's to check, the same way for all."""

    class Meta(FlaskForm.Meta):
        csrf = False  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    @property
    def first_wrong(self) -> str:
        """The name of the first field that will not do, where the author goes on; "" where all will."""
        return next(iter(self.errors), "") or ""


class LogInForm(StudioForm):
    """Who comes, and where to go on to."""

    name = StringField(noted("Name"))
    password = PasswordField(noted("Password"))
    next = HiddenField()


class SecondStepForm(StudioForm):
    """The code, and the proof that name and password were right before."""

    code = StringField(noted("Code"))
    proof = HiddenField()
    next = HiddenField()


class SetUpForm(StudioForm):
    """Who writes here."""

    token = HiddenField()
    name = StringField(noted("Name"))
    password = PasswordField(noted("Password"))
    again = PasswordField(noted("Password, once more"))

    def validate_name(self, field: Field) -> None:
        _complain(name_trouble(field.data or ""))

    def validate_password(self, field: Field) -> None:
        _complain(weakness(field.data or "", [self.name.data or "", *SITE]))

    def validate_again(self, field: Field) -> None:
        _complain("" if field.data == self.password.data else _("The two passwords differ."))


class PasswordForm(StudioForm):
    """Another password."""

    present = PasswordField(noted("Present password"))
    new = PasswordField(noted("New password"))
    again = PasswordField(noted("New password, once more"))

    def validate_new(self, field: Field) -> None:
        author = auth.current()
        _complain(weakness(field.data or "", [author.name if author else "", *SITE]))

    def validate_again(self, field: Field) -> None:
        _complain("" if field.data == self.new.data else _("The two passwords differ."))


class OnForm(StudioForm):
    """The second step, confirmed by its first code."""

    code = StringField(noted("Code"))
    password = PasswordField(noted("Password"))
    sealed = HiddenField()


class OffForm(StudioForm):
    """The end of the second step."""

    password = PasswordField(noted("Password"), id="off-password")


class CodesForm(StudioForm):
    """New recovery codes in the place of the old ones."""

    password = PasswordField(noted("Password"), id="codes-password")


def _complain(trouble: str) -> None:
    if trouble:
        raise ValidationError(trouble)
