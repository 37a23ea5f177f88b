"""What programs read: the feeds, the sitemap and robots.txt."""

import io
import json
import re
import urllib.parse
from dataclasses import replace
from datetime import date, timedelta

import feedparser
import html5lib
import lxml.etree
import lxml.html
import pytest
import sqlalchemy as sa
from PIL import Image

from kblog import signposts
from kblog.db import db, now
from kblog.document import CommentEntry
from kblog.ledger import Availability
from kblog.models import Availability as LedgerRow
from kblog.models import AvailabilityChange, Comment, Page, Redirect, Review, SearchEntry, Setting
from kblog.reviews.filters import FACET_OF
from kblog.studio.changes import settle, undo

from .browser import Browser
from .builders import PUBLISHED, comments, stored

ATOM = {"a": "http://www.w3.org/2005/Atom", "b": "http://schemas.google.com/blogger/2018"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def feed(browser: Browser, url: str) -> feedparser.FeedParserDict:
    """Read a feed as a feed reader does, after a strict parser found nothing wrong with it."""
    answer = browser.get(url)
    assert answer.response.mimetype == "application/atom+xml"
    lxml.etree.fromstring(answer.text.encode())
    found = feedparser.parse(answer.text.encode(), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    assert found.feed.links[0].href == f"http://localhost{url}"
    assert len({entry.id for entry in found.entries}) == len(found.entries)
    return found


def addresses(browser: Browser) -> list[str]:
    tree = lxml.etree.fromstring(browser.get("/sitemap.xml").text.encode())
    return [location.removeprefix("http://localhost") for location in tree.xpath("//s:loc/text()", namespaces=SITEMAP)]


def every_feed(browser: Browser) -> list[str]:
    """List the feeds of the site, of each review's comments and of each term."""
    found = ["/feeds/reviews.atom", "/feeds/comments.atom", "/feeds/availability.atom"]
    for address in addresses(browser):
        parts = address.strip("/").split("/")
        if parts[0] == "reviews" and len(parts) == 2:
            found.append(f"/reviews/{parts[1]}/comments.atom")
        elif parts[0] in FACET_OF and len(parts) == 2:
            found.append(f"/feeds/{FACET_OF[parts[0]]}/{parts[1]}.atom")
    return found


def refuse_broken_html(html: str) -> None:
    parser = html5lib.HTMLParser(strict=False)
    parser.parseFragment(html)
    assert not parser.errors, parser.errors[:3]


# Feeds


def test_every_feed_of_the_samples_is_read_without_complaint(samples: Browser):
    urls = every_feed(samples)
    assert len(urls) > 100
    for url in [*urls[:40], *urls[40::4]]:
        for entry in feed(samples, url).entries:
            refuse_broken_html(entry.content[0].value)


@pytest.mark.real_data
def test_every_feed_of_the_imported_blog_is_read_without_complaint(imported: Browser):
    urls = every_feed(imported)
    assert len(feed(imported, "/feeds/reviews.atom").entries) == 9
    for url in [*urls[:20], *urls[20::4]]:
        for entry in feed(imported, url).entries:
            refuse_broken_html(entry.content[0].value)


@pytest.mark.real_data
def test_imported_reviews_keep_the_ids_of_their_old_feed(imported: Browser, data):
    (source,) = (data / "blog" / "Takeout").rglob("feed.atom")
    entries = lxml.etree.parse(str(source)).xpath("//a:entry[b:type='POST'][b:status='LIVE']", namespaces=ATOM)
    old = {
        entry.findtext("a:id", namespaces=ATOM) for entry in entries if not entry.findtext("b:trashed", namespaces=ATOM)
    }
    shown = {entry.id for entry in feed(imported, "/feeds/reviews.atom").entries}
    assert shown <= old
    assert len(shown) == 9


@pytest.mark.real_data
def test_what_was_not_public_is_in_no_feed(imported: Browser):
    titles = db.session.scalars(sa.select(Review.headline).where(~Review.is_live())).all()
    bodies = db.session.scalars(sa.select(Comment.body).where(Comment.state != "visible", Comment.body != "")).all()
    assert titles
    assert bodies
    for url in every_feed(imported):
        text = imported.get(url).text
        assert not [words for words in (*titles, *bodies) if words in text]


def test_an_entry_is_the_whole_review_under_its_headline(reader: Browser):
    stored(
        headline="“Paper Boats”—Why it floats",
        body="## Introduction\n\nFirst words.\n\n## Conclusion\n\nLast *words*.",
        description="A teaser.",
        updated_at=PUBLISHED + timedelta(days=3),
        overview=(("Title", "Paper Boats"), ("Genre", "Road movie, Comedy")),
    )
    (entry,) = feed(reader, "/feeds/reviews.atom").entries
    assert entry.title == "“Paper Boats”—Why it floats"
    assert entry.link == "http://localhost/reviews/paper-boats/"
    assert (entry.published, entry.updated) == ("2026-03-12T09:00:00Z", "2026-03-15T09:00:00Z")
    assert entry.summary == "A teaser."
    assert [tag.term for tag in entry.tags] == ["Road movie", "Comedy"]
    for part in ("Introduction", "First words.", "Last <em>words</em>."):
        assert part in entry.content[0].value


def test_a_feed_names_the_blog_and_its_author(reader: Browser):
    stored(comments=comments(1))
    db.session.add_all([Setting(name="name", value="Tea & Drama"), Setting(name="author", value="Mina <3")])
    db.session.commit()
    found = feed(reader, "/feeds/reviews.atom")
    assert (found.feed.title, found.feed.author) == ("Tea & Drama", "Mina <3")
    assert feed(reader, "/feeds/comments.atom").entries[0].author == "Guest 1"


def test_an_empty_site_has_empty_feeds(reader: Browser):
    for url in ("/feeds/reviews.atom", "/feeds/comments.atom"):
        assert feed(reader, url).entries == []


def test_a_feed_holds_the_newest_twenty(reader: Browser):
    for number in range(25):
        stored(slug=f"r-{number}", headline=f"R {number}", published_at=PUBLISHED + timedelta(days=number), overview=())
    stored(slug="talked", headline="Old", published_at=PUBLISHED - timedelta(days=9), comments=comments(25))
    titles = [entry.title for entry in feed(reader, "/feeds/reviews.atom").entries]
    assert titles == [f"R {number}" for number in range(24, 4, -1)]
    for url in ("/feeds/comments.atom", "/reviews/talked/comments.atom"):
        assert [entry.author for entry in feed(reader, url).entries] == [f"Guest {n}" for n in range(25, 5, -1)]


def test_an_id_stays_when_the_review_is_renamed_and_edited(reader: Browser):
    review = stored(comments=comments(1))

    def current() -> list[str]:
        return [feed(reader, url).entries[0].id for url in ("/feeds/reviews.atom", "/feeds/comments.atom")]

    before = current()
    review.slug, review.headline, review.body = "other-name", "Other words", "Other body."
    db.session.commit()
    assert current() == before
    assert len(set(before)) == 2


@pytest.mark.parametrize("url", ["/feeds/reviews.atom", "/feeds/reviews.json", "/feeds/hashtag/boats.atom"])
def test_who_has_a_feed_already_is_told_so(reader: Browser, url: str):
    review = stored(hashtags=("#Boats",))
    tag = reader.get(url).response.headers["ETag"]
    assert reader.get(url, status=304, headers={"If-None-Match": tag}).text == ""
    review.headline = "Other words"
    db.session.commit()
    assert reader.get(url, headers={"If-None-Match": tag}).response.headers["ETag"] != tag


def test_the_json_feed_says_what_the_atom_feed_says(samples: Browser):
    found, atom = json_feed(samples), feed(samples, "/feeds/reviews.atom")
    assert len(found["items"]) == len(atom.entries) == 12
    for item, entry in zip(found["items"], atom.entries, strict=True):
        assert item["content_html"].strip() == entry.content[0].value
        assert (item["id"], item["url"], item["title"]) == (entry.id, entry.link, entry.title)
        assert (item["date_published"], item["date_modified"]) == (entry.published, entry.updated)
        assert (item["summary"], item["tags"]) == (entry.summary, [tag.term for tag in entry.tags])
        assert item["language"] == found["language"] == "en"
        assert item["authors"] == found["authors"] == [{"name": atom.feed.author}]
        refuse_broken_html(item["content_html"])


def test_the_json_feed_of_an_empty_site_and_of_odd_words(reader: Browser):
    assert json_feed(reader)["items"] == []
    odd = "</script> ]]> \x01 킬링 \u2028 🙂 \\"
    stored(headline=odd, body="", overview=())
    (item,) = json_feed(reader)["items"]
    assert item["title"] == odd
    assert "summary" not in item


def json_feed(browser: Browser) -> dict:
    """Read the JSON feed after its required members, as version 1.1 names them, were found in it."""
    answer = browser.get("/feeds/reviews.json")
    assert answer.response.mimetype == "application/feed+json"
    found = json.loads(answer.text)
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["feed_url"] == "http://localhost/feeds/reviews.json"
    assert found["home_page_url"] == "http://localhost/"
    assert found["title"]
    for item in found["items"]:
        assert all(isinstance(item[name], str) for name in ("id", "url", "title", "content_html"))
    return found


def test_every_address_in_a_feed_is_whole(reader: Browser):
    body = '[home](/) [place](#story) [other](https://k.example/?a=1&b=2) `href="/no"`\n\n## Story'
    stored(body=body + '\n\n> "src="/neither" is typed', hashtags=("#Boats",))
    html = feed(reader, "/feeds/hashtag/boats.atom").entries[0].content[0].value
    assert json_feed(reader)["items"][0]["content_html"].strip() == html
    tree = lxml.html.fromstring(html)
    assert tree.xpath("//a/@href") == [
        "http://localhost/",
        "http://localhost/reviews/paper-boats/#story",
        "https://k.example/?a=1&b=2",
    ]
    assert tree.xpath("string(//code)") == 'href="/no"'
    assert tree.xpath("string(//blockquote)").strip() == '"src="/neither" is typed'


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("/", ["/feeds/reviews.atom", "/feeds/reviews.json", "/feeds/comments.atom"]),
        ("/genres/romance/", ["/feeds/genre/romance.atom"]),
        ("/people/ma-tae-sik/", ["/feeds/person/ma-tae-sik.atom"]),
        ("/reviews/salt-road/", ["/reviews/salt-road/comments.atom"]),
    ],
)
def test_a_page_names_its_feeds(samples: Browser, page: str, named: list[str]):
    links = samples.get(page).all("//link[@rel='alternate']/@href")
    assert set(named) <= set(links)
    for address in links:
        assert samples.get(address).response.mimetype in ("application/atom+xml", "application/feed+json")


