"""The author says what a genre, platform or hashtag is called, what else means it, and where a genre counts."""

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.db import db
from kblog.ledger import Availability
from kblog.models import Review, Term, TermLink
from kblog.transfer import links, records
from kblog.transfer.loader import Loader

from .browser import Browser, Page
from .builders import PUBLISHED, document, stored, stored_together
from .conftest import read
from .test_merge_terms import SAID, TERMS, blog, merge, moved, slugs, state, texts, total, undo

NAME = "//form[contains(@action, '/name')][.//input[@name='native_name']]"
ALIAS = "//form[.//input[@id='alias']]"
BROADER = "//form[.//input[@id='broader']]"
UNDO_NAME = "//section[@aria-labelledby='called']//form[contains(@action, '/renamed')]"


def sent(author: Browser, at: str, form: str, fields: dict[str, str | None]) -> Page:
    """Send a form of a term's page; return the page that follows."""
    page = author.get(TERMS + at).send(form, fields)
    return author.get(page.response.location.partition("#")[0])


def names(page: Page) -> list[str]:
    return page.texts("//section[@aria-labelledby='names']//li/span[1]")


def under(page: Page) -> list[str]:
    return page.texts("//section[@aria-labelledby='counts']//li//a")


def leads(author: Browser, at: str) -> str:
    """Say where an address of a term's feed or page leads readers."""
    return moved(Browser(author.app), at)


def test_a_genre_gets_another_name_and_keeps_its_address(author: Browser):
    blog()
    before, written = state(), texts()
    page = sent(author, "genres/rom-com/", NAME, {"name": " Love \r\n comedy ", "native_name": "로코물"})
    assert page.texts(SAID) == ["Saved. Every page says Love comedy now. Undo"]
    reader = Browser(author.app)
    genre = reader.get("/genres/rom-com/")
    assert genre.h1 == "Love comedy"
    assert genre.one("//h1/following-sibling::p[@lang='ko']").text == "로코물"
    assert leads(author, "/genres/love-comedy/") == "/genres/rom-com/"
    assert "Love comedy" in reader.get("/reviews/?genre=rom-com").one("//section[@id='browse']").get("data-title")
    for asked in ("love comedy", "로코물", "rom-com"):
        assert {"one", "two"} <= set(slugs(reader.get(f"/reviews/?q={asked}"))), asked
    assert texts() == written
    stored(slug="seven", overview=[("Title", "Seven"), ("Genre", "Love Comedy")])
    assert slugs(reader.get("/genres/rom-com/")) == ["one", "seven", "two"]
    stored_away = db.session.scalars(sa.select(Review).where(Review.slug == "seven")).one()
    db.session.delete(stored_away)
    db.session.commit()
    undo(author, page)
    assert state() == before
    reader.get("/genres/love-comedy/", status=404)


def test_the_address_moves_where_it_is_ticked_and_no_address_is_lost(author: Browser):
    blog()
    reader, filed, written = Browser(author.app), state()[0], texts()
    page = sent(author, "platforms/kino-lumen/", NAME, {"name": "Lumen", "native_name": "", "moves": "y"})
    assert page.url == f"{TERMS}platforms/lumen/"
    assert slugs(reader.get("/platforms/lumen/")) == ["five", "four", "six"]
    assert leads(author, "/platforms/kino-lumen/") == "/platforms/lumen/"
    assert leads(author, "/feeds/platform/kino-lumen.atom") == "/feeds/platform/lumen.atom"
    assert leads(author, "/reviews/?platform=kino-lumen") == "/reviews/?platform=lumen"
    assert "Lumen in South Korea" in reader.get("/reviews/four/").words
    stored(slug="seven", overview=[("Title", "Seven")], availability=(Availability("Kino Lumen"),))
    assert "seven" in slugs(reader.get("/platforms/lumen/"))
    assert {slug: text for slug, text in texts().items() if slug != "seven"} == written
    db.session.delete(db.session.scalars(sa.select(Review).where(Review.slug == "seven")).one())
    db.session.commit()
    assert "/platforms/kino-lumen/" in author.get(f"{TERMS}platforms/lumen/").one(UNDO_NAME).text_content()
    author.get(f"{TERMS}platforms/lumen/").send(UNDO_NAME)
    assert slugs(reader.get("/platforms/kino-lumen/")) == ["five", "four", "six"]
    assert leads(author, "/platforms/lumen/") == "/platforms/kino-lumen/", "it was public for a while"
    assert state()[0] == filed
    stored(slug="eight", overview=[("Title", "Eight")], availability=(Availability("Lumen"),))
    assert slugs(reader.get("/platforms/lumen/")) == ["eight"], "and is free for who is called so"


