"""The simulated day counts every request once, follows K-Blog's own cache, and says where its numbers come from."""

from copy import deepcopy
from dataclasses import fields, replace
from pathlib import Path
from random import Random

import pytest

from bench import results
from bench.day import report
from bench.day.assumptions import Day
from bench.day.kinds import Kind, kinds
from bench.day.layers import Setup, Tally, run
from bench.day.prices import Price, Prices, read
from bench.day.running import simulate, without_changes
from bench.day.traffic import Stretch, stretch

DOCS = Path(__file__).resolve().parents[1] / "docs"
FEW = {"facet_choices": 200, "queries": 300, "term_pages": 50, "places": 5, "processes": 2}
SMALL = replace(Day(), page_views=1_000_000, comments_a_visit=0.05, **FEW)
REVIEWS = 400
EVERY = kinds(SMALL, REVIEWS)
SETUPS = (
    Setup("alone"),
    Setup("three", 3, ttl=0, places=5),
    Setup("a second", 2, ttl=1, places=5),
    Setup("shielded", 2, ttl=1, places=5, shield=True),
)
PRICES = Prices(
    kept=0.02,
    unchanged=0.02,
    made={kind.price: 2.0 for kind in EVERY},
    comment=4.0,
    comment_statements=12,
    listed=40.0,
    pages={kind.price: Price(reviews=1.0, statements=5, plain=50_000, packed=10_000) for kind in EVERY},
)


def drawn(day: Day = SMALL, seconds: float = 120, seed: int = 1) -> Stretch:
    return stretch(day, kinds(day, REVIEWS), 1.0, seconds, 30, Random(seed))


def passed(setup: Setup, part: Stretch, day: Day = SMALL, **more: int) -> Tally:
    return run(kinds(day, REVIEWS), [60_000] * len(EVERY), part, setup, day.processes, Random(2), **more)


@pytest.mark.parametrize("setup", SETUPS, ids=[setup.name for setup in SETUPS])
def test_each_request_ends_at_one_layer(setup: Setup):
    tally = passed(setup, drawn())
    assert tally.asked.total() > 1_000
    for number, kind in enumerate(EVERY):
        assert tally.asked[number] == tally.edge[number] + tally.shield[number] + tally.origin[number], kind.name
        assert tally.origin[number] == tally.kept[number] + tally.made[number], kind.name
    assert (tally.edge.total() > 0) is (setup.ttl is not None)


def test_the_same_seed_gives_the_same_day_and_another_one_another():
    days = [simulate(SMALL, 50, SETUPS[2:3], PRICES, seconds=2, warm=1, seed=seed) for seed in (1, 1, 2)]
    assert days[0] == days[1] != days[2]


def test_to_keep_pages_longer_never_lets_more_through():
    part = drawn()
    through = [passed(Setup("", ttl=ttl, places=5), part).origin.total() for ttl in (0, 0.5, 1, 2, 10, 60)]
    assert through == sorted(through, reverse=True)
    assert through[0] > through[2] > through[-1]
    assert passed(Setup("", ttl=1, places=5, shield=True), part).origin.total() < through[2]


def test_without_changes_and_with_endless_memory_a_process_makes_each_page_once():
    day = without_changes(replace(SMALL, processes=1))
    part = drawn(day)._replace(warm=0)
    kept = {(kind, address) for _, kind, address, _ in part.requests if EVERY[kind].is_kept}
    tally = passed(SETUPS[0], part, day, most_bytes=10**12)
    made = sum(number for kind, number in tally.made.items() if EVERY[kind].is_kept)
    assert made == len({address for _, address in kept})
    # two processes each make what they are asked for, and no page more often than that
    tally = passed(Setup("", 2), part, day, most_bytes=10**12)
    assert made < sum(number for kind, number in tally.made.items() if EVERY[kind].is_kept) <= 2 * made


def test_little_memory_lets_pages_be_made_again():
    day = without_changes(SMALL)
    part = drawn(day)
    assert passed(SETUPS[0], part, day, most_bytes=2_000_000).made.total() > passed(SETUPS[0], part, day).made.total()


def test_a_page_is_found_as_often_as_chance_says():
    """Of requests and changes that come by chance, the next event after a request is a request so often."""
    asked, changed = 20.0, 5.0
    day = replace(SMALL, processes=1)
    one = [Kind("home", "home", "home", 1, 0, asked)]
    dice = Random(3)
    part = stretch(day, one, 1.0, 1_000, 0, dice)
    part = part._replace(changes=sorted(dice.random() * 1_000 for _ in range(int(changed * 1_000))))
    tally = run(one, [60_000], part, SETUPS[0], 1, dice)
    assert tally.kept[0] / tally.asked[0] == pytest.approx(asked / (asked + changed), abs=0.01)
    # and a cache that sends a page for a second asks for it once in a second and the wait for a reader
    tally = run(one, [60_000], part, Setup("", ttl=1), 1, dice)
    assert tally.origin[0] / 1_000 == pytest.approx(asked / (asked + 1), rel=0.03)


def test_what_is_one_readers_is_kept_for_nobody():
    tally = passed(Setup("", ttl=60), drawn())
    for number, kind in enumerate(EVERY):
        if not kind.is_shared:
            assert tally.origin[number] == tally.asked[number] > 0, kind.name
        if not kind.is_kept:
            assert not tally.kept[number], kind.name


def test_more_processes_find_less():
    part = drawn()
    found = [passed(Setup("", machines), part).kept.total() for machines in (1, 2, 8)]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


def test_the_busiest_minute_asks_for_one_review_above_all():
    part = stretch(SMALL, EVERY, 1.0, 60, 0, Random(1), is_rush=True)
    review = next(number for number, kind in enumerate(EVERY) if kind.name == "review")
    asked = [address for _, kind, address, _ in part.requests if kind == review]
    assert asked.count(min(asked)) / len(asked) == pytest.approx(SMALL.rush_share, abs=0.1)


def test_prices_are_what_was_measured_last():
    performance, measured = results.read(DOCS / "performance.jsonl"), results.read(DOCS / "scaling.jsonl")
    prices = read(performance, measured, 5_000)
    serving = next(row for row in performance if row["bench"] == "serving" and row["reviews"] == 300)
    again = deepcopy(serving)
    again["points"]["kept, 32"]["per_core"] = 10_000
    assert read([*performance, again], measured, 300).kept == 0.1
    assert prices.made["search"] > prices.made["review"] > prices.made["cover"] > prices.kept > 0
    assert prices.slower(2).made["review"] == 2 * prices.made["review"]
    with pytest.raises(SystemExit, match="Nothing is known of pages among 7 reviews"):
        read(performance, measured, 7)


def test_every_assumption_says_what_it_means_and_where_it_comes_from():
    assert all(each.metadata["what"] and each.metadata["source"] for each in fields(Day))
    day = Day()
    pages = (day.home, day.browse, day.facets, day.searches, day.terms, day.lines, day.reviews)
    assert sum(pages) == pytest.approx(1)
    assert sum(day.curve) / len(day.curve) == pytest.approx(1)


def test_no_figure_of_the_page_is_typed():
    """Each table, and the chart, is what the kept results make of it."""
    rows, page = results.read(DOCS / "scaling.jsonl"), (DOCS / "scaling.md").read_text(encoding="utf-8")
    assert {name for _, name, _ in report.PLACE.findall(page)} == {*report.TABLES}
    assert report.filled(page, rows) == page
    assert report.chart(report._days(rows, 5_000, 100_000_000)) == (DOCS / "scaling.svg").read_text(encoding="utf-8")
