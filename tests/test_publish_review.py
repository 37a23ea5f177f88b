"""The author publishes: now, later, under another address, not any more; and what readers find meanwhile."""

import time
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer

from kblog.db import db, now
from kblog.models import Redirect, Review, Revision, Setting

from .browser import HTMX, Browser, Page
from .builders import PUBLISHED, comments, stored

FORM = "//form[@id='release']"
EDITOR = "//form[@id='review-form']"
FACTS = [
    ("Title", "Paper Boats (종이배)"),
    ("Year", "2021"),
    ("Cast", "Seo Ha-jin"),
    ("Episodes", "16"),
    ("OTT", "Viki"),
]
BODY = "## Introduction\n\nIt rains.\n\n## Overall Story\n\n## Memorable Lines\n\n> Row.\n> — Jin, Episode 3\n"
READERS = [
    "/",
    "/reviews/",
    "/reviews/?q=boats",
    "/archive/",
    "/feeds/reviews.atom",
    "/sitemap.xml",
    "/people/",
    "/genres/",
]


def draft(**given) -> Review:
    """Store a draft."""
    return stored(**{"overview": FACTS, "body": BODY, "state": "draft", **given})


def release(author: Browser, review: Review) -> Page:
    """Open the page from which a review is published."""
    return author.get(f"/studio/reviews/{review.id}/publish")


def pressed(author: Browser, review: Review, verb: str) -> Page:
    """Press one of the buttons beside the form of publishing."""
    page = release(author, review)
    (action,) = {
        *page.all(f"//button/@formaction[contains(., '{verb}')]"),
        *page.all(f"//form/@action[contains(., '{verb}')]"),
    }
    token = page.all("//input[@name='csrf_token']/@value")[0]
    return author.post(action, {"csrf_token": token})


def fresh(review: Review) -> Review:
    db.session.expire_all()
    return db.session.get_one(Review, review.id)


def is_found(author: Browser) -> dict[str, bool]:
    """Say for each of the readers' pages whether the review is on it; the reader is a stranger."""
    reader = Browser(author.app)
    pages = {url: reader.get(url).text for url in READERS}
    return {url: "Paper Boats" in text or "paper-boats" in text for url, text in pages.items()}


# It works


def test_a_draft_is_published_at_once(author: Browser):
    review = draft()
    page = release(author, review)
    answer = page.send(FORM, {"tells": "episode", "tells_episode": "4"})
    assert "Published." in author.get(answer.response.location).words
    reader = Browser(author.app)
    shown = reader.get("/reviews/paper-boats/")
    assert "Tells up to episode 4" in shown.words
    assert fresh(review).state == "published"
    again = release(author, review).send(FORM, {"tells": "nothing"})
    assert "Saved." in author.get(again.response.location).words
    found = is_found(author)
    assert all(
        found[url]
        for url in ("/", "/reviews/", "/reviews/?q=boats", "/archive/", "/feeds/reviews.atom", "/sitemap.xml")
    )


def test_headings_without_text_are_left_out_for_readers(author: Browser):
    review = draft()
    assert "Overall Story" in author.get(f"/studio/reviews/{review.id}/").text
    release(author, review).send(FORM)
    assert "Overall Story" not in Browser(author.app).get("/reviews/paper-boats/").text
    assert "Overall Story" in db.session.scalars(sa.select(Revision).order_by(Revision.id)).all()[0].text


def test_a_scheduled_review_appears_when_its_moment_comes_and_nothing_runs(author: Browser):
    review = draft()
    at = now() + timedelta(seconds=3)
    answer = release(author, review).send(FORM, {"when": "later", "at": at.strftime("%Y-%m-%dT%H:%M:%S")})
    page = author.get(answer.response.location)
    assert "Scheduled" in page.words
    reader = Browser(author.app)
    reader.get("/reviews/paper-boats/", status=404)
    assert not any(is_found(author).values())
    while now() < at:
        time.sleep(0.2)
    reader.get("/reviews/paper-boats/")
    assert is_found(author)["/"]
    assert is_found(author)["/reviews/?q=boats"]