def test_merges_and_new_addresses_are_undone_in_any_order(author: Browser):
    blog()
    before = state()
    merge(author, "genres", "rom-com", "romance")
    sent(author, "genres/romance/", NAME, {"name": "Love", "moves": "y"})
    merge(author, "genres", "love", "food")
    reader = Browser(author.app)
    for slug in ("rom-com", "romance", "love"):
        assert moved(reader, f"/genres/{slug}/") == "/genres/food/", slug
    page = author.get(f"{TERMS}genres/food/")
    page.send("//form[contains(@action, 'rom-com/undo')]")
    assert moved(reader, "/genres/love/") == "/genres/food/"
    assert slugs(reader.get("/genres/rom-com/")) == ["one", "two"]
    author.get(f"{TERMS}genres/food/").send("//form[contains(@action, 'love/undo')]")
    assert reader.get("/genres/love/").h1 == "Love"
    author.get(f"{TERMS}genres/love/").send(UNDO_NAME)
    assert state()[:5] == before[:5]


def test_a_person_moves_to_the_address_of_a_new_name_and_back(author: Browser):
    stored(slug="one", overview=[("Title", "One"), ("Cast", "Lee Hanee (Honey Lee)")])
    before = state()
    page = sent(author, "people/lee-hanee/", NAME, {"name": "Lee Ha-nui", "native_name": "이하늬", "moves": "y"})
    reader = Browser(author.app)
    assert page.url == f"{TERMS}people/lee-ha-nui/"
    assert leads(author, "/people/lee-hanee/") == "/people/lee-ha-nui/"
    assert slugs(reader.get("/reviews/?q=hanui")) == ["one"]
    undo(author, page)
    assert reader.get("/people/lee-hanee/").h1 == "Lee Hanee"
    assert leads(author, "/people/lee-ha-nui/") == "/people/lee-hanee/"
    assert state()[0] == before[0]


def test_a_rename_is_not_undone_over_a_later_one(author: Browser):
    blog()
    first = sent(author, "hashtags/boats/", NAME, {"name": "#Ships"})
    second = sent(author, "hashtags/boats/", NAME, {"name": "Ferries"})
    assert second.h1 == "#Ferries"
    undo(author, first)  # takes back the last one, which is the only one that stands
    assert author.get(f"{TERMS}hashtags/boats/").h1 == "#Ships"
    undo(author, first)
    page = undo(author, first)
    assert "Boats was not renamed, so there is nothing to take back." in page.texts(SAID)
    assert page.h1 == "#Boats"


def test_another_name_means_a_genre_in_texts_labels_and_addresses(author: Browser):
    blog()
    stored(slug="seven", overview=[("Title", "Seven")], labels=("Love stories of Mokpo",))
    reader, before, written = Browser(author.app), state(), texts()
    assert slugs(reader.get("/hashtags/love-stories-of-mokpo/")) == ["seven"]
    page = sent(author, "genres/romance/", ALIAS, {"alias": "Love stories of Mokpo"})
    assert "Love stories of Mokpo means Romance now." in page.texts(SAID)[0]
    assert names(page) == ["Love stories of Mokpo"]
    assert "seven" in slugs(reader.get("/genres/romance/"))
    assert "Also written Love stories of Mokpo" in reader.get("/genres/romance/").texts("//p")
    for old in ("/genres/love-stories-of-mokpo/", "/hashtags/love-stories-of-mokpo/"):
        assert leads(author, old) == "/genres/romance/"
    assert leads(author, "/feeds/hashtag/love-stories-of-mokpo.atom") == "/feeds/genre/romance.atom"
    assert leads(author, "/search/label/Love%20stories%20of%20Mokpo") == "/genres/romance/"
    assert leads(author, "/reviews/?genre=love-stories-of-mokpo") == "/reviews/?genre=romance"
    assert "one" in slugs(reader.get("/reviews/?q=stories+of+mokpo")) or "two" in slugs(reader.get("/reviews/?q=mokpo"))
    assert texts() == written
    undo(author, page)
    assert state() == before


def test_another_name_means_a_platform_in_reviews_and_imports_to_come(author: Browser):
    blog()
    sent(author, "platforms/viki/", ALIAS, {"alias": "Honey TV"})
    html = "<h2>Overview</h2><p>Title: Boat</p><p>Platform: Honey TV in Japan</p><p>It floats.</p>"
    entry = records.Entry("blogger:1:9", "post", "Boat", html, "live", PUBLISHED, labels=("Honey TV",))
    taking = Loader(db.session())
    for _ in taking.load([entry]):
        db.session.commit()
    reader = Browser(author.app)
    assert "boat" in slugs(reader.get("/platforms/viki/"))
    assert total(reader, "/reviews/?platform=viki&region=JP") == 1
    assert not read(sa.select(Term.slug).where(Term.slug == "honey-tv"))
    page = author.get(f"{TERMS}platforms/viki/")
    assert "Honey TV in Japan" in page.words, "as it is written there"
    page.send("//section[@aria-labelledby='names']//form[contains(@action, '/remove')]")
    assert slugs(reader.get("/platforms/honey-tv/")) == ["boat"]


