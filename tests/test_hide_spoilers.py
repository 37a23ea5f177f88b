"""Nothing hidden is public: words are planted wherever something hides, and every address is read for them."""

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from urllib.parse import quote, urlencode, urljoin

import lxml.html
import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kblog import markup
from kblog.db import db, now
from kblog.document import CommentEntry
from kblog.mail import links, outbox
from kblog.models import Comment, Follow, FormerLine, Line, Mail, Page, Redirect, Review, Subscription, Term
from kblog.pages import BUILT_IN
from kblog.studio import saving

from .browser import HTMX, Browser, filled_in
from .builders import PUBLISHED, stored
from .mailing import Postbox, deliver, mailing, states, text

HIDDEN = re.compile(r"zyxq\w*", re.I)  # what every planted word begins with; the rest says where it was planted
OPEN = "plumvessel"  # stands in the open: the same looks find it

SPOILED = """::: spoiler
Zyxqbeforeall stands before any heading.
:::

## Introduction

::: spoiler
Zyxqfirst opens the introduction.
:::

A plumvessel races another one.[^told] Gil Aram rows.[^within]

::: spoiler episodes 3-4 and Zyxqreach
Zyxqblock with **Zyxqbold**, `Zyxqcode` and [Zyxqlink](https://example.org/zyxqhref "Zyxqlinktitle").

![Zyxqalt](/media/zyxqsource.png "Zyxqimagetitle") ![Zyxqoldalt](https://example.org/zyxqold.png)

<https://example.org/zyxqbare> and [Zyxqreference][zyxqlabel]

[zyxqlabel]: https://example.org/zyxqdefined "Zyxqdefinedtitle"

> Zyxqquote
>
> ::: spoiler
> Zyxqquoteinner
> :::

- Zyxqitem
  1. Zyxqdeepitem

| Zyxqhead |
|---|
| Zyxqcell |

```
Zyxqfence
:::
```

## Zyxqsection

### Zyxqheading

::: spoiler episode 2
Zyxqinner
::: spoiler
Zyxqinnermost
:::
:::

Zyxqafter[^hidden] and an inline note.^[Zyxqinlinenote] Zyxqcharacter (Gil Aram) wakes.

[^within]: Zyxqdefinedwithin
:::

## Highlight Moments

::: spoiler episode 6
Zyxqrunin: it sinks.
:::

## Memorable Lines

> Every plumvessel is owed nothing.
> — Gil Aram, Episode 1

::: spoiler episode 9
> “Zyxqline.”
> 직스큐줄 Zyxqkoreanline
> — Zyxqspeaker, Episode 9, Zyxqcontext

In Episode 9, Zyxqteller says, “Zyxqtold.” It hurts.
:::

- A list.

  ::: spoiler
  Zyxqlisted
  :::

> ::: spoiler
> Zyxqquotedblock
> :::

[^hidden]: Zyxqnote

    Zyxqnotemore
[^told]: A note for everybody.

    ::: spoiler
    Zyxqfootspoiler
    :::

::: spoiler
Zyxqunclosed
"""
NEVER = """## Introduction

Zyxq{state}body.

## Memorable Lines

> Zyxq{state}line.
> — Zyxq{state}speaker, Episode 5
"""
COMMENTS = (
    {
        "body": "Plumvessel! I saw ||Zyxqinline|| and *||Zyxqemphasised||* and ||[Zyxqcommentlink](https://example.org/)||."
    },
    {"body": "||Zyxqlong\n\nZyxqparagraph\n\n- Zyxqbetween\n\nZyxqend||"},
    {"body": "- a\n- ||Zyxqinlist||\n\n> ||Zyxqinquote||"},
    {"body": "Zyxqwhole and ||Zyxqwholeinline||", "spoils": "all"},
    {"body": "Zyxqepisode", "spoils": "13"},
    {"body": "Zyxqreply", "spoils": "2", "parent": "5"},
    {"name": "Zyxqheldname", "body": "Zyxqheld", "state": "pending", "website": "https://example.org/zyxqheldsite"},
    {"name": "Zyxqspamname", "body": "Zyxqspam", "state": "spam"},
    {"name": "Zyxqremovedname", "body": "Zyxqremoved", "state": "removed"},
    {"body": "An answer to what was removed.", "parent": "9"},
)
SHOWN_NOWHERE = ("zyxqheld", "zyxqspam", "zyxqremoved", "zyxqnotes", "zyxqformer", "zyxqreach", "zyxqlabel")
STATES = {
    "draft": {"state": "draft"},
    "gone": {"state": "withdrawn"},
    "later": {"published_at": now() + timedelta(days=9)},
}
ALL_HIDDEN = "::: spoiler\n\n## Introduction\n\nZyxqall told.\n:::\n"