def test_no_search_engine_lists_a_feed_in_place_of_its_pages(samples: Browser):
    for url in ("/feeds/reviews.atom", "/feeds/reviews.json", "/feeds/comments.atom", "/feeds/genre/romance.atom"):
        assert samples.get(url).response.headers["X-Robots-Tag"] == "noindex"


def test_a_term_that_nobody_used_has_no_feed(reader: Browser):
    for index, facet in FACET_OF.items():
        reader.get(f"/feeds/{facet}/nothing.atom", status=404)
        assert reader.get(f"/feeds/{index}/x.atom", status=301).response.location == f"/feeds/{facet}/x.atom"


def test_feeds_may_be_read_by_other_sites(samples: Browser):
    for url in every_feed(samples)[:8]:
        assert samples.get(url).response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for url in ("/", "/sitemap.xml", "/reviews/salt-road/"):
        assert samples.get(url).response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


HEADLINES = [
    "]]> and <![CDATA[",
    "Salt & Sea",
    "&amp; &lt;b&gt; &#x41;",
    "<b>bold</b> <script>alert(1)</script>",
    "“Quotes” 'and' \"more\"",
    "소금길 Lee Won‑suk",
    "🙂 שלום \u202e",
    "{{ 7*7 }} {% raw %}",
]


def test_any_words_stand_in_a_feed_as_they_were_typed(reader: Browser):
    for number, words in enumerate(HEADLINES):
        said = comments(1, name=words, body=words)
        stored(slug=f"r-{number}", headline=words, description=words, body=words, comments=said)
    assert not [entry for entry in feed(reader, "/feeds/reviews.atom").entries if "<script" in entry.content[0].value]
    tree = lxml.etree.fromstring(reader.get("/feeds/reviews.atom").text.encode())
    for part in ("title", "summary"):
        found = tree.xpath(f"//a:entry/a:{part}/text()", namespaces=ATOM)
        assert sorted(found) == sorted(HEADLINES)
    assert {entry.author for entry in feed(reader, "/feeds/comments.atom").entries} >= {
        "Salt & Sea",
        "&amp; &lt;b&gt; &#x41;",
    }
    for number in range(len(HEADLINES)):
        feed(reader, f"/reviews/r-{number}/comments.atom")


