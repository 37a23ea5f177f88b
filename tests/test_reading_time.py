"""How long a text takes to read: what readers are told, and what its author sees while writing it."""

import pytest

from .browser import HTMX, Browser
from .builders import stored

FORM = "//form[@id='review-form']"
LENGTHS = [
    ("It rains. " * 230, "2 minute read"),
    ("비가 온다. " * 250, "2 minute read"),  # a thousand syllables, 500 words as Korean parts them
    ("비가 온다. It rains. " * 115, "2 minute read"),
    ("비", "1 minute read"),
]


@pytest.mark.parametrize(("body", "said"), LENGTHS, ids=["English", "Korean", "both", "a word"])
def test_korean_is_counted_by_syllables_and_english_by_words(reader: Browser, body: str, said: str):
    stored(body=body)
    assert said in reader.get("/reviews/paper-boats/").texts("//*[@class='byline']//span")


def test_the_editor_counts_words_and_minutes_while_one_types(author: Browser, at_most):
    page = author.get(f"/studio/reviews/{stored(body='It rains.').id}/")
    assert page.texts("//*[@id='length']/span") == ["2 words", "1 minute read"]
    fields = [(name, "It rains. " * 400 if name == "parts-0-text" else value) for name, value in page.fields(FORM)]
    typed = author.post(f"{page.url}preview", fields, status=200, headers=HTMX)
    assert typed.texts("//*[@hx-target='#length']/span") == ["800 words", "3 minute read"]