def described(number: int, given: dict) -> CommentEntry:
    moment = PUBLISHED + timedelta(minutes=number)
    return CommentEntry(**{"id": str(number), "name": f"Guest {number}", "at": moment, **given})


def plant() -> None:
    """Store a site that hides something in every way there is."""
    body = SPOILED.replace("> Every plumvessel", "> Zyxqformerline.\n> — Zyxqformerspeaker\n\n> Every plumvessel")
    review = stored(
        headline="Paper Boats: a plumvessel",
        body=body,
        overview=(
            ("Title", "Paper Boats"),
            ("Year", "2026"),
            ("Genre", "Comedy"),
            ("Cast", "Gil Aram"),
            ("Episodes", "16"),
            ("Platform", "Viki"),
        ),
        hashtags=("#Boats",),
        labels=("Boats",),
        notes="Zyxqnotes for the author's eyes.",
        comments=tuple(described(number, given) for number, given in enumerate(COMMENTS, 1)),
    )
    saving.save(db.session(), review, replace(saving.document_of(review), body=SPOILED), now())
    review.updated_at = None
    stored(
        slug="all-hidden", overview=[("Title", "Salt")], body="::: spoiler\n\n## Introduction\n\nZyxqall told.\n:::\n"
    )
    for state, moments in STATES.items():
        word = f"Zyxq{state}"
        stored(
            slug=state,
            headline=f"{word}headline",
            description=f"{word}description",
            overview=(
                ("Title", f"{word}title ({word}native)"),
                ("Genre", f"{word}genre, Comedy"),
                ("Cast", f"{word}person (Gil Aram), Gil Aram as {word}part"),
                ("Platform", f"{word}platform"),
                (f"{word}row", f"{word}value"),
            ),
            other_titles=(f"{word}other",),
            hashtags=(f"#{word}hashtag", "#Boats"),
            labels=(f"{word}label", "Boats"),
            notes=f"{word}notes",
            body=NEVER.format(state=state),
            comments=(described(1, {"id": "1", "name": f"{word}guest", "body": f"{word}comment"}),),
            **moments,
        )
    db.session.add(Page(slug="harbour", title="The plumvessel", body=SPOILED, published_at=PUBLISHED))
    db.session.add(Page(slug="quay", title="Zyxqpagetitle", body="Zyxqpage"))
    for name, owner in (("boats", "paper-boats"), ("hidden", "draft"), ("lost", "gone"), ("soon", "later")):
        number = db.session.scalar(sa.select(Review.id).where(Review.slug == owner))
        db.session.add(Redirect(path=f"/2026/03/{name}.html", review_id=number))
    harbour = db.session.scalars(sa.select(Page).where(Page.slug == "harbour")).one()
    db.session.add(Redirect(path="/p/harbour.html", page_id=harbour.id))
    entry = described(1, {"body": "Plumvessel. ||Zyxqpageinline||"})
    on_page = Comment(page_id=harbour.id, name=entry.name, body=entry.body, posted_at=PUBLISHED, old_number="77")
    db.session.add(on_page)
    told = Subscription(address="zyxqmina@example.org", writer_hash="w", token="t", asked_at=PUBLISHED)
    db.session.add(told)
    db.session.flush()
    db.session.add(Follow(comment_id=db.session.scalars(sa.select(Comment.id)).first(), subscription_id=told.id))
    review.source_ref = "blogger:1:88"
    db.session.commit()