def test_characters_that_xml_cannot_hold_are_left_out(reader: Browser):
    odd = "A\x00\x01\x08\x0b\x0c\x1f\ufffe\uffffB\x7f"
    stored(headline=odd, description=odd, body=f"Words {odd}", comments=comments(1, name=odd, body=odd))
    (entry,) = feed(reader, "/feeds/reviews.atom").entries
    assert entry.title.replace("\ufffd", "").startswith("AB")  # in the place of NUL, on PostgreSQL
    feed(reader, "/feeds/comments.atom")


# Spoilers

SPOILING = """## Introduction

::: spoiler
MARKER-FIRST opens the introduction.
:::

Two boats race.[^told]

::: spoiler episodes 3-4
MARKER-BLOCK with **MARKER-BOLD** and `MARKER-CODE`.

> MARKER-QUOTE

- MARKER-ITEM

| MARKER-HEAD |
|---|
| MARKER-CELL |

::: spoiler
MARKER-INNER
:::

### MARKER-HEADING

MARKER-AFTER[^hidden]
:::

Then they rest.

## Memorable Lines

::: spoiler episode 9
> “MARKER-LINE.”
> — MARKER-SPEAKER, Episode 9

“MARKER-PROSE,” says MARKER-NAME.
:::

- A list.

  ::: spoiler
  MARKER-LISTED
  :::

[^hidden]: MARKER-NOTE
[^told]: A note for everybody.

::: spoiler
MARKER-UNCLOSED
"""


