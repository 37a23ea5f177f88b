"""What is kept while nothing changes: values for one content version, ready pages, and static files."""

from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from .files import StaticFiles, script_words, static_url
from .of_postgresql import OfPostgresql
from .of_sqlite import OfSqlite
from .pages import MOST_BYTES, PageCache, each_time, ends_at, init_app, led_on
from .shelf import Kept, here, kept, kept_last, language, last_language, last_spoken, site, site_at_hand

__all__ = [
    "Kept",
    "each_time",
    "ends_at",
    "here",
    "init_app",
    "kept",
    "kept_last",
    "language",
    "last_language",
    "last_spoken",
    "led_on",
    "script_words",
    "site",
    "site_at_hand",
    "stand_before",
    "static_url",
]


def stand_before(app: Flask, headers: Callable[[str], Mapping[str, str]]) -> None:
    """Answer before the site does where an answer is ready; `headers` go with every static file, by its scheme."""
    database = sa.engine.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    versions = OfSqlite(database.database or "") if database.get_backend_name() == "sqlite" else OfPostgresql(database)
    app.extensions["kblog.versions"] = versions
    app.extensions["kblog.cache"].read_version = versions.read
    # while developing, a template that was changed has to show
    pages = PageCache(app.wsgi_app, versions.read, most_bytes=0 if app.debug else MOST_BYTES)
    files = StaticFiles(pages, Path(app.static_folder or ""), headers, app.config["TRUSTED_HOSTS"], app.debug)
    app.extensions |= {"kblog.pages": pages, "kblog.files": files}
    app.wsgi_app = files