PLANTED = {each.lower() for each in HIDDEN.findall(" ".join([SPOILED, *(each["body"] for each in COMMENTS)]))}


# What is looked for


def bared(text: str) -> str:
    """Write a page without what its closed spoilers hold: what is left of each is itself and its summary."""
    tree = lxml.html.document_fromstring(text)
    for spoiler in tree.xpath("//details[contains(concat(' ', @class, ' '), ' spoiler ')][not(@open)]"):
        summary = spoiler.find("summary")
        spoiler.text, spoiler[:] = None, [] if summary is None else [summary]
        if summary is not None:
            summary.tail = None
    return lxml.html.tostring(tree, encoding="unicode")


def leaks(response: TestResponse) -> list[str]:
    """Return the planted words that an answer shows, wherever in it they stand."""
    text = response.get_data(as_text=True)
    is_page = response.mimetype == "text/html" and text.strip()
    return HIDDEN.findall(f"{response.headers}\n{bared(text) if is_page else text}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>Zyxqopen</p>", ["Zyxqopen"]),
        ("<details class=spoiler><summary>Spoiler</summary>Zyxq<b title=Zyxqtitle>zyxqb</b></details>", []),
        ("<details class=spoiler open><summary>Spoiler</summary><p>Zyxqshown</p></details>", ["Zyxqshown"]),
        ("<details class=spoiler><summary>Zyxqsummary</summary></details>", ["Zyxqsummary"]),
        ("<details class=spoiler title=Zyxqhint><p>x</p></details>Zyxqtail", ["Zyxqhint", "Zyxqtail"]),
        ("<details><summary>In this review</summary>Zyxqtoc</details>", ["Zyxqtoc"]),
        ("<title>Zyxqt</title><meta name=description content='a Zyxqd'>", ["Zyxqt", "Zyxqd"]),
        (
            '<script type=\'application/ld+json\'>{"name": "zyxqld"}</script><!-- Zyxqcomment -->',
            ["zyxqld", "Zyxqcomment"],
        ),
    ],
)
def test_the_look_itself_sees_what_is_open_and_only_that(text: str, found: list[str]):
    assert leaks(TestResponse([text.encode()], "200", {"Content-Type": "text/html"}, None)) == found


# Every address


EXEMPT = {
    "previews.show": "whoever has the link may see the draft",
    "previews.cover": "the same",
    "previews.picture": "the same",
    "comments.edit": "it knows only its writer's cookie",
}
SELDOM = {  # what is there when
    "/sitemaps/<int(min=1):number>.xml": "there are more addresses than one file holds",
    "/media/<name>": "there are pictures, and no words are in them",
    "/media/links/<name>.png": "they are drawn, of titles that are public",
}


def words() -> dict[str, list[str]]:
    """Return what stands in the gaps of addresses: everything that there is, hidden or not.

    Only a term that nothing public has is not asked for here: no answer may name it.
    """
    slugs = [slug for model in (Review, Page, Term) for slug in db.session.scalars(sa.select(model.slug))]
    paths = list(db.session.scalars(sa.select(Redirect.path)))
    numbers = {str(i) for model in (Review, Line, FormerLine, Comment) for i in db.session.scalars(sa.select(model.id))}
    db.session.rollback()
    return {
        "slug": [slug for slug in dict.fromkeys([*slugs, *BUILT_IN]) if not HIDDEN.search(slug)],
        "name": [path.rpartition("/")[2].removesuffix(".html") for path in paths],
        "label": ["Boats", "Comedy"],
        "labels": ["Boats", "Comedy+Boats", "Viki|Comedy"],
        "old_number": ["77"],
        "number": ["88"],
        "year": ["2026", str(now().year)],
        "month": ["03"],
        "signed": signed(current_app.config["SECRET_KEY"]),
        "": sorted(numbers),
    }


