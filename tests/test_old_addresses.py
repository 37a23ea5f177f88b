"""The addresses of the old Blogger blog: each leads to its new place for good."""

import urllib.parse
from datetime import UTC, datetime, timedelta

import lxml.etree
import pytest
import sqlalchemy as sa

from kblog.db import db
from kblog.document import CommentEntry
from kblog.models import Comment, Page, Redirect, Review

from .browser import Browser
from .builders import PUBLISHED, stored

FIRST_COMMENT = datetime(2026, 3, 13, 12, 0, 0, 123000, tzinfo=UTC)
LABELS = (
    "Comedy",
    "Romance",
    "Viki",
    "Disney+",
    "Netflix",
    "Gil Aram",
    "K-Drama",
    "Rainy days",
    "로맨스",
    "소금",
    "C++",
    "A|B",
)


@pytest.fixture
def blog(reader: Browser) -> Browser:
    """A site that came from Blogger: a post of each fate, a page, labels, sixty comments."""
    came = stored(
        slug="paper-boats",
        overview=(("Title", "Paper Boats"), ("Cast", "Gil Aram"), ("Genre", "Comedy, Romance"), ("Platform", "Viki")),
        labels=LABELS,
        body="Two boats race.",
        comments=tuple(
            CommentEntry(
                id=str(number), name=f"Guest {number}", body="Hello.", at=FIRST_COMMENT + timedelta(minutes=number)
            )
            for number in range(60)
        ),
    )
    fates = {
        "draft": stored(slug="draft", state="draft"),
        "gone": stored(slug="gone", state="withdrawn"),
        "later": stored(slug="later", published_at=PUBLISHED + timedelta(days=36500)),
        "paper-boats": came,
    }
    came.source_ref = "blogger:111:456"  # after the others are stored: each looks at the database anew
    page = Page(slug="guestbook", title="Guestbook", published_at=PUBLISHED)
    taken = Page(slug="taken", title="Taken", published_at=PUBLISHED, withdrawn_at=PUBLISHED)
    db.session.add_all([page, taken])
    db.session.flush()
    rows = [Redirect(path=f"/2026/03/{name}.html", review_id=review.id) for name, review in fates.items()]
    rows += [Redirect(path="/p/guestbook.html", page_id=page.id), Redirect(path="/p/taken.html", page_id=taken.id)]
    rows += [Redirect(path="/p/boats.html", review_id=came.id), Redirect(path="/2026/03/guests.html", page_id=page.id)]
    db.session.add_all(rows)
    db.session.commit()
    return reader


def led(browser: Browser, url: str) -> str:
    """Return where an old address leads, after going there."""
    answer = browser.get(url, status=301)
    location = answer.response.headers["Location"]
    assert location.startswith("/"), "nobody is led off the site"
    assert "#" not in location, "the browser brings its own"
    browser.get(location)
    return urllib.parse.unquote(location)


def milliseconds(number: int) -> int:
    return round((FIRST_COMMENT + timedelta(minutes=number)).timestamp() * 1000)


