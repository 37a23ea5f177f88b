"""The author says which genres, platforms and hashtags are one; readers are led there, and it can be taken back."""

import random
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import aliased

from kblog import document as documents
from kblog.db import db, now, reads_only
from kblog.ledger import Availability
from kblog.models import Availability as Entry
from kblog.models import (
    AvailabilityChange,
    Filing,
    MovedTerm,
    Review,
    SearchEntry,
    Term,
    TermLink,
    term_broader,
)
from kblog.studio import changes
from kblog.studio.availability import queries as ledgers
from kblog.studio.terms import merging, naming, queries
from kblog.transfer import links, rows
from kblog.transfer.filing import Terms

from .browser import Browser, Page
from .builders import document, stored, stored_together
from .conftest import read

TERMS = "/studio/terms/"
SAID = "//div[contains(@class, 'flash')]"
CHECKED = date(2026, 1, 2)


def on(platform: str, region: str = "US", **given: Any) -> Availability:
    return Availability(platform, region, checked_on=CHECKED, **given)


def blog() -> None:
    """Reviews with genres, platforms and hashtags that are nearly the same, some of them twice in one review."""
    stored_together(
        document(slug="one", overview=[("Title", "One"), ("Genre", "Rom-com, Food")], hashtags=("#KDrama", "#OneBoat")),
        document(
            slug="two", overview=[("Title", "Two"), ("Genre", "Romance, Rom-com")], labels=("Rom-com", "K dramas")
        ),
        document(slug="three", overview=[("Title", "Three"), ("Genre", "Romantic thriller")], hashtags=("#KDramas",)),
        document(
            slug="four",
            overview=[("Title", "Four"), ("Platform", "Kino Lumen in South Korea")],
            hashtags=("#KDramas", "#Boats", "#KDrama"),
        ),
        document(slug="five", overview=[("Title", "Five")], availability=(on("Viki"), on("Kino Lumen"))),
        document(
            slug="six", overview=[("Title", "Six")], labels=("Kino Lumen", "Viki"), availability=(on("Viki", "KR"),)
        ),
    )
    Terms(db.session()).relabel()
    db.session.commit()


def state() -> list[list[tuple[Any, ...]]]:
    """All that the database understands of terms: what is filed where, and what finds it."""
    of = Review.slug
    filed = sa.select(of, Term.facet, Term.slug, Filing.origin, Filing.written, Filing.position, Filing.sense)
    entered = sa.select(of, Term.slug, Entry.region, Entry.status, Entry.checked_on)
    logged = sa.select(of, Term.slug, AvailabilityChange.id, AvailabilityChange.undone_at)
    narrow, broad = aliased(Term), aliased(Term)
    under = sa.select(narrow.slug, broad.slug).join(term_broader, term_broader.c.term_id == narrow.id)
    selects = [
        filed.select_from(Filing).join(Review, Review.id == Filing.review_id).join(Term, Term.id == Filing.term_id),
        entered.select_from(Entry).join(Review, Review.id == Entry.review_id).join(Term, Term.id == Entry.platform_id),
        logged.select_from(AvailabilityChange)
        .join(Review, Review.id == AvailabilityChange.review_id)
        .join(Term, Term.id == AvailabilityChange.platform_id),
        under.join(broad, broad.id == term_broader.c.broader_id),
        sa.select(narrow.slug, narrow.active_to, broad.slug).outerjoin(broad, broad.id == narrow.successor_id),
        sa.select(Term.facet, Term.slug, Term.name, Term.native_name, Term.also_called),
        sa.select(MovedTerm.facet, MovedTerm.slug, MovedTerm.name, MovedTerm.leads_only, MovedTerm.origin),
        sa.select(of, SearchEntry.tags).join(Review, Review.id == SearchEntry.review_id),
    ]
    with reads_only():
        return [sorted(map(repr, db.session.execute(select).all())) for select in selects]


def texts() -> dict[str, str]:
    """Every review as a portable document."""
    with reads_only():
        return {each.slug: documents.write(rows.document_of(each)) for each in db.session.scalars(sa.select(Review))}


def merge(author: Browser, index: str, gone: str, into: str) -> Page:
    """Merge two terms by the studio's pages; return the page that follows."""
    page = author.get(f"{TERMS}{index}/{gone}/merge?into={into}")
    return author.get(page.send("//main//form[contains(@action, '/merge')]").response.location.partition("#")[0])


def undo(author: Browser, page: Page) -> Page:
    """Press Undo in what the page says."""
    return author.get(page.send(f"{SAID}//form").response.location.partition("#")[0])


def moved(reader: Browser, url: str) -> str:
    return reader.get(url, status=301).response.headers["Location"]


