"""A review begins: blank, or from a post that was pasted; and the list in which it is found again."""

import pytest
import sqlalchemy as sa

from kblog import document as documents
from kblog.db import db
from kblog.models import Review

from .browser import Browser, Page
from .builders import document, stored, stored_together
from .conftest import DATA

PASTE = "//form[@action='/studio/reviews/paste']"
POST = """“Salt Road”—Two strangers, one coffin
Introduction
It is dry — 건조하다. <b>Very</b>.
Overview
Title: Salt Road (소금길)
Year: 2024
Genre: Road movie, Romance
Main Cast: Lee Hanee (Honey Lee), Gu Won-jae
Runtime: 106 minutes
Streaming Platform: Viki
Overall Story
Bae Mi-ran (Lee Hanee) walks.
Memorable Lines
"I want to walk again." – The widow, whispering It is a promise.
Hashtags
#SaltRoad #KMovie
Comments
Popular Posts
"""


def pasted(author: Browser, text: str, **given) -> Page:
    return author.get("/studio/reviews/new").send(PASTE, {"text": text}, **given)


def review() -> Review:
    db.session.expire_all()
    return db.session.scalars(sa.select(Review)).one()


def test_a_pasted_post_becomes_a_draft_whose_fields_are_shown(author: Browser):
    answer = pasted(author, POST)
    page = author.get(answer.response.location)
    understood = dict(
        zip(page.texts("//dl[@class='understood']//dt"), page.texts("//dl[@class='understood']//dd"), strict=True)
    )
    assert understood["Headline"] == "“Salt Road”—Two strangers, one coffin"
    assert understood["Title in Hangul"] == "소금길"
    assert understood["Cast"] == "Lee Hanee, Gu Won-jae"
    assert understood["Hashtags"] == "#SaltRoad #KMovie"
    assert understood["Lines"].startswith("1")
    assert "Popular Posts" in page.words
    fields = dict(page.fields("//form[@id='review-form']"))
    assert fields["title"] == "Salt Road"
    assert fields["cast-0-name"] == "Lee Hanee (Honey Lee)"
    assert fields["cast-0-character"] == "Bae Mi-ran"
    assert (review().state, review().slug) == ("draft", "salt-road")
    assert "&lt;b&gt;" in str(review().body_html)


def test_a_portable_document_is_taken_as_it_is(author: Browser):
    made = document(headline="Boats", overview=[("Title", "Boats")], body="## Story\n\nIt floats.\n", published_at=None)
    pasted(author, documents.write(made))
    assert (review().work_title, review().body) == ("Boats", "## Story\n\nIt floats.\n")


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "begins"), [("000", "Behind the Runway"), ("002", "“")])
def test_the_real_posts_lose_no_word(author: Browser, name: str, begins: str):
    (path,) = (DATA / "pages").glob(f"{name}_*.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(begins))
    end = next(n for n, line in enumerate(lines) if line.startswith(("#KillingRomance", "#NowWe")))
    pasted(author, "\n".join(lines[start : end + 1]))
    made = review()
    assert len(made.lines) == 5
    assert made.work_title
    assert made.credits
    said = " ".join([made.headline, made.body, *(f"{label}: {value}" for label, value in made.overview)])
    said += " ".join(filing.written for filing in made.filings) + " Overview Hashtags "
    words = set(" ".join(lines[start : end + 1]).split())
    bare = set(said.replace("\\", "").replace("**", "").split())
    assert not {word for word in words - bare if word not in said.replace("\\", "")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste the text of a post first."),
        (" \n ", "There is nothing to read yet."),
        ("---\nheadlin: x\n---\n", "perhaps"),
        ("x " * 300_000, "A review holds at most"),
    ],
)
def test_what_cannot_be_read_is_shown_again(author: Browser, text: str, said: str):
    page = pasted(author, text, status=422)
    assert said in page.words
    assert dict(page.fields(PASTE))["text"].strip() == text.strip().replace("\n", "\r\n")
    assert db.session.scalars(sa.select(Review)).all() == []


def test_a_review_is_found_in_the_list_by_its_state_and_title(author: Browser):
    stored(slug="one", overview=[("Title", "One Boat")])
    stored(slug="two", overview=[("Title", "Two Boats (두 배)")], state="draft")
    stored(slug="three", overview=[("Title", "Three%")], state="withdrawn")
    listed = author.get("/studio/reviews/")
    assert len(listed.all("//ul[contains(@class, 'reviews-list')]/li")) == 3
    assert [text.split()[0] for text in listed.texts("//nav[@class='tabs']/a")] == [
        "All",
        "Drafts",
        "Published",
        "Withdrawn",
    ]
    assert "Two Boats" in author.get("/studio/reviews/?state=draft").words
    assert "One Boat" not in author.get("/studio/reviews/?state=draft").words
    assert "One Boat" in author.get("/studio/reviews/?q=one+b").words
    assert "Two Boats" in author.get("/studio/reviews/?q=두").words
    assert "No review here is called" in author.get("/studio/reviews/?q=%25%25").words
    assert "Three%" in author.get("/studio/reviews/?q=%25").words


def test_many_reviews_are_listed_page_by_page(author: Browser):
    stored_together(*(document(slug=f"r-{number}", overview=[("Title", f"Boat {number}")]) for number in range(53)))
    first = author.get("/studio/reviews/")
    assert len(first.all("//ul[contains(@class, 'reviews-list')]/li")) == 50
    assert len(first.follow("More").all("//ul[contains(@class, 'reviews-list')]/li")) == 3


def test_an_empty_studio_says_how_to_begin(author: Browser):
    assert "There is nothing yet." in author.get("/studio/reviews/").words
    for page in ("0", "-1", "99999999999999999999", "x"):
        author.get(f"/studio/reviews/?page={page}&state=x")
