"""What the studio's pages of numbers cost after years: time of the processor, and how many statements.

python -m bench.insights [--reviews 5000] [--days 1095] [--comments 100000]

Every review was read on every day, so that there is a row for each. The pages are asked for by a logged-in author,
whole, without a server.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from werkzeug.test import Client

from kblog import create_app, markup
from kblog.auth import author, passwords
from kblog.config import Config
from kblog.db import db, now
from kblog.models import Comment
from kblog.reviews.routes import today

from .finding import write
from .importing import Counted

ROUNDS = 7
BAR = 300.0  # ms: a page that is looked at once a day
NAME, PASSWORD = "Bae Harin", "seven lanterns over Mokpo harbour"
VIEWS = """
WITH RECURSIVE ago(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM ago WHERE n + 1 < :days)
INSERT INTO review_views SELECT review.id, date(:today, '-' || n || ' days'), 1 + (review.id * 7919 + n * 104729) % 60
FROM review CROSS JOIN ago ORDER BY 1, 2
"""
SUMS = (
    "INSERT INTO day_views SELECT day, sum(views) FROM review_views GROUP BY day",
    "INSERT INTO month_views SELECT date(day, 'start of month') AS month, review_id, sum(views)"
    " FROM review_views GROUP BY month, review_id",
)
STATES = ("spam", "removed", "pending", *["visible"] * 17)
CHUNK = 10_000
BODY = markup.render_comment("Words.")
SEARCHES = """
WITH RECURSIVE each(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM each WHERE n + 1 < 90 * 500)
INSERT INTO vain_search SELECT date(:today, '-' || (n % 90) || ' days'), 'word ' || (n / 90), 'Word ' || (n / 90),
1 + n % 7 FROM each
"""
PAGES = (
    *(f"/studio/insights/?period={name}" for name in ("7", "30", "90", "year", "all")),
    "/studio/insights/reviews/1/",
    "/studio/insights/reviews.csv?period=all",
    *(f"/studio/insights/comments/?period={name}" for name in ("30", "year", "all")),
    "/studio/insights/searches/?period=90",
    "/studio/",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=3 * 365)
    parser.add_argument("--comments", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), asked.reviews, asked.days, asked.comments)


def measure(folder: Path, reviews: int, days: int, comments: int) -> int:
    """Fill a site, ask for each page, and return how many missed the bar."""
    app = create_app(Config(instance=folder))
    app.config["PASSWORD_COST"] = passwords.Cost(kib=8, passes=1)
    with app.app_context():
        flask_migrate.upgrade()
        write(reviews)
        started = time.perf_counter()
        fill(reviews, days, comments)
        print(f"{reviews * days:,} rows of views, {comments:,} comments: {time.perf_counter() - started:.0f} s")
        author.create(
            db.session(),
            name=NAME,
            password_hash=passwords.hashed(PASSWORD, app.config["PASSWORD_COST"]),
            moment=now(),
        )
        db.session.commit()
        db.session.remove()
        client = Client(app)
        logged_in = client.post(
            "/studio/login", data={"name": NAME, "password": PASSWORD}, headers={"Origin": "http://localhost"}
        )
        assert logged_in.status_code == 303, logged_in.text
        missed = 0
        for url in PAGES:
            times = []
            for _ in range(ROUNDS):
                with Counted() as counted:
                    began = time.process_time()
                    answer = client.get(url)
                    times.append((time.process_time() - began) * 1000)
                assert answer.status_code == 200, url
            took = statistics.median(times)
            missed += took > BAR
            print(f"  {took:8.1f} ms  {counted.number:2} statements  {url}{'  MISSED' * (took > BAR)}", flush=True)
        counting(app, reviews)
        db.session.remove()
        db.engine.dispose()
    return 1 if missed else 0


def fill(reviews: int, days: int, comments: int) -> None:
    """Write the rows past the triggers, and their sums after them."""
    given = {"days": days, "today": today().isoformat()}
    db.session.rollback()
    with db.engine.begin() as connection:
        kept = connection.execute(
            sa.text("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'review_views'")
        ).all()
        for name, _ in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(sa.text(VIEWS), given)
        for statement in SUMS:
            connection.execute(sa.text(statement))
        for _, statement in kept:
            connection.exec_driver_sql(statement)
        connection.execute(sa.text(SEARCHES), given)
        for start in range(0, comments, CHUNK):
            some = range(start, min(start + CHUNK, comments))
            connection.execute(sa.insert(Comment), [comment(n, reviews, days) for n in some])


def comment(n: int, reviews: int, days: int) -> dict:
    """Describe one of the comments, some of them decided about."""
    at = now() - timedelta(hours=n % (days * 24))
    is_decided = 3 <= n % 20 <= 6
    return {
        "review_id": 1 + n * 7919 % reviews,
        "name": "Guest",
        "body": "Words.",
        "body_html": BODY,
        "state": STATES[n % 20],
        "posted_at": at - timedelta(hours=1 + n % 50),
        "state_before": "pending" if is_decided else "",
        "decided_at": at if is_decided else None,
    }


def counting(app, reviews: int) -> None:
    """Say what it costs to write five seconds' worth of views, one of each review."""
    gatherer = app.extensions["kblog.traffic"]
    for number in range(1, reviews + 1):
        gatherer.add(number, today() + timedelta(days=1))
    db.session.rollback()
    began = time.process_time()
    assert gatherer.write() == reviews
    print(f"  {(time.process_time() - began) * 1000:8.1f} ms  to write the views of {reviews:,} reviews")


if __name__ == "__main__":
    sys.exit(main())