def slugs(page: Page) -> list[str]:
    return sorted(href.split("/")[2] for href in page.all("//article[contains(@class, 'card')]//h3/a/@href"))


def total(reader: Browser, url: str) -> int:
    return int(reader.get(url).one("//section[@id='results']").get("data-total"))


def test_two_genres_become_one_and_their_reviews_are_counted_once(author: Browser):
    blog()
    reader, before, written = Browser(author.app), state(), texts()
    assert slugs(reader.get("/genres/comedy/")) == ["one", "two"]
    page = merge(author, "genres", "rom-com", "romance")
    assert "Rom-com is Romance now, in 2 reviews. What the reviews write is as it was." in page.texts(SAID)[0]
    assert slugs(reader.get("/genres/romance/")) == ["one", "three", "two"]
    assert total(reader, "/reviews/?genre=romance") == 3
    assert "/genres/comedy/" not in reader.get("/genres/").all("//main//a/@href"), "nothing counts there any more"
    assert moved(reader, "/genres/rom-com/") == "/genres/romance/"
    assert moved(reader, "/feeds/genre/rom-com.atom") == "/feeds/genre/romance.atom"
    assert moved(reader, "/reviews/?genre=rom-com&genre=romance") == "/reviews/?genre=romance"
    assert moved(reader, "/search/label/Rom-com") == "/genres/romance/"
    assert moved(reader, "/feeds/posts/default/-/Rom-com") == "/feeds/genre/romance.atom"
    links = reader.get("/reviews/two/").all("//aside[@class='facts']//a[starts-with(@href, '/genres/')]/@href")
    assert sorted(links) == ["/genres/rom-com/", "/genres/romance/"], "each phrase as it is written leads there"
    (label,) = reader.get("/reviews/two/").all("//p[@class='labels']/a[.='Rom-com']/@href")
    assert moved(reader, label) == "/genres/romance/"
    assert texts() == written
    page = undo(author, page)
    assert "Rom-com and Romance are two again. 2 reviews went back to Rom-com." in page.texts(SAID)[0]
    assert (state(), texts()) == (before, written)


def test_two_platforms_become_one_with_their_ledgers(author: Browser):
    blog()
    reader, before, written = Browser(author.app), state(), texts()
    page = author.get(f"{TERMS}platforms/kino-lumen/merge?into=viki")
    for said in ("3 reviews of Kino Lumen would be filed there", "2 reviews name both", "Every entry of the ledger"):
        assert said in page.words
    page = merge(author, "platforms", "kino-lumen", "viki")
    assert total(reader, "/reviews/?platform=viki") == 3
    assert moved(reader, "/reviews/?platform=kino-lumen&platform=viki") == "/reviews/?platform=viki"
    assert moved(reader, "/platforms/kino-lumen/") == "/platforms/viki/"
    assert moved(reader, "/search/label/Kino%20Lumen") == "/platforms/viki/"
    assert slugs(reader.get("/platforms/viki/")) == ["five", "four", "six"]
    card = " ".join(reader.get("/reviews/five/").texts("//aside//dl/div[1]/dd"))
    assert card.count("Viki in the United States") == 1, card
    assert "Kino" not in card
    assert texts() == written
    undo(author, page)
    assert (state(), texts()) == (before, written)


def test_two_hashtags_become_one_and_each_is_printed_as_it_is_written(author: Browser):
    blog()
    reader, before, written = Browser(author.app), state(), texts()
    page = merge(author, "hashtags", "kdramas", "kdrama")
    assert slugs(reader.get("/hashtags/kdrama/")) == ["four", "one", "three"]
    tags = reader.get("/reviews/four/").all("//ul[@class='tags']//a")
    assert {each.get("href") for each in tags} == {"/hashtags/boats/", "/hashtags/kdrama/"}
    assert [each.text for each in tags] == ["#KDramas", "#Boats", "#KDrama"]
    assert moved(reader, "/hashtags/kdramas/") == "/hashtags/kdrama/"
    for name in ("KDramas", "kdrama"):
        assert {"one", "three", "four"} <= set(slugs(reader.get(f"/reviews/?q={name}"))), "found by either name"
    assert texts() == written
    undo(author, page)
    assert (state(), texts()) == (before, written)


