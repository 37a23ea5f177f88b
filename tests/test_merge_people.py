"""The author says who is one person and who are two, and how they are spelt; readers find them by all of it."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog import document as documents
from kblog.db import db, now, reads_only
from kblog.models import ContentVersion, Credit, Filing, Review, SearchEntry, Spelling, Term
from kblog.studio.terms import merging, queries
from kblog.transfer import records, rows
from kblog.transfer.filing import Terms
from kblog.transfer.loader import Loader

from .browser import Browser, Page, words
from .builders import PUBLISHED, document, stored, stored_together
from .conftest import read

TERMS = "/studio/terms/"


def blog() -> None:
    """Two spellings of one actor in credits and labels, one of them twice in one review, and somebody else."""
    stored_together(
        document(slug="one", overview=[("Title", "One"), ("Cast", "Gong Myoung (공명), Lee Hanee")]),
        document(slug="two", overview=[("Title", "Two"), ("Cast", "Gong Myung")], labels=("Gong Myoung",)),
        document(slug="three", overview=[("Title", "Three"), ("Director", "Gong Myung"), ("Cast", "Gong Myoung")]),
        document(slug="four", overview=[("Title", "Four")], labels=("Gong Myoung",)),
    )


def state() -> list[list[tuple[Any, ...]]]:
    """All that the database understands of people: what is filed where, and by which spellings it is found."""
    filed = sa.select(Review.slug, Term.slug, Filing.origin, Filing.written).select_from(Filing)
    credited = sa.select(Review.slug, Credit.name, Term.slug).select_from(Credit)
    selects = [
        filed.join(Review, Review.id == Filing.review_id).join(Term, Term.id == Filing.term_id),
        credited.join(Review, Review.id == Credit.review_id).join(Term, Term.id == Credit.term_id),
        sa.select(Term.slug, Spelling.name, Spelling.by_hand).join(Term, Term.id == Spelling.term_id),
        sa.select(Term.facet, Term.slug, Term.name, Term.native_name),
        sa.select(Review.slug, SearchEntry.people, SearchEntry.tags).join(Review, Review.id == SearchEntry.review_id),
    ]
    with reads_only():
        found = [sorted(map(tuple, db.session.execute(select).all())) for select in selects]
    # the order of spellings within the folded names says nothing
    found[-1] = [(slug, *(sorted(text.split()) for text in texts)) for slug, *texts in found[-1]]
    return found


def texts() -> dict[str, str]:
    """Every review as a portable document."""
    with reads_only():
        return {each.slug: documents.write(rows.document_of(each)) for each in db.session.scalars(sa.select(Review))}


def version() -> int:
    return read(sa.select(ContentVersion.version))[0]


def merge(author: Browser, gone: str, into: str) -> Page:
    """Merge two people by the studio's pages; return the page that follows."""
    page = author.get(f"{TERMS}people/{gone}/merge?into={into}")
    return author.get(page.send("//main//form[contains(@action, '/merge')]").response.location)


def undo(author: Browser, name: str, slug: str) -> Page:
    """Undo the merge of somebody on the page of the person they became part of."""
    page = author.get(f"{TERMS}people/{slug}/")
    form = f"//form[contains(@action, '/undo')][normalize-space()='Undo the merge of {name}']"
    return author.get(page.send(form).response.location)


def moved(reader: Browser, url: str) -> str:
    response = reader.get(url, status=301).response
    if not url.startswith(("/search", "/feeds/posts")):
        assert "max-age=0" in response.headers["Cache-Control"]  # the merge may be undone
    return response.headers["Location"]


def slugs(page: Page) -> list[str]:
    return sorted(href.split("/")[2] for href in page.all("//article[contains(@class, 'card')]//h3/a/@href"))


def test_two_spellings_become_one_person(author: Browser):
    blog()
    reader, before = Browser(author.app), version()
    assert slugs(reader.get("/people/gong-myung/")) == ["three", "two"]
    page = merge(author, "gong-myoung", "gong-myung")
    assert "Gong Myoung is Gong Myung now, in 4 reviews." in page.words
    assert version() > before
    person = reader.get("/people/gong-myung/")
    assert slugs(person) == ["four", "one", "three", "two"]
    assert person.one("//h1/following-sibling::p[@lang='ko']").text == "공명"
    assert "Gong Myoung" in person.one("//p[starts-with(., 'Also written')]").text_content()
    people = reader.get("/people/")
    assert people.texts("//ul[contains(@class, 'index')]//a") == ["Gong Myung4 reviews", "Lee Hanee1 review"]
    for name in ("Gong Myoung", "Gong Myung", "공명"):
        assert {"one", "two", "three"} <= set(slugs(reader.get(f"/reviews/?q={name}"))), name