def stored_with_spoilers() -> None:
    stored(
        body=SPOILING,
        hashtags=("#Boats",),
        overview=(("Title", "Paper Boats"), ("Genre", "Comedy"), ("Cast", "Gil Aram"), ("Platform", "Viki")),
        comments=(
            CommentEntry(id="1", name="Ann", at=PUBLISHED, body="I saw ||MARKER-INLINE|| and *||MARKER-EM||* there."),
            CommentEntry(id="2", name="Ben", at=PUBLISHED, body="MARKER-WHOLE", spoils="all"),
            CommentEntry(id="3", name="Cho", at=PUBLISHED, body="MARKER-EPISODE", spoils="13"),
            CommentEntry(id="4", name="Dan", at=PUBLISHED, body="||MARKER-LONG\n\nMARKER-PARAGRAPH||"),
        ),
    )


def test_a_spoiler_is_in_nothing_that_leaves_its_page(reader: Browser):
    stored_with_spoilers()
    page = reader.get("/reviews/paper-boats/")
    planted = set(re.findall(r"MARKER-[A-Z]+", SPOILING))
    assert planted <= set(re.findall(r"MARKER-[A-Z]+", page.text)), "all of it is on the page itself"
    elsewhere = ("/", "/reviews/", "/reviews/?q=boats", "/genres/comedy/", "/people/gil-aram/", "/archive/")
    for url in (*elsewhere, *every_feed(reader), "/feeds/reviews.json", "/sitemap.xml"):
        assert "MARKER" not in reader.get(url).text, url
    assert "MARKER" not in page.one("//meta[@name='description']").get("content")
    assert "MARKER" not in page.title
    review = db.session.scalars(sa.select(Review)).one()
    assert "MARKER" not in review.excerpt
    assert review.excerpt == "Two boats race."
    entry = db.session.scalars(sa.select(SearchEntry)).one()
    assert "marker" not in " ".join(str(getattr(entry, column.key)) for column in SearchEntry.__table__.columns)


def test_a_search_does_not_find_what_only_a_spoiler_says(reader: Browser):
    stored_with_spoilers()
    for words in (*sorted(set(re.findall(r"MARKER-[A-Z]+", SPOILING))), "MARKER", "mark"):
        assert reader.get(f"/reviews/?q={words}").one("//*[@id='results']").get("data-total") == "0"
    assert reader.get("/reviews/?q=rest").one("//*[@id='results']").get("data-total") == "1"


