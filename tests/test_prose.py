"""Old HTML as parts of a review: nothing is lost, nothing changes its meaning."""

import html as entities
import pathlib
import re

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from kblog import markup, transfer
from kblog.overview import Row
from kblog.transfer import prose
from kblog.transfer.lines import caption_end
from kblog.transfer.prose import comment_markdown, convert
from kblog.transfer.records import Comment, Entry

EXPORTS = pathlib.Path(__file__).parent / "exports"
DATA = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"
UNSEEN = ("script", "style", "iframe", "object", "video", "audio")
PLAIN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
BREAKING = {"br", "p", "div", "li", "ul", "ol", "table", "tr", "td", "th", "pre", "blockquote", "hr", "figcaption"}
BREAKING |= {f"h{n}" for n in range(1, 7)}


def words(html: str) -> list[str]:
    """Read the words a person sees, in their order."""
    parser = lxml.html.HTMLParser(remove_comments=True)
    document = lxml.html.document_fromstring(f"<html><body>{html}</body></html>", parser=parser)
    etree.strip_elements(document, *UNSEEN, with_tail=False)
    said: list[str] = []
    for event, element in etree.iterwalk(document, events=("start", "end")):
        said.append(" " if element.tag in BREAKING else "")
        said.append((element.text if event == "start" else element.tail) or "")
    return "".join(said).split()


def shown(markdown: str) -> list[str]:
    """Read what Markdown says without this site's own additions, such as the figure around a line."""
    return words(PLAIN.render(markdown))


# Overview and hashtags

