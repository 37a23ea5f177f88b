"""Asking for replies by mail in a real browser: in the form in place, on the page of a mail's link, and out again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from kblog.models import Subscription

from . import builders, engines
from .chromium import find_nothing, served
from .conftest import close, make_app, read
from .mailing import Postbox, deliver, link, mailing

pytestmark = pytest.mark.browser


@pytest.fixture
def app(empty_instance: Path, tmp_path: Path, postbox: Postbox) -> Iterator[Flask]:
    """A site with one review that everybody may comment at once, and that sends mail."""
    engines.copy(empty_instance, tmp_path / "instance")
    app = mailing(make_app(tmp_path / "instance", moderation="none", guard=False), postbox)
    with app.app_context():
        builders.stored()
        yield app
        close(app)


def test_a_reader_asks_for_replies_says_so_again_and_has_enough(
    app: Flask, postbox: Postbox, new_context: Callable, complaints: list[str]
):
    page = new_context(cookies_allowed={"kblog-writer"}).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    with served(app) as site:
        page.goto(f"{site}/reviews/paper-boats/")
        page.get_by_role("link", name="Write a comment").click()
        page.get_by_label("Name").fill("Mina")
        page.get_by_label("E-mail for replies").fill("nonsense")
        page.get_by_label("Comment", exact=True).fill("I liked the pier.")
        page.get_by_role("button", name="Post comment").click()
        field = page.get_by_label("E-mail for replies")
        expect(field).to_be_focused()
        complaints.clear()  # of the answer that says what is amiss
        find_nothing(page)
        field.fill("mina@example.org")
        page.get_by_role("button", name="Post comment").click()
        expect(page.get_by_text("look for a mail with a link")).to_be_visible()
        assert page.get_by_label("E-mail for replies").input_value() == "", "it is remembered by no form"

        deliver(app)
        page.goto(site + link(postbox.mails[0], "/mail/confirm/"))
        find_nothing(page)
        page.get_by_role("button", name="Mail me replies").click()
        expect(page.get_by_role("status").last).to_contain_text("will come by mail")
        find_nothing(page)
        assert len(read(sa.select(Subscription.id).where(Subscription.confirmed_at.is_not(None)))) == 1

        page.context.clear_cookies()  # somebody else
        page.goto(f"{site}/reviews/paper-boats/comments/new?parent=1")
        page.get_by_label("Name").fill("Ottilie")
        page.get_by_label("Comment", exact=True).fill("So did I.")
        page.get_by_role("button", name="Post reply").click()
        page.wait_for_url("**/reviews/paper-boats/**")
        deliver(app)
        page.goto(site + link(postbox.mails[1], "/mail/unsubscribe/"))
        find_nothing(page)
        page.get_by_role("button", name="Send me no more").click()
        expect(page.get_by_role("status").last).to_contain_text("No more replies")
        assert read(sa.select(Subscription.id)) == []
