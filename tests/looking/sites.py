"""The sites that are looked at: one with everything that is hard to lay out, and one with nothing in it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from kblog.cli.site import load_samples
from kblog.db import db
from kblog.document import CommentEntry
from kblog.models import Availability, Comment, Page, Review, ReviewViews, Setting
from kblog.overview import Availability as Entry
from tests import builders, covering
from tests.conftest import make_app, with_author

LONG, BARE, SPOILT, PICTURED = "the-long-way-round", "no-cover-art", "night-ferry-to-tongyeong", "the-glass-ferry"
LONG_TITLE = (
    "The Long Way Round the Harbour, or How Nine Sisters Kept One Bakery Open Through Every Winter That the "
    "Weather Service Has Numbers For"
)
LONG_NATIVE = "항구를 돌아가는 먼 길, 또는 아홉 자매가 기상청이 기억하는 모든 겨울에 빵집 하나를 지켜 낸 이야기"
GENRES = (
    "Romance, Comedy, Thriller, Mystery, Slice of Life, Family, Historical, Fantasy, Office, Medical, Legal, Crime, "
    "Horror, Action, Youth, School, Music, Sports, Food, Melodrama, Political, Military, Science Fiction, Road Movie, "
    "Psychological, Supernatural, Satire, Revenge, Coming of Age, Documentary Style, Time Slip, Detective, Chamber "
    "Drama, Black Comedy, Seafaring, Courtroom, Newsroom, Countryside, Winter Story, Multigenerational Saga"
)  # forty of them
CAST = (
    "Geum Tae-ho, Pyo Gyu-won, Ham Yu-rim, Ok Chan-mi, Namgung Seo-hyeon, Seonu Bit-garam, Hwangbo Ra-on, Cheon "
    "Mu-yeol, Tak Ye-in, Baek I-an, Ryu Sang-ok, Min Do-gyeom, Seo Ha-jin, Eo Jin-sol, Dokgo Nan-hui, Maeng Chun-sik"
)
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ADDRESS = "https://example.org/a/very/long/address/that/nobody/would/ever/type/" + "0123456789" * 8
SENTENCES = (
    "The ovens are lit at ten past three, before the first bus, and the street learns to tell the hour by the smell.",
    "Nobody in the family says that the shop is failing; they say that the flour is late.",
    "What the camera does with that kitchen is worth the whole of the first episode, and it does it without a cut.",
    "I counted four winters before I understood that the calendar on the wall is never turned.",
    "Ham Yu-rim plays the seventh sister as somebody who has been interrupted since childhood and has got used to it.",
    "There is a scene with a bread knife in it that is only about bread.",
)
PARTS = (
    "Introduction",
    "Overall Story",
    "Highlight Moments and the Key Episodes That Nobody Should Miss",
    "Memorable Lines",
    "Why It’s Special",
    "Reception",
    "Cast and Fun Facts",
    "Warm Reminders",
)
LINES = """> “We do not close. We only open later.”
>
> 문을 닫는 게 아니야. 조금 늦게 여는 거지.
>
> — Ham Yu-rim as the seventh sister, episode 9, with flour on both hands

