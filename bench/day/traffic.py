"""The requests of a stretch of the day, one by one, and the changes that come between them."""

from itertools import accumulate
from random import Random
from typing import NamedTuple

from .assumptions import Day
from .kinds import Kind

Request = tuple[float, int, int, int]  # when, the number of its kind, its address, the CDN's place that it comes to


class Stretch(NamedTuple):
    """Some seconds of requests, in order, and when something changed that readers can see."""

    seconds: float
    warm: float  # so much of it at the start is not counted: the caches fill
    requests: list[Request]
    changes: list[float]


def stretch(
    day: Day, every: list[Kind], busy: float, seconds: float, warm: float, dice: Random, *, is_rush: bool = False
) -> Stretch:
    """Draw a stretch that is so busy, 1 being the mean of the day; the same dice give the same requests."""
    whole = seconds + warm
    firsts = first_addresses(every)
    places = list(accumulate(1 / (n + 1) ** day.place_skew for n in range(day.places)))
    requests: list[Request] = []
    for number, kind in enumerate(every):
        times = int(kind.rate * busy * whole + dice.random())
        asked = dice.choices(range(kind.number), cum_weights=weights(kind.number, kind.skew), k=times)
        if is_rush and kind.name == "review":
            asked = [0 if dice.random() < day.rush_share else each for each in asked]
        first = firsts[kind.space]
        at = dice.choices(range(day.places), cum_weights=places, k=times)
        requests += [
            (dice.random() * whole, number, first + address, place) for address, place in zip(asked, at, strict=True)
        ]
    requests.sort()
    changes = sorted(dice.random() * whole for _ in range(int(day.changes * busy * whole + dice.random())))
    return Stretch(seconds, warm, requests, changes)


def first_addresses(every: list[Kind]) -> dict[str, int]:
    """Return the number of the first address of each space: an address is one number among all."""
    sizes = {kind.space: kind.number for kind in every}
    return dict(zip(sizes, accumulate(sizes.values(), initial=0), strict=False))


_weights: dict[tuple[int, float], list[float]] = {}


def weights(number: int, skew: float) -> list[float]:
    """Return how often each of so many is asked for, summed up: the nth as 1/n^skew."""
    if (number, skew) not in _weights:
        _weights[number, skew] = list(accumulate((n + 1) ** -skew for n in range(number)))
    return _weights[number, skew]
