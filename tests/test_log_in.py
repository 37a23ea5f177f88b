"""The log-in."""

from .browser import Browser
from .conftest import NAME, PASSWORD, with_author


def test_the_author_logs_in(app, reader: Browser):
    with_author(app)
    page = reader.post("/studio/login", {"name": NAME, "password": PASSWORD})
    assert page.response.location == "/studio/"
    assert NAME in reader.get("/studio/").words
