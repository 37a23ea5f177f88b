"""How the pictures of an old blog come in: out of a Takeout's albums, or fetched from where the texts show them."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from sqlalchemy.orm import Session

from kblog.db import now
from kblog.depot import Place
from kblog.media import keeping, queries, store
from kblog.media.fetching import NotFetched

from . import albums
from .addresses import split
from .archive import UNREADABLE, Member
from .report import Report

BATCH = 20  # pictures between two commits; a text with several of them is drawn anew once
MOST = 2_000  # pictures that one run asks for,
MOST_BYTES = 1024**3  # bytes,
MOST_SECONDS = 3600  # and how long it takes; the next run goes on
PAUSE = 0.2  # seconds between two: one at a time, and never in a hurry
STRIKES = 2  # a server that failed so often is left in peace by this run
NAME_LENGTH = 200


class Bringing:
    """Brings pictures to texts that are here already, so that it can be done again at any time.

    Its verbs yield when the caller commits, or rolls back in a dry run: no transaction is open while a picture is drawn
    or fetched. What is here already is left alone; a run that was killed loses what was not committed.
    """

    def __init__(self, session: Session, place: Place, report: Report, *, dry_run: bool = False) -> None:
        self.session, self.store, self.report, self.dry_run = session, store.Store(place), report, dry_run

    def from_albums(self, path: Path) -> Iterator[None]:
        """Take in those pictures of a Takeout that the texts show."""
        held = albums.pictures(path)
        if not held:
            return
        if not self.dry_run:
            self.store.tidy()
        shown = queries.shown(self.session)
        yield
        matched = albums.match(held, shown.times)
        self._account(held, matched)
        left = sum(shown.times.values())
        for start in range(0, len(matched.found), BATCH):
            arrivals = []
            for picture, addresses in matched.found[start : start + BATCH]:
                name = picture.member.parts[-1]
                if (kept := self._kept(picture.member)) is not None:
                    arrivals.append(keeping.Arrival(kept, name[:NAME_LENGTH], addresses))
                    times = sum(shown.times[address] for address in addresses)
                    self.report.counts["pictures_here"] += times
                    left -= times
            if not self.dry_run:
                keeping.add(self.session, arrivals, shown, now())
                yield
        self.report.counts["pictures"] = left

    def _account(self, held: list[albums.InAlbum], matched: albums.Matched) -> None:
        """Say what the albums hold, and what cannot be told."""
        many = "1 picture" if len(held) == 1 else f"{len(held):,} pictures"
        idle = f", {matched.unused:,} of them for no text that waits for one" if matched.unused else ""
        self.report.remarks.append(f"Albums/ holds {many}{idle}.")
        for address, number in matched.ambiguous.items():
            why = f"{number} different pictures in Albums/ have its name: none is taken"
            self.report.warnings.append((address, why))

    def _kept(self, member: Member) -> store.Kept | None:
        """Keep a picture of an album; say why where it cannot be."""
        name = member.parts[-1]
        try:
            if member.size > store.LARGEST:
                raise store.NotAPicture(f"it has more than {store.LARGEST // 1024**2} MB")
            with member.open() as stream:
                given = stream.read(store.LARGEST + 1)
        except UNREADABLE as error:
            self.report.losses.append((name, f"it cannot be read: {error}"))
            return None
        except store.NotAPicture as refused:
            self.report.losses.append((name, str(refused)))
            return None
        return self._drawn(given, name)

    def _drawn(self, given: bytes, name: str) -> store.Kept | None:
        try:
            kept = store.look(given) if self.dry_run else self.store.keep(given)
        except store.NotAPicture as refused:
            self.report.losses.append((name, str(refused)))
            return None
        if kept.note:
            self.report.warnings.append((name, kept.note))
        return kept

    def fetch(self, get: Callable[[str], bytes], pause: float = PAUSE) -> Iterator[None]:
        """Fetch the pictures that are not here yet, one at a time: first those that were never tried.

        `get` gives the file at an address, or raises NotFetched.
        """
        self.store.tidy()
        shown, tried = queries.shown(self.session), queries.tried(self.session)
        order = sorted(shown.times, key=lambda address: str(tried[address].tried_at) if address in tried else "")
        self.report.counts["pictures"] = sum(shown.times.values())
        yield
        began, size = time.monotonic(), 0
        strikes: Counter[str] = Counter()
        for number, address in enumerate(order):
            if number >= MOST or size >= MOST_BYTES or time.monotonic() - began >= MOST_SECONDS:
                left = f"{len(order) - number:,} pictures are left for the next run: this one has fetched enough."
                self.report.remarks.append(left)
                break
            host = split(address).hostname or ""
            if strikes[host] >= STRIKES:
                continue
            if number:
                time.sleep(pause)
            try:
                given = get(address)
                kept = self.store.keep(given)
            except (NotFetched, store.NotAPicture) as refused:
                strikes[host] += isinstance(refused, NotFetched) and refused.is_host
                self.report.losses.append((address, str(refused)))
                keeping.note_failure(self.session, address, str(refused), now())
            else:
                strikes[host] = 0
                size += len(given)
                self._take(kept, address, shown)
            yield
        failing = (host for host, number in strikes.items() if number >= STRIKES)
        self.report.remarks += [f"{host} failed {STRIKES} times and was asked for nothing more." for host in failing]

    def _take(self, kept: store.Kept, address: str, shown: queries.Shown) -> None:
        """Let a fetched picture stand for its address."""
        if kept.note:
            self.report.warnings.append((address, kept.note))
        name = unquote(PurePosixPath(split(address).path).name)[:NAME_LENGTH]
        keeping.add(self.session, [keeping.Arrival(kept, name, (address,))], shown, now())
        self.report.counts["pictures_fetched"] += shown.times[address]
        self.report.counts["pictures"] -= shown.times[address]
