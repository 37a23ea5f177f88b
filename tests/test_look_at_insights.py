"""The studio's numbers: views, comments and searches in vain, against a count of one's own."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from kblog.db import db, now
from kblog.models import Comment, DayViews, MonthViews, Review, ReviewViews, Setting, VainSearch
from kblog.reviews.routes import today
from kblog.studio.insights.charts import lines_for
from kblog.studio.insights.periods import DAYS, Period, period

from . import browser
from .browser import Browser
from .builders import document, stored, stored_together
from .chromium import DEVICE, find_nothing, served
from .conftest import logged_in, with_author
from .letting_in import let_in

INSIGHTS = "/studio/insights/"
PARTS = (INSIGHTS, f"{INSIGHTS}comments/", f"{INSIGHTS}searches/")
HOSTILE = '=cmd|"/c calc"!A1 <img src=x onerror=alert(1)>'


def read(review_id: int, times: int, day: date) -> None:
    db.session.add(ReviewViews(review_id=review_id, day=day, views=times))


def titled(*titles: str) -> list[Review]:
    numbered = enumerate(titles)
    return stored_together(*(document(slug=f"work-{n}", overview=[("Title", title)]) for n, title in numbered))


def said(review: Review, at: datetime, state: str = "visible", **given) -> Comment:
    comment = Comment(review_id=review.id, name="Guest", body="Words.", state=state, posted_at=at, **given)
    db.session.add(comment)
    return comment


def sought(words: str, times: int = 1, days_ago: int = 0) -> None:
    day = today() - timedelta(days=days_ago)
    db.session.add(VainSearch(day=day, folded=words.casefold(), words=words, times=times))


def rows(page: browser.Page, table: int = 1) -> list[list[str]]:
    """The words of a table's cells, line by line."""
    lines = page.all(f"(//table)[{table}]/tbody/tr")
    return [[browser.words(cell) for cell in line.xpath("th | td")] for line in lines]


def file(author: Browser, url: str) -> list[list[str]]:
    """Read a file as a spreadsheet does."""
    response = author.ask(url)
    assert response.mimetype == "text/csv"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


# Views


def test_views_are_summed_by_day_and_by_review_as_one_would_count_them(author: Browser):
    dice = random.Random(7)
    reviews = titled(*(f"Boat {n}" for n in range(30)))
    for review in reviews[:28]:
        for ago in dice.sample(range(500), 40):
            read(review.id, dice.randint(1, 900), today() - timedelta(days=ago))
    db.session.commit()
    everything = db.session.execute(sa.select(ReviewViews.review_id, ReviewViews.day, ReviewViews.views)).all()
    names = {review.id: review.title for review in reviews}
    db.session.rollback()
    for name, days in DAYS.items():
        first = today() - timedelta(days=days) if days else min(each.day for each in everything)
        there = [each for each in everything if first <= each.day < today()]
        page = author.get(f"{INSIGHTS}?period={name}")
        assert sum(int(line[1].replace(",", "")) for line in rows(page)) == sum(each.views for each in there)
        by_review = Counter()
        for each in there:
            by_review[each.review_id] += each.views
        told = [(line[1], int(line[2].replace(",", ""))) for line in rows(page, 2)]
        assert [views for _, views in told] == sorted(by_review.values(), reverse=True)[:25], name
        assert dict(told).items() <= {names[i]: n for i, n in by_review.items()}.items()
        filed = file(author, f"{INSIGHTS}reviews.csv?period={name}")[1:]
        assert {line[0]: int(line[3]) for line in filed} == {names[i]: n for i, n in by_review.items()}
        steps = file(author, f"{INSIGHTS}views.csv?period={name}")[1:]
        assert sum(int(line[2]) for line in steps) == sum(each.views for each in there)


def test_sums_follow_every_change_of_the_views(app: Flask):
    one, other = titled("Boats", "Rain")
    for review, day in ((one, date(2026, 2, 28)), (one, date(2026, 3, 1)), (other, date(2026, 3, 1))):
        read(review.id, 5, day)
    db.session.commit()
    db.session.execute(sa.update(ReviewViews).where(ReviewViews.review_id == other.id).values(views=9))
    assert sums() == ({date(2026, 2, 28): 5, date(2026, 3, 1): 14}, {(2, one.id): 5, (3, one.id): 5, (3, other.id): 9})
    db.session.delete(one)
    db.session.commit()
    assert sums() == ({date(2026, 3, 1): 9}, {(3, other.id): 9})