def test_a_moment_is_read_in_the_sites_time_zone(author: Browser):
    db.session.add(Setting(name="time_zone", value="Asia/Seoul"))
    db.session.commit()
    review = draft()
    release(author, review).send(FORM, {"when": "later", "at": "2999-03-12T09:30"})
    at = fresh(review).published_at
    assert at is not None
    assert at.isoformat() == "2999-03-12T00:30:00+00:00"
    page = release(author, review)
    assert dict(page.fields(FORM))["at"] == "2999-03-12T09:30"
    assert "Asia/Seoul" in page.words


def test_what_was_scheduled_is_published_now_with_its_moment_still_in_the_form(author: Browser):
    review = draft()
    release(author, review).send(FORM, {"when": "later", "at": "2999-03-12T09:30"})
    release(author, review).send(FORM, {"when": "now"})
    assert fresh(review).state == "published"


def test_a_withdrawn_review_answers_410_and_comes_back_with_its_day(author: Browser):
    review = stored(overview=FACTS, body=BODY, comments=comments(1))
    pressed(author, review, "withdraw")
    reader = Browser(author.app)
    reader.get("/reviews/paper-boats/", status=410)
    reader.fragment("/reviews/paper-boats/comments", status=410)
    assert not any(is_found(author).values())
    release(author, review).send(FORM)
    reader.get("/reviews/paper-boats/")
    assert fresh(review).published_at == PUBLISHED


def test_what_was_only_scheduled_becomes_a_draft_again(author: Browser):
    review = stored(overview=FACTS, body=BODY, published_at=now() + timedelta(days=1))
    pressed(author, review, "withdraw")
    assert fresh(review).state == "draft"
    Browser(author.app).get("/reviews/paper-boats/", status=404)


def test_a_draft_is_put_away_and_taken_up_again(author: Browser):
    review = draft()
    answer = pressed(author, review, "discard")
    listed = author.get(answer.response.location)
    assert "Paper Boats" not in listed.texts("//li//a")
    assert "Paper Boats" in author.get("/studio/reviews/?state=discarded").words
    Browser(author.app).get("/reviews/paper-boats/", status=404)
    pressed(author, review, "take-up")
    assert fresh(review).state == "draft"


def test_one_review_is_featured_and_the_newest_leads_without_it(author: Browser):
    old = stored(slug="old", overview=[("Title", "Old")], published_at=PUBLISHED - timedelta(days=9), featured=True)
    older = stored(slug="older", overview=[("Title", "Older")], published_at=PUBLISHED - timedelta(days=99))
    stored(slug="newest", overview=[("Title", "Newest")])
    pressed(author, older, "feature")
    assert Browser(author.app).get("/").h1 == "Older"
    assert not fresh(old).featured
    pressed(author, older, "withdraw")
    assert Browser(author.app).get("/").h1 == "Newest"
    pressed(author, old, "feature")
    pressed(author, old, "feature")
    assert Browser(author.app).get("/").h1 == "Newest"


def test_a_changed_address_leaves_a_redirect_for_all_it_had(author: Browser):
    review = stored(overview=FACTS, body=BODY)
    page = author.get(f"/studio/reviews/{review.id}/")
    page.send(EDITOR, {"slug": "boats-of-paper"}, button="action=save")
    reader = Browser(author.app)
    for rest in ("", "comments", "comments.atom", "cover.svg"):
        answer = reader.get(f"/reviews/paper-boats/{rest}", status=301)
        assert answer.response.location == f"/reviews/boats-of-paper/{rest}"
    page = author.get(page.url)
    page.send(EDITOR, {"slug": "paper-boats"}, button="action=save")
    reader.get("/reviews/paper-boats/")
    assert reader.get("/reviews/boats-of-paper/", status=301).response.location == "/reviews/paper-boats/"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Redirect)) == 1


