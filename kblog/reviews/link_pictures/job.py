"""The job that draws what links show: a few pictures at a turn, each claimed before it is begun."""

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask

from kblog import background
from kblog.db import now, reads_only
from kblog.models import site

from . import queries
from .drawing import Nothing, Subject, drawn
from .font import FOLDER, Fonts
from .store import NotDrawn, Store, rastered

NAME = "links' pictures"
EVERY = 20  # seconds; where nothing was changed it looks at one row
AT_ONCE = 8  # pictures of one turn: their pages change together, and other jobs wait for no more
LOOKED_OVER = 600  # seconds after which it looks again though nothing was changed: for what failed

log = logging.getLogger(__name__)


class Draughtsman:
    """Draws the pictures of one process; without the fonts it says so once, and draws nothing."""

    def __init__(self, app: Flask, fonts: Path = FOLDER) -> None:
        config = app.config["KBLOG"]
        self.folder, self.media, self.store = fonts, config.media, Store(config.link_pictures)
        self.has_all = config.sees_all_media
        self.fonts: Fonts | None = None
        self.is_told = False
        self.done = (-1, 0.0)  # up to which version of all that is listed nothing is due, and when that was found

    def work(self) -> bool:
        """Draw what is due, and return whether more of it waits."""
        with reads_only():
            version, at = site().listed, time.monotonic()
            if version == self.done[0] and at - self.done[1] < LOOKED_OVER:
                return False
            named, there = queries.hashes(), self.store.there()
            due = queries.due(AT_ONCE, now())
        if (missing := sorted(named - there)) and self.has_all:
            queries.forget(missing)
            return True
        if not due:
            self.store.tidy(named)
            self.done = (version, at)
            return False
        self.fonts = self.fonts or self.load()
        if self.fonts is None:
            return False
        self.draw(due, self.fonts)
        return True

    def load(self) -> Fonts | None:
        """Read the fonts, when they are first needed; say once that they are not here."""
        try:
            return Fonts(self.folder)
        except FileNotFoundError:
            if not self.is_told:
                log.warning("links to reviews show no picture: a font is not here; `make setup` gets it")
            self.is_told = True
            return None

    def draw(self, due: Sequence[Any], fonts: Fonts) -> None:
        """Draw pictures, and write them down together: each time the pages that are kept are made anew."""
        finished, failed = [], []
        for review in due:
            if not queries.claim(review.id, review.wanted, now()):
                continue
            try:
                svg = drawn(Subject(**review._mapping), fonts, self.media)
                finished.append((review.id, review.wanted, self.store.keep(rastered(svg, fonts))))
            except (Nothing, NotDrawn) as reason:
                log.warning(
                    "no picture for links to a review", extra={"facts": {"review": review.id, "why": str(reason)}}
                )
                failed.append((review.id, review.wanted, str(reason)))
            except OSError as error:  # no fault of the picture's: it is tried again when the claim is over
                log.warning("a picture for links cannot be stored", extra={"facts": {"why": str(error)}})
                break
            except Exception as error:  # it holds up no other
                log.exception("a picture for links could not be drawn", extra={"facts": {"review": review.id}})
                failed.append((review.id, review.wanted, type(error).__name__))
        if finished or failed:
            queries.note(finished, failed)


def init_app(app: Flask) -> None:
    draughtsman = app.extensions["kblog.link-pictures"] = Draughtsman(app)
    background.of(app).add(NAME, draughtsman.work, every=EVERY)


def want(app: Flask) -> None:
    """Let what was changed be drawn soon. Call it after the commit."""
    background.of(app).want(NAME)
