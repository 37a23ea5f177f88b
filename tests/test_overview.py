"""The rows of an overview are kept as written and understood beside that."""

import html
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kblog.overview import (
    Availability,
    Credit,
    Field,
    Overview,
    Row,
    RunningTime,
    Sentence,
    age,
    broader,
    join_names,
    ledger_sentences,
    platform,
    read_availability,
    region,
    region_name,
    rows,
    understand,
)
from kblog.vocabulary import REGIONS

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

LINES = [
    ("Title: The Salt Road (소금길)", [("Title", "The Salt Road (소금길)")]),
    ("Title:The Salt Road", [("Title", "The Salt Road")]),
    ("  Year :  2021  ", [("Year", "2021")]),
    ("Title: Salt: a Road", [("Title", "Salt: a Road")]),
    ("**Title:** Salt", [("Title", "Salt")]),
    ("**Title**: Salt", [("Title", "Salt")]),
    ("__Title:__ Salt", [("Title", "Salt")]),
    ("*Title:* Salt", [("Title", "Salt")]),
    ("**Title**: *Salt*", [("Title", "*Salt*")]),
    ("Title: Salt |", [("Title", "Salt |")]),
    ("- Title: Salt\n* Year: 2021\n• Genre: Drama", [("Title", "Salt"), ("Year", "2021"), ("Genre", "Drama")]),
    ("- **Title:** Salt", [("Title", "Salt")]),
    ("제목： 소금길", [("제목", "소금길")]),
    ("Title | Salt", [("Title", "Salt")]),
    ("| Title | Salt |\n|-------|------|\n| Year | 2021 |", [("Title", "Salt"), ("Year", "2021")]),
    ("Title\tSalt", [("Title", "Salt")]),
    ("Writer:", [("Writer", "")]),
    ("Writer:\nNoh Ara\nMoon Bit", [("Writer", "Noh Ara\nMoon Bit")]),
    ("Platform: Viki\nhttps://example.org/salt", [("Platform", "Viki\nhttps://example.org/salt")]),
    ("Platform: Viki\nsince 21:30 on Mondays", [("Platform", "Viki\nsince 21:30 on Mondays")]),
    ("Link: https://example.org/a:b", [("Link", "https://example.org/a:b")]),
    ("Title: A\r\nYear: 2021\rGenre: Drama", [("Title", "A"), ("Year", "2021"), ("Genre", "Drama")]),
    ("Title: A\n\n\nYear: 2021\n", [("Title", "A"), ("Year", "2021")]),
    ("Title: “Salt” – Yeo‑rae’s *road*", [("Title", "“Salt” – Yeo‑rae’s *road*")]),
    ("Title: a\u2028b", [("Title", "a\u2028b")]),
    ("no label here", [("", "no label here")]),
    ("Colour of the sea: grey", [("Colour of the sea", "grey")]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_lines_become_rows(text: str, expected: list[tuple[str, str]]):
    assert [(row.label, row.value) for row in rows(text)] == expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_becomes_rows_and_an_overview(text: str):
    understand(rows(text))
    understand(
        [Row(label, text) for label in ("Title", "Native title", "Cast", "Runtime", "Episodes", "Platform", "Genre")]
    )


def test_a_value_too_long_to_take_apart_is_left_alone():
    title, platform_row = Row("Title", "( " * 2_000), Row("Platform", "Viki, " * 2_000)
    assert understand([title, platform_row]) == Overview()


LABELS = {
    Field.TITLE: ["Title", "title:", " TITLE ", "제목", "작품명", "Drama"],
    Field.NATIVE: ["Native Title", "Hangul", "Original title", "Korean Title", "원제", "한글 제목"],
    Field.OTHER: ["Also known as", "AKA", "a.k.a.", "Other titles", "Alternative Title", "Working title"],
    Field.YEAR: ["Year", "Release Year", "Released", "Release date", "Aired", "연도", "개봉", "방영", "방영일"],
    Field.GENRE: ["Genre", "Genres", "Genre(s)", "장르"],
    Field.CAST: ["Main Cast", "Cast", "Starring", "Stars", "MAIN\u00a0CAST", "출연", "주연", "출연진"],
    Field.DIRECTOR: ["Director", "Directors", "Directed by", "Director(s)", "감독", "연출"],
    Field.WRITER: ["Writer", "Screenwriter", "Written by", "Screenplay", "작가", "각본", "극본"],
    Field.EPISODES: ["Episodes", "Number of Episodes", "No. of episodes", "회차", "부작", "에피소드"],
    Field.RUNNING_TIME: [
        "Runtime",
        "Running Time",
        "Run‑time",
        "Run time",
        "Duration",
        "상영 시간",
        "상영시간",
        "러닝타임",
    ],
    Field.PLATFORM: [
        "Streaming Platform",
        "Where to Watch",
        "Platform",
        "Platforms",
        "Available on",
        "Where to watch (US)",
        "시청",
        "스트리밍",
        "플랫폼",
        "OTT",
    ],
    None: ["", "Network", "Colour", "Titles of chapters", "https", "방송사"],
}


@pytest.mark.parametrize(
    ("expected", "label"), [(known, label) for known, labels in LABELS.items() for label in labels]
)
def test_a_label_is_known_in_its_variants(expected: Field | None, label: str):
    assert Row(label, "").field is expected


def overview(*pairs: tuple[str, str]) -> Overview:
    return understand(Row(label, value) for label, value in pairs)


TITLES = [
    ("The Salt Road (소금길)", "The Salt Road", "소금길", ()),
    ("소금길 (The Salt Road)", "The Salt Road", "소금길", ()),
    ("The Salt Road / 소금길", "The Salt Road", "소금길", ()),
    ("소금길 | The Salt Road", "The Salt Road", "소금길", ()),
    ("The Salt Road – 소금길", "The Salt Road", "소금길", ()),
    ("The Salt Road（소금길）", "The Salt Road", "소금길", ()),
    ("Wait, We Are Salt", "Wait, We Are Salt", "", ()),
    ("Wait, Our Salt! (Age of Salt)", "Wait, Our Salt!", "", ("Age of Salt",)),
    ("The Salt Road (소금길, Sogeumgil)", "The Salt Road", "소금길", ("Sogeumgil",)),
    ("Wait (잠깐, 우리는 소금)", "Wait", "잠깐, 우리는 소금", ()),
    ("The Salt Road (소금길) (Salt Way)", "The Salt Road", "소금길", ("Salt Way",)),
    ("The Salt Road (Season 2)", "The Salt Road (Season 2)", "", ()),
    ("Face/Off", "Face/Off", "", ()),
    ("소금길", "소금길", "", ()),
    ("소금길 (시즌 2)", "소금길 (시즌 2)", "", ()),
    ("(Un)salted", "(Un)salted", "", ()),
]


@pytest.mark.parametrize(("value", "title", "native", "others"), TITLES)
def test_a_title_row_gives_title_native_title_and_others(value: str, title: str, native: str, others: tuple[str, ...]):
    found = overview(("Title", value))
    assert (found.work_title, found.native_title, found.other_titles) == (title, native, others)


def test_titles_of_separate_rows_come_together():
    found = overview(
        ("Title", "The Salt Road"),
        ("Native title", "소금길"),
        ("Original title", "Sogeumgil"),
        ("Also known as", "Salt, Sweet Salt; Salt Way / The Salt Road"),
    )
    assert (found.work_title, found.native_title) == ("The Salt Road", "소금길")
    assert found.other_titles == ("Sogeumgil", "Salt, Sweet Salt", "Salt Way")


def test_a_second_title_row_is_another_title():
    assert overview(("Title", "Salt"), ("English title", "Salt Way")).other_titles == ("Salt Way",)


YEARS = [
    ("2021", 2021),
    ("2021-2022", 2021),
    ("2021–22", 2021),
    ("April 14, 2023", 2023),
    ("2021년", 2021),
    ("2021.11.12 ~ 2022.01.08", 2021),
    ("soon", None),
    ("12021", None),
    ("", None),
]


@pytest.mark.parametrize(("value", "year"), YEARS)
def test_a_year_is_found(value: str, year: int | None):
    assert overview(("Released", value)).year == year


def test_a_year_in_the_title_row_is_no_other_title():
    found = overview(("Title", "Salt (2019)"))
    assert (found.work_title, found.year, found.other_titles) == ("Salt", 2019, ())


GENRE_ROWS = [
    ("Romance, Drama, Melodrama", ("Romance", "Drama", "Melodrama")),
    ("Musical comedy, romantic satire, dark comedy", ("Musical comedy", "romantic satire", "dark comedy")),
    ("Slice of life / Drama", ("Slice of life", "Drama")),
    ("Action/Comedy", ("Action", "Comedy")),
    ("로맨스 · 코미디", ("로맨스", "코미디")),
    ("Crime & Thriller", ("Crime", "Thriller")),
    ("Romance, comedy, and drama.", ("Romance", "comedy", "drama")),
    ("Rock and roll, Drama", ("Rock and roll", "Drama")),
    ("Drama (family, school), Drama", ("Drama (family, school)", "Drama")),
    ("Drama, Drama,", ("Drama",)),
    ("TBA", ()),
]


@pytest.mark.parametrize(("value", "genres"), GENRE_ROWS)
def test_genres_are_phrases_as_written_in_order(value: str, genres: tuple[str, ...]):
    assert overview(("Genre", value)).genres == genres


PHRASES = [
    ("Musical comedy", ("Musical", "Comedy")),
    ("romantic satire", ("Romance", "Satire")),
    ("dark comedy", ("Comedy",)),
    ("Drama", ("Drama",)),
    ("Medical drama", ("Medical", "Drama")),
    ("Melodrama", ("Melodrama",)),
    ("romantic comedies", ("Romance", "Comedy")),
    ("Rom‑com", ("Romance", "Comedy")),
    ("Slice-of-life", ("Slice of life",)),
    ("Sci-Fi", ("Science fiction",)),
    ("Office comedy", ("Workplace", "Comedy")),
    ("comedy comedy", ("Comedy",)),
    ("로맨스", ("Romance",)),
    ("로맨틱 코미디", ("Romance", "Comedy")),
    ("범죄스릴러", ("Crime", "Thriller")),
    ("멜로드라마", ("Melodrama",)),
    ("Road movie", ("Road movie",)),
    ("road movie", ("Road movie",)),
    ("ensemble", ("Ensemble",)),
    ("warm", ("Warm",)),
    ("", ("",)),
]


@pytest.mark.parametrize(("phrase", "genres"), PHRASES)
def test_a_phrase_counts_under_broader_genres(phrase: str, genres: tuple[str, ...]):
    assert broader(phrase) == genres


PEOPLE = [
    ("Seo Ha-jin, Moon Tae‑o", [Credit("cast", "Seo Ha-jin"), Credit("cast", "Moon Tae‑o")]),
    ("Seo Ha-jin (Hanna Seo), Noh Ara", [Credit("cast", "Seo Ha-jin", "Hanna Seo"), Credit("cast", "Noh Ara")]),
    (
        "Seo Ha-jin (Hanna Seo, the elder), Noh Ara",
        [Credit("cast", "Seo Ha-jin", "Hanna Seo, the elder"), Credit("cast", "Noh Ara")],
    ),
    ("Seo Ha-jin as Ok Bo-ra", [Credit("cast", "Seo Ha-jin", character="Ok Bo-ra")]),
    ("Seo Ha-jin (as Ok Bo-ra)", [Credit("cast", "Seo Ha-jin", character="Ok Bo-ra")]),
    ("Seo Ha-jin (Hanna Seo) as Ok Bo-ra", [Credit("cast", "Seo Ha-jin", "Hanna Seo", "Ok Bo-ra")]),
    ("Seo Ha-jin – Ok Bo-ra", [Credit("cast", "Seo Ha-jin", character="Ok Bo-ra")]),
    ("서하진 (옥보라 역), 노아라", [Credit("cast", "서하진", character="옥보라"), Credit("cast", "노아라")]),
    ("서하진(옥보라 역)", [Credit("cast", "서하진", character="옥보라")]),
    ("A Na, Bo Ra, and Cho A", [Credit("cast", "A Na"), Credit("cast", "Bo Ra"), Credit("cast", "Cho A")]),
    ("A Na & Bo Ra and Cho A", [Credit("cast", "A Na"), Credit("cast", "Bo Ra"), Credit("cast", "Cho A")]),
    ("A Na / Bo Ra; Cho A", [Credit("cast", "A Na"), Credit("cast", "Bo Ra"), Credit("cast", "Cho A")]),
    ("- A Na\n- Bo Ra", [Credit("cast", "A Na"), Credit("cast", "Bo Ra")]),
    ("A Na (cameo), and others", [Credit("cast", "A Na")]),
    ("Andy Band", [Credit("cast", "Andy Band")]),
    ("Seo Ha-jin.", [Credit("cast", "Seo Ha-jin")]),
    ("Noh Jr.", [Credit("cast", "Noh Jr.")]),
    ("N/A", []),
    ("(nobody)", []),
]


@pytest.mark.parametrize(("value", "credits"), PEOPLE)
def test_a_cast_row_gives_credits(value: str, credits: list[Credit]):
    assert list(overview(("Main Cast", value)).credits) == credits


def test_cast_director_and_writer_keep_their_order():
    found = overview(("Cast", "A Na"), ("Director", "Bo Ra"), ("Written by", "Cho A"), ("Supporting cast", "Da Mi"))
    assert [(credit.role, credit.name) for credit in found.credits] == [
        ("cast", "A Na"),
        ("director", "Bo Ra"),
        ("writer", "Cho A"),
        ("cast", "Da Mi"),
    ]


@pytest.mark.parametrize(
    "label", ["Director/Writer", "Director & Screenwriter", "Directed and Written by", "연출·극본"]
)
def test_two_roles_in_one_row_give_both_credits(label: str):
    found = overview((label, "Noh Ara"))
    assert found.credits == (Credit("director", "Noh Ara"), Credit("writer", "Noh Ara"))
    assert Row(label, "").field is Field.DIRECTOR


EPISODES = [
    ("16", 16),
    ("16 episodes", 16),
    ("16부작", 16),
    ("총 16회", 16),
    ("12 (Season 1)", 12),
    ("Season 2: 12 episodes", 12),
    ("16 + 2 specials", 16),
    ("TBA", None),
    ("", None),
]


@pytest.mark.parametrize(("value", "episodes"), EPISODES)
def test_episodes_are_a_number(value: str, episodes: int | None):
    assert overview(("Episodes", value)).episodes == episodes


LENGTHS = [
    ("Approx. 70 minutes per episode", 70, True, True),
    ("106 minutes", 106, False, False),
    ("106 min.", 106, False, False),
    ("1h 46m", 106, False, False),
    ("1 hour 46 min", 106, False, False),
    ("1 hour and 46 minutes", 106, False, False),
    ("106 minutes (1h 46m)", 106, False, False),
    ("2 hours", 120, False, False),
    ("1.5 hours", 90, False, False),
    ("70분", 70, False, False),
    ("1시간 46분", 106, False, False),
    ("회당 약 70분", 70, True, True),
    ("60-70 minutes", 70, True, False),
    ("60 to 70 min each", 70, True, True),
    ("~65 min/ep", 65, True, True),
    ("About 1 hour an episode", 60, True, True),
    ("106", 106, False, False),
    ("long", None, False, False),
]


@pytest.mark.parametrize(("value", "minutes", "approximate", "per_episode"), LENGTHS)
def test_a_running_time_is_words_and_minutes(value: str, minutes: int | None, approximate: bool, per_episode: bool):
    assert overview(("Runtime", value)).running_time == RunningTime(value, minutes, approximate, per_episode)


KINDS = [
    ([("Episodes", "16"), ("Running Time", "70 minutes")], "drama"),
    ([("Episodes", "TBA"), ("Running Time", "70 minutes")], "drama"),
    ([("Episodes", "N/A"), ("Runtime", "106 minutes")], "film"),
    ([("Runtime", "106 minutes")], "film"),
    ([("Running Time", "70 minutes per episode")], ""),
    ([("Title", "Salt")], ""),
]


@pytest.mark.parametrize(("pairs", "kind"), KINDS)
def test_the_kind_comes_from_the_fields(pairs: list[tuple[str, str]], kind: str):
    assert overview(*pairs).kind == kind


SENTENCE = (
    "Not currently streaming on Netflix, Hulu, Disney+, Viki, or Kocowa in the United States (checked May 4, 2026)."
)
MAY_4 = date(2026, 5, 4)

HELD = [
    ("Viki", [Availability("Viki")]),
    ("Netflix, Viki", [Availability("Netflix"), Availability("Viki")]),
    ("Netflix and Viki.", [Availability("Netflix"), Availability("Viki")]),
    ("Netflix / Disney Plus", [Availability("Netflix"), Availability("Disney+")]),
    ("Netflix + Rakuten Viki", [Availability("Netflix"), Availability("Viki")]),
    ("Netflix\nViki", [Availability("Netflix"), Availability("Viki")]),
    ("Netflix (US), Viki (worldwide)", [Availability("Netflix", "US"), Availability("Viki", "WORLD")]),
    ("Netflix (U.S. only), Viki (select regions)", [Availability("Netflix", "US"), Availability("Viki", "SOME")]),
    ("Netflix (US, UK)", [Availability("Netflix", "US"), Availability("Netflix", "GB")]),
    ("Netflix US", [Availability("Netflix", "US")]),
    ("US: Netflix; Canada: Viki", [Availability("Netflix", "US"), Availability("Viki", "CA")]),
    ("In South Korea, Tving and Wavve", [Availability("Tving", "KR"), Availability("Wavve", "KR")]),
    ("Netflix in the US and Canada", [Availability("Netflix", "US"), Availability("Netflix", "CA")]),
    ("Netflix in Korea, Viki in the U.S.", [Availability("Netflix", "KR"), Availability("Viki", "US")]),
    ("Netflix, Viki in the US", [Availability("Netflix", "US"), Availability("Viki", "US")]),
    ("Netflix in the US, Viki", [Availability("Netflix", "US"), Availability("Viki")]),
    (
        "Available on Netflix in the United States (checked May 4, 2026)",
        [Availability("Netflix", "US", checked_on=MAY_4)],
    ),
    ("Viki (2026-05-04)", [Availability("Viki", checked_on=MAY_4)]),
    ("Viki (checked 4 May 2026)", [Availability("Viki", checked_on=MAY_4)]),
    ("Viki, as of May 4th, 2026", [Availability("Viki", checked_on=MAY_4)]),
    (
        "As of 5/4/2026, Netflix and Viki",
        [Availability("Netflix", checked_on=MAY_4), Availability("Viki", checked_on=MAY_4)],
    ),
    ("Viki (checked May 2026)", [Availability("Viki", checked_on=date(2026, 5, 1))]),
    (
        "넷플릭스, 티빙 (2026년 5월 4일 확인)",
        [Availability("Netflix", checked_on=MAY_4), Availability("Tving", checked_on=MAY_4)],
    ),
    ("한국에서 넷플릭스 (2026. 5. 4. 기준)", [Availability("Netflix", "KR", checked_on=MAY_4)]),
    (
        "Netflix (US); Viki (worldwide). Checked May 4, 2026.",
        [Availability("Netflix", "US", checked_on=MAY_4), Availability("Viki", "WORLD", checked_on=MAY_4)],
    ),
    ("Netflix (checked May 4, 2026), Viki", [Availability("Netflix", checked_on=MAY_4), Availability("Viki")]),
    ("SomeNewService", [Availability("SomeNewService")]),
    ("Viki, Salt Marsh TV (KR)", [Availability("Viki"), Availability("Salt Marsh TV", "KR")]),
    ("Rent on Apple TV, Amazon", [Availability("Apple TV", "", "rent"), Availability("Prime Video", "", "rent")]),
    ("Rent or buy on Apple TV", [Availability("Apple TV", "", "rent"), Availability("Apple TV", "", "buy")]),
    ("Netflix, Apple TV (rent)", [Availability("Netflix"), Availability("Apple TV", "", "rent")]),
    ("Free on Tubi, rent on Apple TV", [Availability("Tubi", "", "free"), Availability("Apple TV", "", "rent")]),
    ("In theaters", [Availability("", "", "cinema")]),
    ("In cinemas in South Korea", [Availability("", "KR", "cinema")]),
    (
        "Not on Netflix or Viki",
        [Availability("Netflix", status="not available"), Availability("Viki", status="not available")],
    ),
    (
        "Netflix and Viki are not available",
        [Availability("Netflix", status="not available"), Availability("Viki", status="not available")],
    ),
    ("Available on Viki, not on Netflix", [Availability("Viki"), Availability("Netflix", status="not available")]),
    ("Available on Viki but not on Netflix", [Availability("Viki"), Availability("Netflix", status="not available")]),
    ("Isn’t available on Viki", [Availability("Viki", status="not available")]),
    ("No longer available on Viki", [Availability("Viki", status="left")]),
    ("Netflix (left), Viki", [Availability("Netflix", status="left"), Availability("Viki")]),
    ("Coming soon to Netflix", [Availability("Netflix", status="unknown")]),
    ("Netflix (https://example.org/salt)", [Availability("Netflix", link="https://example.org/salt")]),
    (
        "[Netflix](https://example.org/salt), Viki",
        [Availability("Netflix", link="https://example.org/salt"), Availability("Viki")],
    ),
    ("Netflix – worldwide", [Availability("Netflix", "WORLD")]),
    ("tvN, Viki", [Availability("tvN"), Availability("Viki")]),
    ("Netflix (not US)", [Availability("Netflix", "US", status="not available")]),
    ("“Viki”", [Availability("Viki")]),
    ("", []),
    ("–", []),
]


@pytest.mark.parametrize(("value", "entries"), HELD)
def test_a_platform_row_becomes_ledger_entries(value: str, entries: list[Availability]):
    assert list(read_availability(value)) == entries


# Here the entries do not hold every word, so each keeps the value as its note.
NOTED = [
    (SENTENCE, [(name, "US", "not available", MAY_4) for name in ("Netflix", "Hulu", "Disney+", "Viki", "Kocowa")]),
    ("Not streaming in the United States", [("", "US", "not available", None)]),
    ("Streaming on Viki", [("Viki", "", "available", None)]),
    ("Netflix, Viki, and other services", [("Netflix", "", "available", None), ("Viki", "", "available", None)]),
    ("Netflix (seasons 1-2)", [("Netflix", "", "available", None)]),
    ("Left Netflix on May 4, 2026", [("Netflix", "", "left", None)]),
    ("Netflix, except in Korea", [("Netflix", "", "available", None)]),
    ("Viki (not yet checked)", [("Viki", "", "available", None)]),
    ("Viki (US: yes; UK: no)", [("", "", "unknown", None)]),
    ("Netflix (except Korea)", [("", "", "unknown", None)]),
    ("Netflix from March 2027, Viki", [("Viki", "", "available", None)]),
    ("None", [("", "", "not available", None)]),
    ("없음", [("", "", "not available", None)]),
    ("N/A", [("", "", "unknown", None)]),
    ("TBA", [("", "", "unknown", None)]),
    ("?", [("", "", "unknown", None)]),
    ("Varies by region", [("", "", "unknown", None)]),
    ("Netflix dropped it", [("", "", "unknown", None)]),
    ("Please look for it at your local library", [("", "", "unknown", None)]),
    ("Available", [("", "", "unknown", None)]),
    ("checked February 30, 2026", [("", "", "unknown", None)]),
]


@pytest.mark.parametrize(("value", "entries"), NOTED)
def test_words_no_entry_holds_are_kept_as_its_note(value: str, entries: list[tuple[str, str, str, date | None]]):
    found = read_availability(value)
    assert [(entry.platform, entry.region, entry.status, entry.checked_on) for entry in found] == entries
    assert {entry.note for entry in found} == {value}


def test_a_platform_that_is_in_no_table_keeps_its_own_signs():
    value = "Won\u2011suk TV (checked Nov\u00a024,  2025), Halla’s, https://x.example/a\u2010b"
    first, second, *_ = read_availability(value)
    assert (first.platform, first.checked_on) == ("Won\u2011suk TV", date(2025, 11, 24))
    assert second.platform == "Halla’s"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*SENTENCE.split(), "(", ")", ",", "and", "US", "not", "SomeNewService", "Korea", ";"]))
)
def test_no_platform_row_is_lost(words: list[str]):
    value = " ".join(words)
    assert bool(read_availability(value)) == bool(re.search(r"\w", value))