@cache
def signed(key: str) -> list[str]:
    """Return what stands in the links of mails; once, for the time is in it."""
    return [seal.sign(key, "t") for seal in (links.CONFIRMED, links.ENDED)]


def addresses(rule: Rule, known: dict[str, list[str]]) -> list[str]:
    """Fill the gaps of a rule with all that could stand there."""
    pools = []
    for gap in sorted(rule.arguments - set(rule.defaults or ())):
        converter = rule._converters[gap]
        items = sorted(getattr(converter, "items", ()))  # of <any(...)>
        number = known[""] if type(converter).__name__ == "IntegerConverter" else known["slug"]
        pools.append([(gap, value) for value in items or known.get(gap, number)])
    filled = []
    for chosen in itertools.product(*pools):
        address = rule.rule
        for gap, value in chosen:
            address = re.sub(rf"<(?:[^<>]*:)?{gap}>", lambda _, value=value: quote(value), address)
        filled.append(address)
    return filled


def public(app: Flask) -> list[Rule]:
    """Return the rules of everything that a reader may ask for."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/studio") and rule.endpoint not in EXEMPT
    ]


def linked(response: TestResponse, url: str) -> set[str]:
    """Return every address of this site that an answer names, of a page or of a feed."""
    text = response.get_data(as_text=True)
    found = re.findall(r"""(?:href|src|action|hx-get)="([^"]+)"|(?:<loc>|<id>)([^<]+)""", text)
    full = {urljoin(f"http://localhost{url}", (one or other).replace("&amp;", "&")) for one, other in found}
    return {
        each.removeprefix("http://localhost").partition("#")[0] for each in full if each.startswith("http://localhost/")
    }


def walk(reader: Browser) -> dict[str, TestResponse]:
    """Ask for every public address, and for all that these name; combinations of filters one deep."""
    known = words()
    waiting = [address for rule in public(reader.app) for address in addresses(rule, known)]
    waiting += [f"/reviews/?{urlencode({'q': OPEN})}", "/reviews/?page=2", "/lines/?page=2", "/lines/?episode=1"]
    answers: dict[str, TestResponse] = {}
    while waiting:
        url = waiting.pop()
        if url in answers or url.startswith(("/static/", "/studio/")):
            continue
        answers[url] = reader.ask(url)
        if answers[url].status_code == 200 and "?" not in url:
            waiting += linked(answers[url], url)
    return answers


def test_nothing_hidden_is_at_any_public_address(reader: Browser):
    plant()
    answers = walk(reader)
    for rule in public(reader.app):
        mine = {answers[each].status_code for each in addresses(rule, words())}
        assert mine & {200, 301, 302} or rule.rule in SELDOM, (
            f"{rule.rule} was never there: give `words` what stands in its gaps"
        )
        assert not mine - {200, 301, 302, 403, 404, 405, 410}, rule.rule
    assert len(answers) > 150
    shown = {url: found for url, answer in answers.items() if (found := leaks(answer))}
    assert shown == {}
    pages = [url for url, answer in answers.items() if answer.status_code == 200 and answer.mimetype == "text/html"]
    assert len(pages) > 40
    shown = {url: found for url in pages if (found := leaks(reader.ask(url, headers=HTMX)))}
    assert shown == {}, "to htmx"

    # the same looks see what is open, and what is hidden in its place
    told = "".join(answer.get_data(as_text=True) for answer in answers.values()).lower()
    assert {each for each in PLANTED if not each.startswith(SHOWN_NOWHERE)} <= set(HIDDEN.findall(told))
    assert not [word for word in SHOWN_NOWHERE if word in told]
    for url in ("/", "/reviews/", "/reviews/paper-boats/", "/feeds/reviews.atom", "/feeds/comments.atom", "/lines/"):
        assert OPEN in answers[url].get_data(as_text=True).lower(), url
    assert 'data-total="1"' in answers[f"/reviews/?q={OPEN}"].get_data(as_text=True)


