"""Filling in and sending the comment form, as somebody with a plain browser does."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from kblog.comments import stamps
from kblog.db import db, now
from kblog.models import Comment, Review

from .browser import Browser, Page

URL = "/reviews/paper-boats/comments"
A_MINUTE = timedelta(minutes=1)


def moderated(app: Flask, mode: str, *, guard: bool = True) -> Flask:
    """Let the environment say which comments wait."""
    app.config["KBLOG"] = replace(app.config["KBLOG"], moderation=mode, guard=guard)
    return app


def stamp(app: Flask, age: timedelta = A_MINUTE) -> str:
    """Return the stamp of a form that was opened so long ago."""
    return stamps.issue(app.config["SECRET_KEY"], now() - age)


def fields(form) -> dict[str, str]:
    """Read what a form would send if its button were pressed now."""
    sent = {each.get("name"): each.get("value", "") for each in form.xpath(".//input")}
    sent |= {each.get("name"): (each.text or "").removeprefix("\n") for each in form.xpath(".//textarea")}
    for select in form.xpath(".//select"):
        chosen = select.xpath("./option[@selected]") or select.xpath("./option")
        sent[select.get("name")] = chosen[0].get("value")
    return sent


def filled(browser: Browser, url: str = URL, *, parent: int | None = None, age: timedelta = A_MINUTE, **given) -> dict:
    """Open the form, wait as long as a person does, and fill it in."""
    page = browser.get(f"{url}/new" + (f"?parent={parent}" if parent else ""))
    sent = fields(page.one("//form[contains(@class, 'comment-form')]"))
    words = {"name": "Mina", "body": "I liked the pier."}
    return sent | {"stamp": stamp(browser.app, age)} | words | given


def post(browser: Browser, url: str = URL, *, status: int = 303, headers: dict | None = None, **given) -> Page:
    """Open the form, fill it in and send it."""
    return browser.post(url, filled(browser, url, **given), status=status, headers=headers)


def stored() -> list[Comment]:
    """Return every comment in the database, in the order they came."""
    db.session.rollback()
    found = list(db.session.scalars(sa.select(Comment).order_by(Comment.id)))
    db.session.expunge_all()
    db.session.rollback()  # it held the write lock
    return found


def counted(slug: str = "paper-boats") -> int:
    """Return the number of comments that a review is said to have."""
    db.session.rollback()
    number = db.session.scalar(sa.select(Review.comment_count).where(Review.slug == slug))
    db.session.rollback()
    return number