ROWS = (Row("Title", "The Salt Road (소금길)"), Row("Year", "2022"), Row("Main Cast", "Seo Ha‑jin, Moon Tae-o (Teddy)"))
SHAPES = {
    "bold runs": "<h2>Overview</h2>\n<b>Title:</b> The Salt Road (소금길)<br />\n<b>Year:</b> 2022<br />\n"
    "<b>Main Cast:</b> Seo Ha‑jin, Moon Tae-o (Teddy)<br />",
    "paragraphs": "<h3>OVERVIEW:</h3><p><strong>Title</strong>: The Salt Road (소금길)</p><p>Year:&nbsp;2022</p>"
    "<p>Main Cast: <i>Seo Ha‑jin</i>, Moon\n Tae-o (Teddy)</p>",
    "list": "<p><b>Overview</b></p><ul><li><b>Title:</b> The Salt Road (소금길)</li><li>Year: 2022</li>"
    "<li>Main Cast: Seo Ha‑jin, Moon Tae-o (Teddy)</li></ul>",
    "table": "<h2>개요</h2><table><tr><td>Title</td><td>The Salt Road (소금길)</td></tr>"
    "<tr><th>Year:</th><td>2022</td></tr><tr><td>Main Cast</td><td>Seo Ha‑jin, Moon Tae-o (Teddy)</td></tr></table>",
    "divs": "<h4>At a glance</h4><div><div>Title: The Salt Road (소금길)</div><div>Year: 2022</div>"
    "<div>Main Cast: Seo Ha‑jin, Moon Tae-o (Teddy)</div></div>",
    "old style": "<b>Overview</b><br /><b>Title:</b> The Salt Road (소금길)<br /><b>Year:</b> 2022<br />"
    "<b>Main Cast:</b> Seo Ha‑jin, Moon Tae-o (Teddy)<br /><br />",
    "no heading": "Title: The Salt Road (소금길)<br>Year: 2022<br>Main Cast: Seo Ha‑jin, Moon Tae-o (Teddy)<br><br>",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_an_overview_of_any_shape_becomes_rows(shape: str):
    found = convert(f"{shape}<p>The book of a village.</p>")
    assert found.rows == ROWS
    assert found.markdown == "The book of a village.\n"


def test_only_rows_leave_the_overview():
    found = convert(
        "<p>Before.</p><h2>Overview</h2><p><img src='https://x.example/poster.jpg' alt='Poster'><br>Year: 2022</p>"
        "<h2>Overall Story</h2><p>Note: a story, not a row.</p>"
    )
    assert found.rows == (Row("Year", "2022"),)
    assert found.markdown == (
        "Before.\n\n![Poster](https://x.example/poster.jpg)\n\n## Overall Story\n\nNote: a story, not a row.\n"
    )


def test_an_overview_without_rows_stays():
    found = convert("<h2>Overview</h2><p>It rains a lot in it.</p>")
    assert found.rows == ()
    assert found.markdown == "## Overview\n\nIt rains a lot in it.\n"


def test_prose_with_a_colon_after_a_headless_overview_stays():
    found = convert(f"{SHAPES['no heading']}<p>A ledger: the book of a village.</p>")
    assert found.rows == ROWS
    assert found.markdown == "A ledger: the book of a village.\n"


def test_two_lines_with_labels_are_no_overview():
    assert convert("<p>Year: 2022<br>Genre: Drama</p><p>Rain.</p>").rows == ()


def test_a_link_in_the_overview_is_named_as_lost():
    found = convert("<h2>Overview</h2><p>Platform: <a href='https://tv.example/'>Viki</a></p>")
    assert found.rows == (Row("Platform", "Viki"),)
    assert found.lost == ("the link https://tv.example/ in the overview",)


TAGS = {
    "under a heading": ("<h2>Hashtags</h2><p>#TheSaltRoad #서하진 #K-Drama</p>", ""),
    "with commas": ("<h3>Hashtags:</h3><p>#TheSaltRoad, #서하진,<br>#K-Drama</p>", ""),
    "as links": ("<p><b>Hashtags</b></p><p><a href='/search/label/x'>#TheSaltRoad</a> #서하진 #K-Drama</p>", ""),
    "as a list": ("<h2>Hashtags</h2><ul><li>#TheSaltRoad</li><li>#서하진</li><li>#K-Drama</li></ul>", ""),
    "at the very end": ("<div>#TheSaltRoad #서하진 #K-Drama</div>", ""),
    "with other words": (
        "<h2>Hashtags</h2><p>#TheSaltRoad #서하진</p><p>#K-Drama and <i>thanks</i>!</p>",
        "and *thanks*!",
    ),
}


@pytest.mark.parametrize(("block", "rest"), TAGS.values(), ids=TAGS)
def test_hashtags_are_taken_as_written(block: str, rest: str):
    found = convert(f"<p>The end, rated #1.</p>{block}")
    assert found.hashtags == ("#TheSaltRoad", "#서하진", "#K-Drama")
    assert found.markdown.split("\n\n") == [
        line for line in ("The end, rated #1." + "\n" * (not rest), rest and f"{rest}\n") if line
    ]


def test_a_sentence_with_a_hashtag_stays():
    found = convert("<p>We watched #TheSaltRoad together.</p>")
    assert found.hashtags == ()
    assert found.markdown == "We watched #TheSaltRoad together.\n"


def test_a_repeated_headline_is_dropped():
    html = "<h1>Rain &amp; salt</h1><p>It begins.</p>"
    assert convert(html, headline="Rain & salt").markdown == "It begins.\n"
    assert convert(html, headline="Salt").markdown == "## Rain & salt\n\nIt begins.\n"


def test_sections_become_second_level_whatever_their_size():
    found = convert("<h3>Overall Story</h3><p>a</p><h4>Aside</h4><p>b</p><h1>Oh</h1><h6>small</h6><p>c</p>")
    assert re.findall("^#+ .+", found.markdown, re.MULTILINE) == [
        "## Overall Story",
        "### Aside",
        "## Oh",
        "#### small",
    ]


# Memorable lines

LINES = {
    "a break was lost": (
        '"Count it." – Ok Bo‑ra, closing the book at last The quiet after it lasts.',
        "closing the book at last",
    ),
    "before a pronoun": ('"Count it." – Ok Bo‑ra, with nothing left She means it.', "with nothing left"),
    "a name within": ('"Count it." – Bo‑ra to Ha‑jin, after the flood It is late.', "after the flood"),
    "a place within": ('"Count it." – Bo‑ra, leaving for Busan Harbour alone Nobody waves.', "Busan Harbour alone"),
    "at a full stop": ('"Count it." – Ok Bo‑ra, to Mr. Moon. Silence follows.', "to Mr. Moon."),
    "at a break": ("“Count it.” — Ok Bo‑ra<br>the quiet after it lasts.", "Ok Bo‑ra"),
    "caption below": ('"Count it."<br />– Ok Bo‑ra, at dawn<br />She means it.', "at dawn"),
    "no commentary": ('"Count it." – Ok Bo‑ra, at dawn', "at dawn"),
    "with marks": ('<b>"Count it."</b> – <i>Ok Bo‑ra, at dawn</i> She means it.', "at dawn"),
}


@pytest.mark.parametrize(("line", "end"), LINES.values(), ids=LINES)
def test_a_film_line_gets_its_caption_and_its_commentary(line: str, end: str):
    found = convert(f"<h2>Memorable Lines</h2><p>{line}</p>").markdown
    quote, _, commentary = found.split("\n\n", 1)[1].partition("\n\n")
    first, caption = quote.strip().replace("*", "").split("\n")
    assert first in ('> "Count it."', "> “Count it.”")
    assert caption.startswith(("> – ", "> — "))
    assert caption.endswith(end)
    assert not commentary.startswith(">")
    assert words(line) == shown(found)[2:]


STAYING = {
    "told in a sentence": "In Episode 2, Bo-ra says, “Count it again.” The room is silent.",
    "a dash in prose": "“Stay”—the word hangs over everything.",
    "a long sentence": '"Stay" – ' + "she says it to the sea and to the rain and to nobody " * 4,
}


@pytest.mark.parametrize("line", STAYING.values(), ids=STAYING)
def test_a_line_told_in_a_sentence_stays_one(line: str):
    assert convert(f"<h2>Memorable Lines</h2><p>{line}</p>").markdown == f"## Memorable Lines\n\n{line.strip()}\n"


def test_a_quotation_elsewhere_is_no_line():
    assert ">" not in convert('<h2>Overall Story</h2><p>"Count it." – Ok Bo-ra She means it.</p>').markdown


def test_a_name_known_from_the_text_does_not_end_a_caption():
    caption = "Bo-ra, meeting young Haneul again It rains."
    assert caption[: caption_end(caption)] == "Bo-ra, meeting young"
    assert caption[: caption_end(caption, frozenset({"Haneul"}))] == "Bo-ra, meeting young Haneul again"


# The body

SHAPED = {
    "two breaks part paragraphs": ("one<br /><br />two<br/>three", "one\n\ntwo\\\nthree\n"),
    "bold lines stay bold": ("<b>Then</b><br />It rains.", "**Then**\\\nIt rains.\n"),
    "empty paragraphs vanish": ("<p>&nbsp;</p><p>a</p><div><br /></div>", "a\n"),
    "bold by style": ('<span style="font-weight: bold;">a</span> <font size=2>b</font>', "**a** b\n"),
    "neighbours are one": ("<b>a</b><strong>b</strong>", "**ab**\n"),
    "spaces leave their mark": ("a<b> b </b>c", "a **b** c\n"),
    "punctuation leaves its mark": ("<b>Director:</b>Moon", "**Director**:Moon\n"),
    "blocks within marks": ("<i><div>a</div><div>b</div></i>", "*a*\n\n*b*\n"),
    "quotation": ("<blockquote>a<br><br>b</blockquote>c", "> a\n>\n> b\n\nc\n"),
    "nested list": ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n\n  - b\n- c\n"),
    "list numbers": ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b\n"),
    "two lists stay two": ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b\n"),
    "items without a list": ("<li>a</li><li>b</li>", "- a\n- b\n"),
    "code": (
        '<pre class="brush: ruby">puts "*hi*"<br />  # ```\n\n&lt;b&gt;</pre>',
        '````ruby\nputs "*hi*"\n  # ```\n\n<b>\n````\n',
    ),
    "code in a line": ("use <code>a_*`b`</code> so", "use `` a_*`b` `` so\n"),
    "table": (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1|2</td></tr></tbody></table>",
        "| a | b |\n| --- | --- |\n| 1\\|2 |  |\n",
    ),
    "layout table": ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\n\nb\n"),
    "struck out": ("<strike>a</strike> <s>b</s>", "~~a~~ ~~b~~\n"),
    "rule": ("a<hr>b", "a\n\n---\n\nb\n"),
    "jump break": ("a<a name='more'></a><!--more-->b", "ab\n"),
    "heading with a break": ("<h2>a<br>b #</h2>", "## a b \\#\n"),
}


@pytest.mark.parametrize(("html", "markdown"), SHAPED.values(), ids=SHAPED)
def test_each_shape_has_its_markdown(html: str, markdown: str):
    assert convert(html).markdown == markdown


PICTURES = {
    "plain": ('<img src="http://x.example/a.jpg" alt="Rain [1]">', "![Rain \\[1\\]](http://x.example/a.jpg)"),
    "linked to itself larger": (
        '<a href="http://1.bp.blogspot.com/s1600/a.jpg" imageanchor="1"><img src="//1.bp.blogspot.com/s320/a.jpg"></a>',
        "![](http://1.bp.blogspot.com/s1600/a.jpg)",
    ),
    "with a caption": (
        '<table class="tr-caption-container"><tr><td><img src="https://x.example/a.jpg"></td></tr>'
        '<tr><td class="tr-caption">At sea</td></tr></table>',
        "![](https://x.example/a.jpg)\n\nAt sea",
    ),
    "an awkward address": ('<img src="https://x.example/a (1).jpg">', "![](https://x.example/a%20\\(1\\).jpg)"),
}


@pytest.mark.parametrize(("html", "markdown"), PICTURES.values(), ids=PICTURES)
def test_pictures_keep_their_address(html: str, markdown: str):
    found = convert(html)
    assert found.markdown == f"{markdown}\n"
    assert found.pictures == 1


EMBEDS = {
    "frame": '<iframe src="//tv.example/embed/a_b"></iframe>',
    "object": '<object><param name="movie" value="https://tv.example/embed/a_b"></object>',
    "embed in an object": '<object><embed src="https://tv.example/embed/a_b"></object>',
    "video": '<video><source src="https://tv.example/embed/a_b"></video>',
}


@pytest.mark.parametrize("html", EMBEDS.values(), ids=EMBEDS)
def test_an_embedded_player_becomes_a_link(html: str):
    found = convert(f"a{html}b")
    assert found.markdown == "a\n\n[https://tv.example/embed/a_b](https://tv.example/embed/a_b)\n\nb\n"
    assert found.embeds == 1


LINKS = {
    "http://salt-notes.blogspot.com/2024/03/a.html": "/2024/03/a.html",
    "https://www.salt-notes.blogspot.com/": "/",
    "//salt-notes.blogspot.co.uk/p/about.html?m=1": "/p/about.html",
    "http://salt-notes.blogspot.kr/search/label/K-Drama": "/search/label/K-Drama",
    "https://salt-notes.blogspot.com/2024/03/a.html?showComment=1#c2": "/2024/03/a.html?showComment=1#c2",
    "https://old.example/2024/03/the-salt-road.html": "/2024/03/the-salt-road.html",
    "https://old.example/p/about.html": "https://old.example/p/about.html",
    "https://salt-notes.example/2024/03/a.html": "https://salt-notes.example/2024/03/a.html",
    "/2024/03/a.html": "/2024/03/a.html",
    "mailto:a@b.example": "mailto:a@b.example",
    "https://x.example/a_(b)?c=1&amp;copy;=2": "https://x.example/a_\\(b\\)?c=1\\&copy;=2",
    "https://x.example/a b|c": "https://x.example/a%20b%7Cc",
}


@pytest.mark.parametrize(("address", "local"), LINKS.items(), ids=LINKS)
def test_links_to_the_blog_itself_become_local(address: str, local: str):
    paths = frozenset({"/2024/03/the-salt-road.html", "/p/about.html"})
    found = convert(f'<a href="{address}">x</a>', own_hosts=frozenset({"salt-notes.blogspot.com"}), own_paths=paths)
    assert found.markdown == f"[x]({local})\n"
    assert found.lost == ()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "#there", "data:text/html,x", "http://[bad", "ftp://x/"])