NAMES = [
    ("disney plus", "Disney+"),
    ("RAKUTEN VIKI", "Viki"),
    ("Kocowa+", "Kocowa"),
    ("Apple TV+", "Apple TV"),
    ("Amazon", "Prime Video"),
    ("쿠팡플레이", "Coupang Play"),
    ("Salt Marsh TV", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "canonical"), NAMES)
def test_a_platform_has_one_name(name: str, canonical: str | None):
    assert platform(name) == canonical


REGION_NAMES = [
    ("US", "US"),
    ("us", "US"),
    ("U.S.", "US"),
    ("USA", "US"),
    ("the United States", "US"),
    ("United States", "US"),
    ("the UK", "GB"),
    ("한국", "KR"),
    ("Korea", "KR"),
    ("worldwide", "WORLD"),
    ("Select regions", "SOME"),
    ("Atlantis", ""),
    ("", ""),
]


@pytest.mark.parametrize(("name", "code"), REGION_NAMES)
def test_a_region_is_known_by_its_names(name: str, code: str):
    assert region(name) == code


def test_every_region_is_found_by_its_printed_name():
    assert all(region(region_name(code)) == code for code in REGIONS)
    assert [region_name(code) for code in ("US", "KR", "WORLD", "SOME", "ZZ", "")] == [
        "the United States",
        "South Korea",
        "worldwide",
        "some countries",
        "ZZ",
        "",
    ]