def test_a_genre_counts_where_the_author_says_whatever_its_words_say(author: Browser):
    blog()
    reader, before, written = Browser(author.app), state(), texts()
    assert under(author.get(f"{TERMS}genres/romantic-thriller/")) == ["Romance", "Thriller"]
    take = "//form[contains(@action, '/broader/remove')][.//input[@value='romance']]"
    first = sent(author, "genres/romantic-thriller/", take, {})
    assert slugs(reader.get("/genres/romance/")) == ["one", "two"]
    second = sent(author, "genres/romantic-thriller/", BROADER, {"broader": "Sea stories"})
    assert under(second) == ["Sea stories", "Thriller"]
    assert slugs(reader.get("/genres/sea-stories/")) == ["three"]
    assert total(reader, "/reviews/?genre=sea-stories&genre=thriller") == 1
    # it stays so when the review is saved, and when another one writes it
    page = author.get("/studio/reviews/3/")
    page.send("//form[@id='review-form']", {"headline": "Written anew"}, button="action=save")
    stored(slug="seven", overview=[("Title", "Seven"), ("Genre", "romantic thriller")])
    for command in ("reindex", "rerender"):
        db.session.rollback()
        assert author.app.test_cli_runner().invoke(args=[command]).exit_code == 0
    assert slugs(reader.get("/genres/sea-stories/")) == ["seven", "three"]
    assert slugs(reader.get("/genres/romance/")) == ["one", "two"]
    db.session.delete(db.session.scalars(sa.select(Review).where(Review.slug == "seven")).one())
    db.session.commit()
    undo(author, second)
    undo(author, first)
    assert {**texts(), "three": ""} == {**written, "three": ""}
    assert state()[0] == before[0]
    assert state()[3] == before[3]


def test_what_counts_under_nothing_by_hand_is_left_there(author: Browser):
    blog()
    for broader in ("romance", "thriller"):
        take = f"//form[contains(@action, '/broader/remove')][.//input[@value='{broader}']]"
        sent(author, "genres/romantic-thriller/", take, {})
    stored(slug="seven", overview=[("Title", "Seven"), ("Genre", "Romantic thriller")])
    reader = Browser(author.app)
    assert slugs(reader.get("/genres/romantic-thriller/")) == ["seven", "three"]
    assert slugs(reader.get("/genres/romance/")) == ["one", "two"]
    assert "/genres/romantic-thriller/" in reader.get("/genres/").all("//main//a/@href")


def test_genres_count_under_the_broader_ones_of_their_broader_ones(author: Browser):
    blog()
    sent(author, "genres/thriller/", BROADER, {"broader": "Dark"})
    reader = Browser(author.app)
    assert slugs(reader.get("/genres/dark/")) == ["three"]
    page = author.get(f"{TERMS}genres/dark/")
    assert "Under it count Thriller." in page.words
    assert "by a narrower genre" in page.words
    for slug, broader, said in (
        ("dark", "Dark", "No genre counts under itself."),
        ("dark", "Romantic thriller", "Romantic thriller counts under Dark, so it cannot be the other way round, too."),
        ("dark", " ", "Write the spelling."),
        ("dark", "a" * 121, "Use at most 120 characters."),
    ):
        refused = author.get(f"{TERMS}genres/{slug}/").send(BROADER, {"broader": broader}, status=422)
        assert said in refused.words
        assert refused.one("//input[@id='broader']").get("value") == broader


WRONG = [
    (NAME, "name", "  ", "Give a name."),
    (NAME, "native_name", "Rom", "Write the native name in Hangul."),
    (NAME, "name", "Food", "Food leads to Food already. If the two are one and the same, merge them."),
    (ALIAS, "alias", "food", "food leads to Food already."),
    (ALIAS, "alias", "!? 12", "Write the spelling."),
    (ALIAS, "alias", "a" * 121, "Use at most 120 characters."),
]


@pytest.mark.parametrize(("form", "field", "value", "said"), WRONG)
def test_what_is_no_name_or_somebody_elses_is_refused_and_kept_in_the_form(author: Browser, form, field, value, said):
    blog()
    before = state()
    refused = author.get(f"{TERMS}genres/romance/").send(form, {field: value}, status=422)
    assert said in refused.words
    assert refused.one(f"//input[@name='{field}']").get("value") == value
    assert state() == before