def test_a_feed_leads_to_the_place_of_each_spoiler(reader: Browser):
    stored_with_spoilers()
    page = reader.get("/reviews/paper-boats/")
    (entry,) = feed(reader, "/feeds/reviews.atom").entries
    links = re.findall(
        r'<a href="http://localhost(/reviews/paper-boats/)#([^"]+)">(Spoilers [^<]+)</a>', entry.content[0].value
    )
    assert [words for _, _, words in links][:3] == [
        "Spoilers for the whole story",
        "Spoilers for episodes 3 to 4",
        "Spoilers for episode 9",
    ]
    assert {anchor for _, anchor, _ in links} <= set(page.all("//@id"))
    assert "Two boats race." in entry.content[0].value
    assert "Then they rest." in entry.content[0].value
    assert "<details" not in entry.content[0].value


def test_a_comment_that_spoils_is_a_link_in_the_feed(reader: Browser):
    stored_with_spoilers()
    contents = {entry.author: entry.content[0].value for entry in feed(reader, "/feeds/comments.atom").entries}
    assert contents["Ben"] == "Spoils the whole story: read it in its place."
    assert contents["Cho"] == "Spoils up to episode 13: read it in its place."
    assert "I saw" in contents["Ann"]
    assert re.search(r'<a href="http://localhost/comments/\d+/">Spoiler</a>', contents["Ann"])


# The sitemap and robots.txt


def test_every_address_in_the_sitemap_answers(samples: Browser):
    found = addresses(samples)
    assert len(found) == len(set(found)) > 150
    slugs = db.session.scalars(sa.select(Review.slug).where(Review.is_live())).all()
    wanted = {"/", "/reviews/", "/archive/", "/pages/about/", "/pages/privacy/", "/genres/", "/people/"}
    assert wanted | {f"/reviews/{slug}/" for slug in slugs} <= set(found)
    assert any(re.fullmatch(r"/archive/\d{4}/\d{2}/", address) for address in found)
    assert not [address for address in found if "?" in address]
    for address in [*found[:40], *found[40::5]]:
        assert not urllib.parse.urlsplit(address).netloc
        samples.get(address)


def test_the_sitemap_says_when_a_review_changed(reader: Browser):
    stored(updated_at=PUBLISHED + timedelta(days=2))
    stored(slug="secret", state="draft")
    stored(slug="later", published_at=PUBLISHED + timedelta(days=36500))
    stored(slug="gone", state="withdrawn", hashtags=("#OnlyHere",))
    text = reader.get("/sitemap.xml").text
    tree = lxml.etree.fromstring(text.encode())
    (changed,) = tree.xpath(
        "//s:url[s:loc='http://localhost/reviews/paper-boats/']/s:lastmod/text()", namespaces=SITEMAP
    )
    assert changed == "2026-03-14T09:00:00Z"
    assert not [word for word in ("secret", "later", "gone", "onlyhere") if word in text.lower()]


# What sitemaps.org says, as its schemas do: these elements in this order, whole addresses, W3C's dates.
RULES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  targetNamespace="http://www.sitemaps.org/schemas/sitemap/0.9" elementFormDefault="qualified">
  <xs:element name="urlset"><xs:complexType><xs:sequence>
    <xs:element name="url" type="place" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="sitemapindex"><xs:complexType><xs:sequence>
    <xs:element name="sitemap" type="place" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  <xs:complexType name="place"><xs:sequence>
    <xs:element name="loc"><xs:simpleType><xs:restriction base="xs:anyURI">
      <xs:minLength value="12"/><xs:maxLength value="2048"/><xs:pattern value="https?://[!-~]+"/>
    </xs:restriction></xs:simpleType></xs:element>
    <xs:element name="lastmod" minOccurs="0"><xs:simpleType><xs:union memberTypes="xs:date xs:dateTime"/>
    </xs:simpleType></xs:element>
  </xs:sequence></xs:complexType>
