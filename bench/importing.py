"""How long 500 reviews with 10,000 comments take to come in, and how many queries a page costs then.

python -m bench.importing [--reviews 500] [--comments 10000] [--words 1800]

The large one is --reviews 5000 --comments 100000. The parts are told in time of the processor, by a clock around the
functions that do them; what runs within another part is told with that one.
"""

import argparse
import contextlib
import inspect
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from kblog import create_app, markup
from kblog.cli.site import load_samples
from kblog.config import Config
from kblog.db import db
from kblog.models import Comment, Review
from kblog.transfer import blogger, filing, prose
from kblog.transfer.loader import Loader

from . import results
from .corpus import write_backup

MOST_SECONDS = {(500, 10_000): 60, (5_000, 100_000): 240}  # by reviews and comments
MOST_MEGABYTES, MOST_QUERIES = 500, 8
PARTS = {
    "reading the file": (blogger, "read"),
    "HTML to Markdown": (prose, "convert"),
    "drawing reviews, sanitised twice": (markup, "render_review"),
    "drawing comments, sanitised twice": (markup, "render_comment"),
    "filing under terms": (filing.Terms, "file"),
    "writing each batch": (Loader, "_settle"),
    "commits": (Session, "commit"),
}
VISITS = 15  # of each page, for the median


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviews", type=int, default=500)
    parser.add_argument("--comments", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=1_800, help="of each review")
    results.add_option(parser)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder) / "samples")
        with app.app_context():
            load_samples()
            few = _visits(app)
            _close()
        export = Path(folder) / "made-up.xml"
        write_backup(export, reviews=asked.reviews, comments=asked.comments, words=asked.words)
        app = _app(Path(folder) / "imported")
        with app.app_context():
            began, cpu = time.perf_counter(), time.process_time()
            with _timed() as parts:
                result = app.test_cli_runner().invoke(args=["transfer", "import", str(export)])
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            stored = [db.session.scalar(sa.select(sa.func.count(model.id))) for model in (Review, Comment)]
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            many = _visits(app)
            _close()
    print(f"import of {asked.reviews:,} reviews, {asked.comments:,} comments: {seconds:.1f} s ({cpu:.1f} s of CPU)")
    print(f"stored: {stored[0]:,} reviews, {stored[1]:,} comments; memory at most {megabytes:.0f} MB")
    for name, part in parts.items():
        print(f"  {part:7.1f} s  {name}")
    print(f"  {cpu - sum(parts.values()):7.1f} s  the rest")
    print(f"{'':24}{'12 reviews':>24}{f'{asked.reviews:,} reviews':>24}")
    for name in few:
        sides = [f"{cold} cold, {warm} warm, {ms:.1f} ms" for cold, warm, ms in (few[name], many[name])]
        print(f"{name:24}{sides[0]:>24}{sides[1]:>24}")
    worst = max(max(cold, warm) for pages in (few, many) for cold, warm, _ in pages.values())
    is_whole = result.exit_code == 0 and stored == [asked.reviews, asked.comments]
    size, figures = (asked.reviews, asked.comments), {name: f"{part:.1f} s" for name, part in parts.items()}
    figures |= {"in all, by the clock": f"{seconds:.1f} s", "in all, of the processor": f"{cpu:.1f} s"}
    figures |= {"memory at most": f"{megabytes:.0f} MB"}
    most = MOST_SECONDS.get(size, cpu)
    bars = [
        ("import, of the processor's time", f"{most:.0f} s", f"{cpu:.0f} s", cpu <= most),
        ("import, memory", f"{MOST_MEGABYTES} MB", f"{megabytes:.0f} MB", megabytes <= MOST_MEGABYTES),
        ("import, all is stored", f"{size[0]:,} and {size[1]:,}", f"{stored[0]:,} and {stored[1]:,}", is_whole),
    ]
    sizes = {"reviews": asked.reviews, "comments": asked.comments}
    results.keep(asked.out, "importing", **sizes, figures=figures, bars=results.bars(bars))
    is_late = cpu > MOST_SECONDS.get((asked.reviews, asked.comments), cpu)
    return int(not is_whole or worst > MOST_QUERIES or is_late or megabytes > MOST_MEGABYTES)


@contextlib.contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Tell how much of the processor's time each part takes meanwhile."""
    parts, within = dict.fromkeys(PARTS, 0.0), []
    originals = {name: getattr(owner, attribute) for name, (owner, attribute) in PARTS.items()}
    for name, (owner, attribute) in PARTS.items():
        setattr(owner, attribute, _clocked(originals[name], name, parts, within))
    try:
        yield parts
    finally:
        for name, (owner, attribute) in PARTS.items():
            setattr(owner, attribute, originals[name])


def _clocked(work: Callable, name: str, parts: dict[str, float], within: list[str]) -> Callable:
    """Put a clock around a function; of one that gives records one by one, around each."""

    @contextlib.contextmanager
    def clock() -> Iterator[None]:
        began = time.process_time()
        within.append(name)
        try:
            yield
        finally:
            within.pop()
            parts[name] += 0 if within else time.process_time() - began

    def clocked(*given, **more):
        with clock():
            made = work(*given, **more)
        return one_by_one(made) if inspect.isgenerator(made) else made

    def one_by_one(made):
        while True:
            with clock():
                each = next(made, None)
            if each is None:
                return
            yield each

    return clocked


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
            with Counted() as counted:
                began = time.perf_counter()
                assert client.get(address).status_code == 200
                times.append(1000 * (time.perf_counter() - began))
            queries.append(counted.number)
        found[name] = queries[0], queries[1], statistics.median(times)
    return found


class Counted:
    """Counts the statements sent meanwhile."""

    number = 0

    def __enter__(self) -> "Counted":
        event.listen(db.engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._count)

    def _count(self, _connection, _cursor, statement: str, *_rest) -> None:
        self.number += not statement.startswith(("BEGIN", "PRAGMA"))


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