def test_hostile_names_and_addresses_are_answered(author: Browser):
    hostile = "<script>alert(1)</script> {{7*7}} ' OR 1=1 공"
    stored(overview=[("Title", "Paper Boats"), ("Genre", hostile)], hashtags=("#<b>x</b>",), labels=(hostile,))
    page = sent(author, f"genres/{read(sa.select(Term.slug).where(Term.facet == 'genre'))[0]}/", NAME, {"name": "A B"})
    page = sent(author, page.url.removeprefix(TERMS), ALIAS, {"alias": "<img src=x onerror=alert(1)>"})
    assert "<img src=x" not in page.text
    assert "<script>alert" not in page.text
    for url in (
        "genres/",
        "hashtags/?q=%00%25_&page=-1",
        "platforms/?page=99999999999999999999999",
        "genres/?q=onerror",
    ):
        assert "<script>alert" not in author.get(TERMS + url).text
    for url in ("genres/nothing/", "hashtags/%00/", "platforms/nothing/merge", f"genres/{'a' * 3000}/", "years/2020/"):
        author.get(TERMS + url, status=404)
    slug = read(sa.select(Term.slug).where(Term.facet == "hashtag"))[0]
    for index in ("hashtags", "genres"):
        page = author.get(f"{TERMS}{index}/")
        author.get(page.all("//ul[contains(@class, 'piled')]//a/@href")[0])
    token = page.all("//input[@name='csrf_token']/@value")[0]
    for form in ({"address": "nothing"}, {"address": "\0"}, {}):
        author.post(f"{TERMS}hashtags/{slug}/names/remove", {"csrf_token": token, **form}, status=303)


def test_an_address_that_was_a_page_is_not_taken_away(author: Browser):
    blog()
    merge(author, "genres", "rom-com", "romance")
    page = author.get(f"{TERMS}genres/romance/")
    token = page.all("//input[@name='csrf_token']/@value")[0]
    refused = author.post(
        f"{TERMS}genres/romance/names/remove", {"csrf_token": token, "address": "rom-com"}, status=409
    )
    assert "rom-com was the address of a page, so it stays." in refused.words


def test_what_only_a_draft_names_is_told_to_no_reader(author: Browser):
    stored(slug="live", overview=[("Title", "Live"), ("Genre", "Romance")])
    stored(slug="draft", state="draft", overview=[("Title", "Draft"), ("Genre", "Secret love")], hashtags=("#Hush",))
    merge(author, "genres", "secret-love", "romance")
    page = Browser(author.app).get("/genres/romance/")
    assert "Secret" not in page.text
    assert slugs(page) == ["live"]
    Browser(author.app).get("/hashtags/hush/", status=404)


def test_what_is_said_of_terms_goes_out_and_in_again(author: Browser, app: Flask, tmp_path):
    blog()
    merge(author, "platforms", "kino-lumen", "viki")
    merge(author, "hashtags", "kdramas", "kdrama")
    sent(author, "genres/romantic-thriller/", BROADER, {"broader": "Sea stories"})
    sent(author, "genres/food/", NAME, {"name": "Feasts", "moves": "y"})
    sent(author, "genres/romance/", ALIAS, {"alias": "Love stories"})
    db.session.rollback()
    for command in ("export", "verify"):
        result = app.test_cli_runner().invoke(args=["transfer", command, str(tmp_path / "site.zip")])
        assert result.exit_code == 0, result.output


def test_an_export_from_before_links_were_said_by_address_loses_none(app: Flask):
    blog()
    before = state()
    db.session.execute(sa.delete(TermLink))
    links.complete(db.session())
    links.settle(db.session())
    db.session.commit()
    assert state() == before
    targets = sa.select(TermLink.target).where(TermLink.slug == "romantic-thriller").order_by(TermLink.target)
    assert read(targets) == ["romance", "thriller"]


def test_the_desk_costs_the_same_for_few_and_a_thousand_terms(author: Browser, at_most):
    urls = ("genres/", "hashtags/?q=boat", "genres/romance/", "genres/rom-com/merge?into=romance", "platforms/viki/")
    blog()

    def cost(queries: int) -> None:
        for url in urls:
            author.get(TERMS + url)
            with at_most(queries=queries):
                author.get(TERMS + url)

    cost(15)
    terms = [
        Term(facet=facet, slug=f"boat-{n}", name=f"Boat {n}") for n in range(500) for facet in ("genre", "hashtag")
    ]
    db.session.add_all(terms)
    db.session.commit()
    stored_together(
        *(document(slug=f"w{n}", overview=[("Title", "W"), ("Genre", "Romance, Rom-com")]) for n in range(30))
    )
    cost(15)
    assert "Boat 99" in author.get(f"{TERMS}genres/?q=boat+99").words
