"""The two sanitisers are two: what one lets through the other finds nothing in, whichever goes first."""

import json
import re

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kblog.markup.policy import COMMENT, REVIEW, SIZES, Policy, by_bleach, by_nh3, sanitised

from .conftest import DATA

SIZED = f"/media/{'0a' * 32}.webp 320w, /media/{'0b' * 32}.webp 640w"
# Pieces of which hostile HTML is made: what each parser reads in its own way.
PIECES = [
    "<p>", "</p>", "<a href='https://x.example/'>", "</a>", "<a href=javascript:alert(1)>", "<svg>", "</svg>",
    "<math>", "<mtext>", "<mglyph>", "<style>", "</style>", "<title>", "</title>", "<noscript>", "</noscript>",
    "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<table>", "<tr>", "<td>", "</table>", "<caption>", "<select>",
    "<option>", "<textarea>", "</textarea>", "<template>", "</template>", "<iframe>", "</iframe>", "<xmp>",
    "</xmp>", "<plaintext>", "<form>", "<img src=x onerror=alert(1)>", "<img src='/media/a.png' alt='a'>",
    "<details class=spoiler open>", "<summary>", "</details>", "<ul>", "<li>", "<ol start=3>", "<h2 id=h-a>",
    "<h2 id=x>", "<span class=ep>", "<em>", "</em>", "<b>", "<script>", "</script>", "alert(1)", "&lt;script&gt;",
    "&#x3c;script>", "&amp;lt;b&gt;", '"', "'", "`", "=", "<", ">", "</", "<p/onclick=alert(1)>",
    "<p title='</p><img src=x onerror=alert(1)>'>", "<foreignObject>", "<desc>", "\x00", "\f", "<a title='-->'>",
    "<picture>", "</picture>", f"<source type=image/webp srcset='{SIZED}' sizes='{SIZES}'>", "<source src=//x.example>",
    f"<img src=/media/a.jpg srcset='{SIZED}'>", "<source srcset='//x.example/a.png 1x'>", "<figure class=picture>",
    f"<img srcset='{SIZED}, https://x.example/a 2x'>", "<span class=credit>",
    "<!doctype html>", "<?xml?>", "<body onload=x>", "<br>", "<hr>", "<blockquote>", "사랑", "\u2028",
]  # fmt: skip
html = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f]")  # bleach writes a question mark for each
policies = st.sampled_from([COMMENT, REVIEW])


def parts(source: str) -> tuple[list, str]:
    """Read HTML as its elements with their attributes, in order, and its words; how they nest, a parser may mend."""
    tree = html5lib.parseFragment(source, namespaceHTMLElements=False)
    nodes = [node for node in tree.iter() if node is not tree]
    return [(node.tag, dict(node.attrib)) for node in nodes], UNSEEN.sub("?", "".join(tree.itertext()))


def keeps_to(policy: Policy, source: str) -> None:
    for tag, attributes in parts(source)[0]:
        assert isinstance(tag, str), f"a comment or worse: {source!r}"
        assert tag in policy.tags, source
        for name, value in attributes.items():
            assert policy.allows(tag, name, value), (tag, name, value)


def agree(source: str, policy: Policy) -> None:
    """Assert that each of the two finds nothing to take out of what the other made."""
    for first, second in ((by_bleach, by_nh3), (by_nh3, by_bleach)):
        once = first(source, policy)
        keeps_to(policy, once)
        (elements, words), (elements_again, words_again) = parts(once), parts(second(once, policy))
        kept = [each for each in elements_again if each in elements]
        assert len(kept) == len(elements_again), f"{second.__name__} makes something new of {once!r}"
        missing = [each for each in elements if each not in elements_again]
        assert not missing, f"{second.__name__} takes {missing} out of {once!r}"
        assert words_again == words, f"{second.__name__} changes the words of {once!r}"


@settings(max_examples=300)
@given(html, policies)
def test_what_one_lets_through_the_other_leaves_as_it_is(source: str, policy: Policy):
    agree(source, policy)


@settings(max_examples=150)
@given(html, policies)
def test_cleaning_again_changes_nothing(source: str, policy: Policy):
    once = sanitised(source, policy)
    keeps_to(policy, once)
    assert UNSEEN.sub("?", sanitised(once, policy)) == UNSEEN.sub("?", once)


@pytest.mark.real_data
def test_they_agree_about_every_known_attack():
    for line in (DATA / "xss" / "payloads.jsonl").read_text(encoding="utf-8").splitlines()[::6]:
        payload = json.loads(line)["payload"][:2000]
        agree(payload, COMMENT)
        agree(f"<p>{payload}</p>", REVIEW)
