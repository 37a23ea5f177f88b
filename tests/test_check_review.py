"""What the author is asked to look at before publishing: each rule finds its fault, and nothing where there is none."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kblog import document as documents
from kblog.document import Document
from kblog.overview import Availability
from kblog.studio.lint import LEVELS, Facts, Finding, lint
from kblog.studio.sections import join, skeleton
from kblog.vocabulary import FILLER

from . import builders

DEMO = Path(__file__).parent.parent / "kblog" / "demo"
FIELDS = {
    "title", "kind", "year", "genres", "cast", "director", "writer", "episodes", "running_time", "availability",
    "headline", "description", "body", "hashtags", "tells",
}  # fmt: skip
TODAY = date(2026, 11, 15)
FACTS = Facts(TODAY, FILLER)
VIKI = Availability("Viki", "US", checked_on=date(2026, 11, 3))
DRAMA = (
    ("Title", "The Salt Ledger"),
    ("Year", "2022"),
    ("Genre", "Mystery"),
    ("Main Cast", "Ok Bo-ra"),
    ("Episodes", "12"),
)
FILM = (*DRAMA[:4], ("Runtime", "106 minutes"), ("Director", "Noh Ga-ram"), ("Writer", "Geum Ran"))
BODY = join([replace(part, text=f"Words of {part.heading}.") for part in skeleton("drama")])


def review(**given) -> Document:
    """Describe a review of a drama that leaves nothing to be said."""
    whole = {"kind": "drama", "overview": DRAMA, "availability": (VIKI,), "description": "A scale.", "body": BODY}
    return builders.document(**{**whole, "hashtags": ("#Salt",), "tells": "4", **given})


def without(label: str, rows: tuple = DRAMA) -> tuple:
    return tuple(row for row in rows if row[0] != label)


def found(**given) -> list[str]:
    return [f"{each.level} {each.where}: {each.words}" for each in lint(review(**given), FACTS)]


# It works


def test_nothing_is_found_where_nothing_is_wrong():
    assert found() == []
    assert found(kind="film", overview=FILM) == []


FAULTS = {
    "no title": ({"overview": without("Title"), "headline": " "}, ["error title: Give the review a title."]),
    "a headline for a title": ({"overview": without("Title")}, []),
    "no text": ({"body": " \n"}, ["error body: Write the review before publishing it."]),
    "headings alone": (
        {"body": "## Introduction\n\n## Cast\n"},
        ["error body: Write the review before publishing it."],
    ),
    "no kind": (
        {"kind": "", "overview": without("Episodes")},
        ["warning kind: Say whether it is a drama, film, special or show."],
    ),
    "a kind by its episodes": ({"kind": ""}, []),
    "a kind by its hashtag": ({"kind": "", "overview": FILM[:4] + FILM[5:], "hashtags": ("#KMovie",)}, [
        "warning running_time: Add the running time.",
    ]),
    "no year": ({"overview": without("Year")}, ["warning year: Add the year."]),
    "a year in the title": ({"overview": (("Title", "Salt (2022)"), *without("Year")[1:])}, []),
    "no genre": ({"overview": without("Genre")}, ["warning genres: Add a genre: readers filter by it."]),
    "no cast": ({"overview": without("Main Cast")}, ["warning cast: Add the cast."]),
    "no director": ({"kind": "film", "overview": without("Director", FILM)}, ["warning director: Add the director."]),
    "no writer": ({"kind": "film", "overview": without("Writer", FILM)}, ["note writer: Add the writer."]),
    "one who does both": ({"kind": "film", "overview": (*FILM[:5], ("Director/Writer", "Noh Ga-ram"))}, []),
    "no number of episodes": ({"overview": without("Episodes")}, ["warning episodes: Add the number of episodes."]),
    "a number not known yet": (
        {"overview": (*without("Episodes"), ("Episodes", "TBA"))},
        ["warning episodes: Add the number of episodes."],
    ),
    "no running time": (
        {"kind": "film", "overview": without("Runtime", FILM)},
        ["warning running_time: Add the running time."],
    ),
    "a special without one": (
        {"kind": "special", "overview": DRAMA[:4]},
        ["warning running_time: Add the running time."],
    ),
    "a show without a length": ({"kind": "show", "overview": DRAMA[:4]}, []),
    "no description": ({"description": " "}, ["warning description: Write a description: the review’s card shows it."]),
    "no hashtags": ({"hashtags": ()}, ["note hashtags: Add hashtags: some are suggested."]),
    "nothing said of what it tells": (
        {"tells": ""},
        ["note tells: Say how far the unmarked text tells: nothing that spoils, up to an episode, or the ending."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "findings"), FAULTS.values(), ids=FAULTS)
def test_what_is_missing_is_found(given: dict, findings: list[str]):
    assert found(**given) == findings


# Where to watch it


def entry(platform: str, days: int | None, region: str = "US", status: str = "available") -> Availability:
    return Availability(platform, region, status=status, checked_on=days and date.fromordinal(TODAY.toordinal() - days))


LEDGERS = {
    "nothing": ([], ["Add where to watch it, or where you looked in vain."]),
    "undated": ([entry("Viki", None, "")], ["Add the date you checked Viki."]),
    "undated in two places": (
        [entry("Viki", None), entry("Netflix", None, "WORLD"), entry("Kocowa", None), entry("Viki", None)],
        [
            "Add the date you checked Viki and Kocowa in the United States.",
            "Add the date you checked Netflix worldwide.",
        ],
    ),
    "undated, and no platform": ([Availability(offer="cinema")], ["Add the date you checked where to watch it."]),
    "undated where it is not": ([entry("Viki", None, "US", "not available")], []),
    "undated where it may come": ([entry("Viki", None, "US", "unknown")], []),
    "sixty days": ([entry("Viki", 60)], []),
    "sixty-one days": ([entry("Viki", 61)], ["Check Viki in the United States again: you last did on 15 Sep 2026."]),
    "half a year": (
        [entry("Viki", 181), entry("Hulu", 181)],
        ["Check Viki and Hulu in the United States again: what you found on 18 May 2026 counts as unconfirmed."],
    ),
    "sixty-one days where it is not": (
        [entry("Viki", 61, "KR", "not available")],
        ["Check Viki in South Korea again: you last did on 15 Sep 2026."],
    ),
    "long gone": ([entry("Viki", 500, "US", "left")], []),
    "of two days": (
        [entry("Viki", 61), entry("Viki", 62)],
        [
            "Check Viki in the United States again: you last did on 15 Sep 2026.",
            "Check Viki in the United States again: you last did on 14 Sep 2026.",
        ],
    ),
}


@pytest.mark.parametrize(("entries", "findings"), LEDGERS.values(), ids=LEDGERS)
def test_the_ledger_is_checked(entries: list[Availability], findings: list[str]):
    assert found(availability=tuple(entries)) == [f"warning availability: {words}" for words in findings]


def test_the_row_of_the_overview_is_the_ledger_where_there_is_no_other():
    assert found(availability=None, overview=(*DRAMA, ("Streaming Platform", "Viki"))) == [
        "warning availability: Add the date you checked Viki."
    ]
    assert found(availability=None, overview=(*DRAMA, ("OTT", "Viki (checked November 3, 2026)"))) == []


# The text

TEXTS = {
    "sections missing": (
        BODY.partition("## Popularity")[0],
        ["note: There is no section Popularity & Reception, Cast & Fun Facts or Conclusion / Warm Reminders."],
    ),
    "sections by other names": (
        BODY.replace("Overall Story", "줄거리").replace("Conclusion / Warm Reminders", "Warm Reminders"),
        [],
    ),
    "a heading of another shape": (BODY.replace("## Overall Story\n", "Overall Story\n------\n"), []),
    "one empty section": (
        BODY.replace("Words of Overall Story.", ""),
        ["warning: Overall Story has no text yet. Readers will not see its heading."],
    ),
    "two empty sections": (
        BODY.replace("Words of Overall Story.", "").replace("Words of Why It’s Special.", " "),
        ["warning: Overall Story and Why It’s Special have no text yet. Readers will not see their headings."],
    ),
    "a line without a speaker": (
        BODY.replace("Words of Memorable Lines.", "> “Count it again.”\n> — Episode 3"),
        ["warning: The line “Count it again.” names no speaker. Add one."],
    ),
    "a long line without one": (
        BODY.replace("Words of Memorable Lines.", f"In Episode 2 somebody is heard: “{'Count it. ' * 9}”"),
        ["warning: The line “Count it. Count it. Count it. Count it. Count it.…” names no speaker. Add one."],
    ),
    "a line with a speaker": (BODY.replace("Words of Memorable Lines.", "> “Count it.”\n> — Bo-ra, Episode 12"), []),
    "a line from too late an episode": (
        BODY.replace("Words of Memorable Lines.", "> “Count it.”\n> 세어 봐.\n> — Bo-ra, Episode 13"),
        ["warning: The line “Count it.” is said in episode 13, but the work has 12 episodes."],
    ),
    "spoilers": (
        BODY.replace(
            "Words of Overall Story.",
            "x\n::: spoiler episodes 11-12\na\n:::\n::: spoiler\nb\n:::\n"
            "::: spoiler episodes 9-14\nc\n::: spoiler episode 13\nd\n:::\n:::\n::: spoiler episode 14\ne\n:::",
        ),
        [
            "warning: A spoiler tells of episode 14, but the work has 12 episodes.",
            "warning: A spoiler tells of episode 13, but the work has 12 episodes.",
        ],
    ),
    "too long": ("a" * 500_001, ["error: A review holds at most 500,000 bytes of text; this one has 500,001."]),
}


@pytest.mark.parametrize(("body", "findings"), TEXTS.values(), ids=TEXTS)
def test_the_text_is_checked(body: str, findings: list[str]):
    assert found(body=body) == [words.replace(":", " body:", 1) for words in findings]


def test_what_it_tells_ends_with_the_work():
    assert found(tells="13") == [
        "warning tells: The unmarked text is said to tell up to episode 13, but the work has 12 episodes."
    ]
    assert found(tells="12") == found(tells="ending") == found(tells="nothing") == []
    single = (*without("Episodes"), ("Episodes", "1"))
    assert found(tells="2", overview=single)[0].endswith("but the work has 1 episode.")
    assert found(tells="99", kind="film", overview=FILM) == []


# Whole reviews


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.md")), ids=lambda path: path.stem)
def test_nothing_is_found_in_a_sample_review(path: Path):
    sample = documents.parse(path.read_text(encoding="utf-8"))
    assert [f"{each.level}: {each.words}" for each in lint(sample, FACTS)] == []


def test_an_empty_review_is_asked_for_everything_the_gravest_first():
    findings = lint(Document(), FACTS)
    assert [each.level for each in findings] == ["error"] * 2 + ["warning"] * 6 + ["note"] * 2
    assert [each.where for each in findings] == [
        "title", "body", "kind", "year", "genres", "cast", "availability", "description", "hashtags", "tells",
    ]  # fmt: skip


def sentences() -> list[Finding]:
    """Give every finding of the tables above."""
    given = [case for case, _ in FAULTS.values()] + [{"body": body} for body, _ in TEXTS.values()]
    given += [{"availability": tuple(entries)} for entries, _ in LEDGERS.values()] + [{"tells": "13"}]
    return [finding for case in given for finding in lint(review(**case), FACTS)]


def test_every_finding_is_said_calmly_and_names_a_field():
    for finding in sentences():
        assert finding.level in LEVELS
        assert finding.where in FIELDS
        assert finding.words[0].isupper()
        assert finding.words.endswith(".")
        assert not {"!", "please", "oops", "sorry"} & set(finding.words.casefold().replace("!", " ! ").split())


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20)), max_size=4))
def test_any_review_is_checked(body: str, rows: list[tuple[str, str]]):
    findings = lint(review(body=body, overview=tuple(rows), availability=None), FACTS)
    assert findings == sorted(findings, key=lambda finding: LEVELS.index(finding.level))
