"""What a text says against its own card, ledger and lines, and what grows old or is filler: found, and nothing else."""

from pathlib import Path

import pytest
from flask import Flask

from kblog.document import Document
from kblog.overview import Availability
from kblog.studio.lint import Facts, Pictured, lint

from .test_check_review import BODY, DRAMA, FACTS, TODAY, VIKI, found, review, without

CAST = (*without("Main Cast"), ("Main Cast", "Ok Bo-ra (Bora Ok), Gong Myoung"))
NETFLIX = Availability("Netflix", "US", status="not available", checked_on=VIKI.checked_on)


def text(words: str, section: str = "Why It’s Special", **given) -> list[str]:
    """Return what is found in a review in which a section says this."""
    return found(**{"body": BODY.replace(f"Words of {section}.", words), "overview": CAST, **given})


def other(words: str) -> str:
    return f"{words} Write the name one way, or add the other in brackets there."


# People

SPELLINGS = {
    "another way in the prose": (
        {"words": "Gong Myung’s brother, and Gong Myung."},
        [f"warning body: {other('“Gong Myung” may be “Gong Myoung” of the overview.')}"],
    ),
    "and in a hashtag": (
        {"words": "With Gong Myung.", "hashtags": ("#GongMyung",)},
        [f"warning body: {other('“Gong Myung” and #GongMyung may be “Gong Myoung” of the overview.')}"],
    ),
    "in the description alone": (
        {"words": "x", "description": "Gong Myung rows."},
        [f"warning description: {other('“Gong Myung” may be “Gong Myoung” of the overview.')}"],
    ),
    "other hyphens, order and case": ({"words": "Ok Bora, Bo-Ra Ok, OK BO-RA.", "hashtags": ("#OkBoRa",)}, []),
    "the name in brackets": ({"words": "Bora Ok rows."}, []),
    "two of one key in one cast": (
        {"words": "Kim Jeong-su and Kim Jung-soo.", "overview": (*DRAMA, ("Cast", "Kim Jeong-su, Kim Jung-soo"))},
        [],
    ),
    "a character of that name": ({"words": "Gong Myung (Ok Bo-ra) rows."}, []),
    "one who is played": ({"words": "Gong Myung rows.", "characters": (("Ok Bo-ra", "Gong Myung"),)}, []),
    "somebody else": ({"words": "Gong Yoo and Kim Myung rows. As Gong My friend says."}, []),
}


@pytest.mark.parametrize(("given", "findings"), SPELLINGS.values(), ids=SPELLINGS)
def test_a_person_is_spelt_one_way(given: dict, findings: list[str]):
    assert text(**given) == findings


def unnamed(role: str, name: str) -> str:
    return f"{role}: The text names {name} as {role}; the overview names nobody. Readers find people by the overview."


CREW = {
    "a director": ("Behind the camera, director Noh Ga-ram waits.", [unnamed("director", "Noh Ga-ram")]),
    "a writer": ("Writer Geum Ran took her time.", [unnamed("writer", "Geum Ran")]),
    "both": (
        "Director Noh Ga-ram and screenwriter Je In row. It was written by Je In.",
        [unnamed("director", "Noh Ga-ram"), unnamed("writer", "Je In")],
    ),
    "one who is both": (
        "Writer-director Noh Ga-ram rows.",
        [unnamed("director", "Noh Ga-ram"), unnamed("writer", "Noh Ga-ram")],
    ),
    "in a spoiler": ("::: spoiler\nDirector Noh Ga-ram.\n:::", [unnamed("director", "Noh Ga-ram")]),
    "no name": ("The director wins. Best Director Award Winner. A director In the Rain. The writer Of it.", []),
    "another trade": ("Art director Noh Ga-ram, the music director Geum Ran and webtoon writer Je In.", []),
    "a character": ("Director Noh Ga-ram (Ok Bo-ra) fires her.", []),
}


@pytest.mark.parametrize(("words", "findings"), CREW.values(), ids=CREW)
def test_who_made_the_work_is_on_the_card(words: str, findings: list[str]):
    assert text(words) == [f"warning {each}" for each in findings]