PLACES = [
    ("/2026/03/paper-boats.html", "/reviews/paper-boats/"),
    ("/2026/03/paper-boats.html?m=1", "/reviews/paper-boats/"),
    ("/2026/03/paper-boats.html?m=0", "/reviews/paper-boats/"),
    ("/2026/03/paper-boats.html?spref=fb&utm_source=x", "/reviews/paper-boats/"),
    ("/2026/03/paper-boats.html?showComment=", "/reviews/paper-boats/"),
    ("/2026/03/guests.html", "/pages/guestbook/"),
    ("/p/guestbook.html", "/pages/guestbook/"),
    ("/p/guestbook.html?m=1", "/pages/guestbook/"),
    ("/p/boats.html", "/reviews/paper-boats/"),
    ("/2026/", "/archive/2026/"),
    ("/2026/03/", "/archive/2026/03/"),
    ("/2026/03/?m=1", "/archive/2026/03/"),
    ("/?m=1", "/"),
    ("/?m=0", "/"),
    ("/?q=boats", "/reviews/?q=boats"),
    ("/?q=boats&m=1", "/reviews/?q=boats"),
    ("/?updated-max=2026-03-24T09:00:00-08:00&max-results=7", "/"),
    ("/search?q=boats", "/reviews/?q=boats"),
    ("/search?q=boats&m=1&by-date=true", "/reviews/?q=boats"),
    ("/search?q=%EC%86%8C%EA%B8%88", "/reviews/?q=소금"),
    ("/search", "/reviews/"),
    ("/search?updated-max=2026-03-24T09:00:00-08:00&max-results=7&start=7&by-date=false", "/reviews/"),
    ("/search/label/Comedy", "/genres/comedy/"),
    ("/search/label/comedy", "/genres/comedy/"),
    ("/search/label/Comedy?m=1", "/genres/comedy/"),
    ("/search/label/Comedy?updated-max=2026-03-24T09:00:00Z&max-results=20&start=20", "/genres/comedy/"),
    ("/search/label/Viki", "/platforms/viki/"),
    ("/search/label/Disney%2B", "/platforms/disney-plus/"),
    ("/search/label/Disney+", "/platforms/disney-plus/"),
    ("/search/label/Gil%20Aram", "/people/gil-aram/"),
    ("/search/label/Rainy%20days", "/hashtags/rainy-days/"),
    ("/search/label/K-Drama", "/reviews/?kind=drama"),
    ("/search/label/Comedy+Romance", "/reviews/?genre=comedy&genre=romance"),
    ("/search/label/Comedy%2BRomance", "/reviews/?genre=comedy&genre=romance"),
    ("/search/label/Comedy+K-Drama", "/reviews/?genre=comedy&kind=drama"),
    ("/search/label/Comedy+Viki", "/reviews/?genre=comedy&platform=viki"),
    ("/search/label/Viki|Netflix", "/reviews/?platform=netflix&platform=viki"),
    ("/search/label/Viki%7CNetflix", "/reviews/?platform=netflix&platform=viki"),
    ("/search/label/Comedy|Romance", "/genres/comedy/"),
    ("/search/label/Nothing%20of%20ours", "/reviews/?q=Nothing+of+ours"),
    ("/search/label/Nothing+Else", "/reviews/?q=Nothing+Else"),
    ("/feeds/posts/default", "/feeds/reviews.atom"),
    ("/feeds/posts/default?alt=rss", "/feeds/reviews.atom"),
    ("/feeds/posts/default?alt=rss&max-results=500&redirect=false", "/feeds/reviews.atom"),
    ("/feeds/posts/summary", "/feeds/reviews.atom"),
    ("/feeds/posts/summary?alt=json-in-script&callback=x", "/feeds/reviews.atom"),
    ("/feeds/posts/full", "/feeds/reviews.atom"),
    ("/feeds/posts/default/-/Comedy", "/feeds/genre/comedy.atom"),
    ("/feeds/posts/default/-/Comedy?alt=rss", "/feeds/genre/comedy.atom"),
    ("/feeds/posts/default/-/Disney%2B", "/feeds/platform/disney-plus.atom"),
    ("/feeds/posts/default/-/Gil%20Aram", "/feeds/person/gil-aram.atom"),
    ("/feeds/posts/summary/-/Rainy%20days", "/feeds/hashtag/rainy-days.atom"),
    ("/feeds/posts/default/-/K-Drama", "/feeds/reviews.atom"),
    ("/feeds/posts/default/-/Nothing", "/feeds/reviews.atom"),
    ("/feeds/posts/default/-/Comedy/Romance", "/feeds/reviews.atom"),
    ("/feeds/comments/default", "/feeds/comments.atom"),
    ("/feeds/comments/default?alt=rss", "/feeds/comments.atom"),
    ("/feeds/comments/summary", "/feeds/comments.atom"),
    ("/feeds/456/comments/default", "/reviews/paper-boats/comments.atom"),
    ("/feeds/456/comments/default?alt=rss", "/reviews/paper-boats/comments.atom"),
    ("/feeds/456/comments/summary", "/reviews/paper-boats/comments.atom"),
    ("/feeds/56/comments/default", "/feeds/comments.atom"),
    ("/feeds/999/comments/default", "/feeds/comments.atom"),
    ("/atom.xml", "/feeds/reviews.atom"),
    ("/atom.xml?redirect=false&start-index=1&max-results=500", "/feeds/reviews.atom"),
    ("/rss.xml", "/feeds/reviews.atom"),
]


def test_every_old_address_leads_to_its_new_place(blog: Browser):
    went = [(url, led(blog, url)) for url, _ in PLACES]
    assert went == PLACES


def test_a_label_leads_where_the_review_says_it_was_filed(blog: Browser):
    page = blog.get("/reviews/paper-boats/")
    links = {
        link.xpath("string()"): urllib.parse.unquote(link.get("href")) for link in page.all("//p[@class='labels']/a")
    }
    assert set(links) == set(LABELS)
    for label, href in links.items():
        if label != "A|B":  # Blogger reads that as two labels
            assert led(blog, f"/search/label/{urllib.parse.quote(label, safe='')}") == href


def test_an_old_address_answers_head_too_and_takes_nothing_in(blog: Browser):
    for url, _ in PLACES[::9]:
        assert blog.ask(url, "HEAD").status_code == 301
        assert blog.ask(url, "POST").status_code == 405


def test_an_old_comment_link_leads_to_the_page_where_the_comment_stands(blog: Browser):
    for comment in db.session.scalars(sa.select(Comment)):
        comment.old_number = comment.name.removeprefix("Guest ")
    db.session.commit()
    for number, place in ((0, ""), (49, ""), (50, "comments?page=2"), (59, "comments?page=2")):
        location = led(blog, f"/2026/03/paper-boats.html?showComment={milliseconds(number)}")
        assert location == f"/reviews/paper-boats/{place}"
        assert blog.get(location).one(f"//*[@id='c{number}']/parent::li").xpath("string(.//b)") == f"Guest {number}"


