"""What leads programs about the site: the sitemap, robots.txt, how it is searched and installed, its icons."""

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, make_response, redirect, render_template

from kblog import cache
from kblog.addresses import url_for
from kblog.db import db
from kblog.feeds import xml
from kblog.language import ENGLISH, speaking, spoken
from kblog.models import Availability, Filing, Page, Redirect, Review, Term
from kblog.pages import BUILT_IN
from kblog.reviews import queries
from kblog.reviews.filters import FACET_OF, INDEXES

bp = Blueprint("signposts", __name__)

MOST_ADDRESSES = 50_000  # in one sitemap, says sitemaps.org; more of them are parts of an index
PAPER = "#fcfaf6"  # of the style sheet, by day


@bp.get("/sitemap.xml")
@bp.get("/sitemaps/<int(min=1):number>.xml")
def sitemap(number: int = 0):
    """Every address worth finding; no combinations of filters. Too many for one file are an index of parts."""
    zone = cache.site().zone
    rows = db.session.execute(
        sa.select(Review.slug, Review.published_at, Review.updated_at)
        .where(Review.is_live())
        .order_by(Review.published_at.desc(), Review.id.desc())
    ).all()
    pages = db.session.scalars(sa.select(Page.slug).where(Page.is_live()).order_by(Page.slug)).all()
    moved = sa.select(Redirect.path).join(Page, Page.id == Redirect.page_id).where(Page.is_live())
    standing = [url_for("pages.show", slug=slug) for slug in dict.fromkeys([*pages, *BUILT_IN])]
    leading_on = set(db.session.scalars(moved.where(Redirect.path.in_(standing))))
    months = dict.fromkeys(row.published_at.astimezone(zone).strftime("%Y/%m") for row in rows)
    filed = sa.exists().where(Filing.term_id == Term.id, Review.id == Filing.review_id, Review.is_live())
    watchable = sa.exists().where(
        Availability.platform_id == Term.id,
        Availability.status == "available",
        Review.id == Availability.review_id,
        Review.is_live(),
    )
    terms = db.session.execute(
        sa.select(Term.facet, Term.slug).where(filed | watchable).order_by(Term.facet, Term.slug)
    )
    addresses = [
        (url_for("reviews.home"), None),
        (url_for("reviews.index"), None),
        (url_for("reviews.archive"), None),
        (url_for("lines.index"), None),
        *((url_for("reviews.show", slug=row.slug), row.updated_at or row.published_at) for row in rows),
        *((address, None) for address in standing if address not in leading_on),
        *((url_for("reviews.terms", index=index), None) for index in FACET_OF),
        *((url_for("reviews.term", index=INDEXES[facet], slug=slug), None) for facet, slug in terms),
        (url_for("reviews.years"), None),
        *((url_for("reviews.year", year=year), None) for year in sorted(queries.catalogue().sets["year"])),
        (url_for("reviews.titles"), None),
        *((url_for("reviews.archive") + month + "/", None) for month in months),
    ]
    parts = [addresses[at : at + MOST_ADDRESSES] for at in range(0, len(addresses), MOST_ADDRESSES)]
    if number > len(parts) or (number and len(parts) == 1):
        abort(404)
    if not number and len(parts) > 1:
        of_part = [url_for("signposts.sitemap", number=each) for each in range(1, len(parts) + 1)]
        return xml("signposts/sitemap_index.xml", "application/xml", addresses=of_part)
    return xml("signposts/sitemap.xml", "application/xml", addresses=parts[max(0, number - 1)])


@bp.get("/opensearch.xml")
def opensearch():
    """How a browser searches this site from its own address bar."""
    return xml("signposts/opensearch.xml", "application/opensearchdescription+xml")


@bp.get("/manifest.webmanifest")
def manifest():
    """How the site is called and which icons it has, where somebody puts it among their apps."""
    icons = [{"src": cache.static_url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    for name, purpose in (("icon-192", "any"), ("icon-512", "any"), ("icon-maskable-512", "maskable")):
        size = name.rpartition("-")[2]
        icon = {
            "src": cache.static_url(f"{name}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        icons.append(icon)
    site = cache.site()
    described = {
        "name": site.name,
        "short_name": site.name,
        "description": site.description,
        "lang": spoken(),
        "id": url_for("reviews.home"),
        "start_url": url_for("reviews.home"),
        "scope": url_for("reviews.home"),
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    response = current_app.json.response(described)
    response.mimetype = "application/manifest+json"
    return response


@bp.get("/favicon.ico", defaults={"name": "icon-48.png"})
@bp.get("/apple-touch-icon.png", defaults={"name": "icon-apple-180.png"})
def icon(name: str):
    """The icons at the addresses where they are looked for by who read no page."""
    return redirect(cache.static_url(name))


@bp.get("/robots.txt")
def robots():
    """Everything may be read; the filters need not be followed."""
    with speaking(ENGLISH):  # machines read it, and it is there before the database is
        response = make_response(render_template("signposts/robots.txt"))
    response.mimetype = "text/plain"
    return response