</xs:schema>"""


def sitemap(browser: Browser, url: str = "/sitemap.xml") -> list[str]:
    """Return the addresses of a sitemap, or of an index of them, that keeps the rules of sitemaps.org."""
    answer = browser.get(url)
    sent = answer.text.encode()
    assert answer.response.mimetype == "application/xml"
    assert len(sent) < 50 * 1024 * 1024
    tree = lxml.etree.fromstring(sent)
    lxml.etree.XMLSchema(lxml.etree.fromstring(RULES)).assertValid(tree)
    found = tree.xpath("//s:loc/text()", namespaces=SITEMAP)
    assert len(found) == len(set(found)) <= 50_000
    return [address.removeprefix("http://localhost") for address in found]


def test_the_sitemap_keeps_the_rules(samples: Browser):
    assert len(sitemap(samples)) > 150
    samples.get("/sitemaps/1.xml", status=404)


def test_the_sitemap_leaves_out_what_leads_elsewhere(reader: Browser):
    assert "/pages/about/" in sitemap(reader)
    page = Page(slug="who-writes", title="Who writes", body="I do.", published_at=PUBLISHED)
    db.session.add(page)
    db.session.flush()
    db.session.add(Redirect(path="/pages/about/", page_id=page.id))
    db.session.commit()
    found = sitemap(reader)
    assert "/pages/who-writes/" in found
    assert "/pages/about/" not in found


@pytest.mark.real_data
def test_the_sitemap_of_the_imported_blog_keeps_the_rules(imported: Browser):
    assert len(sitemap(imported)) > 50


def test_too_many_addresses_for_one_sitemap_are_parts_of_an_index(samples: Browser, monkeypatch: pytest.MonkeyPatch):
    whole = sitemap(samples)
    monkeypatch.setattr(signposts, "MOST_ADDRESSES", 100)
    samples.app.extensions["kblog.pages"].clear()
    parts = sitemap(samples)
    assert parts == [f"/sitemaps/{number}.xml" for number in range(1, len(whole) // 100 + 2)]
    assert [address for part in parts for address in sitemap(samples, part)] == whole
    for number in (0, len(parts) + 1, "x", 10**30):
        samples.get(f"/sitemaps/{number}.xml", status=404)


def test_the_sitemap_of_a_site_with_nothing_in_it_keeps_the_rules(reader: Browser):
    assert "/pages/about/" in sitemap(reader)


def test_a_browser_learns_how_to_search_the_site(reader: Browser):
    link = reader.get("/").one("//link[@rel='search']")
    assert link.get("type") == "application/opensearchdescription+xml"
    described = reader.get(link.get("href"))
    assert described.response.mimetype == "application/opensearchdescription+xml"
    root = lxml.etree.fromstring(described.response.data)
    space = {"os": "http://a9.com/-/spec/opensearch/1.1/"}
    assert 0 < len(root.findtext("os:ShortName", "", namespaces=space)) <= 16
    (template,) = root.xpath("os:Url[@type='text/html']/@template", namespaces=space)
    assert template == "http://localhost/reviews/?q={searchTerms}"
    reader.get(template.replace("{searchTerms}", "%ED%82%AC%EB%A7%81"))


def test_robots_may_read_everything_and_find_the_sitemap(reader: Browser):
    answer = reader.get("/robots.txt")
    assert answer.response.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert "Disallow: /" not in lines


# Where to watch


VIKI = Availability("Viki", "US", checked_on=date(2026, 3, 1))


def found(**changes) -> None:
    """Let the author find something of the first entry there is."""
    row = db.session.scalars(sa.select(LedgerRow).order_by(LedgerRow.id)).first()
    assert row is not None
    settle(db.session(), [(row, replace(row.entry, **changes))], now())
    db.session.commit()


def test_what_changed_of_where_to_watch_is_news_in_the_words_of_the_card(reader: Browser):
    stored(overview=[("Title", "Paper <Boats>")], availability=(VIKI,))
    assert feed(reader, "/feeds/availability.atom").entries == [], "what came with the review is where it begins"
    found(status="left", checked_on=date(2026, 9, 1))
    entries = feed(reader, "/feeds/availability.atom").entries
    (entry,) = entries
    assert entry.title == "Paper <Boats>: No longer on Viki in the United States"
    assert entry.summary == (
        "No longer on Viki in the United States, checked 1 Sep 2026. "
        "Before: Viki in the United States, checked 1 Mar 2026."
    )
    assert entry.links[0].href == "http://localhost/reviews/paper-boats/"
    assert entry.id.endswith(":availability-1")
    found(status="available")
    assert [each.id for each in feed(reader, "/feeds/availability.atom").entries][1:] == [entry.id]


def test_what_is_still_true_or_taken_back_is_no_news(reader: Browser):
    stored(availability=(VIKI,))
    found(checked_on=date(2026, 9, 1))
    found(link="https://viki.example/boats", note="Look again in May.")
    assert len(db.session.scalars(sa.select(AvailabilityChange)).all()) == 2
    assert feed(reader, "/feeds/availability.atom").entries == []
    found(status="unknown")
    assert len(feed(reader, "/feeds/availability.atom").entries) == 1
    undo(db.session(), db.session.scalars(sa.select(AvailabilityChange).filter_by(new_status="unknown")), now())
    db.session.commit()
    assert feed(reader, "/feeds/availability.atom").entries == []


@pytest.mark.parametrize(
    ("region", "is_told"),
    [("US", True), ("KR", True), ("JP", False), ("WORLD", True), ("", True), ("SOME", False)],
)
def test_one_country_hears_of_what_counts_there(reader: Browser, region: str, is_told: bool):
    stored(availability=(Availability("Viki", "JP"),))
    found(region=region, status="unknown")
    for country in ("US", "KR"):
        is_own = region in ("US", "KR") and region != country
        entries = feed(reader, f"/feeds/availability.atom?region={country}").entries
        assert bool(entries) is (is_told and not is_own)
    assert len(feed(reader, "/feeds/availability.atom?region=JP").entries) == 1, "it held there before"
    assert feed(reader, "/feeds/availability.atom?region=JP").feed.title.endswith(": where to watch in Japan")


@pytest.mark.parametrize("region", ["ZZ", "WORLD", "SOME", "%00", "Atlantis", "x" * 3000, "'"])
def test_what_is_no_country_has_no_feed(reader: Browser, region: str):
    reader.get(f"/feeds/availability.atom?region={region}", status=404)


def test_nothing_hidden_is_news_nor_what_was_said_before_the_review_appeared(reader: Browser):
    stored(slug="draft", state="draft", published_at=None, availability=(VIKI,))
    found(status="left")
    review = db.session.scalars(sa.select(Review)).one()
    assert feed(reader, "/feeds/availability.atom").entries == []
    review.published_at = now()
    db.session.commit()
    assert feed(reader, "/feeds/availability.atom").entries == []
    found(status="available")
    assert len(feed(reader, "/feeds/availability.atom").entries) == 1
    review.withdrawn_at = now()
    db.session.commit()
    assert feed(reader, "/feeds/availability.atom").entries == []


def test_the_feed_is_found_where_readers_look_for_it(samples: Browser):
    for url, address in (
        ("/reviews/", "/feeds/availability.atom"),
        ("/reviews/?region=US", "/feeds/availability.atom?region=US"),
        ("/reviews/?region=ZZ", "/feeds/availability.atom"),
        ("/platforms/viki/", "/feeds/availability.atom"),
    ):
        assert address in samples.get(url).all("//link[@rel='alternate']/@href")
    assert samples.get("/").follow("Where to watch: changes").status == 200


def test_a_telephone_learns_what_the_site_is_called_and_finds_each_of_its_icons(reader: Browser):
    page = reader.get("/")
    described = reader.get(page.one("//link[@rel='manifest']").get("href"))
    assert described.response.mimetype == "application/manifest+json"
    manifest = json.loads(described.response.data)
    assert (manifest["name"], manifest["start_url"], manifest["lang"]) == ("K-Blog", "/", "en")
    purposes = {icon.get("purpose") for icon in manifest["icons"] if icon["sizes"] == "512x512"}
    assert purposes == {"any", "maskable"}
    named = {icon["src"]: icon["sizes"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    named[page.one("//link[@rel='apple-touch-icon']").get("href")] = "180x180"
    for unasked, size in (("/favicon.ico", "48x48"), ("/apple-touch-icon.png", "180x180")):
        named[reader.get(unasked, status=302).response.location] = size
    for address, size in named.items():
        with reader.ask(address) as icon, Image.open(io.BytesIO(icon.data)) as drawn:
            assert (icon.mimetype, f"{drawn.width}x{drawn.height}") == ("image/png", size)