def test_no_mail_tells_what_is_hidden(reader: Browser, postbox: Postbox):
    """As if somebody had asked to hear of every comment there is, held, on a draft and withdrawn ones too."""
    plant()
    mailing(reader.app, postbox)
    subscription = db.session.scalars(sa.select(Subscription)).one()
    subscription.confirmed_at = subscription.asked_at = now()
    for number in db.session.scalars(sa.select(Comment.id)):
        mail = Mail(key=f"reply:{number}", kind=outbox.REPLY, token=str(number), created_at=now(), due_at=now())
        mail.subscription_id, mail.comment_id = subscription.id, number
        db.session.add(mail)
    db.session.commit()
    deliver(reader.app)
    assert len({state for _, state in states()}) == 2, "some are told of, the others withdrawn"
    told = "".join(f"{mail['Subject']}\n{text(mail)}" for mail in postbox.mails)
    assert HIDDEN.findall(told) == []
    assert OPEN in told.lower()


# Whatever stands around a spoiler


def prefixed(mark: str, blocks: list[str]) -> str:
    """Put blocks into a container whose first line begins with a mark, and whose others go on as it wants."""
    lines = "\n\n".join(["A note.", *blocks] if mark.startswith("[") else blocks).split("\n")
    rest = mark if mark.startswith(">") else "    " if mark.startswith("[") else " " * len(mark)
    return "\n".join((mark if not at else rest) + line for at, line in enumerate(lines))