def test_what_is_written_later_goes_where_its_names_lead_and_back_with_them(author: Browser):
    blog()
    merge(author, "genres", "rom-com", "romance")
    merge(author, "platforms", "kino-lumen", "viki")
    stored(slug="seven", overview=[("Title", "Seven"), ("Genre", "Rom com")], availability=(on("Kino Lumen"),))
    assert not read(sa.select(Term.slug).where(Term.slug.in_(["rom-com", "kino-lumen"])))
    page = author.get("/studio/reviews/7/")
    page.send("//form[@id='review-form']", {"headline": "Written anew"}, button="action=save")
    reader = Browser(author.app)
    assert slugs(reader.get("/genres/romance/")) == ["one", "seven", "three", "two"]
    assert "seven" in slugs(reader.get("/platforms/viki/"))
    for index, slug, name in (("genres", "romance", "Rom-com"), ("platforms", "viki", "Kino Lumen")):
        page = author.get(f"{TERMS}{index}/{slug}/")
        page.send(f"//form[contains(@action, '/undo')][normalize-space()='Undo the merge of {name}']")
    assert slugs(reader.get("/genres/rom-com/")) == ["one", "seven", "two"]
    assert slugs(reader.get("/platforms/kino-lumen/"))[:2] == ["five", "four"]
    assert "seven" in slugs(reader.get("/platforms/kino-lumen/"))


GENRES = ("Rom-com", "Romance", "Romantic thriller", "Thriller", "Comedy", "Boat film", "Food")
PLATFORMS = ("Viki", "Kino Lumen", "Netflix", "Boatflix")
TAGS = ("#KDrama", "#KDramas", "#Boats", "#Boat")


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_whatever_was_merged_is_as_it_was_when_all_of_it_is_undone(app, seed: int):
    dice, session = random.Random(seed), db.session()
    for model in (Review, TermLink, MovedTerm, Term):
        session.execute(sa.delete(SearchEntry)) if model is Review else None
        session.execute(sa.delete(model))
    session.commit()
    session.expunge_all()
    for number in range(4):
        stored(
            slug=f"work-{seed}-{number}",
            overview=[("Title", "Work"), ("Genre", ", ".join(dice.sample(GENRES, 2)))],
            labels=tuple(dice.sample((*GENRES, *PLATFORMS, "KDrama"), 2)),
            hashtags=tuple(dice.sample(TAGS, 2)),
            availability=tuple(on(each, dice.choice(("US", "KR"))) for each in dice.sample(PLATFORMS, 2)),
        )
    Terms(session).relabel()
    session.commit()
    before, written, merged = state(), texts(), []
    for facet in ("genre", "genre", "platform", "platform", "hashtag", "genre"):
        found = read(sa.select(Term.slug).where(Term.facet == facet).order_by(Term.slug))
        if len(found) > 1:
            gone, into = dice.sample(found, 2)
            merging.merge(session, queries.term(facet, gone), queries.term(facet, into), now())
            merged.append((facet, gone))
            session.commit()
    assert state() != before
    assert texts() == written
    for facet, gone in dice.sample(merged, len(merged)):
        merging.undo(session, queries.merged(gone, facet))
        session.commit()
    for now_is, was in zip(state(), before, strict=True):
        assert set(now_is) ^ set(was) == set()
    assert texts() == written


def anything(dice: random.Random) -> None:
    """Do something with a term that the desk lets one do."""
    facet = dice.choice(("genre", "platform", "hashtag"))
    one, other = (queries.term(facet, slug) for slug in dice.choices(slugs_of(facet), k=2))
    merged = db.session.scalars(sa.select(MovedTerm).where(MovedTerm.merged_at.is_not(None))).all()
    name = dice.choice((*GENRES, *PLATFORMS, "Love", "Lumen", "Ships"))
    made = queries.renamed(facet, one.slug)
    match dice.choice(("merge", "undo", "name", "name back", "alias", "place")):
        case "merge" if one is not other:
            merging.merge(db.session(), one, other, now())
        case "undo" if merged:
            merging.undo(db.session(), dice.choice(merged))
        case "name":
            naming.rename(db.session(), one, name, "", now(), moves=dice.random() < 0.7)
        case "name back" if made:
            naming.undo_rename(db.session(), one, made)
        case "alias":
            naming.add_alias(db.session(), one, name)
        case "place" if facet == "genre":
            naming.place(db.session(), one, [other])


def slugs_of(facet: str) -> list[str]:
    return read(sa.select(Term.slug).where(Term.facet == facet).order_by(Term.slug))


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_no_address_is_lost_no_text_changed_and_all_is_filed_as_it_is_written(app, seed: int):
    blog()
    dice, lived, written = random.Random(seed), set(), texts()
    for _ in range(25):
        lived |= {(facet, slug) for facet in ("genre", "platform", "hashtag") for slug in slugs_of(facet)}
        try:
            anything(dice)
            db.session.commit()
        except ValueError:  # in words, for the author
            db.session.rollback()
        assert [each for each in lived if not queries.term(*each)] == []
    assert texts() == written
    before = state()
    links.settle(db.session())
    for review in db.session.scalars(sa.select(Review)).all():
        with db.session.no_autoflush:
            Terms(db.session(), is_whole=False).refile(review)
        db.session.commit()
    assert state() == before


