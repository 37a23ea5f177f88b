"""What url_for of ours writes is what Flask's writes, for every rule and for hostile values."""

import flask
import pytest
from flask import Flask
from werkzeug.routing import BuildError, Rule

from kblog.addresses import VARIABLE, url_for

WORDS = ("salt-road", "소금길", "a b", "a/b", "..", "?q=1&x#y", "100%", "%s", "'\"<>", "é", "")
NUMBERS = (0, 7, 2**62)
QUERIES = ({}, {"page": 2}, {"page": None}, {"q": "소금 길 & 물"}, {"genre": ["a", "b/c"], "q": ""}, {"q": "%+=;"})


def given(rule: Rule, word: str, number: int) -> dict:
    """Give each variable of a rule a value that it can have."""
    values: dict = {}
    for variable in VARIABLE.finditer(rule.rule):
        kind = variable["kind"] or ""
        items = [item.strip(" '") for item in (variable["given"] or "").split(",")]
        values[variable["name"]] = number if kind == "int" else items[number % len(items)] if kind == "any" else word
    return values


@pytest.mark.parametrize("word", WORDS)
def test_every_address_is_the_one_that_flask_writes(app: Flask, word: str):
    seen = 0
    with app.test_request_context("/"):
        for rule in app.url_map.iter_rules():
            for number in NUMBERS:
                for query in QUERIES:
                    values = given(rule, word, number) | query
                    assert url_for(rule.endpoint, **values) == flask.url_for(rule.endpoint, **values)
                    seen += 1
    assert seen > 1000


@pytest.mark.parametrize("anchor", [None, "", "line-1", "a b#c", "소금"])
def test_an_anchor_comes_last(app: Flask, anchor: str | None):
    with app.test_request_context("/"):
        given = {"slug": "salt-road", "page": 2}
        assert url_for("reviews.show", _anchor=anchor, **given) == flask.url_for(
            "reviews.show", _anchor=anchor, **given
        )


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("reviews.nothing", {}),
        ("reviews.show", {}),
        ("reviews.show", {"slug": None}),
        ("comments.show", {"comment_id": None}),
        ("reviews.term", {"index": "moods", "slug": "blue"}),
    ],
)
def test_what_is_no_address_is_none_here_either(app: Flask, endpoint: str, values: dict):
    with app.test_request_context("/"):
        for build in (flask.url_for, url_for, flask.url_for, url_for):
            with pytest.raises((BuildError, ValueError)):
                build(endpoint, **values)


def test_templates_write_their_addresses_so(app: Flask):
    assert app.jinja_env.globals["url_for"] is url_for
