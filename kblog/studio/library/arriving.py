"""How pictures come in through the studio: several at a time, each judged by itself."""

import re
from typing import NamedTuple

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from kblog import background, htmx
from kblog.db import LARGEST_ID, db, now, reads_only
from kblog.language import gettext as _
from kblog.language import noted
from kblog.media import keeping, variants
from kblog.media.store import LARGEST, Kept, NotAPicture, Store
from kblog.media.troubles import TROUBLES
from kblog.models import Media
from kblog.studio import access
from kblog.uploads import file_name

from . import describing, queries, shelf
from .blueprint import bp
from .describing import PictureForm

MOST_AT_ONCE = 40  # pictures of one form: to draw each anew takes up to a second
MOST_BYTES = 10 * LARGEST  # of all of them
BEGINNING = 16  # bytes by which a picture is told from other files
PICTURES = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF.{4}WEBP", re.DOTALL)
UNNAMED = "picture"
COVER = re.compile(r"/studio/reviews/[0-9]{1,19}/cover/")  # from there the first picture is to be a cover
CHOOSE = noted("Choose a picture first.")


class Taken(NamedTuple):
    """A picture that lies in the folder and has no row yet."""

    name: str
    kept: Kept


class Refused(NamedTuple):
    """A file that is not taken; `why` is a sentence, `status` what is answered where no other one is."""

    why: str
    status: int


@bp.post("/")
@access.takes_file(MOST_BYTES, only_reads=True)
def create() -> AnyResponse:
    """The pictures that came in, ready to be described; what of them is no picture is named and left out."""
    sent = [each for each in request.files.getlist("file") if each.filename]
    if "instead_of" in request.form:
        return replace(sent)
    store = Store(current_app.config["KBLOG"].media)
    met = [take(store, each) for each in sent[:MOST_AT_ONCE]]  # while no transaction is open
    refused = [each for each in met if isinstance(each, Refused)]
    if (more := len(sent) - MOST_AT_ONCE) > 0:
        said = noted("Send at most %(most)s pictures at once: %(more)s are left out.")
        refused.append(Refused(_(said, most=MOST_AT_ONCE, more=more), 413))
    taken = [each for each in met if isinstance(each, Taken)]
    if not taken:
        refused = refused or [Refused(_(CHOOSE), 422)]
        with reads_only():
            return shelf.page(shelf.Place(), refused[0].status, [each.why for each in refused])
    came = [keeping.take_in(db.session(), each.kept, each.name, now()) for each in taken]
    new = {row.id: is_new for row, is_new in reversed(came)}
    db.session.commit()
    background.of(current_app).want(variants.JOB)
    return answer(new, [each.why for each in refused])


def replace(sent: list[FileStorage]) -> Response | AnyResponse:
    """Let a file take the place of a picture, wherever it is shown."""
    media_id = request.form.get("instead_of", type=int) or 0
    with reads_only():
        if media_id > LARGEST_ID or not queries.picture(media_id):
            abort(404)
    met = take(Store(current_app.config["KBLOG"].media), sent[0]) if sent else Refused(_(CHOOSE), 422)
    if isinstance(met, Taken):
        try:
            picture = queries.picture(media_id) or abort(404)
            keeping.replace(db.session(), picture, met.kept, met.name, now())
        except ValueError as refused:
            db.session.rollback()
            met = Refused(str(refused), 409)
    if isinstance(met, Refused):
        with reads_only():
            picture = queries.picture(media_id) or abort(404)
            return describing.page(picture, PictureForm.of(picture), shelf.Place(), met.status, met.why)
    db.session.commit()
    background.of(current_app).want(variants.JOB)
    flash(_("Replaced. Texts that show it show the new one in a moment."))
    return redirect(url_for("studio.library.show", media_id=media_id), 303)


def take(store: Store, sent: FileStorage) -> Taken | Refused:
    """Draw a picture anew into the folder, or say why it cannot be taken; nothing is left of it then."""
    name = file_name(sent.filename or "", UNNAMED)
    given = sent.stream.read(LARGEST + 1)
    if len(given) > LARGEST:
        return Refused(_("%(name)s: it has more than %(most)s MB.", name=name, most=LARGEST // 1024**2), 413)
    try:
        return Taken(name, store.keep(given))
    except NotAPicture as refused:
        is_known = not given or PICTURES.match(given[:BEGINNING])
        return Refused(f"{name}: {TROUBLES.told(str(refused))}.", 422 if is_known else 415)
    except OSError as error:
        return Refused(_("%(name)s: it cannot be stored (%(why)s).", name=name, why=error.strerror), 503)


def answer(new: dict[int, bool], refused: list[str]) -> Response | AnyResponse:
    """Show what came in: its tiles, or the shelf where they are; `new` says of each whether it was not here before."""
    with reads_only():
        pictures = queries.these(new)
        if htmx.wants_fragment():
            tiles = [(picture, PictureForm.of(picture), new[picture.id]) for picture in pictures]
            context = {"tiles": tiles, "place": shelf.Place(), "counts": queries.counts(), "refused": refused}
            context |= {"most_bytes": LARGEST, **shelf.around(pictures)}
            return make_response(render_template("studio/library/_arrived.html", **context), 201)
        address = for_cover(pictures[0]) or shelf.address_of(pictures[0])
    for sentence in refused:
        flash(sentence)
    return redirect(address, 303)


def for_cover(picture: Media) -> str:
    """Return where a picture becomes the cover of the review that it was sent for; "" where it was sent for none."""
    back = request.form.get("back", "")
    return f"{back}?picture={picture.hash}#picture" if COVER.fullmatch(back) else ""
