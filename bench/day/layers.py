"""What stands between a reader and a page that has to be made: a CDN's places, its shield, K-Blog's kept pages."""

from collections import Counter
from math import inf
from random import Random
from typing import NamedTuple

from kblog.cache.pages import MOST_BYTES, Page, PageCache
from kblog.cache.version import Version

from .kinds import Kind
from .traffic import Stretch


class Setup(NamedTuple):
    """Machines, and what stands before them.

    `ttl` is how many seconds a shared cache sends a page by itself; 0: it asks K-Blog each time, as K-Blog's headers
    say; None: there is none. A `shield` is one more place, which the others ask.
    """

    name: str
    machines: int = 1
    ttl: float | None = None
    places: int = 1
    shield: bool = False


class Timed:
    """A shared cache that keeps each answer for so many seconds, with room for all."""

    def __init__(self, ttl: float) -> None:
        self.ttl = ttl
        self.until: dict[int, float] = {}

    def has(self, address: int, now: float) -> bool:
        """Whether it has an answer; else it asks for one now, and has it from now on."""
        if self.until.get(address, 0.0) > now:
            return True
        self.until[address] = now + self.ttl
        return False


class Sized:
    """Stands for an answer of so many bytes, as K-Blog's page cache counts them."""

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size


class Tally:
    """How many requests of each kind came to each layer, and how many ended there."""

    def __init__(self, every: list[Kind]) -> None:
        self.kinds = every
        self.asked: Counter[int] = Counter()  # by readers
        self.edge: Counter[int] = Counter()  # answered by a CDN's place
        self.shield: Counter[int] = Counter()  # or by its shield
        self.origin: Counter[int] = Counter()  # came to K-Blog
        self.kept: Counter[int] = Counter()  # answered with a kept page
        self.made: Counter[int] = Counter()  # made anew


def run(
    every: list[Kind],
    sizes: list[int],
    part: Stretch,
    setup: Setup,
    processes: int,
    dice: Random,
    most_bytes: int = MOST_BYTES,
) -> Tally:
    """Let the requests of a stretch pass through the layers.

    K-Blog's own page cache keeps the pages, one for each process, with its own memory, order and versions. A page is
    there as soon as it is asked for: several who ask while it is made are answered with it, there as here.
    """
    tally, version, due = Tally(every), 0, 0
    places = [Timed(setup.ttl or 0) for _ in range(setup.places)]
    shield = Timed(setup.ttl or 0) if setup.shield else None
    caches = [page_cache(most_bytes) for _ in range(setup.machines * processes)]
    answers = [Sized(size) for size in sizes]
    unknown = cold_shares(every, part, setup)
    has_edge, changes = setup.ttl is not None, [*part.changes, inf]
    for now, kind, address, place in part.requests:
        while changes[due] <= now:
            due += 1
            version += 1
        counts = now >= part.warm
        _, _, _, _, _, _, is_shared, is_kept, for_good = every[kind]
        tally.asked[kind] += counts
        if has_edge and is_shared:
            if for_good:
                if dice.random() >= unknown[kind]:
                    tally.edge[kind] += counts
                    continue
            elif places[place % setup.places].has(address, now):
                tally.edge[kind] += counts
                continue
            elif shield is not None and shield.has(address, now):
                tally.shield[kind] += counts
                continue
        tally.origin[kind] += counts
        cache = caches[int(dice.random() * len(caches))]
        if is_kept and cache.find(address, version):  # type: ignore[arg-type]
            tally.kept[kind] += counts
            continue
        tally.made[kind] += counts
        if is_kept:
            cache.keep(address, Page(version, inf, answers[kind]))  # type: ignore[arg-type]
    return tally


def page_cache(most_bytes: int) -> PageCache:
    """Return a page cache as K-Blog has it, with nothing behind it; a key or a version may be any value here."""
    return PageCache(lambda _environ, _start: [], lambda: Version(0, 0), most_bytes)


def cold_shares(every: list[Kind], part: Stretch, setup: Setup) -> list[float]:
    """Return for each kind that is kept for good how likely nobody asked this place for it before, that day.

    Each place asks once for each address (the shield once for all): so many of the day's requests at most.
    """
    askers = 1 if setup.shield else setup.places
    return [min(1.0, kind.number * askers / max(1.0, kind.rate * 86_400)) if kind.for_good else 0.0 for kind in every]