def test_of_two_comments_of_one_second_the_one_asked_for_is_found(blog: Browser):
    """Guest 49 is the last of the first page; Guest 50, half a second later, the first of the second."""
    near = db.session.scalars(sa.select(Comment).where(Comment.name == "Guest 49")).one()
    near.posted_at = FIRST_COMMENT + timedelta(minutes=50, seconds=-0.5)
    db.session.commit()
    address = "/2026/03/paper-boats.html?showComment="
    assert led(blog, f"{address}{milliseconds(50) - 500}") == "/reviews/paper-boats/"
    assert led(blog, f"{address}{milliseconds(50)}") == "/reviews/paper-boats/comments?page=2"


def test_an_unknown_comment_leads_to_the_review(blog: Browser):
    for asked in ("0", "-1", "x", "9" * 14, "9" * 40, "1e9", "%00", "٣", "1773403200123"):
        assert led(blog, f"/2026/03/paper-boats.html?showComment={asked}") == "/reviews/paper-boats/"


def test_what_is_not_public_is_not_led_to(blog: Browser):
    for name, status in (("draft", 404), ("later", 404), ("gone", 410), ("unknown", 404)):
        for query in ("", "?m=1", f"?showComment={milliseconds(50)}"):
            assert "Location" not in blog.get(f"/2026/03/{name}.html{query}", status=status).response.headers


def test_a_page_that_was_taken_back_is_gone_at_both_its_addresses(blog: Browser):
    blog.get("/p/taken.html", status=410)
    blog.get("/pages/taken/", status=410)


NOWHERE = [
    "/2026/03/PAPER-BOATS.html",
    "/2026/04/paper-boats.html",
    "/2026/3/paper-boats.html",
    "/26/03/paper-boats.html",
    "/2026/03/paper-boats",
    "/2026/03/paper-boats.htm",
    "/2026/03/..%2f..%2fetc%2fpasswd.html",
    "/2026/03/....html",
    "/2026/03/%00.html",
    "/2026/03/%ff.html",
    "/2026/03/" + "a" * 5000 + ".html",
    "/2026/13/x.html",
    "/2026/00/x.html",
    "/0000/00/x.html",
    "/p/..html",
    "/p/../guestbook.html",
    "/p/%2e%2e%2fguestbook.html",
    "/p/guestbook.html/",
    "/p/'; DROP TABLE redirect;--.html",
    "/p/guestbook.HTML",
    "/feeds/posts/other",
    "/feeds/x/comments/default",
]


def test_an_address_that_never_was_leads_nowhere(blog: Browser):
    for url in NOWHERE:
        blog.get(url, status=404)


HOSTILE = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "%0d%0aX: y",
    "<script>",
    "%ff",
    "+",
    "|",
    "a|",
    "+|+",
]


def test_no_old_address_leads_off_the_site(blog: Browser):
    places = ("/search?q={}", "/?q={}", "/search/label/{}", "/feeds/posts/default/-/{}")
    quoted = [urllib.parse.quote(words, safe="%+|") for words in HOSTILE]
    for url in [place.format(words) for place in places for words in quoted]:
        answer = blog.get(url, status=None)
        assert answer.status in (301, 308, 404)
        location = answer.response.headers.get("Location", "/")
        assert urllib.parse.urlsplit(urllib.parse.urljoin("http://localhost/", location)).netloc == "localhost"
        assert answer.status != 301 or blog.get(urllib.parse.urljoin(url, location), status=None).status in (200, 301)


@pytest.mark.real_data
def test_every_address_of_the_export_leads_to_what_became_of_it(imported: Browser, data):
    (source,) = (data / "blog" / "Takeout").rglob("feed.atom")
    spaces = {"a": "http://www.w3.org/2005/Atom", "b": "http://schemas.google.com/blogger/2018"}
    live = 0
    for entry in lxml.etree.parse(str(source)).xpath("//a:entry[b:type='POST' or b:type='PAGE']", namespaces=spaces):
        path = entry.findtext("b:filename", namespaces=spaces)
        if not path:
            continue
        trashed = (
            entry.findtext("b:trashed", namespaces=spaces)
            or entry.findtext("b:status", namespaces=spaces) == "SOFT_TRASHED"
        )
        if trashed:
            imported.get(path, status=410)
        elif entry.findtext("b:status", namespaces=spaces) == "LIVE":
            live += 1
            title = entry.findtext("a:title", namespaces=spaces)
            assert title.partition("—")[2][:20] in imported.get(led(imported, f"{path}?m=1")).text
        else:
            imported.get(path, status=404)
    assert live == 10
    assert led(imported, "/2025/11/killing-romance.html") == "/reviews/killing-romance/"


@pytest.mark.real_data
def test_every_label_of_the_imported_blog_leads_to_its_review(imported: Browser):
    for slug, labels in db.session.execute(sa.select(Review.slug, Review.labels).where(Review.is_live())).all():
        for label in labels:
            place = led(imported, f"/search/label/{urllib.parse.quote(label, safe='')}")
            assert f"/reviews/{slug}/" in imported.get(place).text


def test_a_link_with_thousands_of_labels_costs_no_more_than_a_few(samples: Browser, at_most):
    for sign in "+|":
        with at_most(queries=60):
            samples.get(f"/search/label/{sign.join(f'no-label-{n}' for n in range(2000))}", status=301)