def test_old_addresses_lead_to_the_person(author: Browser):
    blog()
    reader = Browser(author.app)
    merge(author, "gong-myoung", "gong-myung")
    assert moved(reader, "/people/gong-myoung/") == "/people/gong-myung/"
    assert moved(reader, "/feeds/person/gong-myoung.atom") == "/feeds/person/gong-myung.atom"
    assert moved(reader, "/reviews/?person=gong-myoung&kind=film") == "/reviews/?kind=film&person=gong-myung"
    assert moved(reader, "/reviews/?person=gong-myoung&person=gong-myung") == "/reviews/?person=gong-myung"
    assert moved(reader, "/search/label/Gong%20Myoung") == "/people/gong-myung/"
    assert moved(reader, "/feeds/posts/default/-/Gong%20Myoung") == "/feeds/person/gong-myung.atom"
    assert author.get(f"{TERMS}people/gong-myoung/", status=302).response.location == f"{TERMS}people/gong-myung/"


def test_each_name_on_a_review_leads_to_the_person(author: Browser):
    blog()
    reader = Browser(author.app)
    merge(author, "gong-myoung", "gong-myung")
    links = reader.get("/reviews/three/").all("//aside[@class='facts']//a[starts-with(@href, '/people/')]")
    assert sorted(words(link) for link in links) == ["Gong Myoung", "Gong Myung"]
    for link in links:
        page = reader.get(link.get("href"), status=None)
        assert (page.response.location or page.url) == "/people/gong-myung/"


def test_no_text_is_rewritten(author: Browser):
    blog()
    before = texts()
    merge(author, "gong-myoung", "gong-myung")
    assert texts() == before
    undo(author, "Gong Myoung", "gong-myung")
    assert texts() == before


def test_a_review_that_comes_later_is_filed_under_the_person(author: Browser):
    blog()
    merge(author, "gong-myoung", "gong-myung")
    stored(slug="five", overview=[("Title", "Five"), ("Cast", "Gong Myoung")], labels=("Gong Myoung",))
    page = author.get("/studio/reviews/5/")
    page.send("//form[@id='review-form']", {"headline": "Written anew"}, button="action=save")
    assert slugs(Browser(author.app).get("/people/gong-myung/")) == ["five", "four", "one", "three", "two"]
    assert not read(sa.select(Term.slug).where(Term.slug == "gong-myoung"))


def test_an_import_goes_on_when_people_are_merged_or_parted_meanwhile(author: Browser):
    blog()
    merge(author, "lee-hanee", "gong-myung")

    def entries() -> Iterator[records.Entry]:
        for number in range(60):
            cast = "Gong Myoung, Lee Hanee" if number in (0, 59) else "Kim Ara"
            html = f"<h2>Overview</h2><p>Title: Boat {number}</p><p>Cast: {cast}</p><p>It floats.</p>"
            yield records.Entry(f"blogger:1:{number}", "post", f"Boat {number}", html, "live", PUBLISHED)

    taking = Loader(db.session())
    for batch, _ in enumerate(taking.load(entries())):
        db.session.commit()
        if batch == 0:
            merge(author, "gong-myoung", "gong-myung")
            undo(author, "Lee Hanee", "gong-myung")
    assert taking.report.counts["reviews"] == 60
    for name, slug in (("Gong Myoung", "gong-myung"), ("Lee Hanee", "lee-hanee")):
        credited = sa.select(Term.slug).join(Credit, Credit.term_id == Term.id).where(Credit.name == name)
        assert {*read(credited)} == {slug}


def test_an_undone_merge_leaves_everything_as_it_was(author: Browser):
    blog()
    before = state()
    merge(author, "gong-myoung", "gong-myung")
    assert state() != before
    page = undo(author, "Gong Myoung", "gong-myung")
    assert "Gong Myoung and Gong Myung are two people again. 4 reviews went back to Gong Myoung." in page.words
    assert state() == before
    reader = Browser(author.app)
    assert slugs(reader.get("/people/gong-myoung/")) == ["four", "one", "three", "two"]
    assert slugs(reader.get("/people/gong-myung/")) == ["three", "two"]


