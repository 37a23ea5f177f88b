"""What a picture shows and whose it is, said in its tile or on a page of its own."""

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, Form
from wtforms.validators import ValidationError

from kblog import background, htmx
from kblog.db import db, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.media import variants
from kblog.media.store import LARGEST
from kblog.media.tidying import KEPT
from kblog.models import Media
from kblog.studio import access
from kblog.studio.review_form import LINE, Words, at_most

from . import queries
from .blueprint import PICTURE, bp
from .shelf import Place, around

LONGEST_ALT = 1_000  # characters: more belongs in the text
NAMES = ("alt", "is_decorative", "caption", "credit")


class PictureForm(Form):
    """What is said of a picture; what is not sent stays as it is."""

    alt = Words(noted("What it shows"), [at_most(LONGEST_ALT)])
    is_decorative = BooleanField(noted("It only decorates: there is nothing to say"))
    caption = Words(noted("Caption"), [LINE])
    credit = Words(noted("Credit"), [LINE])

    @classmethod
    def of(cls, picture: Media, sent: MultiDict | None = None) -> "PictureForm":
        """Return the form of a picture; several may be open on one page, so ids have its number."""
        data = {name: getattr(picture, name) or "" for name in NAMES}
        form = cls(sent, data=data)
        for field in form:
            field.id = field.label.field_id = f"media-{picture.id}-{field.name}"
        return form

    def validate_is_decorative(self, field: BooleanField) -> None:
        if field.data and self.alt.data.strip():
            raise ValidationError(_("Say what it shows or that it only decorates, not both."))


@bp.get(PICTURE)
def show(media_id: int) -> Response:
    """The form, in the place of the tile or on a page of its own."""
    picture = queries.picture(media_id) or abort(404)
    return page(picture, PictureForm.of(picture), Place.of(request.args))


@bp.post(PICTURE)
@access.resumable
def update(media_id: int, form: MultiDict) -> AnyResponse:
    """The tile as it is now; where something is wrong with it, the form."""
    with reads_only():
        picture = queries.picture(media_id) or abort(404)
        sent = PictureForm.of(picture, form)
        if not sent.validate():
            return page(picture, sent, Place.of(form), 422)
    picture = queries.picture(media_id) or abort(404)
    was = {name: getattr(picture, name) for name in NAMES}
    picture.alt = " ".join(sent.alt.data.split()) or None
    picture.is_decorative = bool(sent.is_decorative.data)
    picture.caption, picture.credit = (" ".join(field.data.split()) for field in (sent.caption, sent.credit))
    is_news = any(getattr(picture, name) != was[name] for name in ("alt", "is_decorative", "credit"))
    if is_news:  # texts that show it print its credit, and say its description where they have none
        variants.want_anew(db.session(), [media_id])  # whoever is killed half-way is followed
    db.session.commit()
    if is_news:
        variants.draw_anew([media_id])
        background.of(current_app).want(variants.JOB)
    place = Place.of(form)
    if htmx.wants_fragment():
        with reads_only():
            picture = queries.picture(media_id) or abort(404)
            context = {"picture": picture, "place": place, "counts": queries.counts(), **around([picture])}
            return make_response(render_template("studio/library/_described.html", **context))
    flash(_("Saved."))
    return redirect(url_for("studio.library.index", **place.arguments, _anchor=f"media-{media_id}"), 303)


def page(picture: Media, form: PictureForm, place: Place, status: int = 200, trouble: str = "") -> Response:
    """Answer with the form of a picture."""
    context = {"picture": picture, "form": form, "place": place, "trouble": trouble}
    context |= {"days_kept": KEPT.days, "most_bytes": LARGEST, **around([picture])}
    return htmx.render("studio/library/show.html", "studio/library/_describing.html", status=status, **context)