def test_a_link_that_leads_nowhere_keeps_its_words(address: str):
    found = convert(f'see <a href="{address}">this</a>')
    assert found.markdown == "see this\n"
    assert found.lost == ("1 link that leads nowhere from here written as plain text",)


LOST = {
    "<script>x()</script><script>y()</script>": "2 scripts removed",
    "<style>p {}</style>": "1 style sheet removed",
    "x<sup>2</sup>": "1 superscript written as plain text",
    "<img src='data:image/gif;base64,R0lG' alt='dot'>": "1 picture without an address removed",
    "<object>No player?</object>": "the words 'No player?', shown only where a player failed",
    "<a href='http://a.example/'><img src='http://x.example/a.jpg'></a>": "the link http://a.example/ around a picture",
    "<table><tr><td rowspan=2>a</td><td>b</td></tr></table>": "1 merged cell written once",
    "<div>" * 3000 + "deep": "the layout: it is nested more than 2,048 elements deep",
}


@pytest.mark.parametrize(("html", "sentence"), LOST.items(), ids=LOST.values())
def test_every_loss_is_named(html: str, sentence: str):
    assert sentence in convert(html).lost


# Escaping

SIGNS = [
    "1. one", "1) one", "- one", "+ one", "* one", "# one", "###### one", "> one", "::: spoiler", "---", "===", "***",
    "~~~", "```", "a*b*c", "_a_ __b__", "snake_case", "[a](b)", "![a](b)", "[^1]", "^[a]", "||hidden||", "a | b", "|a|",
    "~~a~~", "안녕~ ^^", "a\\", "\\*", "&amp; &copy; &#35;", "<b> <https://x.example> <!--", "a < b > c", "`a`", "C#",
    "[a]: b", "a@b.example", "    four spaces", "\u00a0- one", "강조(強調)를 *하다*", "“a”—b…", "1.", "-", "#", "!",
    "5 * 3 * 2",
]  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_in_the_text_stays_a_sign(sign: str):
    text = entities.escape(sign)
    for html in (text, f"a<br>{text}", f"<ul><li>{text}</li></ul>", f"<b>{text}</b>", f"x {text}<a href='/y'>z</a>"):
        assert shown(convert(html).markdown) == words(html), html
        assert shown(comment_markdown(html)) == words(html), html
    heading, table = f"<h2>{text}</h2>", f"<table><tr><td>{text}</td><td>b</td></tr></table>"
    assert shown(convert(heading).markdown) == words(heading)
    assert shown(convert(table).markdown) == words(table)


