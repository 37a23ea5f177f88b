"""Reading the comments under a review or a page: what is shown, where, and what never is."""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple, cast

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from kblog.comments.threads import queries
from kblog.comments.threads.nesting import SORTS, Entry, Thread
from kblog.db import db
from kblog.document import CommentEntry
from kblog.models import Comment, Page, Review
from kblog.transfer.portable.queries import number_rows

from .browser import Browser
from .browser import Page as Answer
from .builders import PUBLISHED, comments, stored

URL = "/reviews/paper-boats/comments"
ROWS = "//*[@id='thread']/li"
HIDDEN = ("pending", "spam", "removed")


def said(number: int, parent: int | None = None, minute: int | None = None, **given) -> CommentEntry:
    """Describe one comment, by its number."""
    at = PUBLISHED + timedelta(minutes=number if minute is None else minute)
    words = {"name": f"Guest {number}", "body": f"Words of guest {number}."} | given
    return CommentEntry(id=str(number), parent="" if parent is None else str(parent), at=at, **words)


def ids(review: Review) -> dict[str, int]:
    """Map the number of each comment as described to its id here."""
    rows = db.session.execute(sa.select(Comment.source_ref, Comment.id).where(Comment.review_id == review.id)).all()
    db.session.rollback()
    return {ref.rpartition(":")[2]: comment_id for ref, comment_id in rows}


def names(answer: Answer, rows: str = ROWS) -> list[str]:
    return answer.texts(f"{rows}/div[@class='comment-head']/b")


# It works


def test_a_thread_shows_who_said_what_and_when(reader: Browser):
    review = stored(comments=(said(1, website="https://guest.example/", body="I *liked* it."),))
    page = reader.get(URL)
    row = page.one(ROWS)
    assert names(page) == ["Guest 1"]
    assert row.xpath(".//em")[0].text == "liked"
    assert row.xpath(".//time")[0].get("datetime") == "2026-03-12T09:01:00Z"
    link = row.xpath(".//b//a")[0]
    assert (link.get("href"), link.get("rel")) == ("https://guest.example/", "nofollow ugc noopener")
    assert row.xpath(".//time/..")[0].get("href") == f"/comments/{ids(review)['1']}/"


def test_replies_stand_one_level_in_and_name_whom_they_answer_beyond_that(reader: Browser):
    stored(comments=(said(1), said(2, 1), said(3, 2), said(4, 3), said(5, 1)))
    page = reader.get("/reviews/paper-boats/")
    assert names(page) == ["Guest 1"]
    assert names(page, f"{ROWS}/ol/li") == ["Guest 2", "Guest 3", "Guest 4", "Guest 5"]
    assert not page.all(f"{ROWS}/ol/li//li"), "a second level of indent"
    answered = [each.xpath("string(./p[@class='hint'])").strip() for each in page.all(f"{ROWS}/ol/li")]
    assert answered == ["", "to Guest 2", "to Guest 3", ""]


def test_the_authors_answers_carry_a_badge(reader: Browser):
    stored(comments=(said(1), said(2, 1, author=True)))
    page = reader.get(URL)
    badges = [each.xpath("string(./div/span[@class='verdict'])") for each in page.all("//li[@class='comment']")]
    assert badges == ["", "Author"]


@pytest.mark.parametrize(("spoils", "words"), [("all", "Spoils the whole story"), ("13", "Spoils up to episode 13")])
def test_a_comment_that_spoils_is_closed(reader: Browser, spoils: str, words: str):
    stored(comments=(said(1, spoils=spoils, body="He did it."), said(2, body="I ||saw it coming||.")))
    page = reader.get(URL)
    whole, inline = page.all("//details")
    assert whole.get("data-until") == spoils
    assert whole.xpath("string(summary)") == words
    assert "He did it." in whole.xpath("string()")
    assert "saw it coming" in inline.xpath("string()")
    for each in (whole, inline):
        assert each.get("class", "").split()[0] == "spoiler"
        assert "open" not in each.attrib