def test_the_card_may_name_them_in_another_spelling_or_name_others():
    crew = (*CAST, ("Director", "Noh Ga-ram"), ("Writer", "Geum Ran"))
    assert text("Director Noh Garam and writer Geum Ran row.", overview=crew) == []
    assert text("Like director Bong Yeo-jin.", overview=crew) == [
        "note director: The text names Bong Yeo-jin as director, the overview Noh Ga-ram. "
        "Add Bong Yeo-jin if both worked on it."
    ]
    assert text("Director No Ka-lam rows.", overview=crew) == [
        f"warning body: {other('“No Ka-lam” may be “Noh Ga-ram” of the overview.')}"
    ]


# Where to watch it

KEPT = "Only the overview’s entries are kept up to date."
CLAIMS = {
    "said once more": (
        "It is streaming on Viki in some places.",
        [f"note: Where to watch it is said here too: “It is streaming on Viki in some places”. {KEPT}"],
    ),
    "denied against the ledger": (
        "You cannot watch it on Viki. It isn’t available on Viki.",
        ["warning: The text says that it is not on Viki: “It isn’t available on Viki”. The overview says that it is."],
    ),
    "said against the ledger": (
        "It rains; it does stream on Netflix in select regions, and it floats.",
        [
            "warning: The text says that it is on Netflix: “it does stream on Netflix in select regions”. "
            "The overview says that it is not."
        ],
    ),
    "on a platform that the ledger lacks": (
        "Find it on Kocowa.",
        ["warning: The text says that it is on Kocowa: “Find it on Kocowa”. The overview says Viki."],
    ),
    "without a platform": (
        "A note on where to watch: nowhere.",
        [f"note: Where to watch it is said here too: “A note on where to watch: nowhere”. {KEPT}"],
    ),
    "said by somebody": ("“It is streaming on Netflix,” she says.", []),
    "another story": ("A Netflix thriller has faster boats. He streams on YouTube. She rows on Peacock Lake.", []),
    "no platform": ("It is watched on ferries and available on the pier.", []),
}


@pytest.mark.parametrize(("words", "findings"), CLAIMS.values(), ids=CLAIMS)
def test_where_to_watch_is_said_in_one_place(words: str, findings: list[str]):
    expected = [each.replace(":", " body:", 1) for each in findings]
    assert text(words, availability=(VIKI, NETFLIX))[:1] == expected[:1]
    assert len(text(words, availability=(VIKI, NETFLIX))) == len(expected)


TAGS = {
    "#NetflixKDrama": ["#NetflixKDrama names Netflix, but where to watch it says that it is not."],
    "#WatchOnNetflix": ["#WatchOnNetflix names Netflix, but where to watch it says that it is not."],
    "#DisneyPlusKDrama": ["#DisneyPlusKDrama names Disney+, but where to watch it says Viki."],
    "#넷플릭스드라마": ["#넷플릭스드라마 names Netflix, but where to watch it says that it is not."],
    "#VikiKDrama": [],
    "#비키": [],
    "#Maximum": [],
    "#NetflixAndBoats": [],
    "#Salt": [],
}


@pytest.mark.parametrize(("tag", "findings"), TAGS.items())
def test_a_hashtag_names_no_platform_that_has_it_not(tag: str, findings: list[str]):
    assert found(availability=(VIKI, NETFLIX), hashtags=(tag,)) == [f"warning hashtags: {each}" for each in findings]


def test_without_a_ledger_a_hashtag_contradicts_nothing():
    assert found(availability=(), hashtags=("#NetflixKDrama",)) == [
        "warning availability: Add where to watch it, or where you looked in vain."
    ]
    unknown = Availability("Netflix", status="unknown")
    assert found(availability=(VIKI, unknown), hashtags=("#NetflixKDrama",)) == []


# Words