def test_after_an_undo_later_reviews_go_to_whom_they_name(author: Browser):
    blog()
    merge(author, "gong-myoung", "gong-myung")
    stored(slug="five", overview=[("Title", "Five"), ("Cast", "Gong Myoung")])
    stored(slug="six", overview=[("Title", "Six"), ("Cast", "Gong Myung")])
    undo(author, "Gong Myoung", "gong-myung")
    reader = Browser(author.app)
    assert slugs(reader.get("/people/gong-myoung/")) == ["five", "four", "one", "three", "two"]
    assert slugs(reader.get("/people/gong-myung/")) == ["six", "three", "two"]


@pytest.mark.parametrize("first", ["Gong Myoung", "Gong Myung"])
def test_merges_on_merges_are_undone_in_any_order(author: Browser, first: str):
    blog()
    before = state()
    merge(author, "gong-myoung", "gong-myung")
    between = state()
    merge(author, "gong-myung", "lee-hanee")
    reader = Browser(author.app)
    for slug in ("gong-myoung", "gong-myung"):
        assert moved(reader, f"/people/{slug}/") == "/people/lee-hanee/"
    undo(author, first, "lee-hanee")
    if first == "Gong Myung":
        assert state() == between
        assert moved(reader, "/people/gong-myoung/") == "/people/gong-myung/"
        undo(author, "Gong Myoung", "gong-myung")
    else:
        undo(author, "Gong Myung", "lee-hanee")
    assert state() == before


NAMES = ("Gong Myoung", "Gong Myung", "공명", "Lee Hanee", "Lee Ha-nui", "이하늬", "Kim Ara")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_was_merged_is_as_it_was_when_all_of_it_is_undone(app: Flask, seed: int):
    dice, session = random.Random(seed), db.session()
    for number in range(5):
        cast = [f"{name} ({dice.choice(NAMES)})" if dice.random() < 0.4 else name for name in dice.sample(NAMES, 3)]
        labels = tuple(dice.sample(NAMES, 2))
        stored(slug=f"work-{number}", overview=[("Title", "Work"), ("Cast", ", ".join(cast))], labels=labels)
    Terms(session).relabel()
    session.commit()
    before, merged = state(), []
    while len(merged) < 4:
        gone, into = dice.sample(read(sa.select(Term.slug).where(Term.facet == "person").order_by(Term.slug)), 2)
        merging.merge(session, queries.person(gone), queries.person(into), now())
        merged.append(gone)
        session.commit()
    assert state() != before
    for gone in dice.sample(merged, len(merged)):
        merging.undo(session, queries.merged(gone))
        session.commit()
    assert state() == before


def test_what_was_sent_twice_is_done_once(author: Browser):
    blog()
    page = author.get(f"{TERMS}people/gong-myoung/merge?into=gong-myung")
    for _ in range(2):
        page.send("//main//form[contains(@action, '/merge')]")
    after = author.get(f"{TERMS}people/gong-myung/")
    assert len(after.all("//section[@aria-labelledby='merged']//li")) == 1
    form = "//section[@aria-labelledby='merged']//form[contains(@action, '/undo')]"
    after.send(form)
    again = author.get(after.send(form).response.location)
    assert "Gong Myoung is a person of their own already." in again.words


def test_the_page_before_a_merge_says_what_will_happen(author: Browser):
    blog()
    page = author.get(f"{TERMS}people/gong-myoung/merge?into=gong-myung")
    assert page.h1 == "Merge Gong Myoung into Gong Myung?"
    assert "4 reviews of Gong Myoung would be filed there" in page.words
    for said in ("Gong Myoung, 공명", "/people/gong-myoung/", "/people/gong-myung/", "word for word", "undone"):
        assert said in page.words
    assert "label Gong Myoung" in page.words
    assert "director, written Gong Myung" not in page.words
    assert page.follow("The other way round").h1 == "Merge Gong Myung into Gong Myoung?"


def test_whom_to_merge_with_is_looked_up_by_any_spelling(author: Browser):
    blog()
    page = author.get(f"{TERMS}people/lee-hanee/").follow("Merge…")
    assert page.one("//form[contains(@action, '/merge')]//input[@type='search']").get("name") == "q"
    found = author.get(f"{TERMS}people/lee-hanee/merge?q=gong%20MYEONG")
    assert found.texts("//ul[contains(@class, 'piled')]//a") == ["Gong Myoung 공명", "Gong Myung"]
    assert "Nobody else here is called “Hanee”." in author.get(f"{TERMS}people/lee-hanee/merge?q=Hanee").words