def test_typographic_characters_and_korean_are_kept_to_the_byte():
    text = "Lee Sun‑kyun’s “킬링 로맨스” – it’s… off‑kilter—good"
    assert convert(f"<p>{text}</p>").markdown == f"{text}\n"


SIGNED = st.text(st.sampled_from("ab c1.-+#>*_[]()!`~|<&;:\"'^\\/=강조(가),“”…—{}$%"), max_size=14) | st.text(
    max_size=8
)
TEXT = SIGNED.map(lambda text: entities.escape(re.sub(r"[\x00-\x1f\x7f-\x9f]|#(?=\S)|://", "", text), quote=False))
TAG = st.sampled_from(["b", "i", "del", "code", "em", "span", "u", 'a href="http://x.example/a_(b)?c=1&amp;d"'])


def tagged(tag: str, *inner: str) -> str:
    return f"<{tag}>{''.join(inner)}</{tag.split()[0]}>"


INLINE = st.recursive(
    TEXT,
    lambda inner: st.builds(lambda tag, parts: tagged(tag, *parts), TAG, st.lists(inner, max_size=3)),
    max_leaves=7,
)
RUN = st.lists(INLINE | st.sampled_from(["<br>", "<br><br>"]), max_size=5).map("".join)
BLOCK = st.recursive(
    RUN.map(lambda run: tagged("p", run))
    | RUN
    | RUN.map(lambda run: tagged("h3", run))
    | st.builds(lambda one, two: f"<table><tr><td>{one}</td><td>{two}</td></tr></table>", RUN, RUN),
    lambda inner: st.builds(
        lambda tag, parts: tagged(tag, *(tagged("li", part) if tag in ("ul", "ol") else part for part in parts)),
        st.sampled_from(["ul", "ol", "blockquote", "div"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=5,
)


@settings(max_examples=300)
@given(st.lists(BLOCK, max_size=3).map("".join))
def test_no_html_loses_or_gains_a_word(html: str):
    found = convert(html)
    if not found.rows and not found.hashtags:
        assert shown(found.markdown) == words(html)


@given(TEXT.filter(lambda text: "||" not in text))
def test_any_text_survives_in_a_comment(text: str):
    assert words(str(markup.render_comment(comment_markdown(text)))) == words(text)


@given(TEXT)
def test_any_text_survives_in_a_review(text: str):
    assert words(str(markup.render_review(convert(f"<p>{text}</p>").markdown).html)) == words(text)


# Comments


def test_a_comment_breaks_where_it_was_broken():
    assert comment_markdown("one\ntwo") == "one\\\ntwo\n"
    assert comment_markdown("one<BR/>two\nthree") == "one\\\ntwo three\n"
    assert comment_markdown("a<p>b</p>") == "a\n\nb\n"


def test_a_comment_keeps_links_and_has_no_pictures_or_headings():
    html = '<h1>Hi</h1><a href="http://x.example/" rel="nofollow">you</a> <img src="http://x.example/a.png" alt="dot">'
    assert comment_markdown(html) == "Hi\n\n[you](http://x.example/) [dot](http://x.example/a.png)\n"


def test_a_long_thread_of_signs_takes_no_time():
    for text in ("[" * 20_000, "*" * 20_000, "~" * 20_000, "#a " * 9_000, "#1" * 20_000, '"' * 20_000, "<b>" * 9_000):
        assert convert(f"<h2>Memorable Lines</h2><p>{text}</p>").markdown


# Whole posts


def without(said: list[str], part: list[str]) -> list[str]:
    """Take a run of words out, which must be there."""
    if not part:
        return said
    at = next(n for n in range(len(said)) if said[n : n + len(part)] == part)
    return said[:at] + said[at + len(part) :]


def check_words(entry: Entry) -> None:
    found = convert(entry.html, headline=entry.title)
    rows = " ".join(f"{row.label}: {row.value}" for row in found.rows).split()
    said = without(words(entry.html), [*(["Overview"] if rows else []), *rows])
    said = without(said, ["Hashtags", *found.hashtags] if found.hashtags else [])
    embeds = re.findall(r"^ *\[(http\S+)\]\(\1\)$", found.markdown, re.MULTILINE) if found.embeds else []
    assert [word for word in shown(found.markdown) if word not in embeds] == said


def test_a_review_of_our_own_loses_no_word():
    entries = [record for record in transfer.blogger.read(EXPORTS / "backup.xml") if isinstance(record, Entry)]
    for entry in entries:
        check_words(entry)
    found = convert(entries[0].html)
    assert [row.label for row in found.rows] == ["Title", "Year", "Main Cast", "Episodes", "Streaming Platform"]
    assert found.hashtags == ("#TheSaltRoad", "#SeoHaJin")
    assert [line.speaker for line in markup.render_review(found.markdown).lines] == ["Ok Bo‑ra"]


REAL = ["blog/Takeout", "blog/blog-11-27-2025.xml", "blogger-takeout", "blogger-old"]


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_real_posts_and_comments_lose_no_word(name: str):
    for record in transfer.blogger.read(DATA / name):
        if isinstance(record, Entry):
            check_words(record)
        elif isinstance(record, Comment):
            assert words(str(markup.render_comment(comment_markdown(record.html)))) == words(record.html)


@pytest.mark.real_data
def test_the_two_reviews_give_their_rows_hashtags_and_lines():
    entries = {
        record.path: record for record in transfer.blogger.read(DATA / "blog" / "Takeout") if isinstance(record, Entry)
    }
    drama = convert(entries["/2025/06/now-we-are-breaking-up.html"].html)
    film = convert(entries["/2025/11/killing-romance.html"].html)
    assert (len(drama.rows), len(drama.hashtags)) == (7, 10)
    assert (len(film.rows), len(film.hashtags)) == (7, 9)
    assert len(markup.render_review(drama.markdown).lines) == len(markup.render_review(film.markdown).lines) == 5
    captions = re.findall(r"^> – .*?(\w+)$", film.markdown, re.MULTILINE)
    assert captions == ["spell", "lifeline", "courage", "herself", "rescue"]
    openings = re.findall(r"^> – .*\n\n(\w+)", film.markdown, re.MULTILINE)
    assert openings == ["On", "What", "It", "She", "The"]


@pytest.mark.real_data
def test_pictures_and_players_of_real_posts_are_counted():
    posts = [record for record in transfer.blogger.read(DATA / "blogger-old") if isinstance(record, Entry)]
    made = [prose.convert(post.html) for post in posts]
    assert sum(found.embeds for found in made) == sum(
        post.html.count("<object") + post.html.count("<iframe") for post in posts
    )
    assert sum(found.pictures for found in made) == sum(post.html.count("<img") for post in posts)


@given(st.text(st.sampled_from("ab 1.-#>_*~^!|[]`\\:=+&<\n가é") | st.characters(codec="utf-8"), max_size=30))
def test_a_comment_of_bare_words_is_written_as_with_care(text: str):
    html = text.replace("\n", "<br>")
    careful = prose.markdown.written(prose.tidy(html, prose.Neighbourhood(), plain=True).body)
    assert comment_markdown(html) == careful