def test_an_edited_comment_says_so(reader: Browser):
    review = stored(comments=(said(1), said(2)))
    db.session.get(Comment, ids(review)["1"]).edited_at = PUBLISHED + timedelta(days=1)
    db.session.commit()
    assert ["(edited)" in words for words in reader.get(URL).texts(ROWS)] == [True, False]


def test_a_closed_thread_and_an_empty_one_say_so(reader: Browser):
    stored(slug="open")
    stored(slug="closed", comments_open=False)
    assert "No comments yet." in reader.get("/reviews/open/comments").words
    assert "Comments on this review are closed." in reader.get("/reviews/closed/comments").words


# Page by page


def test_the_fifty_first_root_is_on_the_second_page(reader: Browser):
    stored(comments=(*comments(51), said(60, 51)))
    first = reader.get(URL)
    assert names(first) == [f"Guest {number}" for number in range(1, 51)]
    second = first.follow("Show 1 more thread")
    assert second.url == f"{URL}?page=2"
    assert names(second) == ["Guest 51"]
    assert names(second, f"{ROWS}/ol/li") == ["Guest 60"], "a reply stays with its root"
    assert names(second.follow("Back to the ones before")) == names(first)
    assert not second.all("//a[@rel='next']")


def test_fifty_roots_and_their_replies_are_one_page(reader: Browser):
    stored(comments=(*comments(50), *(said(number, 1) for number in range(51, 121))))
    page = reader.get(URL)
    assert len(page.all(ROWS)) == 50
    assert not page.all("//a[@rel='next']")
    reader.get(f"{URL}?page=2", status=404)


def test_the_first_fragment_is_a_slice_of_the_page_and_of_the_review(reader: Browser):
    stored(comments=comments(51))
    fragment = reader.fragment(URL)
    assert fragment.text in reader.get(URL).text
    assert fragment.text in reader.get("/reviews/paper-boats/").text


def test_a_later_fragment_brings_the_rows_and_the_next_pager(reader: Browser):
    stored(comments=comments(120))
    fragment = reader.fragment(f"{URL}?page=2")
    partial = fragment.one("//hx-partial")
    assert (partial.get("hx-target"), partial.get("hx-swap")) == ("#thread", "beforeend")
    rows = re.findall(r'<li class="comment".*?</li>', fragment.text, re.DOTALL)
    page = reader.get(f"{URL}?page=2")
    assert len(rows) == 50
    assert [row.replace(" autofocus", "") for row in rows] == re.findall(
        r'<li class="comment".*?</li>', page.text, re.DOTALL
    )
    assert fragment.text.count("autofocus") == 1
    assert "autofocus" not in page.text
    assert fragment.one("//a[@rel='next']").get("hx-get") == f"{URL}?page=3"
    assert names(reader.fragment(f"{URL}?page=3"), "//li") == [f"Guest {number}" for number in range(101, 121)]


def test_newest_first_turns_the_roots_around_and_not_their_replies(reader: Browser):
    stored(comments=(*comments(51), said(52, 51), said(53, 51), said(54, 1)))
    first = reader.get(URL).follow("Newest first")
    assert names(first) == [f"Guest {number}" for number in range(51, 1, -1)]
    assert names(first, f"{ROWS}[1]/ol/li") == ["Guest 52", "Guest 53"]
    second = first.follow("Show 1 more thread")
    assert names(second) == ["Guest 1"]
    assert names(second, f"{ROWS}/ol/li") == ["Guest 54"]
    assert names(second.follow("Back to the ones before")) == names(first)
    assert names(first.follow("Oldest first"))[0] == "Guest 1"


def test_comments_of_one_moment_keep_the_order_in_which_they_came(reader: Browser):
    stored(comments=tuple(said(number, minute=0) for number in range(1, 102)))
    seen = [name for page in (1, 2, 3) for name in names(reader.get(f"{URL}?page={page}"))]
    assert seen == [f"Guest {number}" for number in range(1, 102)]
    turned = [name for page in (1, 2, 3) for name in names(reader.get(f"{URL}?page={page}&sort=newest"))]
    assert turned == seen[::-1]