def test_a_drafts_old_address_leaves_nothing_behind(author: Browser):
    review = draft()
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"slug": "other"}, button="action=save")
    Browser(author.app).get("/reviews/paper-boats/", status=404)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Redirect)) == 0


def test_publishing_from_the_editor_saves_first(author: Browser):
    review = draft()
    page = author.get(f"/studio/reviews/{review.id}/")
    answer = page.send(EDITOR, {"parts-0-text": "It pours."}, button="action=publish")
    assert answer.response.location == f"/studio/reviews/{review.id}/publish"
    assert "It pours." in fresh(review).body
    assert fresh(review).state == "draft"


# A link for a friend


def link(author: Browser, review: Review) -> str:
    return release(author, review).all("//a[text()='Open it']/@href")[0]


def test_a_draft_can_be_shown_to_a_friend(author: Browser):
    address = link(author, draft())
    friend = Browser(author.app)
    page = friend.get(address)
    assert page.h1 == "Paper Boats"
    assert "Only people with this link can see it" in page.words
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.response.headers["X-Robots-Tag"]
    assert friend.get(page.all("//img[contains(@class, 'cover')]/@src")[0]).response.mimetype == "image/svg+xml"
    assert not page.all("//link[@rel='canonical']")


def test_a_link_opens_one_draft_only_and_ends(author: Browser):
    review = draft()
    address = link(author, review)
    stranger = Browser(author.app)
    stranger.get(address.replace("/previews/", "/previews/x"), status=404)
    stranger.get("/previews/nonsense/", status=404)
    key = author.app.secret_key
    assert isinstance(key, str)
    other = URLSafeTimedSerializer(key, salt="session").dumps(["review", review.id])
    stranger.get(f"/previews/{other}/", status=404)
    late = URLSafeTimedSerializer(key, salt="preview")
    late.get_timestamp = lambda: int(time.time()) - 8 * 86400  # type: ignore[attr-defined]
    signer = late.make_signer("preview")
    signer.get_timestamp = lambda: int(time.time()) - 8 * 86400  # type: ignore[method-assign]
    old = signer.sign(late.dump_payload(["review", review.id])).decode()
    page = stranger.get(f"/previews/{old}/", status=410)
    assert "expired" in page.words


def test_a_link_leads_to_the_review_once_it_is_public(author: Browser):
    review = draft()
    address = link(author, review)
    release(author, review).send(FORM)
    assert Browser(author.app).get(address, status=302).response.location == "/reviews/paper-boats/"


def test_a_link_to_what_was_put_away_leads_nowhere(author: Browser):
    review = draft()
    address = link(author, review)
    pressed(author, review, "discard")
    Browser(author.app).get(address, status=404)


# Who may not


@pytest.mark.parametrize("state", ["draft", "scheduled", "discarded"])
def test_what_is_not_public_is_nowhere_for_readers(author: Browser, state: str):
    review = draft(hashtags=("#OnlyDrafted",))
    if state == "scheduled":
        release(author, review).send(FORM, {"when": "later", "at": "2999-01-01T00:00"})
    if state == "discarded":
        pressed(author, review, "discard")
    stored(slug="other", overview=[("Title", "Other")], headline="Other")
    reader = Browser(author.app)
    assert not any(is_found(author).values())
    addresses = ["", "cover.svg", "comments", "comments.atom"]
    for address in [*(f"/reviews/paper-boats/{rest}" for rest in addresses), f"/reviews/{review.id}/"]:
        reader.get(address, status=404)
        reader.get(address, status=404, headers=HTMX)
    for address in ("/people/seo-ha-jin/", "/hashtags/onlydrafted/", "/feeds/person/seo-ha-jin.atom"):
        reader.get(address, status=404)
    assert reader.get("/reviews/?person=seo-ha-jin").one("//*[@id='results']").get("data-total") == "0"