# Suggestions


def pairs(author: Browser) -> list[list[str]]:
    page = author.get(TERMS)
    items = page.all("//section[@aria-labelledby='alike']/ul/li")
    return [[words(name) for name in item.xpath("./div/a")] for item in items]


def test_names_that_sound_alike_are_suggested_with_what_speaks_for_it_and_merged_by_nobody(author: Browser):
    blog()
    stored(slug="five", state="draft", overview=[("Title", "Five"), ("Cast", "Yi Ha-ni")])
    assert pairs(author) == [["Gong Myoung 공명", "Gong Myung"], ["Lee Hanee", "Yi Ha-ni"]]
    page = author.get(TERMS)
    first = page.texts("//section[@aria-labelledby='alike']/ul/li")[0]
    for said in ("Written Gong Myoung, 공명. 4 reviews:", "Written Gong Myung. 2 reviews:", "Two", "“gong myung”"):
        assert said in first
    assert len(read(sa.select(Term.id).where(Term.facet == "person"))) == 4
    assert Browser(author.app).get("/people/gong-myung/").h1 == "Gong Myung"


def test_two_people_are_not_suggested_again(author: Browser):
    blog()
    before = version()
    page = author.get(TERMS)
    after = author.get(page.send("//form[contains(@action, '/two')]").response.location.partition("#")[0])
    assert "Gong Myoung and Gong Myung are two people." in after.words
    assert pairs(author) == []
    assert version() == before  # readers see nothing of it
    stored(slug="five", overview=[("Title", "Five"), ("Cast", "Gong Myeong")])
    assert pairs(author) == [["Gong Myoung 공명", "Gong Myeong"], ["Gong Myung", "Gong Myeong"]]
    # what was said of somebody is said of whom they become part of
    merge(author, "gong-myeong", "gong-myung")
    assert pairs(author) == []
    undo(author, "Gong Myeong", "gong-myung")
    assert len(pairs(author)) == 2


# Names and spellings


def test_a_person_gets_another_name_and_keeps_the_address(author: Browser):
    blog()
    page = author.get(f"{TERMS}people/lee-hanee/")
    page.send("//form[contains(@action, '/name')]", {"name": "Lee Ha-nui", "native_name": "이하늬"})
    reader = Browser(author.app)
    person = reader.get("/people/lee-hanee/")
    assert person.h1 == "Lee Ha-nui"
    assert person.one("//h1/following-sibling::p[@lang='ko']").text == "이하늬"
    assert "Also written Lee Hanee" in person.texts("//p")
    assert moved(reader, "/people/lee-ha-nui/") == "/people/lee-hanee/"
    for name in ("Lee Ha-nui", "이하늬", "hanee"):
        assert slugs(reader.get(f"/reviews/?q={name}")) == ["one"], name
    stored(slug="five", overview=[("Title", "Five"), ("Cast", "Lee Ha-nui")])
    assert slugs(reader.get("/people/lee-hanee/")) == ["five", "one"]


def test_a_spelling_given_by_hand_leads_to_the_person_until_it_is_removed(author: Browser):
    blog()
    reader = Browser(author.app)
    reader.get("/people/honey-lee/", status=404)
    page = author.get(f"{TERMS}people/lee-hanee/")
    page.send("//form[contains(@action, '/spellings')][.//input[@id='spelling']]", {"spelling": " Honey \r\n Lee "})
    assert moved(reader, "/people/honey-lee/") == "/people/lee-hanee/"
    assert slugs(reader.get("/reviews/?q=honey")) == ["one"]
    assert "Also written Honey Lee" in reader.get("/people/lee-hanee/").texts("//p")
    page = author.get(f"{TERMS}people/lee-hanee/")
    assert page.texts("//li//form[contains(@action, '/remove')]//button") == ["Remove Honey Lee"]
    page = author.get(page.send("//li//form[contains(@action, '/remove')]").response.location)
    reader.get("/people/honey-lee/", status=404)
    assert slugs(reader.get("/reviews/?q=honey")) == []
    page = author.get(page.send("//div[contains(@class, 'flash')]//form").response.location)
    assert moved(reader, "/people/honey-lee/") == "/people/lee-hanee/"
    page.send("//div[contains(@class, 'flash')]//form")
    reader.get("/people/honey-lee/", status=404)


