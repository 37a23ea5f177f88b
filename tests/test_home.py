"""The front page: the review to start with, the newest ones, a line, the genres."""

import itertools
from datetime import date, timedelta

from flask import Flask

from kblog.db import db, now
from kblog.models import ReviewViews, Setting
from kblog.reviews import queries
from kblog.reviews.routes import today

from .browser import Browser, Page
from .builders import PUBLISHED, comments, document, stored, stored_together

LINES = """
## Memorable Lines

> Tides owe us nothing.
> — Yeo‑rae, Episode 4

::: spoiler episodes 9-12
> I lit the match.
> — Pyeongho, Episode 12
:::

::: spoiler
> 그 사람은 죽었다.
> — Halmeoni
:::
"""


def works(number: int, **given) -> list:
    """So many reviews, work-1 the newest."""
    return [
        document(
            slug=f"work-{n}",
            overview=[("Title", f"Work {n}"), ("Genre", "Comedy" if n % 2 else "Romance")],
            published_at=PUBLISHED - timedelta(days=n),
            **given,
        )
        for n in range(1, number + 1)
    ]


def lead(page: Page) -> str:
    return page.one("//main//h1/a").get("href")


def latest(page: Page) -> list[str]:
    return page.all("//section[@aria-labelledby='latest']//h3/a/@href")


def test_the_newest_featured_review_leads(reader: Browser):
    featured = [
        document(slug="old-favourite", featured=True, published_at=PUBLISHED - timedelta(days=900)),
        document(slug="favourite", featured=True, published_at=PUBLISHED - timedelta(days=800)),
    ]
    stored_together(*works(3), *featured)
    page = reader.get("/")
    assert lead(page) == "/reviews/favourite/"
    assert page.texts("//p[contains(@class, 'kicker')]/span")[0] == "Featured"
    assert latest(page) == [f"/reviews/{slug}/" for slug in ("work-1", "work-2", "work-3", "old-favourite")]


def test_without_a_featured_review_the_newest_leads(reader: Browser):
    stored_together(*works(3))
    page = reader.get("/")
    assert lead(page) == "/reviews/work-1/"
    assert page.texts("//p[contains(@class, 'kicker')]/span")[0] == "Newest"
    assert latest(page) == ["/reviews/work-2/", "/reviews/work-3/"]


def test_a_featured_review_that_is_not_public_does_not_lead(reader: Browser):
    stored_together(
        *works(2),
        document(slug="draft", state="draft", featured=True),
        document(slug="gone", state="withdrawn", featured=True),
        document(slug="later", published_at=now() + timedelta(days=1), featured=True),
    )
    page = reader.get("/")
    assert lead(page) == "/reviews/work-1/"
    assert latest(page) == ["/reviews/work-2/"]
    assert page.texts("//a[starts-with(., 'All ')]") == ["All 2 reviews"]


def test_the_eight_newest_follow_and_all_are_a_link_away(reader: Browser):
    stored_together(*works(12))
    page = reader.get("/")
    assert latest(page) == [f"/reviews/work-{n}/" for n in range(2, 10)]
    everything = page.follow("All 12 reviews")
    assert everything.one("//*[@id='results']").get("data-total") == "12"


def test_one_review_alone_is_not_printed_twice(reader: Browser):
    stored()
    page = reader.get("/")
    assert lead(page) == "/reviews/paper-boats/"
    assert not page.all("//section[@aria-labelledby='latest']")


def test_the_lead_tells_what_its_card_would(reader: Browser):
    stored(
        overview=[("Title", "Paper Boats (종이배)"), ("Year", "2021"), ("Episodes", "16"), ("Platform", "Viki")],
        description="Two boats, one puddle.",
        verdict="Essential",
        tells="4",
        comments=comments(2),
    )
    page = reader.get("/")
    said = page.texts("//*[contains(@class, 'lead')]//p")
    assert said[:3] == ["NewestDrama2021", "종이배", "Two boats, one puddle."]
    assert page.texts("//*[contains(@class, 'lead')]//p[contains(@class, 'meta')]/span") == [
        "Essential",
        "Viki",
        "1 minute read",
        "2 comments",
        "Tells up to episode 4",
    ]


def test_the_genres_have_their_true_numbers(samples: Browser):
    links = samples.get("/").all("//section[@aria-labelledby='by-genre']//ul//a")
    assert len(links) > 5
    for link in links:
        (number,) = link.xpath("./small/text()")
        page = Page(samples, samples.ask(link.get("href")), link.get("href"))
        cards = page.all("//article[contains(@class, 'card')]")
        assert len(cards) == int(number) > 0, link.get("href")