def test_a_question_that_means_nothing_gets_the_first_page(reader: Browser):
    stored(comments=comments(2))
    for query in ("page=0", "page=-1", "page=x", "page=", "sort=best", "sort=", "page=1.5", "x=y"):
        assert names(reader.get(f"{URL}?{query}")) == ["Guest 1", "Guest 2"]


def test_there_is_no_page_after_the_last(reader: Browser):
    stored(comments=comments(50))
    for page in ("2", "3", "999999", "9" * 30):
        reader.get(f"{URL}?page={page}", status=404)
        reader.fragment(f"{URL}?page={page}", status=404)


# Links to one comment


def test_a_permalink_leads_to_the_page_where_the_comment_stands(reader: Browser):
    review = stored(comments=(*comments(101), said(102, 51), said(103, 102), said(104, 1)))
    for number, page in (("1", 1), ("50", 1), ("104", 1), ("51", 2), ("102", 2), ("103", 2), ("100", 2), ("101", 3)):
        comment_id = ids(review)[number]
        answer = reader.get(f"/comments/{comment_id}/", status=302)
        address, _, anchor = answer.response.headers["Location"].partition("#")
        expected = "/reviews/paper-boats/" if page == 1 else f"{URL}?page={page}"
        assert (address, anchor) == (expected, f"comment-{comment_id}")
        reader.get(address).one(f"//li[@id='{anchor}']")


def test_hidden_roots_do_not_shift_the_page_of_a_permalink(reader: Browser):
    """Fifty roots nobody sees, ten seen as stubs, then fifty more: the page counts what is drawn."""
    hidden = [said(number, state="spam") for number in range(1, 61)]
    replies = [said(200 + number, number) for number in range(1, 11)]
    review = stored(comments=(*hidden, *replies, *(said(number) for number in range(61, 111))))
    for number in ("201", "61", "100", "101", "110"):
        comment_id = ids(review)[number]
        address = reader.get(f"/comments/{comment_id}/", status=302).response.headers["Location"]
        reader.get(address.partition("#")[0]).one(f"//li[@id='comment-{comment_id}']")


@pytest.mark.parametrize("state", HIDDEN)
def test_a_hidden_comment_has_no_permalink(reader: Browser, state: str):
    review = stored(comments=(said(1, state=state), said(2, 1)))
    reader.get(f"/comments/{ids(review)['1']}/", status=404)
    reader.get(f"/comments/{ids(review)['2']}/", status=302)


@pytest.mark.parametrize("given", [{"state": "draft"}, {"published_at": PUBLISHED + timedelta(days=36500)}])
def test_the_thread_of_a_review_that_is_not_out_is_not_there(reader: Browser, given: dict):
    review = stored(comments=(said(1),), **given)
    for url in (URL, "/reviews/paper-boats/comments.atom", f"/comments/{ids(review)['1']}/"):
        reader.get(url, status=404)
    assert "Guest" not in reader.get("/feeds/comments.atom").text


def test_the_anchors_of_the_old_blog_live_on(reader: Browser):
    review = stored(comments=(said(1), said(2, 1)))
    for number, comment_id in ids(review).items():
        db.session.get(Comment, comment_id).old_number = f"77700{number}"
    db.session.commit()
    page = reader.get("/reviews/paper-boats/")
    for number, comment_id in ids(review).items():
        assert page.one(f"//*[@id='c77700{number}']/parent::li").get("id") == f"comment-{comment_id}"


@pytest.mark.real_data
def test_imported_comments_keep_their_anchors_and_parents(imported: Browser):
    rows = db.session.execute(sa.select(Comment).where(Comment.state == "visible")).scalars().all()
    assert rows
    for comment in rows:
        assert comment.old_number.isdigit()
        location = imported.get(f"/comments/{comment.id}/", status=302).response.headers["Location"]
        page = imported.get(location.partition("#")[0])
        assert page.one(f"//*[@id='c{comment.old_number}']/parent::li").get("id") == f"comment-{comment.id}"
        if comment.parent_id:
            assert page.one(f"//li[@id='comment-{comment.root_id}']//li[@id='comment-{comment.id}']") is not None