def sums() -> tuple[dict, dict]:
    by_day = dict(db.session.execute(sa.select(DayViews.day, DayViews.views)).all())
    by_month = db.session.execute(sa.select(MonthViews.month, MonthViews.review_id, MonthViews.views)).all()
    assert {month.day for month, *_ in by_month} <= {1}
    return by_day, {(month.month, number): views for month, number, views in by_month}


def test_a_period_is_compared_with_the_one_before(author: Browser):
    (review,) = titled("Boats")
    for ago, times in ((60, 20), (31, 80), (30, 100), (1, 18), (0, 7)):
        read(review.id, times, today() - timedelta(days=ago))
    db.session.commit()
    page = author.get(INSIGHTS)
    assert "118 views in the last 30 days, 18 % more than in the 30 days before. Today so far: 7." in page.words
    assert rows(page, 2) == [["1", "Boats", "118", "100 %", "up 18 %"]]
    assert "Counting began on" in author.get(f"{INSIGHTS}?period=90").words
    assert "more than" not in author.get(f"{INSIGHTS}?period=all").words


def test_a_days_views_end_where_the_sites_day_ends(author: Browser):
    db.session.add(Setting(name="time_zone", value="Pacific/Kiritimati"))  # UTC+14
    db.session.commit()
    (review,) = titled("Boats")
    here = now().astimezone(UTC).date() if now().hour < 10 else now().date() + timedelta(days=1)
    assert today() == here
    read(review.id, 3, here - timedelta(days=1))
    read(review.id, 5, here)
    db.session.commit()
    page = author.get(f"{INSIGHTS}?period=7")
    assert "3 views in the last 7 days" in page.words
    assert "Today so far: 5." in page.words
    assert "midnight in Pacific/Kiritimati" in page.words


def test_an_empty_site_says_so_on_every_page(author: Browser):
    assert "Nothing has been read yet." in author.get(INSIGHTS).words
    for part in PARTS:
        for name in (*DAYS, "never", "9" * 50):
            page = author.get(f"{part}?period={name}&page=9999999999")
            assert not page.all("//rect")
    assert "No comments by readers" in author.get(PARTS[1]).words
    assert "No search was in vain" in author.get(PARTS[2]).words
    for name in ("views", "reviews", "comments", "searches"):
        assert len(file(author, f"{INSIGHTS}{name}.csv?period=all")) >= 1
    assert author.get(f"{INSIGHTS}reviews/1/", status=404)


def test_the_first_day_has_no_chart_of_all_and_the_second_has_one_bar(author: Browser):
    (review,) = titled("Boats")
    read(review.id, 2, today())
    db.session.commit()
    assert "Today so far: 2." in author.get(f"{INSIGHTS}?period=all").words
    assert "2 views today so far." in author.get(f"{INSIGHTS}reviews/{review.id}/").words
    read(review.id, 1, today() - timedelta(days=1))
    db.session.commit()
    page = author.get(f"{INSIGHTS}?period=all")
    assert [rect.find("title").text.split(": ")[1] for rect in page.all("//rect")] == ["1 view"]
    assert len(rows(page)) == 1


def test_days_without_views_are_gaps_and_zeros_in_the_table(author: Browser):
    (review,) = titled("Boats")
    for ago in (1, 5):
        read(review.id, 4, today() - timedelta(days=ago))
    db.session.commit()
    page = author.get(f"{INSIGHTS}?period=7")
    assert [line[1] for line in rows(page)] == ["0", "0", "4", "0", "0", "0", "4"]
    assert len(page.all("//rect")) == 2


def test_huge_numbers_have_round_lines_that_fit(author: Browser):
    (review,) = titled("Boats")
    read(review.id, 2**53, today() - timedelta(days=1))
    read(review.id, 1, today() - timedelta(days=2))
    db.session.commit()
    page = author.get(f"{INSIGHTS}?period=7")
    assert "9,007,199,254,740,993 views" in page.words
    assert max(map(len, page.texts("//svg[@role='img']/text"))) <= 12
    assert next(rect.get("height") for rect in page.all("//rect")) == "1.0", "one of many is still seen"