def test_the_line_of_the_week_is_never_a_spoiler(reader: Browser):
    stored(body=LINES)
    page = reader.get("/")
    figure = page.one("//section[@aria-labelledby='line-of-the-week']//figure")
    assert "".join(figure.xpath("./blockquote//text()")) == "Tides owe us nothing."
    assert page.texts("//figure/figcaption") == ["Yeo‑rae in Paper Boats, episode 4"]
    assert reader.get(page.one("//p[@class='line-tools']/a[.='Permalink']").get("href")).texts("//blockquote") == [
        "Tides owe us nothing."
    ]
    assert (
        page.one("//button[@data-copy]").get("data-copy").startswith("“Tides owe us nothing.” — Yeo‑rae, Paper Boats,")
    )
    source = figure.xpath("./figcaption//a/@href")[0]
    assert reader.get(source.partition("#")[0]).all(f"//*[@id='{source.partition('#')[2]}']")
    for week in range(60):
        found = queries.line_of(date(2026, 1, 1) + timedelta(weeks=week))
        assert found is not None
        assert found[0].quote == "Tides owe us nothing."


def test_where_every_line_spoils_there_is_no_line(reader: Browser):
    stored(body=LINES.replace("> Tides owe us nothing.\n> — Yeo‑rae, Episode 4\n", ""))
    assert not reader.get("/").all("//*[@id='line-of-the-week']")


def test_a_line_of_what_is_not_public_is_never_shown(reader: Browser):
    stored_together(
        document(),
        document(slug="draft", state="draft", body=LINES),
        document(slug="gone", state="withdrawn", body=LINES),
        document(slug="later", published_at=now() + timedelta(days=1), body=LINES),
    )
    assert not reader.get("/").all("//*[@id='line-of-the-week']")


def test_the_line_stays_a_week_and_each_has_its_turn(reader: Browser):
    quotes = [f"Line number {n}." for n in range(5)]
    body = "## Memorable Lines\n\n" + "\n\n".join(f"> {quote}\n> — Yeo-rae, Episode 1" for quote in quotes)
    stored(body=body)
    monday = date(2026, 1, 5)
    weeks = [
        {found[0].quote for day in range(7) if (found := queries.line_of(monday + timedelta(weeks=week, days=day)))}
        for week in range(6)
    ]
    assert weeks[0] | weeks[1] | weeks[2] | weeks[3] | weeks[4] | weeks[5] == set(quotes)
    turns = [found[0].quote for day in range(70) if (found := queries.line_of(monday + timedelta(days=day)))]
    changes = [day for day in range(1, 70) if turns[day] != turns[day - 1]]
    assert {after - before for before, after in itertools.pairwise(changes)} == {7}


def test_an_empty_site_says_so(reader: Browser):
    page = reader.get("/")
    assert page.h1 == "K-Blog"
    assert "Nothing has been published yet." in page.words
    assert not page.all("//main//section")


def test_the_blogs_name_and_description_are_its_own(reader: Browser):
    db.session.add(Setting(name="name", value="R&D <한국> Notes"))
    db.session.add(Setting(name="description", value="“Word for word”, & no more."))
    db.session.commit()
    stored()
    page = reader.get("/")
    assert page.title.startswith("R&D <한국> Notes")
    assert page.texts("//p[@class='site-description']") == ["“Word for word”, & no more."]
    assert page.one("//meta[@name='description']").get("content") == "“Word for word”, & no more."


def test_home_costs_at_most_eight_queries_cold_and_warm(sample_app: Flask, at_most):
    browser = Browser(sample_app)
    for _ in ("cold", "warm"):
        with at_most(queries=8):
            browser.get("/")


def test_the_five_most_read_stand_numbered_beside_the_genres(reader: Browser):
    reviews = stored_together(*works(7))
    yesterday = today() - timedelta(days=1)
    db.session.add_all(ReviewViews(review_id=review.id, day=yesterday, views=n) for n, review in enumerate(reviews, 1))
    db.session.commit()
    page = reader.get("/")
    assert page.all("//div[@class='wrap split']//ol[@class='rank']/li//a/@href") == [
        f"/reviews/work-{n}/" for n in (7, 6, 5, 4, 3)
    ]


def test_without_reads_the_genres_have_the_width(samples: Browser):
    page = samples.get("/")
    assert not page.all("//*[@id='most-read'] | //div[contains(@class, 'split')]")
    assert page.all("//section[@aria-labelledby='by-genre']")