def test_a_standing_page_shows_its_comments_too(reader: Browser):
    page = Page(slug="guestbook", title="Guestbook", published_at=PUBLISHED)
    page.body = "Say hello."
    db.session.add(page)
    db.session.flush()
    for number in range(1, 53):
        entry = Comment(page_id=page.id, name=f"Guest {number}", posted_at=PUBLISHED + timedelta(minutes=number))
        entry.body = "Hello."
        entry.state = "spam" if number == 1 else "visible"
        db.session.add(entry)
    db.session.commit()
    last = db.session.scalar(sa.select(sa.func.max(Comment.id)))
    assert names(reader.get("/pages/guestbook/")) == [f"Guest {number}" for number in range(2, 52)]
    location = reader.get(f"/comments/{last}/", status=302).response.headers["Location"]
    assert location == f"/pages/guestbook/?page=2#comment-{last}"
    assert names(reader.get("/pages/guestbook/?page=2")) == ["Guest 52"]
    reader.get("/pages/guestbook/?page=3", status=404)
    reader.get(f"/comments/{last - 51}/", status=404)
    page.withdrawn_at = PUBLISHED
    db.session.commit()
    reader.get(f"/comments/{last}/", status=410)


# What is never shown


@pytest.mark.parametrize("state", HIDDEN)
def test_a_hidden_comment_leaves_no_word(reader: Browser, state: str):
    secret = {"name": "Hidden Name", "body": "Hidden words.", "website": "https://hidden.example/", "state": state}
    stored(comments=(said(1), said(2, **secret), said(3, 1, **secret), said(4, 3, **secret)))
    for url in ("/reviews/paper-boats/", URL, f"{URL}?sort=newest", "/feeds/comments.atom", f"{URL}.atom", "/"):
        assert "idden" not in reader.get(url).text.replace("hidden>", "").replace('aria-hidden="true"', "")
    page = reader.get(URL)
    assert names(page) == ["Guest 1"]
    assert len(page.all("//li[@class='comment']")) == 1, "no stub: nobody answered it"
    assert page.one("//h2[@id='comments-title']").text == "1 comment"


@pytest.mark.parametrize("state", HIDDEN)
def test_over_replies_a_hidden_comment_leaves_a_stub(reader: Browser, state: str):
    secret = {"name": "Hidden Name", "body": "Hidden words.", "state": state}
    stored(comments=(said(1, **secret), said(2, 1), said(3, 2, **secret), said(4, 3)))
    page = reader.get(URL)
    assert "Hidden" not in page.text
    assert page.texts("//li[@class='comment']/p[contains(@class, 'comment-body')]") == ["This comment was removed."] * 2
    assert page.texts(f"{ROWS}/ol/li[last()]/p[@class='hint']") == ["to a removed comment"]
    assert page.one("//h2[@id='comments-title']").text == "2 comments"


class Tree(NamedTuple):
    """A forest of comments: the parent of each (an earlier one, or none), its state and the minute it was posted."""

    parents: list[int | None]
    states: list[str]
    minutes: list[int]


@st.composite
def forests(draw: Callable) -> Tree:
    size = draw(st.integers(1, 16))
    parents = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(size)]
    states = draw(st.lists(st.sampled_from(("visible", *HIDDEN)), min_size=size, max_size=size))
    minutes = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    return Tree(parents, states, minutes)


def has_visible_below(tree: Tree, number: int) -> bool:
    children = [child for child, parent in enumerate(tree.parents) if parent == number]
    return any(tree.states[child] == "visible" or has_visible_below(tree, child) for child in children)


def root_of(tree: Tree, number: int) -> int:
    parent = tree.parents[number]
    return number if parent is None else root_of(tree, parent)