def test_names_are_joined_as_in_a_sentence():
    assert join_names([]) == ""
    assert join_names(["a"]) == "a"
    assert join_names(["a", "b"]) == "a and b"
    assert join_names(["a", "b", "c"], "or") == "a, b or c"


def test_a_checked_sentence_is_printed_as_one():
    assert ledger_sentences(read_availability(SENTENCE)) == [
        Sentence(
            before="Not on ",
            platforms=("Netflix", "Hulu", "Disney+", "Viki", "Kocowa"),
            after=" in the United States",
            checked_on=MAY_4,
            status="not available",
            note=SENTENCE,
            links=("", "", "", "", ""),
            region="US",
        )
    ]


PRINTED = [
    (SENTENCE, ["Not on Netflix, Hulu, Disney+, Viki or Kocowa in the United States, checked 4 May 2026"]),
    ("Viki", ["Viki, not yet checked"]),
    ("Netflix, Viki", ["Netflix and Viki, not yet checked"]),
    ("Viki (checked May 4, 2026)", ["Viki, region not checked, checked 4 May 2026"]),
    (
        "Netflix (US), Viki (worldwide)",
        ["Netflix in the United States, not yet checked", "Viki worldwide, not yet checked"],
    ),
    ("Rent on Apple TV in Canada", ["To rent on Apple TV in Canada, not yet checked"]),
    ("Viki in select regions (checked 2026-05-04)", ["Viki in some countries, checked 4 May 2026"]),
    ("Not streaming in the US (checked May 4, 2026)", ["Not streaming in the United States, checked 4 May 2026"]),
    ("In theaters in Korea", ["In cinemas in South Korea, not yet checked"]),
    ("Left Viki", ["No longer on Viki"]),
    ("Coming soon to Netflix", ["Not known whether on Netflix"]),
    ("Varies by region", ["Not known where to watch"]),
    ("None", ["Not streaming, not yet checked"]),
    ("", []),
]