def test_one_review_has_its_days_since_it_was_published(author: Browser):
    published = now() - timedelta(days=10)
    review = stored(published_at=published, overview=[("Title", "Boats (종이배)")])
    other = stored(slug="old", overview=[("Title", "Old")], published_at=now() - timedelta(days=900))
    read(other.id, 9, today() - timedelta(days=20))
    read(review.id, 6, today() - timedelta(days=2))
    said(review, now())
    db.session.commit()
    page = author.get(INSIGHTS).follow("Boats")
    assert page.h1 == "Boats"
    assert "6 views since" in page.words
    assert len(rows(page)) == 10
    assert "1 comment" in page.words
    assert "no referring page is kept" in page.words
    assert len(file(author, f"{INSIGHTS}reviews/{review.id}/views.csv")) == 11
    old = author.get(f"{INSIGHTS}reviews/{other.id}/")
    assert "It was published before views were counted here." in old.words
    lately = page.follow("7 days")
    assert "6 views in the last 7 days." in lately.words
    assert len(rows(lately)) == 7
    assert len(rows(old)) == 20, "nothing is said of days that were not counted"


def test_the_desk_says_what_was_read_this_week(author: Browser):
    (review,) = titled("Boats")
    assert "Read this week" not in author.get("/studio/").words
    for ago, times in ((7, 30), (8, 20), (14, 40), (0, 1000)):
        read(review.id, times, today() - timedelta(days=ago))
    db.session.commit()
    page = author.get("/studio/")
    assert "Read this week: 30 views, 50 % fewer than in the 7 days before." in page.words
    assert page.follow("30 views").h1 == "Insights"


# Comments


def test_comments_are_counted_by_the_day_where_the_site_is_and_by_what_became_of_them(author: Browser):
    db.session.add(Setting(name="time_zone", value="Asia/Seoul"))
    review, other = titled("Boats", "Rain")
    begins = datetime.combine(today() - timedelta(days=2), datetime.min.time(), now().tzinfo) - timedelta(hours=9)
    for minutes, state in ((-1, "visible"), (0, "pending"), (1439, "spam"), (1440, "visible"), (1441, "removed")):
        said(review, begins + timedelta(minutes=minutes), state)
    said(other, begins, "visible", by_author=True)
    said(other, now() + timedelta(seconds=-1))
    db.session.commit()
    page = author.get(f"{PARTS[1]}?period=7")
    assert [line[1:] for line in rows(page)][-3:] == [
        ["1", "0", "0", "0"],
        ["0", "1", "1", "0"],
        ["1", "0", "0", "1"],
    ]
    assert "5 comments by readers in the last 7 days. Today so far: 1." in page.words
    assert "2 comments, 40 % of them, did not appear at once." in page.words
    assert page.texts("//ol[contains(@class, 'piled')]/li") == ["Boats 2 comments"]
    assert [line[2:] for line in file(author, f"{INSIGHTS}comments.csv?period=7")][-1] == ["1", "0", "0", "1"]


def test_a_comment_of_an_impossible_year_breaks_nothing(author: Browser):
    (review,) = titled("Boats")
    said(review, datetime(1, 1, 1, tzinfo=UTC))
    said(review, datetime(2019, 5, 1, tzinfo=UTC))
    db.session.commit()
    page = author.get(f"{PARTS[1]}?period=all")
    assert "1 comment by readers since 1 January 1990." in page.words


def test_half_of_what_was_held_waited_no_longer_than_it_says(author: Browser):
    (review,) = titled("Boats")
    at = now() - timedelta(days=3)
    for hours in (1, 3, 5, 40):
        said(review, at, "visible", state_before="pending", decided_at=at + timedelta(hours=hours))
    said(review, at, "removed", state_before="visible", decided_at=at + timedelta(hours=60))  # it never waited
    db.session.commit()
    page = author.get(PARTS[1])
    assert "4 comments, 80 % of them, did not appear at once." in page.words
    assert "had waited for less than 4 hours" in page.words


# Searches in vain


def test_what_was_sought_is_listed_with_its_number_and_last_day(author: Browser):
    for words, times, ago in (("Moon", 2, 3), ("Moon", 3, 1), ("달의 연인", 9, 0), ("old", 50, 40), ("", 99, 1)):
        sought(words, times, ago)
    db.session.commit()
    page = author.get(PARTS[2])
    assert page.texts("//ul[contains(@class, 'in-vain')]//*[@class='title']") == ["달의 연인", "Moon", "Others"]
    assert "5 times" in page.words
    assert "104 searches found nothing in the last 30 days. Today so far: 9." in page.words
    assert page.all("//bdi/span[@lang='ko']")
    assert page.follow("Search now for Moon").url == "/reviews/?q=Moon"
    assert page.follow("People called Moon").url == "/studio/terms/?q=Moon"
    assert [line[:2] for line in file(author, f"{INSIGHTS}searches.csv?period=90")][1] == ["old", "50"]