::: spoiler 12
> “It was never about the bread.”
>
> — the eldest, to nobody
:::
"""
TABLE = "| Winter | Sister | Loaves a day | What the weather service says of it |\n|---|---|---|---|\n" + "\n".join(
    f"| 19{year} | the {each} | {year * 3} | colder than the one before |"
    for year, each in zip(
        range(61, 70), ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True
    )
)


def essay(words: int) -> str:
    """Write so many words in the sections of a review, with everything in them that Markdown has."""
    written = 0
    parts = []
    for number, heading in enumerate(PARTS):
        paragraphs = []
        while written < words * (number + 1) / len(PARTS):
            turn = (written + len(paragraphs)) % len(SENTENCES)
            paragraphs.append(" ".join((SENTENCES[turn:] + SENTENCES[:turn])[:5]))
            written += len(paragraphs[-1].split())
        own = {3: LINES, 4: TABLE, 5: f"{WORD} and {ADDRESS}", 1: "::: spoiler 9\nThe flour was never late.\n:::"}
        parts.append("\n\n".join([f"## {heading}", *paragraphs, own.get(number, "* flour\n* water\n* patience")]))
    return "\n\n".join(parts)


def thread(number: int) -> tuple[CommentEntry, ...]:
    """Describe so many comments: short and long, Korean, hidden, answered, by the author."""
    hard = {
        1: {"name": "Wilhelmina Featherstonehaugh-Cholmondeley of the Lower Harbour Reading Circle", "body": WORD},
        2: {"parent": "1", "name": "Han Areum", "author": True, "body": "It is a real word, I looked it up."},
        3: {"parent": "2", "body": f"> It is a real word\n\nThen see {ADDRESS}"},
        4: {
            "name": "남궁서현",
            "body": "겨울마다 이 드라마를 다시 봅니다. 일곱째가 제일 좋아요. 빵 냄새가 나는 것 같아서요.",
        },
        5: {"spoils": "9", "body": "The flour."},
        6: {"body": "I will only say ||that the calendar is right||, and leave it there."},
        7: {"parent": "4", "body": " ".join(SENTENCES * 4)},
    }
    return tuple(replace(each, **hard.get(int(each.id), {})) for each in builders.comments(number))


def full(folder: Path, *, spoken: str = "") -> Flask:
    """Make a site with the samples, and with whatever is longer, more or less than they are."""
    app = _begun(folder)
    with app.app_context():
        load_samples()
        with_author(app)
        if spoken:
            db.session.merge(Setting(name="language", value=spoken))
        picture = covering.hung(app, alt="The harbour at night, all lights on", credit="Port Office, 1961")
        covering.hung(app, 500, 900, name=f"{WORD.lower()}.png")
        overview = (
            ("Title", f"{LONG_TITLE} ({LONG_NATIVE})"),
            ("Year", "2025"),
            ("Genre", GENRES),
            ("Main Cast", CAST),
            ("Director", "Seonu Bit-garam"),
            ("Episodes", "16"),
            ("Running Time", "70 minutes"),
            ("Platform", "Netflix, Viki, Kocowa, Disney+"),
        )
        ledger = (
            Entry(platform="Viki", region="US", offer="subscription", checked_on=date(2026, 11, 3)),
            Entry(platform="Netflix", region="KR", offer="subscription", checked_on=date(2025, 1, 3)),
            Entry(platform="Kocowa", region="GB", status="left", checked_on=date(2026, 10, 3)),
        )
        builders.stored(
            slug=LONG,
            headline=f"“{LONG_TITLE}”—{SENTENCES[2]}",
            description=" ".join(SENTENCES[:2]),
            kind="drama",
            published_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
            updated_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
            verdict="Essential",
            overview=overview,
            availability=ledger,
            hashtags=tuple(f"#{''.join(each.split())}" for each in GENRES.split(", ")),
            comments=thread(200),
            body=essay(3_900),
        )
        builders.stored(slug=BARE, headline="Post", overview=(), body="One sentence.", comments_open=False)
        builders.stored(
            slug=PICTURED,
            headline="The Glass Ferry",
            kind="film",
            overview=(
                ("Title", "The Glass Ferry"),
                ("Year", "2019"),
                ("Genre", "Seafaring"),
                ("Runtime", "97 minutes"),
            ),
            cover=picture.address,
            cover_alt="A ferry made of glass",
            cover_credit="Port Office, 1961",
            cover_focus="30 50",
            body=f'## Story\n\n![The harbour]({picture.address} "Before the storm")\n\nIt floats.',
        )
        _keep_the_author_busy()
        db.session.commit()
    return app


def empty(folder: Path) -> Flask:
    """Make a site that has an author, and nothing else."""
    app = _begun(folder)
    with app.app_context():
        with_author(app)
    return app


def _begun(folder: Path) -> Flask:
    app = make_app(folder, guard=False, moderation="links")
    with app.app_context():
        flask_migrate.upgrade()
    app.add_url_rule("/breaks", view_func=lambda: str(1 / 0))
    return app


def _keep_the_author_busy() -> None:
    """Let comments wait, platforms want a look, and somebody read something."""
    moment = datetime(2026, 11, 25, 9, tzinfo=UTC)
    review = db.session.scalars(sa.select(Review).where(Review.slug == LONG)).one()
    said = {"pending": f"Look at {ADDRESS}", "spam": WORD, "removed": " ".join(SENTENCES)}
    for number, (state, body) in enumerate(said.items()):
        told = {"name": f"Guest {number} {WORD[:30]}", "body": body, "state": state, "reason": "More than one link"}
        db.session.add(Comment(review=review, posted_at=moment + timedelta(minutes=number), **told))
    db.session.add(Page(slug="house-rules", title="House rules", body="## One\n\nBe kind.", published_at=moment))
    for day in range(60):
        on = moment.date() - timedelta(days=day)
        db.session.add(ReviewViews(review_id=review.id, day=on, views=(day * 37) % 90 + 5))
    builders.stored(slug="a-draft", headline="A draft that has no end", published_at=None, body="## Story\n\nNot yet.")
    for entry in db.session.scalars(sa.select(Availability).limit(2)):
        entry.checked_on = date(2025, 2, 1)
