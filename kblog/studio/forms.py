"""The forms of the studio; the door has asked for their token when they are read."""

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, StringField, ValidationError

from kblog import auth
from kblog.auth.author import name_trouble
from kblog.auth.passwords import weakness

SITE = ("k-blog", "kblog")  # who guesses a password begins with what it is for


class StudioForm(FlaskForm):
    """A form that checks its fields only: the token is the door's to check, the same way for all."""

    class Meta(FlaskForm.Meta):
        csrf = False  # pyright: ignore[reportAssignmentType]

    @property
    def first_wrong(self) -> str:
        """The name of the first field that will not do, where the author goes on; "" where all will."""
        return next(iter(self.errors), "") or ""


class LogInForm(StudioForm):
    """Who comes, and where to go on to."""

    name = StringField("Name")
    password = PasswordField("Password")
    next = HiddenField()


class SecondStepForm(StudioForm):
    """The code, and the proof that name and password were right before."""

    code = StringField("Code")
    proof = HiddenField()
    next = HiddenField()


class SetUpForm(StudioForm):
    """Who writes here."""

    token = HiddenField()
    name = StringField("Name")
    password = PasswordField("Password")
    again = PasswordField("Password, once more")

    def validate_name(self, field: Field) -> None:
        _complain(name_trouble(field.data or ""))

    def validate_password(self, field: Field) -> None:
        _complain(weakness(field.data or "", [self.name.data or "", *SITE]))

    def validate_again(self, field: Field) -> None:
        _complain("" if field.data == self.password.data else "The two passwords differ.")


class PasswordForm(StudioForm):
    """Another password."""

    present = PasswordField("Present password")
    new = PasswordField("New password")
    again = PasswordField("New password, once more")

    def validate_new(self, field: Field) -> None:
        author = auth.current()
        _complain(weakness(field.data or "", [author.name if author else "", *SITE]))

    def validate_again(self, field: Field) -> None:
        _complain("" if field.data == self.new.data else "The two passwords differ.")


class OnForm(StudioForm):
    """The second step, confirmed by its first code."""

    code = StringField("Code")
    password = PasswordField("Password")
    sealed = HiddenField()


class OffForm(StudioForm):
    """The end of the second step."""

    password = PasswordField("Password", id="off-password")


class CodesForm(StudioForm):
    """New recovery codes in the place of the old ones."""

    password = PasswordField("Password", id="codes-password")


def _complain(trouble: str) -> None:
    if trouble:
        raise ValidationError(trouble)