@pytest.mark.parametrize(("value", "sentences"), PRINTED)
def test_entries_are_put_into_words(value: str, sentences: list[str]):
    assert [str(sentence) for sentence in ledger_sentences(read_availability(value))] == sentences


def test_a_sentence_keeps_the_link_of_each_platform():
    entries = [Availability("Viki", link="https://example.org/v"), Availability("Hulu")]
    assert ledger_sentences(entries)[0].links == ("https://example.org/v", "")


def test_a_check_grows_old():
    today = date(2026, 5, 4)
    ages = {days: age(today - timedelta(days=days), today) for days in (0, 60, 61, 180, 181)}
    assert ages == {0: "", 60: "", 61: "due", 180: "due", 181: "unconfirmed"}
    assert age(None, today) == ""
    assert age(today + timedelta(days=1), today) == ""


def test_a_whole_overview_is_understood():
    text = """Title: The Salt Road (소금길)
Year: 2021
Genre: Slice of life, dark comedy
Main Cast: Seo Ha‑jin (Hanna Seo), Moon Tae-o
Episodes: 16
Running Time: Approx. 70 minutes per episode
Streaming Platform: Viki
Colour: grey"""
    assert understand(rows(text)) == Overview(
        work_title="The Salt Road",
        native_title="소금길",
        year=2021,
        genres=("Slice of life", "dark comedy"),
        credits=(Credit("cast", "Seo Ha‑jin", "Hanna Seo"), Credit("cast", "Moon Tae-o")),
        episodes=16,
        running_time=RunningTime("Approx. 70 minutes per episode", 70, approximate=True, per_episode=True),
        availability=(Availability("Viki"),),
        kind="drama",
    )


