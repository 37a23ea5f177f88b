"""What changes something is asked from the site itself."""

from pathlib import Path

import pytest
from flask import Flask

from kblog.guard import SAFE
from kblog.studio.access import OPEN_TO_ALL

from . import engines
from .browser import HTMX, Browser, filled_in
from .conftest import close, logged_in, make_app, state, with_author

OWN = {"Origin": "http://localhost"}

FROM_ANYWHERE = {"mail.end"}  # its address is signed, and a mail program sends it (test_mail_replies)
REFUSED, PASSED = 403, 422  # an empty log-in that gets through does not match
SENT = [
    ({"Sec-Fetch-Site": "same-origin"}, PASSED),
    ({"Sec-Fetch-Site": "none"}, PASSED),
    ({"Sec-Fetch-Site": "cross-site"}, REFUSED),
    ({"Sec-Fetch-Site": "same-site"}, REFUSED),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, REFUSED),
    ({"Sec-Fetch-Site": ""}, REFUSED),
    ({"Origin": "http://localhost"}, PASSED),
    ({"Origin": "http://localhost:80"}, PASSED),
    ({"Origin": "http://LOCALHOST"}, PASSED),
    ({"Origin": "https://localhost"}, REFUSED),
    ({"Origin": "http://localhost:81"}, REFUSED),
    ({"Origin": "http://localhost.evil.example"}, REFUSED),
    ({"Origin": "http://evil.example"}, REFUSED),
    ({"Origin": "null"}, REFUSED),
    ({"Origin": "http://localhost:x"}, REFUSED),
    ({"Origin": "http://["}, REFUSED),
    ({"Origin": "http://evil.example", "Referer": "http://localhost/"}, REFUSED),
    ({"Referer": "http://localhost/reviews/x/"}, PASSED),
    ({"Referer": "http://evil.example/http://localhost/"}, REFUSED),
    ({}, REFUSED),
]


@pytest.mark.parametrize(("headers", "status"), SENT)
def test_a_form_is_taken_from_the_sites_own_pages_only(app: Flask, reader: Browser, headers: dict, status: int):
    with_author(app)
    assert reader.ask("/studio/login", "POST", headers=headers).status_code == status


def test_every_address_that_takes_something_refuses_what_another_site_sends(app: Flask, reader: Browser):
    with_author(app)
    found = unsafe(app)
    assert len(found) > 60
    for url, method, _ in found:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
            assert reader.ask(url, method, headers=headers).status_code == REFUSED, url


def test_reading_is_free(reader: Browser):
    for method in ("GET", "HEAD", "OPTIONS"):
        assert reader.ask("/", method, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_behind_a_proxy_the_sites_own_address_counts(tmp_path: Path, empty_instance: Path):
    engines.copy(empty_instance, tmp_path / "instance")
    app = make_app(tmp_path / "instance", base_url="https://blog.example.org")
    with app.app_context():
        with_author(app)
        for origin, status in (("https://blog.example.org", PASSED), ("https://blog.example.com", REFUSED)):
            assert Browser(app).ask("/studio/login", "POST", headers={"Origin": origin}).status_code == status
        close(app)


def unsafe(app: Flask) -> list[tuple[str, str, str]]:
    """Every address that takes something, by each of its methods, and what it is called."""
    return sorted(
        (filled_in(rule.rule), method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in SAFE and rule.endpoint not in FROM_ANYWHERE
    )


def test_one_address_alone_takes_what_comes_from_anywhere_and_only_signed(app: Flask, reader: Browser):
    marked = {name for name, view in app.view_functions.items() if hasattr(view, "from_anywhere")}
    assert marked == FROM_ANYWHERE
    before = state()
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}):
        assert reader.ask("/mail/unsubscribe/7", "POST", headers=headers).status_code == 404
    assert state() == before


def test_what_another_site_sends_changes_nothing_not_even_for_the_author(sample_app: Flask):
    """With the author's cookies and the form's token: the guard asks before anything is looked at."""
    author = logged_in(sample_app)
    author.is_strict = False
    token = dict(author.get("/studio/").fields("//header//form"))
    before = state()
    for url, method, _ in unsafe(sample_app):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {}):
            for sent in ({"headers": headers | HTMX, "data": token}, {"headers": headers, "data": token}):
                assert author.ask(url, method, **sent).status_code == REFUSED, (url, headers)
    assert state() == before


def test_every_form_of_the_studio_asks_for_its_token_besides(sample_app: Flask):
    author = logged_in(sample_app)
    before, asked = state(), 0
    for url, method, endpoint in unsafe(sample_app):
        if not url.startswith("/studio") or endpoint in OPEN_TO_ALL:
            continue
        for token in ({}, {"csrf_token": "x"}, {"csrf_token": "ImEi.aaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaa"}):
            assert author.ask(url, method, headers=OWN, data=token).status_code == REFUSED, (url, token)
            asked += 1
        assert author.ask(f"{url}?csrf_token=x", method, headers=OWN | {"X-CSRFToken": "x"}).status_code == REFUSED, url
    assert asked > 150
    assert state() == before


def test_a_token_is_good_in_its_own_session_alone(app: Flask):
    one, other = logged_in(app), logged_in(app)
    token = dict(one.get("/studio/").fields("//header//form"))
    assert other.ask("/studio/account/sessions/end-others", "POST", headers=OWN, data=token).status_code == REFUSED
    assert one.ask("/studio/account/sessions/end-others", "POST", headers=OWN, data=token).status_code == 303