# Bad input


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"when": "later", "at": ""}, "Give a day and a time that lie ahead."),
        ({"when": "later", "at": "tomorrow"}, "Give a day and a time that lie ahead."),
        ({"when": "later", "at": "2001-01-01T00:00"}, "Give a day and a time that lie ahead."),
        ({"when": "later", "at": "2999-01-01T00:00+02:00"}, "Give a day and a time that lie ahead."),
        ({"when": "now", "at": "2999-01-01T00:00"}, "You gave a day and a time. Choose Later,"),
        ({"when": "later", "at": "0001-01-01T00:00"}, "Give a day and a time that lie ahead."),
        ({"tells": "episode", "tells_episode": ""}, "Up to which episode?"),
    ],
)
def test_a_moment_that_will_not_do_publishes_nothing(author: Browser, changes: dict, said: str):
    review = draft()
    answer = release(author, review).send(FORM, changes, status=422)
    assert said in answer.words
    assert answer.one("//*[@autofocus]").get("aria-invalid") == "true"
    assert fresh(review).state == "draft"


@pytest.mark.parametrize("lacking", [{"body": ""}, {"overview": [], "headline": ""}])
def test_what_is_needed_is_asked_for_before_publishing(author: Browser, lacking: dict):
    review = draft(**lacking)
    page = release(author, review)
    assert page.all("//*[contains(@class, 'findings')]//li[@class='error']")
    answer = page.send(FORM, status=422)
    assert answer.texts("//*[@role='alert'][@autofocus]") == [
        "Not published: first mend what stands under “Needed before publishing”."
    ]
    assert fresh(review).state == "draft"


def test_nothing_else_is_published_than_what_was_looked_at(author: Browser):
    review = draft()
    page = release(author, review)
    author.get(f"/studio/reviews/{review.id}/").send(EDITOR, {"parts-0-text": "New."}, button="action=save")
    answer = page.send(FORM, status=409)
    assert "saved since you opened this page" in answer.words
    assert fresh(review).state == "draft"


@pytest.mark.parametrize("verb", ["", "withdraw"])
def test_what_readers_know_is_not_hidden_until_later(author: Browser, verb: str):
    review = stored(overview=FACTS, body=BODY)
    if verb:
        pressed(author, review, verb)
    page = release(author, review)
    assert not page.all("//input[@name='at'] | //input[@value='later']")
    answer = page.send(FORM, {"when": "later", "at": "2999-01-01T00:00"}, status=422)
    assert "Readers know its address already." in answer.words
    assert fresh(review).published_at == PUBLISHED


def test_a_scheduled_favourite_waits_for_its_moment(author: Browser):
    stored(slug="now", overview=[("Title", "Now")], featured=True)
    review = draft()
    at = now() + timedelta(seconds=2)
    release(author, review).send(FORM, {"when": "later", "at": at.isoformat()[:19], "featured": "y"})
    assert Browser(author.app).get("/").h1 == "Now"
    while now() < at:
        time.sleep(0.2)
    assert Browser(author.app).get("/").h1 == "Paper Boats"


def test_pressing_twice_does_no_harm(author: Browser):
    review = stored(overview=FACTS, body=BODY)
    pressed(author, review, "withdraw")
    since = fresh(review).withdrawn_at
    token = release(author, review).all("//input[@name='csrf_token']/@value")[0]
    for verb in ("withdraw", "discard", "take-up"):
        author.post(f"/studio/reviews/{review.id}/{verb}", {"csrf_token": token})
    assert fresh(review).state == "withdrawn"
    assert fresh(review).withdrawn_at == since


def test_a_day_that_summer_time_skips_is_no_error(author: Browser):
    db.session.add(Setting(name="time_zone", value="Europe/Berlin"))
    db.session.commit()
    review = draft()
    release(author, review).send(FORM, {"when": "later", "at": "2999-03-31T02:30"})
    assert isinstance(fresh(review).published_at, datetime)
