"""The look for slow regular expressions finds all there are, and sees one that is slow; `make fuzz` takes the time."""

import re

from kblog.markup import policy

from .reliability import regexes


def test_every_pattern_is_found_wherever_it_stands():
    found = {pattern.pattern for pattern in regexes.patterns().values()}
    assert len(found) > 100
    assert policy.URL.pattern in found, "in a module"
    assert policy.COMMENT.attributes["a", "rel"].pattern in found, "in a table of an object"
    assert r"https?://[^\s/]" in found, "in a call"


def test_a_text_is_made_of_the_patterns_own_letters_too():
    made_of = dict(regexes.texts(re.compile("(q+)+z")))
    assert {"q", "z", " ", "가"} <= made_of.keys()


def test_every_pattern_comes_to_an_end():
    """On texts so short that even what grows by their square is done at once; what grows beyond it would hang."""
    for pattern in regexes.patterns().values():
        for unit, end in regexes.texts(pattern):
            if end:
                pattern.fullmatch(unit * (40 // len(unit)) + end)
