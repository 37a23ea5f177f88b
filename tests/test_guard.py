"""What changes something is asked from the site itself."""

from pathlib import Path

import pytest
from flask import Flask

from .browser import Browser, filled_in
from .conftest import close, make_app, with_author

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
    rules = {
        rule.rule for rule in app.url_map.iter_rules() if rule.methods and rule.methods - {"GET", "HEAD", "OPTIONS"}
    }
    assert len(rules) > 10
    for url in map(filled_in, rules):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
            assert reader.ask(url, "POST", headers=headers).status_code == REFUSED, url


def test_reading_is_free(reader: Browser):
    for method in ("GET", "HEAD", "OPTIONS"):
        assert reader.ask("/", method, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_behind_a_proxy_the_sites_own_address_counts(tmp_path: Path, empty_instance: Path):
    (tmp_path / "kblog.db").write_bytes((empty_instance / "kblog.db").read_bytes())
    app = make_app(tmp_path, base_url="https://blog.example.org")
    with app.app_context():
        with_author(app)
        for origin, status in (("https://blog.example.org", PASSED), ("https://blog.example.com", REFUSED)):
            assert Browser(app).ask("/studio/login", "POST", headers={"Origin": origin}).status_code == status
        close(app)
