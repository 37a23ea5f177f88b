"""The standing pages: about, privacy, and those that came with an import; and whether the site is well."""

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, redirect, render_template, request

from kblog import depot
from kblog.addresses import url_for
from kblog.comments.threads import queries as threads
from kblog.db import db, trouble
from kblog.models import ContentVersion, Page, Redirect

bp = Blueprint("pages", __name__)

BUILT_IN = {"about": "About", "privacy": "Privacy"}  # what any K-Blog says of itself, until its author does


@bp.get("/pages/<slug>/")
def show(slug: str):
    """One page, with the comments it came with."""
    page = db.session.scalar(sa.select(Page).where(Page.slug == slug, Page.is_live()))
    if page is None:
        moved = sa.select(Page.slug).join(Redirect, Redirect.page_id == Page.id)
        if new := db.session.scalar(moved.where(Redirect.path == f"/pages/{slug}/", Page.is_live())):
            return redirect(url_for("pages.show", slug=new), 301)
        if slug in BUILT_IN:
            return render_template(f"pages/{slug}.html")
        taken_back = sa.select(Page.id).where(Page.slug == slug, Page.is_taken_back())
        abort(404 if db.session.scalar(taken_back) is None else 410)
    number = max(1, request.args.get("page", 1, type=int))
    thread = threads.thread(page_id=page.id, page=number)
    if number > 1 and not thread.entries:
        abort(404)
    return render_template("pages/show.html", page=page, thread=thread)


@bp.get("/healthz")
def healthz():
    """Whether the database answers and takes something in, for whoever watches over the process.

    200 as long as readers get their pages: a site that can only be read, or lacks its pictures, is no better for being
    started again.
    """
    db.session.execute(sa.select(ContentVersion.version))
    found = trouble()
    words = found.value if found else depot.of(current_app.config["KBLOG"].media).heard()
    said = {"status": "degraded", "trouble": words} if words else {"status": "ok"}
    return said, 200, {"Cache-Control": "no-store"}