def test_an_end_goes_with_a_merge_and_is_taken_back_entry_by_entry(app):
    blog()
    session, before = db.session(), state()[1]
    kino, viki = queries.term("platform", "kino-lumen"), queries.term("platform", "viki")
    changes.end(session, kino, ledgers.entries_on(kino.id), date(2026, 2, 1), viki, date(2026, 2, 2), now())
    session.commit()
    ended = state()[1]
    merging.merge(session, kino, viki, now())
    changes.end(session, viki, ledgers.entries_on(viki.id), date(2026, 3, 1), None, date(2026, 3, 2), now())
    session.commit()
    changes.go_on(session, viki, ledgers.changes_by_end(viki.id), now())
    session.commit()
    kino, _ = merging.undo(session, queries.merged("kino-lumen", "platform"))
    session.commit()
    assert (state()[1], kino.active_to, kino.successor) == (ended, date(2026, 2, 1), viki)
    changes.go_on(session, kino, ledgers.changes_by_end(kino.id), now())
    session.commit()
    assert (state()[1], kino.active_to, kino.successor) == (before, None, None)


def test_who_ended_as_part_of_another_one_has_ended_when_it_is_back_and_may_go_on(app):
    blog()
    session, before = db.session(), state()[1]
    kino, viki = queries.term("platform", "kino-lumen"), queries.term("platform", "viki")
    merging.merge(session, kino, viki, now())
    changes.end(session, viki, ledgers.entries_on(viki.id), date(2026, 3, 1), None, date(2026, 3, 2), now())
    session.commit()
    kino, _ = merging.undo(session, queries.merged("kino-lumen", "platform"))
    session.commit()
    assert kino.active_to == date(2026, 3, 1)
    for platform in (kino, viki):
        changes.go_on(session, platform, ledgers.changes_by_end(platform.id), now())
    session.commit()
    assert state()[1] == before


def test_genres_that_would_count_under_themselves_are_not_merged(author: Browser):
    blog()
    session = db.session()
    food, thriller, comedy = (queries.term("genre", slug) for slug in ("food", "thriller", "comedy"))
    naming.place(session, food, [thriller])
    naming.place(session, thriller, [comedy])
    session.commit()
    page = author.get(f"{TERMS}genres/comedy/merge?into=food")
    assert "Food counts under Thriller, and that under Comedy: take one of them away first." in page.words
    assert not page.all("//main//form//button[@class='btn primary']")
    token = page.all("//input[@name='csrf_token']/@value")[0]
    author.post(f"{TERMS}genres/comedy/merge", {"csrf_token": token, "into": "food"}, status=409)
    assert queries.owner("genre", "comedy")


def test_what_was_sent_twice_or_is_gone_is_said(author: Browser):
    blog()
    page = author.get(f"{TERMS}genres/rom-com/merge?into=romance")
    other = author.get(f"{TERMS}genres/rom-com/")
    for _ in range(2):
        page.send("//main//form[contains(@action, '/merge')]")
    after = author.get(f"{TERMS}genres/romance/")
    assert "They are one already." in after.words
    other.send(
        "//form[substring-after(@action, 'rom-com') = '/name']", {"name": "Love"}
    )  # a tab of before: the name of what it is now
    assert author.get(f"{TERMS}genres/romance/").h1 == "Love"
    form = "//section[@aria-labelledby='merged']//form"
    after.send(form)
    again = author.get(after.send(form).response.location)
    assert "Rom-com stands by itself already." in again.words
    token = page.all("//input[@name='csrf_token']/@value")[0]
    for url in ("genres/nothing/merge", "genres/romance/merge", "platforms/romance/undo"):
        author.post(TERMS + url, {"csrf_token": token, "into": "nothing"}, status=404)


@pytest.mark.parametrize("index", ["genres", "platforms", "hashtags"])
def test_what_to_merge_with_is_looked_up(author: Browser, index: str):
    blog()
    slug = {"genres": "rom-com", "platforms": "kino-lumen", "hashtags": "kdrama"}[index]
    page = author.get(f"{TERMS}{index}/{slug}/").follow("Merge…")
    found = page.browser.get(
        f"{TERMS}{index}/{slug}/merge?q=" + {"genres": "ROM", "platforms": "vi"}.get(index, "drama")
    )
    links = found.all("//ul[contains(@class, 'piled')]//a/@href")
    assert links
    assert "?into=" in links[0]
    assert "would be filed there" in author.get(links[0]).words