def test_a_draft_begins_with_what_was_sought(author: Browser):
    sought("달의 연인")
    db.session.commit()
    answer = author.get(PARTS[2]).send("//main//form")
    assert author.get(answer.response.location).h1 == "Edit “달의 연인”"
    assert db.session.scalar(sa.select(Review.published_at)) is None
    again = author.get(PARTS[2]).send("//main//form")
    assert again.response.location == answer.response.location, "a second draft of the same name helps nobody"
    assert "You have begun a review of this name already." in author.get(again.response.location).words


def test_hostile_words_are_words(author: Browser):
    sought(HOSTILE)
    sought("\u202egnp.exe", 3)
    sought("@SUM(A1)")
    stored(overview=[("Title", "-2+3")])
    read(1, 1, today() - timedelta(days=1))
    db.session.commit()
    page = author.get(PARTS[2])
    assert HOSTILE in page.texts("//bdi")
    assert not page.all("//main//img")
    cells = {line[0] for line in file(author, f"{INSIGHTS}searches.csv")}
    assert f"'{HOSTILE}" in cells
    assert "'@SUM(A1)" in cells
    assert file(author, f"{INSIGHTS}reviews.csv")[1][0] == "'-2+3"


# The cost, and the looks


def test_however_much_there_is_each_page_takes_as_few_queries(sample_app: Flask, at_most: Callable):
    author = logged_in(sample_app)
    ids = list(db.session.scalars(sa.select(Review.id)))
    for number in ids:
        for ago in range(0, 800, 9):
            read(number, 3, today() - timedelta(days=ago))
    for n in range(200):
        sought(f"word {n}", n + 1, n % 30)
    db.session.commit()
    for url in (*PARTS, f"{INSIGHTS}?period=all", f"{INSIGHTS}?period=year", f"{INSIGHTS}reviews/{ids[0]}/"):
        author.get(url)
        with at_most(queries=9):
            author.get(url)


@given(st.integers(0, 10**15))
def test_lines_stand_at_few_round_numbers_and_reach_the_highest(highest: int):
    lines = lines_for(highest)
    assert lines[0] == 0
    assert 2 <= len(lines) <= 5
    assert lines[-1] >= highest
    assert lines[-2] < max(1, highest)
    assert str(lines[1]).rstrip("0") in ("1", "2", "5")


@given(st.sampled_from(sorted(DAYS)), st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 9000))
def test_steps_cover_a_period_without_a_gap(name: str, day: date, ago: int):
    chosen = period(name, day, day - timedelta(days=ago))
    steps = chosen.steps
    assert [step.first for step in steps[1:]] == [step.until for step in steps[:-1]]
    assert not steps or (steps[0].first, steps[-1].until) == (chosen.first, chosen.until)
    assert len(steps) <= 152
    by_day = {chosen.first + timedelta(days=n): n + 1 for n in range(0, chosen.days, 5)}
    assert sum(chosen.sums(by_day)) == sum(by_day.values())
    assert Period(name, chosen.first, chosen.until) == chosen


@pytest.fixture
def may_keep() -> set[str]:
    """The author's browser holds the session, and is known again."""
    return {"kblog", DEVICE}


@pytest.mark.browser
def test_charts_are_drawn_and_fit_a_phone_and_axe_finds_nothing(app: Flask, page: Page):
    with_author(app)
    long = "The Grandmother Who Sold Umbrellas in the Rain (비 오는 날 우산을 파는 할머니)"
    for n, review in enumerate(titled(long, "Boats", "Rain")):
        for ago in range(1, 60, n + 1):
            read(review.id, 1200 * ago, today() - timedelta(days=ago))
        for ago, state in enumerate(("visible", "pending", "spam", "removed"), 1):
            said(review, now() - timedelta(days=ago), state)
    for words in (HOSTILE, "달의 연인", "가" * 100):
        sought(words, 3, 1)
    db.session.commit()
    with served(app) as address:
        let_in(page, address)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            for part in (*PARTS, f"{INSIGHTS}reviews/1/"):
                page.goto(address + part)
                for closed in page.locator("details:not([open]) > summary").all():
                    closed.click()
                widths = page.eval_on_selector_all("svg[role=img] rect.bar", "all => all.map(e => e.getBBox().width)")
                assert widths, part
                assert min(widths) > 1, part
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                if width == 390:
                    find_nothing(page)
