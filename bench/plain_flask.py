"""The control: the same database, review and comments served by plain Flask, SQLAlchemy and Jinja, nothing kept.

granian bench.plain_flask:app, with BENCH_DATABASE naming the SQLite file.
"""

import os

import sqlalchemy as sa
from flask import Flask, abort, render_template_string
from flask_sqlalchemy import SQLAlchemy
from markupsafe import Markup

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['BENCH_DATABASE']}"
db = SQLAlchemy(app)
with app.app_context():
    db.reflect()
    TABLES = db.metadata.tables


class Review(db.Model):
    __table__ = TABLES["review"]


class Comment(db.Model):
    __table__ = TABLES["comment"]


class Term(db.Model):
    __table__ = TABLES["term"]


class Filing(db.Model):
    __table__ = TABLES["filing"]


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ review.headline }}</title></head><body>
<h1>{{ review.work_title }}</h1><p>{{ review.native_title }} {{ review.year }}</p>
<aside><ul>{% for term, count in sidebar %}<li>{{ term.name }} ({{ count }})</li>{% endfor %}</ul></aside>
<article>{{ safe(review.body_html) }}</article>
<ul>{% for term in terms %}<li>{{ term.name }}</li>{% endfor %}</ul>
<ol>{% for comment in comments %}<li id="comment-{{ comment.id }}"><b>{{ comment.name }}</b>
<time>{{ comment.posted_at }}</time>{{ safe(comment.body_html) }}</li>{% endfor %}</ol></body></html>"""


@app.get("/reviews/<slug>/")
def show(slug: str) -> str:
    """A review as a tutorial would show it: entities, a sidebar that counts, a loop over the comments."""
    review = db.session.scalar(sa.select(Review).where(Review.slug == slug)) or abort(404)
    comments = db.session.scalars(
        sa.select(Comment).where(Comment.review_id == review.id, Comment.state == "visible").order_by(Comment.id)
    ).all()
    terms = db.session.scalars(
        sa.select(Term).join(Filing, Filing.term_id == Term.id).where(Filing.review_id == review.id)
    )
    counted = sa.select(Term, sa.func.count()).join(Filing, Filing.term_id == Term.id).where(Term.facet == "genre")
    sidebar = db.session.execute(counted.group_by(Term.id).order_by(sa.func.count().desc()).limit(20)).all()
    return render_template_string(
        PAGE, review=review, comments=comments, terms=terms.all(), sidebar=sidebar, safe=Markup
    )
