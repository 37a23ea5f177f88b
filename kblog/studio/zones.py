"""The time zones there are, region by region, as a list to choose from shows them."""

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

REGIONS = ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"]
OTHERS = "Older names"  # of places that have a new one, and of offsets
NO_ZONES = {"Factory", "localtime", "posixrules"}  # files beside the zones, on some machines

Group = tuple[str, Sequence[tuple[str, str]]]


@cache
def names() -> frozenset[str]:
    """Return the name of every zone."""
    return frozenset(available_timezones() - NO_ZONES)


@cache
def by_region() -> Sequence[Group]:
    """Return (region, its zones as (name, words)), by name; UTC before them all, older names after.

    >>> regions = dict(by_region())
    >>> list(regions)[:3], ("Asia/Seoul", "Seoul") in regions["Asia"]
    (['UTC', 'Africa', 'America'], True)
    """
    listed = sorted(names() - {"UTC"}, key=lambda name: (_region(name) == OTHERS, _region(name), words(name)))
    regions = [(region, [(name, words(name)) for name in zones]) for region, zones in groupby(listed, _region)]
    return [("UTC", [("UTC", "UTC")]), *regions]


def words(name: str) -> str:
    """Write the place of a zone as people do.

    >>> words("America/Argentina/Buenos_Aires"), words("Asia/Ho_Chi_Minh"), words("Etc/GMT+5")
    ('Argentina: Buenos Aires', 'Ho Chi Minh', 'Etc/GMT+5')
    """
    if _region(name) == OTHERS:
        return name
    return name.partition("/")[2].replace("/", ": ").replace("_", " ")


def _region(name: str) -> str:
    region, slash, _ = name.partition("/")
    return region if slash and region in REGIONS else OTHERS
