"""A part of a page is drawn once for the values that it shows, and again for others."""

import pytest
from flask import Flask

from kblog.jinja import Once

PART = "{% once a, b %}<p>{{ see(a) }} {{ b }}</p>{% endonce %}"


@pytest.fixture
def drawn(app: Flask) -> list[str]:
    """What was drawn and not only sent again."""
    seen: list[str] = []
    app.jinja_env.globals["see"] = lambda value: seen.append(value) or value
    return seen


def test_the_same_values_are_drawn_once(app: Flask, drawn: list[str]):
    template = app.jinja_env.from_string(PART)
    assert [template.render(a="<i>", b=1) for _ in range(3)] == ["<p>&lt;i&gt; 1</p>"] * 3
    assert drawn == ["<i>"]


def test_other_values_are_drawn_anew(app: Flask, drawn: list[str]):
    template = app.jinja_env.from_string(PART)
    assert [template.render(a=a, b=b) for a, b in (("x", 1), ("x", 2), ("y", 1))] == [
        "<p>x 1</p>",
        "<p>x 2</p>",
        "<p>y 1</p>",
    ]
    assert drawn == ["x", "x", "y"]


def test_what_is_remembered_stays_bounded(app: Flask, drawn: list[str], monkeypatch: pytest.MonkeyPatch):
    once = next(each for each in app.jinja_env.extensions.values() if isinstance(each, Once))
    monkeypatch.setattr(once, "most", 10)
    template = app.jinja_env.from_string(PART)
    for number in range(35):
        assert template.render(a=str(number), b=0) == f"<p>{number} 0</p>"
        assert len(once.drawn) <= 10


def test_while_developing_everything_is_drawn(app: Flask, drawn: list[str]):
    app.jinja_env.auto_reload = True
    template = app.jinja_env.from_string(PART)
    for _ in range(2):
        template.render(a="x", b=1)
    assert drawn == ["x", "x"]
