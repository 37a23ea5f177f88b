"""The clock jumps: back a day, on a year, over the turn of a season; what was begun goes on, and nobody is locked out.

python -m tests.reliability.clock

Needs libfaketime (on Debian, apt-get install libfaketime): the server alone sees the other time.
"""

import contextlib
import re
import sqlite3
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import commenting
from bench.server import Site
from kblog import create_app
from kblog.config import Config
from kblog.db import db
from kblog.document import Document
from kblog.transfer.loader import Loader

from .recipes import FORM, Figures, ask, folder, is_sound, not_read, serving

LIBRARIES = [Path(f"/usr/lib/{kind}/faketime/libfaketime.so.1") for kind in ("x86_64-linux-gnu", "aarch64-linux-gnu")]
AUGUST = datetime(2027, 8, 10, 9, tzinfo=UTC)
LATER = "later-work"  # a review that becomes public two hours after AUGUST


def main(arguments: Sequence[str] | None = None) -> int:
    figures = Figures()
    library = next((path for path in LIBRARIES if path.exists()), None)
    if library is None:
        print("  left out: this needs libfaketime (on Debian, apt-get install libfaketime)")
        return 0
    with folder() as place:
        commenting.prepare(place)
        _schedule(place)
        said = place / "time"
        jump(said, AUGUST)
        given = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(said), "FAKETIME_NO_CACHE": "1"}
        given |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "KBLOG_GUARD": "on", "TZ": "UTC"}
        with serving(place, place / "log", **given) as site:
            follow(figures, site, said, place)
        lines = (place / "log").read_text()
        figures.none("tracebacks in the log", lines.count("Traceback"))
        figures.say("integrity_check", is_sound(place / "kblog.db"), is_sound(place / "kblog.db"))
    return figures.end()


def follow(figures: Figures, site: Site, said: Path, place: Path) -> None:
    """Lead the server through its times, and look each time at what readers get and writers may do."""
    figures.say("a scheduled review before its time", *_is(ask(site, f"/reviews/{LATER}/").status, 404))
    taken = [write(site, each) for each in range(7)]
    figures.say("seven comments at once", _counts(taken), taken.count(303) == 5 and taken.count(429) == 2)
    jump(said, AUGUST + timedelta(hours=2, minutes=1))
    figures.say("two hours on it is public", *_is(ask(site, f"/reviews/{LATER}/").status, 200))
    figures.say("times in the feed", *_is(ask(site, "/feeds/reviews.atom").body.count(f"/reviews/{LATER}/</id>") or
                ask(site, "/feeds/reviews.atom").body.count(f"<title>{LATER}</title>"), 1))  # fmt: skip
    updated = _updated(site)
    figures.say("a comment", *_is(write(site, 10), 303))
    for name, moment in (
        ("a day back", AUGUST - timedelta(days=1)),
        ("a year on", AUGUST + timedelta(days=365)),
        ("just before the clocks go back", datetime(2027, 10, 31, 0, 59, 50, tzinfo=UTC)),
        ("just after", datetime(2027, 10, 31, 1, 0, 10, tzinfo=UTC)),
    ):
        jump(said, moment)
        missing = not_read(site)
        figures.none(f"{name}: pages that do not come {missing or ''}", len(missing))
        figures.say(f"{name}: a comment", *_is(write(site, int(moment.timestamp())), 303))
    jump(said, AUGUST + timedelta(days=366))
    figures.say("the feed's date, then and now", f"{updated}, {_updated(site)}", updated <= _updated(site))
    with contextlib.closing(sqlite3.connect(place / "kblog.db")) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM comment ORDER BY rowid")]
        published = connection.execute("SELECT count(*) FROM review WHERE slug = ?", (LATER,)).fetchone()[0]
    figures.say("comments, in the order they came", len(ids), ids == sorted(set(ids)))
    figures.say("reviews made of the scheduled one", *_is(published, 1))


def jump(said: Path, moment: datetime) -> None:
    """Let the server's clock stand at a moment, and go on from there."""
    beside = said.with_name("time.new")
    beside.write_text(f"@{moment:%Y-%m-%d %H:%M:%S}\n")
    beside.replace(said)
    time.sleep(0.2)


def write(site: Site, number: int) -> int:
    """Open the form, wait as long as its time trap wants, and post a comment; return the status."""
    opened = ask(site, f"{FORM}/new").body
    stamp = re.search(r'name="stamp" value="([^"]+)"', opened)
    fields = {"name": f"Guest {number}", "body": f"Comment {number}, at whatever time it is.", "key": f"clock-{number}"}
    return ask(site, FORM, fields | {"stamp": stamp[1] if stamp else ""}).status


def _is(value: object, wanted: object) -> tuple[object, bool]:
    return value, value == wanted


def _counts(statuses: Sequence[int]) -> str:
    return ", ".join(f"{statuses.count(each)} of {each}" for each in sorted(set(statuses)))


def _updated(site: Site) -> str:
    return re.search(r"<updated>([^<]+)<", ask(site, "/feeds/reviews.atom").body)[1]  # type: ignore[index]


def _schedule(place: Path) -> None:
    app = create_app(Config(instance=place))
    with app.app_context():
        at = AUGUST + timedelta(hours=2)
        described = Document(slug=LATER, headline=LATER, published_at=at, body="Later.")
        Loader(db.session()).store(described, "clock:later")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