@hypothesis.settings(
    max_examples=25,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
@hypothesis.given(tree=forests())
@hypothesis.example(Tree([None, 0, 1, 2], ["spam", "pending", "removed", "visible"], [3, 2, 1, 0]))
@hypothesis.example(Tree([None, 0, 1, 2], ["spam", "visible", "removed", "pending"], [0, 0, 0, 0]))
@hypothesis.example(Tree([None, None, None], ["removed", "spam", "pending"], [0, 0, 0]))
def test_every_visible_comment_is_shown_once_and_nothing_else_is(reader: Browser, tree: Tree):
    made = db.session.scalar(sa.select(sa.func.count()).select_from(Review))
    review = stored(
        slug=f"forest-{made}",
        comments=tuple(
            said(
                number,
                tree.parents[number],
                tree.minutes[number],
                name=f"Seen{number}." if tree.states[number] == "visible" else f"Secret{number}.",
                body=f"Told{number}." if tree.states[number] == "visible" else f"Secret{number}.",
                state=tree.states[number],
            )
            for number in range(len(tree.parents))
        ),
    )
    kept = {int(number): comment_id for number, comment_id in ids(review).items()}
    own = {number: f"comment-{comment_id}" for number, comment_id in kept.items()}
    page = reader.get(f"/reviews/{review.slug}/comments")
    db.session.rollback()
    everyone = range(len(tree.parents))
    visible = {number for number in everyone if tree.states[number] == "visible"}
    stubs = {number for number in everyone if number not in visible and has_visible_below(tree, number)}
    assert "Secret" not in page.text
    assert sorted(page.all("//li[@class='comment']/@id")) == sorted(own[number] for number in visible | stubs)
    for number in everyone:
        assert page.text.count(f"Told{number}.") == (number in visible)
    assert page.text.count("This comment was removed.") == len(stubs)
    assert page.one("//h2[@id='comments-title']").text.split()[0] == str(len(visible))

    def in_time(numbers: set[int]) -> list[str]:
        return [own[number] for number in sorted(numbers, key=lambda each: (tree.minutes[each], kept[each]))]

    roots = {number for number in visible | stubs if tree.parents[number] is None}
    assert page.all(f"{ROWS}/@id") == in_time(roots)
    for root in roots:
        below = {number for number in (visible | stubs) - {root} if root_of(tree, number) == root}
        assert page.all(f"//li[@id='{own[root]}']/ol/li/@id") == in_time(below)
    for number in visible:
        parent = tree.parents[number]
        told = page.texts(f"//li[@id='{own[number]}']/p[@class='hint']")
        if parent is None or tree.parents[parent] is None:
            assert told == []
        else:
            assert told == [f"to Seen{parent}." if parent in visible else "to a removed comment"]


# Hostile and large


WEBSITES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example",
    "/studio/",
    "guest.example",
    'https://x.example/" onmouseover="alert(1)',
    "https://x.example/<script>",
]


def test_a_website_is_linked_only_where_it_is_one(reader: Browser):
    stored(comments=tuple(said(number, website=website) for number, website in enumerate(WEBSITES)))
    page = reader.get(URL)
    assert len(names(page)) == len(WEBSITES)
    assert not page.all(f"{ROWS}//b//a")


NAMES = [
    "<script>alert(1)</script>",
    '" onload="x',
    "&amp;",
    "이하늘",
    "שלום",
    "\u202eevil",
    "🙂",
    "a" * 200,
    "{{7*7}}",
]


def test_a_name_is_printed_as_it_was_given(reader: Browser):
    for number, name in enumerate(NAMES):
        stored(slug=f"r-{number}", comments=(said(1, name=name), said(2, 1), said(3, 2, name=name), said(4, 3)))
        page = reader.get(f"/reviews/r-{number}/comments")
        assert "".join(page.all(f"{ROWS}/div/b/bdi")[0].itertext()) == name
        assert page.texts("//li[last()]/p[@class='hint']") == [f"to {name}"]
        assert not page.all("//main//script")


