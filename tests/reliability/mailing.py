"""Every process killed at once while mails go out, over and over, with the mail server away now and then.

python -m tests.reliability.mailing [--kills 20]

A real SMTP server in this process keeps what it acknowledged. Some mails lie ready, others are written down with the
comments of a reader meanwhile.
"""

import argparse
import contextlib
import random
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bench import commenting
from bench.server import Site
from kblog import create_app
from kblog.config import Config
from kblog.db import db, now
from kblog.mail import delivering, outbox
from kblog.mail.delivering import UNANSWERED
from kblog.models import Setting
from tests.mailing import AUTHOR, Postbox

from .recipes import FORM, Figures, ask, folder, is_sound, serving

READY = 80  # mails that wait at each start, at least
AWAY_EVERY = 5  # kills, after which the mail server is away for a moment
PATIENCE = 120  # seconds for mails to go out
BASE = "http://localhost"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args(arguments)
    figures = Figures()
    with folder() as place:
        kill(figures, place, asked.kills)
    return figures.end()


def kill(figures: Figures, instance: Path, kills: int, ready: int = READY) -> None:
    """Kill the site while mails go out, let the rest go out, and compare with what arrived."""
    commenting.prepare(instance)
    make_ready(instance, ready)
    postbox = Postbox()
    postbox.open()
    given = {"KBLOG_MAIL_URL": f"smtp://127.0.0.1:{postbox.port}", "KBLOG_BASE_URL": BASE}
    in_the_middle = 0
    try:
        with serving(instance, **given) as site:
            with readers(site) as asked:
                for number in range(1, kills + 1):
                    wanted = len(postbox.came) + 5
                    wait_for(lambda wanted=wanted: len(postbox.came) >= wanted)  # it is at it
                    if number % AWAY_EVERY == 0:
                        postbox.close()
                        time.sleep(random.uniform(0.1, 0.5))
                    time.sleep(random.uniform(0, 0.5))
                    site.kill()
                    postbox.close()
                    postbox.open()
                    in_the_middle += in_hand(instance)
                    make_ready(instance, ready - waiting(instance))
                    site.start()
            make_ready(instance, 0)
            wait_for(lambda: not waiting(instance))
    finally:
        postbox.close()
    compare(figures, instance, postbox, asked, kills, in_the_middle)


def compare(
    figures: Figures, instance: Path, postbox: Postbox, asked: list[str], kills: int, in_the_middle: int
) -> None:
    """Say what was written down, what arrived, and whether each mail did so once."""
    with contextlib.closing(sqlite3.connect(instance / "kblog.db")) as connection:
        written = {f"<{token}@{urlsplit(BASE).hostname}>" for (token,) in connection.execute("SELECT token FROM mail")}
        states = dict(connection.execute("SELECT state, count(*) FROM mail GROUP BY state"))
        (believed,) = connection.execute("SELECT count(*) FROM mail WHERE trouble = ?", (UNANSWERED,)).fetchone()
        known = {address for (address,) in connection.execute("SELECT address FROM subscription")}
    arrived = Counter(str(mail["Message-ID"]) for mail in postbox.mails)
    addressed = Counter(address for address, _ in postbox.came if address != AUTHOR)
    figures.say("kills of all processes", f"{kills}, {in_the_middle} of them with a mail in hand")
    figures.say("of those, known from the slip to have gone", believed)
    figures.say("mails written down", f"{len(written)}, {len(asked)} of them with a comment that was acknowledged")
    figures.say("states", states, set(states) == {"sent"})
    figures.none("lost", len(written - arrived.keys()) + len(set(asked) - addressed.keys()) + len(set(asked) - known))
    figures.none("twice", sum(number > 1 for number in arrived.values()))
    figures.none("arrived without having been written down", len(arrived.keys() - written))
    figures.say("integrity_check", is_sound(instance / "kblog.db"), is_sound(instance / "kblog.db"))


@contextlib.contextmanager
def readers(site: Site) -> Iterator[list[str]]:
    """Let a reader comment again and again, each time from another address; yield those that were acknowledged."""
    asked: list[str] = []
    is_over = threading.Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            address = f"guest-{number}@example.org"
            fields = {"name": f"Guest {number}", "body": f"Comment {number}.", "email": address, "key": f"m-{number}"}
            while not is_over.is_set():
                with contextlib.suppress(OSError, ValueError):  # it is being killed: the same is sent again
                    if ask(site, FORM, fields).status == 303:
                        asked.append(address)
                        break
                time.sleep(0.1)
            time.sleep(0.1)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield asked
    finally:
        is_over.set()
        thread.join()


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)


def make_ready(instance: Path, number: int) -> None:
    """Let so many mails wait, and be tried at once: those, too, that the server was not there for."""
    app = create_app(Config(instance=instance), has_commands=False)
    with app.app_context():
        db.session.merge(Setting(name="author_mail", value=AUTHOR))
        delivering.try_again(db.session(), now())
        for _ in range(number):
            outbox.test(db.session(), now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def waiting(instance: Path) -> int:
    return _count(instance, "state = 'waiting'")


def in_hand(instance: Path) -> int:
    return _count(instance, "state = 'waiting' AND claimed_at IS NOT NULL")


def _count(instance: Path, condition: str) -> int:
    with contextlib.closing(sqlite3.connect(instance / "kblog.db")) as connection:
        return connection.execute(f"SELECT count(*) FROM mail WHERE {condition}").fetchone()[0]


if __name__ == "__main__":
    sys.exit(main())
