"""How long 500 reviews with 10,000 comments take to come in, and how many queries a page costs then.

python -m bench.importing [--reviews 500] [--comments 10000]
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from kblog import create_app
from kblog.cli.site import load_samples
from kblog.config import Config
from kblog.db import db
from kblog.models import Comment, Review

from .corpus import write_backup

MOST_SECONDS, MOST_QUERIES = 60, 8  # what 500 reviews with 10,000 comments may cost
VISITS = 15  # of each page, for the median


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reviews", type=int, default=500)
    parser.add_argument("--comments", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder) / "samples")
        with app.app_context():
            load_samples()
            few = _visits(app)
            _close()
        export = Path(folder) / "made-up.xml"
        write_backup(export, reviews=asked.reviews, comments=asked.comments)
        app = _app(Path(folder) / "imported")
        with app.app_context():
            began, cpu = time.perf_counter(), time.process_time()
            result = app.test_cli_runner().invoke(args=["transfer", "import", str(export)])
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            stored = [db.session.scalar(sa.select(sa.func.count(model.id))) for model in (Review, Comment)]
            many = _visits(app)
            _close()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"import of {asked.reviews:,} reviews, {asked.comments:,} comments: {seconds:.1f} s ({cpu:.1f} s of CPU)")
    print(f"stored: {stored[0]:,} reviews, {stored[1]:,} comments; memory at most {megabytes:.0f} MB")
    print(f"{'':24}{'12 reviews':>24}{f'{asked.reviews:,} reviews':>24}")
    for name in few:
        sides = [f"{cold} cold, {warm} warm, {ms:.1f} ms" for cold, warm, ms in (few[name], many[name])]
        print(f"{name:24}{sides[0]:>24}{sides[1]:>24}")
    worst = max(max(cold, warm) for pages in (few, many) for cold, warm, _ in pages.values())
    is_whole = result.exit_code == 0 and stored == [asked.reviews, asked.comments]
    is_small = (asked.reviews, asked.comments) == (500, 10_000)
    return int(not is_whole or worst > MOST_QUERIES or (is_small and seconds > MOST_SECONDS))


def _app(folder: Path) -> Flask:
    app = create_app(Config(instance=folder))
    with app.app_context():
        flask_migrate.upgrade()
    return app


def _visits(app: Flask) -> dict[str, tuple[int, int, float]]:
    """Return queries of the first visit, of the second, and the median time of a page in milliseconds."""
    client = app.test_client()
    query = sa.select(Review.slug).where(Review.is_live()).order_by(Review.comment_count.desc())
    slug = db.session.scalar(query.limit(1))
    addresses = {
        "home": "/",
        "browse": "/reviews/",
        "browse, filtered": "/reviews/?genre=comedy&platform=netflix&region=US&q=a",
        "review": f"/reviews/{slug}/",
    }
    found = {}
    for name, address in addresses.items():
        app.extensions["kblog.cache"].things.clear()
        times, queries = [], []
        for _ in range(VISITS):
            with _Counted() as counted:
                began = time.perf_counter()
                assert client.get(address).status_code == 200
                times.append(1000 * (time.perf_counter() - began))
            queries.append(counted.number)
        found[name] = queries[0], queries[1], statistics.median(times)
    return found


class _Counted:
    """Counts the statements sent meanwhile."""

    number = 0

    def __enter__(self) -> "_Counted":
        sa.event.listen(db.engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_error: object) -> None:
        sa.event.remove(db.engine, "before_cursor_execute", self._count)

    def _count(self, _connection, _cursor, statement: str, *_rest) -> None:
        self.number += not statement.startswith(("BEGIN", "PRAGMA"))


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