def test_a_comment_without_a_name_is_anonymous(reader: Browser):
    stored(comments=(said(1, name=""),))
    assert names(reader.get(URL)) == ["Anonymous"]


def test_a_chain_of_three_hundred_answers_is_drawn(reader: Browser):
    chain = [said(1), *(said(number, number - 1) for number in range(2, 301))]
    stored(comments=tuple(chain))
    page = reader.get(URL)
    assert names(page, f"{ROWS}/ol/li") == [f"Guest {number}" for number in range(2, 301)]
    assert page.texts("//li[last()]/p[@class='hint']") == ["to Guest 299"]


def test_a_chain_of_three_hundred_hidden_answers_holds_up_one_that_is_seen(reader: Browser):
    chain = [said(1, state="spam"), *(said(number, number - 1, state="pending") for number in range(2, 300))]
    stored(comments=(*chain, said(300, 299)))
    page = reader.get(URL)
    assert page.text.count("This comment was removed.") == 299
    assert names(page, f"{ROWS}/ol/li") == ["Guest 300"]


@pytest.mark.parametrize("size", [0, 1, 60, 500])
def test_a_thread_is_one_select_whatever_its_size(reader: Browser, at_most, size: int):
    roots = size // 5
    replies = (said(1000 + n, 1 + n % roots) for n in range(size - roots)) if roots else ()
    review = stored(comments=(*comments(roots), *replies))
    number = review.id
    for sort in SORTS:
        for page in (1, 2, 3):
            with at_most(queries=1):
                queries.thread(review_id=number, page=page, sort=sort)
    with at_most(queries=8):
        reader.get(URL)


