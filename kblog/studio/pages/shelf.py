"""The list of standing pages, and how a new one begins."""

from flask import redirect, render_template, request, url_for

from kblog.db import db, now, reads_only
from kblog.document import Document
from kblog.pages import BUILT_IN
from kblog.studio import drafting, queries

from . import standing
from .blueprint import bp


@bp.get("/")
def index():
    """The standing pages: About and Privacy, written or not, and whatever else there is."""
    pages = queries.pages()
    places = [(slug, BUILT_IN[slug], page) for slug, page in standing.written(pages).items()]
    placed = {page.id for _, _, page in places if page}
    others = [page for page in pages if page.id not in placed]
    return render_template("studio/pages/index.html", places=places, others=others)


@bp.post("/")
def create():
    """Begin a page: a blank one, or About or Privacy with the words that stand there until its author writes."""
    slug = request.form.get("slug", "")
    with reads_only():  # the built-in words are drawn before the writing begins
        document = standing.built_in(slug) if slug in BUILT_IN else Document()
    page = standing.written(queries.pages()).get(slug)  # two windows pressed the button
    if page is None:
        page = drafting.begin_page(db.session(), document, now())
    page_id = page.id
    db.session.commit()
    return redirect(url_for("studio.pages.edit", page_id=page_id), 303)