def container(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[str]:
    marks = st.sampled_from(["> ", "- ", "1. "])
    opened = st.sampled_from(["::: spoiler", ":::spoiler episodes 1-9", "::::  Spoiler x"])
    return st.one_of(
        st.builds(prefixed, marks, inner),
        st.builds(lambda mark, blocks: "\n".join([mark, "\n\n".join(blocks), ":::"]), opened, inner),
    )


LEAVES = st.sampled_from(
    ["word[^n]", "## word", "### word", "> word\n> — word", "```\nword\n```", "| word |\n|-|\n| word |", "**word**"]
)
BLOCKS = st.recursive(LEAVES, lambda deeper: container(st.lists(deeper, min_size=1, max_size=3)), max_leaves=12)
NOTES = st.builds(prefixed, st.just("[^n]: "), st.lists(BLOCKS, min_size=1, max_size=3))


def planted(source: str) -> str:
    """Name every word by what stands around its line: it is hidden where a spoiler is open."""
    depth, lines = 0, []
    for line in source.split("\n"):
        depth += "spoiler" in line.lower()
        lines.append(line.replace("word", "Zyxqword" if depth else OPEN))
        depth -= bool(re.search(r":::$", line))
    return "\n".join(lines)


@settings(max_examples=100)
@given(st.lists(BLOCKS | NOTES, min_size=1, max_size=4), st.integers(0, 14))
def test_what_a_spoiler_holds_is_hidden_however_deep_it_stands(blocks: list[str], depth: int):
    source = planted(prefixed("> " * depth, ["## Lines", *blocks]))
    review = markup.render_review(source)
    told = [review.plain, review.excerpt, str(review.outline), str([line for line in review.lines if not line.spoils])]
    assert HIDDEN.findall(" ".join([*told, bared(f"<body>{review.html}</body>")])) == []
    if "[^n]:" not in source:  # of several notes with one name the first is told
        assert set(HIDDEN.findall(source)) <= set(HIDDEN.findall(review.html)), "nothing is lost"


SAID = st.sampled_from(
    ["word", "||hush||", "a ||hush\nhush|| b", "*||hush||*", "||**hush** [hush](https://x.example)||", "\\||"]
)
SAYING = st.recursive(
    st.lists(SAID, min_size=1, max_size=3).map(" ".join),
    lambda deeper: st.builds(prefixed, st.sampled_from(["> ", "- ", "1. "]), st.lists(deeper, min_size=1, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.lists(SAYING, min_size=1, max_size=3), st.integers(0, 14))
def test_what_stands_between_bars_is_hidden_however_deep_it_stands(blocks: list[str], depth: int):
    source = prefixed("> " * depth, blocks).replace("hush", "Zyxqhush")
    html = markup.render_comment(source)
    assert HIDDEN.findall(f"{markup.comment_plain(source)} {bared(f'<body>{html}</body>')}") == []
    assert len(HIDDEN.findall(html)) == len(HIDDEN.findall(source))


ENDS_LATER = {
    "a spoiler that begins an item of a list": "::: spoiler\n- ::: spoiler\n  a\n  :::\n\nZyxqword\n:::",
    "a spoiler that begins a note": "::: spoiler\n[^n]: ::: spoiler\n    a\n    :::\n\nZyxqword\n:::",
    "another fence within a fence": "::: spoiler\n~~~\n```\n:::\n~~~\nZyxqword\n:::",
    "a longer fence": "::: spoiler\n````\n```\n:::\n````\nZyxqword\n:::",
    "code in a line": "::: spoiler\n```in line```\n\n```\n:::\n```\nZyxqword\n:::",
    "indented code": "::: spoiler\n\n    :::\n\nZyxqword\n:::",
    "a quotation": "::: spoiler\n> ::: spoiler\n> a\n> :::\n\nZyxqword\n:::",
    "a note within a note": "[^n]: > [^m]: a[^n]\n\n::: spoiler\nZyxqword[^m]\n:::",
    "too deep a list": "> " * 12
    + "- ::: spoiler\n"
    + "> " * 12
    + "  Zyxqword\n"
    + "> " * 12
    + "\n"
    + "> " * 12
    + "  Zyxqword",
}


@pytest.mark.parametrize("source", ENDS_LATER.values(), ids=ENDS_LATER.keys())
def test_a_spoiler_ends_where_its_author_ends_it(source: str):
    review = markup.render_review(f"{source}\n\nplumvessel\n")
    assert HIDDEN.findall(f"{review.plain} {bared(review.html)}") == []
    assert HIDDEN.findall(review.html)
    assert OPEN in review.plain, "and not later"


HINTS = ["zyxq", "Zyxqline", "Zyxqspeaker", "zyxqcharacter", "Zyxqdraftpart", "zyxqdrafthashtag", "zyxqgonegenre"]
NOBODYS = "Wrumble"  # which nobody wrote anywhere


def test_asking_for_what_is_hidden_tells_nothing(reader: Browser):
    """Whatever a form or a gap takes, a hidden word gets the answer that a word nobody wrote gets, byte for byte."""
    plant()
    asked = set()
    for page in ("/", "/reviews/", "/lines/", "/people/", "/archive/", "/missing/"):
        for form in Browser.get(reader, page, status=None).all("//form[not(@method) or @method='get']"):
            asked |= {(form.get("action"), name) for name in form.xpath(".//@name")}
    asked |= {("/reviews/", facet) for facet in ("person", "hashtag", "genre", "platform", "verdict", "length")}
    assert {("/reviews/", "q"), ("/reviews/", "genre"), ("/lines/", "speaker")} <= asked
    for (action, name), word in itertools.product(sorted(asked), HINTS):
        assert answer(reader, f"{action}?{name}=", word) == answer(reader, f"{action}?{name}=", NOBODYS), (
            action,
            name,
            word,
        )
    terms = db.session.scalars(sa.select(Term.slug).where(Term.slug.contains("zyxq"))).all()
    db.session.rollback()
    assert len(terms) > 8
    for rule in public(reader.app):
        if rule.arguments & {"slug"} and "any" in rule.rule:
            address = filled_in(rule.rule.replace("<slug>", "{}")).replace("{}", "\0")
            for slug in terms:
                if slug.startswith(("zyxqdraft", "zyxqlater")):
                    assert answer(reader, address, slug) == answer(reader, address, NOBODYS.lower()), (rule.rule, slug)


def answer(reader: Browser, address: str, word: str) -> tuple[int, str]:
    """Return the status and the text of an answer, without the word that was asked for."""
    url = address.replace("\0", word) if "\0" in address else address + word
    response = reader.ask(url)
    return response.status_code, re.sub(word, "…", f"{response.location}{response.get_data(as_text=True)}", flags=re.I)