@pytest.mark.parametrize("seed", range(6))
def test_a_small_thread_read_whole_is_the_one_read_page_by_page(reader: Browser, seed: int):
    chance, kept = random.Random(seed), []
    for number in range(1, 140):
        parent = chance.choice([None, None, *range(1, number)]) if number > 1 and seed else None
        kept.append(said(number, parent, state=chance.choice(("visible", "visible", "pending", "spam", "removed"))))
    number = stored(comments=kept).id

    def told(thread: Thread) -> tuple:
        def one(entry: Entry) -> tuple:
            return entry.comment[: len(queries.SHOWN)], entry.answered and entry.answered.id, entry.left

        return (
            thread.number,
            thread.pages,
            [(one(each), [one(reply) for reply in each.replies]) for each in thread.entries],
        )

    for sort in SORTS:
        for page in range(1, -(-queries.thread(review_id=number).number // 50) + 1):
            whole = queries.thread(review_id=number, page=page, sort=sort, size=0)
            assert whole.entries
            assert told(whole) == told(queries.thread(review_id=number, page=page, sort=sort))


def crowd(review: Review, roots: int, replies: int) -> dict[str, int]:
    """Put many comments under a review at once, and return the id of each by its name; replies go round the roots."""
    said = Comment(body="Words.")
    first = (db.session.scalar(sa.select(sa.func.max(Comment.id))) or 0) + 1
    blank = {"body": said.body, "body_html": said.body_html, "website": "", "state": "visible", "reason": ""}
    blank |= {"spoils": "", "by_author": False, "old_number": "", "review_id": review.id}
    rows = []
    for number in range(roots + replies):
        root = None if number < roots else first + (number - roots) % roots
        at = PUBLISHED + timedelta(seconds=number)
        rows.append(
            blank
            | {"id": first + number, "name": f"Guest {number}", "posted_at": at, "root_id": root, "parent_id": root}
        )
    db.session.execute(sa.insert(Comment), rows)
    number_rows(db.session(), [cast(sa.Table, Comment.__table__)])
    db.session.execute(sa.update(Review).where(Review.id == review.id).values(comment_count=roots + replies))
    db.session.commit()
    return {row["name"]: row["id"] for row in rows}


def test_of_more_replies_than_a_page_holds_each_root_shows_a_few_and_leads_to_the_others(reader: Browser, at_most):
    found = crowd(stored(), roots=2, replies=1300)
    page = reader.get(URL)
    assert len(page.all(f"{ROWS}[1]/ol/li")) == len(page.all(f"{ROWS}[2]/ol/li")) == 10
    assert page.texts("//p[@class='more']/a[starts-with(text(), 'Show all')]") == ["Show all 650 replies"] * 2
    with at_most(queries=3):
        every = page.follow("Show all 650 replies")
    assert names(every) == ["Guest 0"]
    assert len(every.all(f"{ROWS}/ol/li")) == 500
    last = every.follow("Later")
    assert len(last.all(f"{ROWS}/ol/li")) == 150
    assert len(last.follow("Earlier").all(f"{ROWS}/ol/li")) == 500
    reader.get(last.url.replace("page=2", "page=3"), status=404)
    places = {
        "Guest 0": "/reviews/paper-boats/",
        "Guest 20": "/reviews/paper-boats/",
        "Guest 22": f"{URL}?root={found['Guest 0']}",
        "Guest 1301": f"{URL}?root={found['Guest 1']}&page=2",
    }
    for name, address in places.items():
        location = reader.get(f"/comments/{found[name]}/", status=302).response.headers["Location"]
        assert location == f"{address}#comment-{found[name]}"
        reader.get(address).one(f"//li[@id='comment-{found[name]}']")


def test_the_replies_to_what_is_no_root_here_are_nowhere(reader: Browser):
    found = crowd(stored(), roots=2, replies=2)
    other = crowd(stored(slug="other"), roots=1, replies=1)
    hidden = stored(slug="hidden", comments=(said(1, state="spam"), said(2, 1, state="spam"))).id
    root = db.session.scalar(sa.select(Comment.id).where(Comment.review_id == hidden, Comment.root_id.is_(None)))
    db.session.rollback()
    assert len(reader.get(f"{URL}?root={found['Guest 0']}").all("//li")) > 1
    for odd in (found["Guest 2"], other["Guest 0"], -1, 10**18, 10**30):
        reader.get(f"{URL}?root={odd}", status=404)
    reader.get(f"/reviews/hidden/comments?root={root}", status=404)
    for nothing in ("0", "x", ""):
        assert len(reader.get(f"{URL}?root={nothing}").all(ROWS)) == 2


def test_ten_thousand_comments_cost_what_fifty_cost_and_every_link_lands_right(reader: Browser, at_most):
    found = crowd(stored(), roots=5000, replies=5000)
    with at_most(queries=6):
        assert len(reader.get(URL).all(ROWS)) == 50
    with at_most(queries=8):
        first = reader.get("/reviews/paper-boats/")
    assert len(first.all(ROWS)) == 50
    assert first.one("//h2[@id='comments-title']").text == "10,000 comments"
    with at_most(queries=6):
        more = reader.fragment(f"{URL}?page=77")
    assert names(more, "//hx-partial/li")[0] == "Guest 3800"
    for number, page in ((0, 1), (49, 1), (50, 2), (4999, 100), (5000, 1), (9999, 100), (7777, 56)):
        comment_id = found[f"Guest {number}"]
        with at_most(queries=4):
            location = reader.get(f"/comments/{comment_id}/", status=302).response.headers["Location"]
        address = "/reviews/paper-boats/" if page == 1 else f"{URL}?page={page}"
        assert location == f"{address}#comment-{comment_id}"
        reader.get(address).one(f"//li[@id='comment-{comment_id}']")


def test_the_number_of_comments_is_the_number_of_visible_ones(reader: Browser):
    states = ("visible", "spam", "visible", "removed", "pending", "visible")
    stored(comments=tuple(said(number, state=state) for number, state in enumerate(states, 1)))
    page = reader.get("/reviews/paper-boats/")
    assert page.one("//h2[@id='comments-title']").text == "3 comments"
    assert len(names(page)) == 3
    assert reader.get("/feeds/comments.atom").text.count("<entry>") == 3