def overviews_of(text: str) -> list[tuple[Row, ...]]:
    """Cut the overviews out of saved pages and of exports (their HTML unescaped)."""
    plain = re.sub(r"<br ?/?>|\n", "\n", html.unescape(text))
    blocks = re.findall(r"Overview(?:</h2>)?\s*\n(.*?)\n?(?:<h2>)?Overall Story", plain, re.DOTALL)
    return [rows(re.sub(r"</?b>", "", block)) for block in blocks]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "expected"), [("000_f3356b71ac3d6007.txt", "drama"), ("002_7daa3ae505a368e3.txt", "film")]
)
def test_the_saved_pages_are_understood(name: str, expected: str):
    page = REAL_DATA / "pages" / name
    assert page.exists(), f"{page} is missing: the data folder lies beside the checkout"
    text = page.read_text(encoding="utf-8")
    (found,) = overviews_of(text)
    assert len(found) == 7
    assert all(row.field for row in found)
    assert all(f"{row.label}: {row.value}\n" in text for row in found)
    view = understand(found)
    assert view.kind == expected
    assert view.work_title
    assert view.year
    assert view.running_time
    assert view.running_time.minutes
    if expected == "drama":
        assert (view.episodes, len(view.genres), len(view.credits)) == (16, 3, 4)
        assert (view.running_time.minutes, view.running_time.per_episode, view.native_title) == (70, True, "")
        assert [(entry.platform, entry.note) for entry in view.availability] == [("Viki", "")]
    else:
        assert (view.running_time.minutes, len(view.genres), len(view.credits)) == (106, 3, 4)
        assert len(view.native_title) == 6
        assert [bool(credit.alias) for credit in view.credits] == [
            True,
            False,
            False,
            False,
        ]
        ledger = {(entry.region, entry.status, entry.checked_on) for entry in view.availability}
        assert len(view.availability) == 5
        assert ledger == {("US", "not available", date(2025, 11, 24))}
        assert all(entry.note in text for entry in view.availability)


@pytest.mark.real_data
def test_the_export_s_overviews_are_understood():
    export = REAL_DATA / "blog" / "blog-11-27-2025.xml"
    assert export.exists(), f"{export} is missing: the data folder lies beside the checkout"
    found = [understand(block) for block in overviews_of(export.read_text(encoding="utf-8"))]
    assert len(found) == 9
    assert all(view.work_title and view.year and view.genres and view.credits and view.availability for view in found)
    assert sorted(view.kind for view in found) == ["drama"] * 8 + ["film"]
    assert {entry.platform for view in found for entry in view.availability} >= {"Netflix", "Viki", "Disney+"}
