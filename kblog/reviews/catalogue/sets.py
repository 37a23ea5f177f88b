"""Which live review has which value: one integer bitset a value, held in memory for one content version.

A list and the numbers beside the facets are answers of the same sets, so they cannot disagree.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import reduce
from itertools import islice, repeat
from operator import or_
from typing import Any, NamedTuple, TypeVar

from kblog import ledger
from kblog.document import VERDICTS
from kblog.language import gettext as _
from kblog.language import noted
from kblog.vocabulary import REGIONS, SOME, WORLD

from ..filters import FACETS, NARROWING, ReviewFilter

ZERO, ONE = b"01"
MANY = 20  # of so many reviews one is few: a set of fewer is made bit by bit
Made = TypeVar("Made")
Bits = int  # bit n stands for the nth newest live review

NOWHERE = "none"  # platform=none: known to stream nowhere
ANYWHERE = "*"  # stands for all regions together
COUNTRIES = REGIONS.keys() - {WORLD, SOME}  # what a reader may watch from
COUNTS_EVERYWHERE = (WORLD, "")  # these entries count in every country: worldwide, and "nobody said where"
POSITIVE, NEGATIVE = ("available",), ("not available", "left")


@dataclass(frozen=True)
class Value:
    """One choice within a facet, as the form shows it."""

    value: str
    name: str
    count: int
    chosen: bool


class Listed(NamedTuple):
    """What the catalogue knows of one live review."""

    id: int
    title: str
    native_title: str
    published: str  # as the database writes it: of 100,000 moments few are ever looked at
    year: int | None
    featured: bool

    @property
    def published_at(self) -> datetime:
        return datetime.fromisoformat(self.published).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Ended:
    """A platform that is no more: its last day, and what came after it."""

    name: str
    on: date
    successor: str = ""
    successor_slug: str = ""


@dataclass
class Catalogue:
    """The live reviews, newest first, and the bitset of every value of every facet."""

    reviews: list[Listed]
    sets: dict[str, dict[str, Bits]] = field(default_factory=lambda: {facet: {} for facet in FACETS})
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    broad: set[str] = field(default_factory=set)  # genres that are no narrower phrase of another
    watchable: dict[tuple[str, str], Bits] = field(default_factory=dict)  # (platform, region) -> positive entries
    refused: dict[tuple[str, str], Bits] = field(default_factory=dict)  # the same of the negative ones
    labelled: dict[str, Bits] = field(default_factory=dict)  # by platform: a label is no entry of the ledger
    entered: dict[str, Bits] = field(default_factory=dict)  # by platform: it stands in their ledger, whatever it says
    ended: dict[str, Ended] = field(default_factory=dict)  # by platform, those that readers ever heard of
    moment: datetime | None = field(default=None, compare=False)  # what was to appear by then is here

    def __post_init__(self) -> None:
        self._made: dict[str, Any] = {}
        self._offers_of: dict[str, tuple[str, ...]] = {}
        self.everything: Bits = (1 << len(self.reviews)) - 1
        self.place = {review.id: n for n, review in enumerate(self.reviews)}
        # the same as a list, in a third of the time: it is asked for a million of them
        self._place_of: list[int] = []
        if (largest := max(self.place, default=0)) < MANY * len(self.reviews):
            self._place_of = [len(self.reviews)] * (largest + 1)
            for n, review in enumerate(self.reviews):
                self._place_of[review.id] = n

    def matching(self, wanted: ReviewFilter, found: Bits | None = None) -> Bits:
        """Return the reviews that `wanted` asks for; `found` are those that its text finds."""
        bits = self._but_watching(wanted, found)
        platforms, regions = wanted.values("platform"), wanted.values("region")
        if platforms or regions:
            bits &= self._watching(platforms, regions[0] if regions else None)
        return bits

    def region_unchecked(self, wanted: ReviewFilter) -> Bits:
        """Return what counts in the chosen region only because nobody said for which region an entry holds."""
        region, platforms = next(iter(wanted.values("region")), None), set(wanted.values("platform"))
        if region is None:
            return 0
        said = unsaid = 0
        for (platform, place), bits in self.watchable.items():
            if not platforms or platform in platforms:
                said |= bits if place in (region, WORLD) else 0
                unsaid |= bits if place == "" else 0
        return unsaid & ~said

    def values(
        self, facet: str, wanted: ReviewFilter, found: Bits | None = None, *, only_chosen: bool = False
    ) -> list[Value]:
        """Return what the form offers of one facet in its order, with the counts of the contract.

        Or only what is chosen: nobody reads the numbers of a thousand people. Beside a value of a narrowing facet
        stands what adding it to the present choice leaves; beside one of any other facet, what it alone would leave
        under the other facets' choices.
        """
        chosen = wanted.values(facet)
        offered = self._offers(facet)
        offered = [*([] if only_chosen else offered), *(each for each in chosen if only_chosen or each not in offered)]
        if facet in NARROWING:
            base = self.matching(wanted, found)
            counts = {value: base & self.sets[facet].get(value, 0) for value in offered}
        elif facet == "platform":
            base, region = self._but_watching(wanted, found), next(iter(wanted.values("region")), None)
            counts = {value: base & self._watching((value,), region) for value in offered}
        elif facet == "region":
            base, platforms = self._but_watching(wanted, found), wanted.values("platform")
            counts = {value: base & self._watching(platforms, value) for value in offered}
        else:
            base = self.matching(wanted.without(facet), found)
            counts = {value: base & self.sets[facet].get(value, 0) for value in offered}
        return [Value(v, self.name(facet, v), counts[v].bit_count(), v in chosen) for v in offered]

    def best_removal(self, wanted: ReviewFilter, found: Bits | None = None) -> tuple[str, str, int] | None:
        """Return the one (facet, value) whose removal brings most back, and how many; None where none does."""
        removals = [(*choice, self.matching(wanted.without(*choice), found).bit_count()) for choice in wanted.choices]
        if wanted.text:
            removals.append(("q", wanted.text, self.matching(wanted.without("q")).bit_count()))
        best = max(removals, key=lambda removal: removal[2], default=None)
        return best if best and best[2] else None

    def ids(self, bits: Bits, start: int, number: int, order: Sequence[int] | None = None) -> list[int]:
        """Return a stretch of the matching reviews' ids in the order of these places, else the newest first."""
        if order is None:
            places = self.places(bits)
        else:
            digits = f"{bits:0{len(self.reviews)}b}"[::-1]
            places = (n for n in order if digits[n] == "1")
        return [self.reviews[n].id for n in islice(places, start, start + number)]

    def order(self, sort: str) -> Sequence[int] | None:
        """Return the places of all reviews in an order that readers choose; None where it is the newest first."""
        if sort == "year":
            return self.once(sort, lambda: self.ordered(-(each.year or 0) for each in self.reviews))
        if sort == "title":
            return self.once(sort, lambda: self.ordered(each.title.casefold() for each in self.reviews))
        return None

    def ordered(self, keys: Iterable[Any]) -> list[int]:
        """Return the places of all reviews by their keys, the newest of equal ones first."""
        return sorted(range(len(self.reviews)), key=list(keys).__getitem__)

    def places(self, bits: Bits) -> Iterator[int]:
        """Give the places of a set of reviews, newest first."""
        digits = f"{bits:b}"[::-1]  # a shift of 100,000 bits for each of them would take a tenth of a second
        place = digits.find("1")
        while place >= 0:
            yield place
            place = digits.find("1", place + 1)

    def bits(self, ids: Iterable[int]) -> Bits:
        """Return the set of the live ones among these reviews."""
        none, ids = len(self.reviews), list(ids)
        if max(ids, default=0) < len(self._place_of):
            places = map(self._place_of.__getitem__, ids)
        else:  # a draft is newer than everything that is live, or ids are few and far between
            places = map(self.place.get, ids, repeat(none))
        if len(ids) * MANY < none:  # a few of many: their bits, one by one
            octets = bytearray(none // 8 + 1)
            for n in places:
                octets[n >> 3] |= 1 << (n & 7)
            return int.from_bytes(octets, "little") & self.everything
        digits = bytearray(b"0") * (none + 1)  # read as a binary number: a third of the time of shifting
        for n in places:
            digits[n] = ONE
        digits[none] = ZERO
        return int(digits[::-1], 2)

    def platforms(self, review_id: int) -> list[str]:
        """Return the names of the platforms that have this review's work, anywhere, those that have most first."""
        bit = 1 << self.place.get(review_id, len(self.reviews))
        offered = self._offers("platform")
        return [self.names["platform", p] for p in offered if self.watchable.get((p, ANYWHERE), 0) & bit]

    @property
    def is_judging(self) -> bool:
        """Whether enough reviews have a verdict for readers to choose by it."""
        return sum(bits.bit_count() for bits in self.sets["verdict"].values()) >= FEWEST_VERDICTS

    def featured(self) -> int | None:
        """Return the id of the newest featured review, else of the newest one."""
        newest = next(iter(self.reviews), None)
        review = self.once("featured", lambda: next((each for each in self.reviews if each.featured), newest))
        return review and review.id

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what is made of these reviews, such as a long list in order, made when it is first asked for."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def name(self, facet: str, value: str) -> str:
        """Return what people call a value."""
        if facet == "kind":
            return _(KIND_NAMES.get(value, value))
        if facet == "length":
            return _(LENGTHS.get(value, value))
        if facet == "region":
            return ledger.region_name(value).removeprefix("the ")
        if (facet, value) == ("platform", NOWHERE):
            return _("Not streaming")
        return self.names.get((facet, value), value)

    def _offers(self, facet: str) -> tuple[str, ...]:
        """Return what a facet offers; put in order once, as nothing changes in a catalogue that is built."""
        if facet not in self._offers_of:
            self._offers_of[facet] = tuple(self._offered(facet))
        return self._offers_of[facet]

    def _offered(self, facet: str) -> list[str]:
        values = self.sets[facet]
        if facet == "genre":
            values = {value: bits for value, bits in values.items() if value in self.broad}
        if facet == "platform":
            values = {
                platform: bits
                for (platform, place), bits in self.watchable.items()
                if platform and place == ANYWHERE and bits
            }
        if facet == "platform" and self._counting(self.refused, None):
            return [*sorted(values, key=lambda v: (-values[v].bit_count(), v)), NOWHERE]
        if facet == "region":
            return sorted(values, key=lambda v: self.name(facet, v))
        if facet == "year":
            return sorted(values, reverse=True)
        if facet in ORDERED:
            return [value for value in ORDERED[facet] if value in values]
        return sorted(values, key=lambda v: (-values[v].bit_count(), self.name(facet, v), v))

    def _but_watching(self, wanted: ReviewFilter, found: Bits | None) -> Bits:
        """Apply everything but platform and region, which are one question together."""
        bits = self.everything if found is None else found
        for facet, values in wanted.chosen:
            if facet in NARROWING:
                for value in values:
                    bits &= self.sets[facet].get(value, 0)
            elif facet not in ("platform", "region"):
                bits &= reduce(or_, (self.sets[facet].get(value, 0) for value in values))
        return bits

    def _watching(self, platforms: Iterable[str], region: str | None) -> Bits:
        """Return what can be watched on any of these platforms in this region; no platform means on any at all."""
        platforms = list(platforms)
        if not platforms:
            return self._counting(self.watchable, region)
        return reduce(
            or_,
            (self._nowhere(region) if p == NOWHERE else self._counting(self.watchable, region, p) for p in platforms),
        )

    def _nowhere(self, region: str | None) -> Bits:
        return self._counting(self.refused, region) & ~self._counting(self.watchable, region)

    def _counting(self, entries: dict[tuple[str, str], Bits], region: str | None, platform: str | None = None) -> Bits:
        """Return the reviews with an entry that counts in `region`; nothing counts in what is no country."""
        if region is None:
            places = {ANYWHERE}
        else:
            places = {region, *COUNTS_EVERYWHERE} if region in COUNTRIES else set()
        return reduce(
            or_, (bits for (p, place), bits in entries.items() if place in places and platform in (None, p)), 0
        )


FEWEST_VERDICTS = 10  # below that the choice would be between single reviews
KIND_NAMES = {"drama": noted("Dramas"), "film": noted("Films"), "special": noted("Specials"), "show": noted("Shows")}
LENGTHS = {
    "to-8-episodes": noted("Up to 8 episodes"),
    "9-12-episodes": noted("9 to 12 episodes"),
    "13-16-episodes": noted("13 to 16 episodes"),
    "over-16-episodes": noted("Over 16 episodes"),
    "to-100-minutes": noted("Under 100 minutes"),
    "100-130-minutes": noted("100 to 130 minutes"),
    "over-130-minutes": noted("Over 130 minutes"),
}
ORDERED = {"length": tuple(LENGTHS), "verdict": VERDICTS}  # these have an order of their own, whatever is frequent