TEXTS = {
    "a quotation that is no line": (
        "Highlight Moments / Key Episodes",
        "He says, “Let’s stop rowing.” She is “free”, or “nearly free.”",
        ["note body: “Let’s stop rowing.” is quoted here, and Memorable Lines lacks it."],
    ),
    "a quotation elsewhere": ("Why It’s Special", "He says, “Let’s stop rowing.”", []),
    "a later episode": (
        "Overall Story",
        "Episode 12 rains. In episodes 11-14 it pours; ep. 99 snows.",
        [
            "warning body: The text tells of “episodes 11-14”, but the work has 12 episodes.",
            "warning body: The text tells of “ep. 99”, but the work has 12 episodes.",
        ],
    ),
    "a later episode in Korean": (
        "Overall Story", "13화에 비가 온다.", ["warning body: The text tells of “13화”, but the work has 12 episodes."],
    ),
    "a moment": (
        "Popularity & Reception",
        "It is currently the most watched. By May 2026 it was currently told.",
        ["note body: “currently the most watched.” has no date. Say when that was true."],
    ),
    "the story’s own moment": ("Overall Story", "She is currently at sea.", []),
    "a moment in words that somebody says": ("Popularity & Reception", "“I row right now,” he says.", []),
    "at the moment when": ("Popularity & Reception", "At the moment when it rains, at the moment of truth.", []),
    "a score": (
        "Popularity & Reception",
        "On Rotten Tomatoes it sits well.",
        ["note body: “On Rotten Tomatoes it sits well.” has no date. Say when that was true."],
    ),
    "a score of a year": ("Popularity & Reception", "In 2024 it had 90 % on Rotten Tomatoes.", []),
    "filler": (
        "Conclusion / Warm Reminders",
        "Compare mortgage rates, and Mortgage-Rates again.",
        ["note body: “mortgage rates” is on your list of filler, 2 times."],
    ),
    "part of a word": ("Conclusion / Warm Reminders", "Remortgage rates.", []),
    "a link within the text": (
        "Overall Story",
        "See [there](#h-introduction) and [nowhere](#h-nowhere).",
        ["warning body: The link to #h-nowhere leads to nothing that readers can see."],
    ),
    "a picture on its way": (
        "Overall Story",
        "![Uploading boat.jpg…]()",
        [
            "error body: The picture “Uploading boat.jpg…” has no address: it has not come in. Put it in again, or take"
            " it out."
        ],
    ),
    "a picture": (
        "Overall Story",
        "![A boat](/media/a.webp) ![](/media/b.webp)",
        ["warning body: The picture b.webp has no alt text. Say in the square brackets what it shows."],
    ),
    "two hyphens": (
        "Overall Story",
        "A neon‑bright pop-up, 9-12, `a‑b` and https://k.example/a‑b.",
        ["note body: Two sorts of hyphens: 2 plain, as in “pop-up”, and 1 that do not break, as in “neon‑bright”."],
    ),
    "two apostrophes": (
        "Overall Story", "It isn't, he said.", ["note body: Two sorts of apostrophes: 2 curly (’) and 1 straight (')."],
    ),
    "two quotation marks": (
        "Overall Story",
        "“One,” he said. \"Two.\"",
        ["note body: Two sorts of quotation marks: 2 curly (“ ”) and 2 straight (\" \")."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("section", "words", "findings"), TEXTS.values(), ids=TEXTS)
def test_what_the_text_says_is_checked(section: str, words: str, findings: list[str]):
    overview = (*DRAMA[:3], ("Main Cast", "Ok Bo-ra"), DRAMA[4])
    assert text(words, section, overview=overview) == findings


def test_a_quotation_among_the_lines_may_have_other_signs():
    body = BODY.replace("Words of Highlight Moments / Key Episodes.", "He says, “Let’s stop rowing.”")
    assert found(body=body.replace("Words of Memorable Lines.", '> "let’s stop rowing!"\n> — Bo, Episode 3')) == [
        'note body: Two sorts of quotation marks: 2 curly (“ ”) and 2 straight (" ").'
    ]


def test_two_descriptions_do_not_open_alike():
    others = (("Salt", "Dive into 'Salt,' a slow film."), ("Oar", "Dive into “Oar”, a drama."), ("Bay", "A bay."))
    facts = Facts(TODAY, descriptions=others)
    same = review(description="Dive into 'The Salt Ledger,' a tale of scales.")
    assert [each.words for each in lint(same, facts)] == [
        "The description opens like that of “Salt” and 1 more: “Dive into 'The Salt …”."
    ]
    for description in ("Dive from 'The Salt Ledger,' a tale.", "Dive into it.", ""):
        assert not [each for each in lint(review(description=description), facts) if "opens like" in each.words]


def test_a_link_within_the_site_leads_somewhere_if_anybody_looked():
    linked = review(
        body=BODY.replace("Words of Overall Story.", "[a](/reviews/a/?x#y) [b](/reviews/b/) [c](https://c/)")
    )
    assert lint(linked, FACTS) == []
    facts = Facts(TODAY, addresses=frozenset({"/reviews/a/"}))
    assert [each.words for each in lint(linked, facts)] == [
        "The link to /reviews/b/ leads to nothing that readers can see."
    ]


def test_a_picture_of_the_library_is_described_before_readers_see_it():
    shown = review(
        body=BODY.replace("Words of Overall Story.", "![](/media/a.jpg) ![A pier](/media/b.jpg) ![](/c.jpg)")
    )
    pictures = {"/media/a.jpg": Pictured(7, "harbour.jpg", False), "/media/b.jpg": Pictured(8, "pier.jpg", False)}
    error, warning = lint(shown, Facts(TODAY, pictures=pictures))
    assert (error.level, error.picture) == ("error", 7)
    assert error.words.startswith(
        "The picture harbour.jpg has no alt text. Say in the square brackets what it shows, or"
    )
    assert (warning.level, warning.words.split(".")[0]) == ("warning", "The picture c")
    pictures["/media/a.jpg"] = Pictured(7, "harbour.jpg", True)
    assert lint(shown, Facts(TODAY, pictures=pictures)) == [warning]


def test_a_finding_says_where_its_words_stand_and_is_known_again_when_the_text_around_it_changes():
    body = BODY.replace("Words of Popularity & Reception.", "Compare mortgage rates.")
    (finding,) = lint(review(body=body), FACTS)
    assert (finding.quote, finding.section, finding.part) == ("mortgage rates", "Popularity & Reception", 5)
    (later,) = lint(review(body=body.replace("## Overall Story", "Mortgage rates!\n\n## Overall Story")), FACTS)
    assert (later.section, later.key) == ("Introduction", finding.key)


def test_no_rule_of_the_text_looks_at_what_cannot_be_drawn():
    (error, *others) = lint(Document(headline="x", body='a\' "b" c’ ' * 60_000), FACTS)
    assert error.words.startswith("A review holds at most")
    assert not [each for each in others if each.where == "body"]


# The real reviews


def expected(findings: list[str], *starts: str) -> list[str]:
    """Return the beginnings that no finding has."""
    return [start for start in starts if not any(each.startswith(start) for each in findings)]


@pytest.mark.real_data
@pytest.mark.parametrize("source", ["Takeout", "blog-11-27-2025.xml"])
def test_the_two_long_reviews_are_asked_about_what_is_wrong_with_them(app: Flask, data: Path, source: str):
    result = app.test_cli_runner().invoke(args=["transfer", "import", str(data / "blog" / source)])
    assert result.exit_code == 0, result.output
    said = app.test_cli_runner().invoke(args=["lint"])
    assert said.exit_code == 0
    reviews = {part.split(":")[0]: part for part in said.output.split("\n\n")}
    drama = [line.partition(": ")[2] for line in reviews["now-we-are-breaking-up"].splitlines()[1:]]
    film = [line.partition(": ")[2] for line in reviews["killing-romance"].splitlines()[1:]]
    assert expected(
        drama,
        "#NetflixKDrama names Netflix, but where to watch it says Viki.",
        "The text names Lee Gil-bok as director; the overview names nobody.",
        "The text names Je In as writer; the overview names nobody.",
        "“Let’s stop breaking up.” is quoted here, and Memorable Lines lacks it.",
        "Two sorts of apostrophes",
        "There is no section Conclusion / Warm Reminders.",
    ) == []  # fmt: skip
    assert expected(
        film,
        "“Gong Myung” and #GongMyung may be “Gong Myoung” of the overview.",
        "The text names Park Jeong-ye as writer",
        "Two sorts of hyphens",
        "Two sorts of apostrophes",
        "Two sorts of quotation marks",
        "The text says that it is on Netflix",
        "Where to watch it is said here too",
        "“On Rotten Tomatoes, the film sits with an…” has no date.",
        "“travel insurance” is on your list of filler, 2 times.",
        "“mortgage rates” is on your list of filler.",
        "“credit card rewards” is on your list of filler.",
    ) == []  # fmt: skip
    assert len(drama) < 12
    assert len(film) < 20
