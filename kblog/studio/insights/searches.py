"""What readers searched for in vain, and how a review of it begins."""

from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, url_for

from kblog.db import db, now
from kblog.language import gettext as _
from kblog.language import plural
from kblog.overview import Row
from kblog.reviews.routes import today
from kblog.studio import access, asked, drafting
from kblog.traffic.searches import LONGEST, kept_words

from . import queries
from .blueprint import bp
from .charts import drawn
from .periods import A_DAY, WORDS, Period, period
from .tables import as_csv

PAGE_SIZE = 50  # searches
MOST_ROWS = 100_000  # of a file
LATELY = {name: WORDS[name] for name in ("7", "30", "90")}  # they are kept no longer


@bp.get("/searches/")
def searches() -> str:
    """What was searched for and is not here."""
    chosen = lately()
    page = asked.page(request.args)
    until = chosen.until + A_DAY  # today's, too: they are no number to compare
    rows = queries.vain_searches(chosen.first, until, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    by_day = queries.vain_by_day(chosen.first, until)
    numbers = chosen.sums(by_day)
    return render_template(
        "studio/insights/searches.html",
        periods=LATELY,
        period=chosen,
        rows=rows,
        numbers=numbers,
        total=sum(numbers),
        today=by_day.get(chosen.until, 0),
        chart_drawn=drawn(chosen, {"searches": numbers}, lambda number, _kind: plural(number, "search", "searches")),
        page=page,
        last=-(-rows[0].total // PAGE_SIZE) if rows else page,
    )


@bp.get("/searches.csv")
def searches_csv() -> Response:
    """All of them as a file."""
    chosen = lately()
    rows = queries.vain_searches(chosen.first, chosen.until + A_DAY, MOST_ROWS)
    said = [(row.words or "(others)", row.times, row.last) for row in rows]
    return as_csv(f"searches-{chosen.name}", ("Words", "Times", "Last day"), said)


@bp.post("/searches/write")
@access.resumable
def write(form):
    """Begin a draft about what was searched for, or go on with the review that is called so already."""
    words = kept_words(form.get("words", "")[: LONGEST * 4]) or ""
    if words and (there := queries.called(words)):
        flash(_("You have begun a review of this name already. Here it is."))
        return redirect(url_for("studio.editor.edit", review_id=there), 303)
    document = drafting.blank("")
    if words:
        document = replace(document, overview=(Row("Title", words),))
    review = drafting.begin(db.session(), document, now())
    db.session.commit()
    return redirect(url_for("studio.editor.edit", review_id=review.id), 303)


def lately() -> Period:
    name = request.args.get("period", "")
    return period(name if name in LATELY else "", today(), None)
