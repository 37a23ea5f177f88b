"""The links to other reviews and their people that the editor proposes, and never makes unasked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page as ChromiumPage
from playwright.sync_api import expect

from kblog.db import db, now
from kblog.markup import open_prose, render_review
from kblog.models import Review
from kblog.studio.linking import Target, known, proposals

from .browser import HTMX, Browser
from .builders import document, stored_together
from .chromium import DEVICE, find_nothing, served
from .letting_in import let_in

FORM = "//form[@id='review-form']"
NAMES = known(
    [
        Target("Salt Road", "/reviews/salt-road/", 1),
        Target("소금길", "/reviews/salt-road/", 1),
        Target("Salt", "/reviews/salt/", 2),
        Target("Now, We Float!", "/reviews/now-we-float/", 3),
        Target("Grandmother’s Boat", "/reviews/grandmothers-boat/", 4),
        Target("IU", "/people/iu/", is_person=True),
        Target("Gil A-ram", "/people/gil-a-ram/", is_person=True),
        Target("Na Boreum", "/people/na-boreum/", 2, is_person=True),
        Target("Odd] Words", "/reviews/odd/", 5),
        Target("Paper Boats", "/reviews/paper-boats/", 7),
        Target("Ma Ru", "/people/ma-ru/", 7, is_person=True),
    ]
)

PROSE = [
    ("It is no Salt Road.", ["[Salt Road](/reviews/salt-road/)"]),
    ("Salt Road, then Salt, then Salt Road again.", ["[Salt Road](/reviews/salt-road/)", "[Salt](/reviews/salt/)"]),
    ("소금길 (Salt Road)", ["[소금길](/reviews/salt-road/)"]),
    ("Now, We Float! is one.", ["[Now, We Float!](/reviews/now-we-float/)"]),
    ("Like **Salt** and *Salt Road*", ["[Salt](/reviews/salt/)", "[Salt Road](/reviews/salt-road/)"]),
    ("Grandmother's Boat", ["[Grandmother's Boat](/reviews/grandmothers-boat/)"]),
    ("Gil A\u2011ram as a king", ["[Gil A\u2011ram](/people/gil-a-ram/)"]),
    ("Salt\nRoad", ["[Salt\nRoad](/reviews/salt-road/)"]),
    ("- Salt\n- 🙂 Na Boreum", ["[Salt](/reviews/salt/)", "[Na Boreum](/people/na-boreum/)"]),
    # no name, or a part of another word
    ("salt road, Saltwater, #Salt, @Salt, SaltRoad, a Salt-free diet of IU", []),
    ("It is Salt's own.", ["[Salt](/reviews/salt/)"]),
    ("미소금길은 소금길이", []),
    ("Odd] Words, Odd", []),
    # this review itself, and who is in no other
    ("Paper Boats by Ma Ru", []),
    # linked already, here or below
    ("[Salt](/reviews/salt/) and Salt", []),
    ("Salt and [that one](https://k.example/reviews/salt/#story)", []),
    # where no link belongs
    ("`Salt` ``a ` Salt`` [Salt](https://a.example) ![Salt](/x.png) [Salt][1] <https://a.example/Salt>", []),
    ("https://a.example/Salt \\Salt ||Salt||", []),
    ("### Salt\n\nSalt\n====", []),
    ("    Salt\n\n```\nSalt\n```", []),
    ("> Salt\n> — Salt, Episode 4", []),
    ("::: spoiler episode 9\nSalt\n\n- Salt\n:::", []),
    ("[^1]: Salt\n\nWords.[^1]", []),
    ("| Salt |\n|---|\n| Salt |", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "links"), PROSE, ids=[text[:24] for text, _ in PROSE])
def test_what_is_named_and_not_linked_is_proposed_once(text: str, links: list[str]):
    assert [each.markdown for each in proposals([text], NAMES, 7)] == links


def test_the_place_is_counted_as_a_browser_counts_it():
    (found,) = proposals(["None.", "🙂🙂 Salt"], NAMES, 7)
    assert (found.part, found.at, found.words) == (1, 5, "Salt")


def test_a_link_in_one_part_is_a_link_in_all():
    assert not proposals(["Salt", "See [it](/reviews/salt/)."], NAMES, 7)


@given(st.text(alphabet="Salt Road\n\r`*[]()<>!#>-:|\\~= 🙂\t1.^", max_size=60))
def test_any_text_keeps_its_length_and_its_words_in_their_places(text: str):
    prose = open_prose(text)
    assert len(prose) == len(text)
    assert all(each in ("\0", typed) for each, typed in zip(prose, text, strict=True))


@given(
    st.lists(st.sampled_from(["Salt ", "`", "[", "](/x/)", "]", "**", "\n", "\n\n> ", "\n# ", "::: spoiler\n", "a "]))
)
def test_a_proposed_link_is_a_link_and_changes_no_other_word(pieces: list[str]):
    text = "".join(pieces)
    for found in proposals([text], NAMES, 7):
        made = text[: found.at] + found.markdown + text[found.at + len(found.words) :]
        before, after = render_review(text), render_review(made)
        assert after.html.count("<a ") == before.html.count("<a ") + 1
        assert after.plain == before.plain


OWN = (("Title", "Paper Boats"), ("Cast", "Gil Aram"))


def opened(author: Browser, body: str = "Words."):
    reviews = stored_together(
        document(overview=OWN, body=body),
        document(
            slug="salt-road", overview=(("Title", "Salt Road (소금길)"), ("Cast", "Gil Aram, Na Boreum")), body="It."
        ),
        document(slug="draft", overview=(("Title", "Hidden Draft"), ("Cast", "Seo Byeol")), state="draft"),
        document(slug="gone", overview=(("Title", "Gone Away"),), state="withdrawn"),
        document(slug="later", overview=(("Title", "Much Later"),), published_at=now() + timedelta(days=2)),
    )
    return author.get(f"/studio/reviews/{reviews[0].id}/")


def proposed(page) -> list[str]:
    return page.texts("//*[contains(@class, 'proposals')]//code")


BODY = "Salt Road has Na Boreum and Gil Aram. Hidden Draft, Seo Byeol, Gone Away, Much Later and Paper Boats too."


def test_the_editor_lists_what_may_be_linked_and_what_is_public(author: Browser):
    page = opened(author, BODY)
    assert proposed(page) == [
        "[Salt Road](/reviews/salt-road/)",
        "[Na Boreum](/people/na-boreum/)",
        "[Gil Aram](/people/gil-aram/)",
    ]
    assert "Link “Salt Road” to its review: [Salt Road](/reviews/salt-road/)" in page.words
    assert "Link “Gil Aram” to their page" in page.words
    for link in ("/reviews/salt-road/", "/people/na-boreum/", "/people/gil-aram/"):
        author.get(link)
    assert "<a href" not in author.get("/reviews/paper-boats/").fragment("//div[@class='prose']"), (
        "nothing is linked unasked"
    )


def test_the_list_follows_what_is_typed(author: Browser, at_most):
    page = opened(author)
    assert proposed(page) == []

    def typed(text: str):
        fields = [(name, text if name == "parts-0-text" else value) for name, value in page.fields(FORM)]
        return author.post(f"{page.url}preview", fields, status=200, headers=HTMX)

    assert proposed(typed("After Salt Road.")) == ["[Salt Road](/reviews/salt-road/)"]
    assert proposed(typed("After [Salt Road](/reviews/salt-road/).")) == []
    assert proposed(typed("After `Salt Road`.")) == []


def test_a_review_is_proposed_once_it_is_public(author: Browser):
    page = opened(author, BODY)
    draft = db.session.scalars(sa.select(Review).where(Review.slug == "draft")).one()
    draft.published_at = now() - timedelta(days=3)
    db.session.commit()
    assert {"[Hidden Draft](/reviews/draft/)", "[Seo Byeol](/people/seo-byeol/)"} <= set(proposed(author.get(page.url)))


@pytest.fixture
def site(author: Browser) -> Iterator[str]:
    """The address of the running site."""
    with served(author.app) as address:
        yield address


@pytest.mark.browser
def test_one_click_puts_the_link_where_the_words_stand(
    author: Browser, site: str, page: ChromiumPage, may_keep: set[str]
):
    may_keep |= {"kblog", DEVICE}
    body = "## Introduction\n\n🙂 First.\n\n## Overall Story\n\n`Salt Road` 🙂 and Salt Road with Na Boreum."
    url = opened(author, body).url
    db.session.rollback()  # what was read holds the one write lock
    let_in(page, site)
    page.goto(site + url)
    find_nothing(page)
    text = page.locator("#parts-1-text")
    before = text.input_value()
    page.get_by_role("button", name="Link “Salt Road” to its review").click()
    expect(page.locator("#announce")).to_have_text("Linked: Salt Road")
    linked = before.replace("and Salt Road", "and [Salt Road](/reviews/salt-road/)")
    expect(text).to_have_value(linked)
    expect(page.locator(".proposals li")).to_have_count(1)
    expect(page.locator("#preview a[href='/reviews/salt-road/']")).to_have_count(1)
    page.get_by_role("button", name="Link “Na Boreum” to their page").click()
    expect(page.locator(".proposals")).to_have_count(0)
    expect(text).to_have_value(linked.replace("Na Boreum", "[Na Boreum](/people/na-boreum/)"))
    text.press("Control+z")
    expect(text).to_have_value(linked)
    expect(page.get_by_role("button", name="Link “Na Boreum” to their page")).to_be_visible()
    text.fill(before)
    page.get_by_role("button", name="Link all 2").click()
    expect(text).to_have_value(linked.replace("Na Boreum", "[Na Boreum](/people/na-boreum/)"))
    page.get_by_role("button", name="Undo").click()
    expect(text).to_have_value(before)
    expect(page.get_by_text("Linked: Salt Road, Na Boreum.")).to_be_hidden()
    every = page.get_by_role("button", name="Link all 2")
    expect(every).to_be_visible()
    every.focus()
    page.evaluate("title.value = 'Salt Rain'; title.dispatchEvent(new Event('input', { bubbles: true }))")
    expect(page.locator("#preview .as-title")).to_have_text("Salt Rain")
    expect(every).to_be_focused()  # the list was made anew around it