def test_a_spelling_that_a_review_writes_stays(author: Browser):
    blog()
    page = author.get(f"{TERMS}people/gong-myoung/")
    assert not page.all("//form[contains(@action, '/remove')]")
    (number,) = read(sa.select(Spelling.id).where(Spelling.name == "공명"))
    token = page.all("//input[@name='csrf_token']/@value")[0]
    refused = author.post(f"{TERMS}people/gong-myoung/spellings/{number}/remove", {"csrf_token": token}, status=409)
    assert "공명 is in use, so it stays." in refused.words


WRONG = [
    ("name", {"name": "  "}, "Give a name."),
    ("name", {"native_name": "Gong"}, "Write the native name in Hangul."),
    ("name", {"name": "Lee Hanee"}, "Lee Hanee leads to Lee Hanee already. If the two are one person, merge them."),
    ("spellings", {"spelling": ""}, "Write the spelling."),
    ("spellings", {"spelling": "!? 12"}, "Write the spelling."),
    ("spellings", {"spelling": "a" * 121}, "Use at most 120 characters."),
    ("spellings", {"spelling": "gong MYUNG"}, "gong MYUNG leads to Gong Myung already."),
]


@pytest.mark.parametrize(("form", "fields", "said"), WRONG)
def test_what_is_no_name_or_somebody_elses_is_refused_and_kept_in_the_form(author: Browser, form, fields, said):
    blog()
    before = state()
    page = author.get(f"{TERMS}people/gong-myoung/")
    refused = page.send(f"//form[substring-after(@action, 'gong-myoung') = '/{form}']", fields, status=422)
    assert said in refused.words
    ((name, value),) = fields.items()
    assert refused.one(f"//input[@name='{name}']").get("value") == value
    assert state() == before


def test_hostile_names_and_addresses_are_answered(author: Browser):
    hostile = "<script>alert(1)</script> {{7*7}} ' OR 1=1 공"
    stored(overview=[("Title", "Paper Boats"), ("Cast", hostile)])
    slug = read(sa.select(Term.slug).where(Term.facet == "person"))[0]
    for url in (TERMS, f"{TERMS}people/{slug}/", f"{TERMS}people/{slug}/merge", f"{TERMS}?q=%00%25_&page=-1"):
        assert "<script>alert" not in author.get(url).text
    for url in ("people/nobody/", "people/%00/", "people/nobody/merge", f"people/{'a' * 3000}/"):
        author.get(TERMS + url, status=404)
    author.get(f"{TERMS}?page=99999999999999999999999")


# What is not public


def test_what_only_a_draft_writes_leads_nowhere(author: Browser):
    stored(slug="live", overview=[("Title", "Live"), ("Cast", "Kim Ara")])
    stored(slug="draft", state="draft", overview=[("Title", "Draft"), ("Cast", "Kim Ara (Ara Star), Yoon Secret")])
    reader = Browser(author.app)
    for url in ("/people/ara-star/", "/people/yoon-secret/", "/feeds/person/ara-star.atom"):
        reader.get(url, status=404)
    assert "Ara Star" not in reader.get("/people/kim-ara/").text
    assert reader.get("/reviews/?person=ara-star").one("//*[@id='results']").get("data-total") == "0"
    stored(slug="second", overview=[("Title", "Second"), ("Cast", "Kim Ara (Ara Star)")])
    assert moved(reader, "/people/ara-star/") == "/people/kim-ara/"


def test_a_spelling_that_two_people_share_leads_to_neither(reader: Browser):
    stored(slug="one", overview=[("Title", "One"), ("Cast", "Kim Ara (Star), Kim Bora (Star)")])
    reader.get("/people/star/", status=404)


def test_the_desk_costs_the_same_for_few_and_many_people(author: Browser, at_most):
    names = [
        f"{surname} {given}"
        for surname, given in itertools.product(("Kim", "Park", "Pak", "Ok"), ("Ara", "Bora", "Hana"))
    ]
    cast = ("Cast", ", ".join(names))
    stored_together(*(document(slug=f"w{n}", overview=[("Title", f"W{n}"), cast]) for n in range(9)))
    for url in (TERMS, f"{TERMS}?q=ara", f"{TERMS}people/kim-ara/", f"{TERMS}people/kim-ara/merge?into=pak-ara"):
        author.get(url)
        with at_most(queries=12):
            author.get(url)
