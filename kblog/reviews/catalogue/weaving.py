"""What the catalogue is after some reviews changed: the last one, with those taken out of it and put in anew."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import reduce
from itertools import pairwise
from operator import or_

from ..filters import FACETS
from .sets import Bits, Catalogue, Listed

Move = tuple[int, Bits]  # by so many places down the list, these reviews
MOST_MOVES = 20  # with more, all the sets are read as fast as they are moved


def woven(last: Catalogue, changed: Collection[int], come: Catalogue) -> Catalogue | None:
    """Return the last catalogue without what changed, and with the catalogue of what became of it.

    It is the one that would be made from nothing, and shares with the last one what is the same. None where it would
    take longer than that.
    """
    out = sorted(last.place[each] for each in changed if each in last.place)
    reviews = list(last.reviews)
    for n in reversed(out):
        del reviews[n]
    into = [bisect_left(range(len(reviews)), True, key=_is_older(reviews, each)) for each in come.reviews]
    moves = _moves(len(reviews), [n - before for before, n in enumerate(out)], into)
    if len(moves) > MOST_MOVES:
        return None
    places = [n + before for before, n in enumerate(into)]
    for n, review in zip(places, come.reviews, strict=True):
        reviews.insert(n, review)

    def mixed(old: dict, new: dict) -> dict:
        made = {value: _moved(bits, moves) for value, bits in old.items()}
        for value, bits in new.items():
            made[value] = reduce(or_, (1 << places[n] for n in come.places(bits)), made.get(value, 0))
        return {value: bits for value, bits in made.items() if bits}

    made = Catalogue(
        reviews=reviews,
        sets={facet: mixed(last.sets[facet], come.sets[facet]) for facet in FACETS},
        watchable=mixed(last.watchable, come.watchable),
        refused=mixed(last.refused, come.refused),
        labelled=mixed(last.labelled, come.labelled),
        entered=mixed(last.entered, come.entered),
        moment=come.moment,
    )
    named = made.sets | {"platform": made.labelled | made.entered}
    names = (last.names | come.names).items()
    made.names = {(facet, value): name for (facet, value), name in names if value in named[facet]}
    made.broad = {genre for genre in last.broad | come.broad if genre in named["genre"]}
    made.ended = {slug: ended for slug, ended in (last.ended | come.ended).items() if slug in made.entered}
    return made


def _is_older(reviews: Sequence[Listed], than: Listed) -> Callable[[int], bool]:
    return lambda n: (reviews[n].published, reviews[n].id) < (than.published, than.id)


def _moves(number: int, out: Sequence[int], into: Sequence[int]) -> list[Move]:
    """Say how far the reviews that stay move, where others go out and come in: so many stay.

    `out` and `into` say, in order, how many of those that stay stand before each.

    >>> _moves(3, [1], [1]), _moves(3, [], [0])
    ([(0, 13)], [(1, 7)])
    """
    moves: dict[int, Bits] = defaultdict(int)
    for begin, end in pairwise(sorted({0, *out, *into, number})):
        before = bisect_right(out, begin)
        moves[bisect_right(into, begin) - before] |= ((1 << end - begin) - 1) << begin + before
    return list(moves.items())


def _moved(bits: Bits, moves: Sequence[Move]) -> Bits:
    """Move a set's reviews; the same object where nothing of it moves: it takes no room twice."""
    stay = (bits & mask if by == 0 else (bits & mask) << by if by > 0 else (bits & mask) >> -by for by, mask in moves)
    made = reduce(or_, stay, 0) if len(moves) > 1 else next(stay, 0)
    return bits if made == bits else made
