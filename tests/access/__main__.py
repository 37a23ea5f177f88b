"""Every page, in every light and size, with scripts and without, by the keyboard, and with forms filled in badly.

python -m tests.access [--only REGEX]    (KBLOG_CHROMIUM names the browser, as for `make test`; half an hour)

Of each route those pages are looked at that show something its others do not; a route that answers a GET and is not
looked at is named in ELSEWHERE, with the reason.
"""

import argparse
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from kblog.db import db
from kblog.models import Setting
from tests.browser import Browser as Visitor
from tests.chromium import ARGUMENTS, served
from tests.conftest import make_app
from tests.letting_in import let_in

from .choosing import chosen, endpoint, unreached
from .furnishing import furnish, unlinked
from .looking import HEIGHT, do, look, walk, without_scripts
from .trying import PRESSED, SENT, Kind, kinds, press, send

PAGES_IN_KOREAN = ("/", "/reviews/", "/reviews/the-lighthouse-keepers-radio/", "/lines/", "/people/", "/archive/")
ROOMS_IN_KOREAN = (
    "/studio/",
    "/studio/comments/",
    "/studio/reviews/1/",
    "/studio/reviews/1/publish",
    "/studio/settings/",
)
# Never pressed: whoever does is out, or has taken away what is looked at.
LEFT_ALONE = ("studio.account.logout", "studio.account.end", "studio.account.end_others", "studio.desk.remove_samples")
# Not looked at, and why.
ELSEWHERE = {
    "studio.account.setup": "there is an author already; tests/test_author_in_chromium.py looks at it",
}


class Walk:
    """What was looked at so far, and what was found."""

    def __init__(self, app: Flask, browser: Browser, address: str, only: str) -> None:
        self.app, self.browser, self.address, self.only = app, browser, address, re.compile(only)
        self.found: dict[str, list[str]] = defaultdict(list)
        self.looks = 0
        self.tried: set[Kind] = set()
        self.reached: set[str] = set()

    def everything(self, visitor: Visitor, starts: list[str], within: str) -> None:
        """Look at all that somebody reaches under a path, in every way."""
        visitor.is_strict = False
        with self.app.app_context():
            pages = chosen(visitor, starts, within)
            db.session.remove()
        self.reached |= pages.keys()
        urls = [url for each in pages.values() for url in each if self.only.search(url)]
        print(f"{len(urls)} pages of {len(pages)} views", flush=True)
        is_author = within == "/studio/"
        for has_scripts in (True, False):
            self.pages(urls, is_author=is_author, has_scripts=has_scripts)
        self.changes(urls, is_author=is_author)
        self.errors(urls, is_author=is_author)

    def note(self, where: str, said: Iterable[str]) -> None:
        """Note what is wrong somewhere, and say it at once."""
        print(where, flush=True)
        for each in said:
            if where not in self.found[each]:
                self.found[each].append(where)
                if len(self.found[each]) == 1:
                    print(f"    {each}", flush=True)
        self.looks += 1

    def context(self, *, is_author: bool) -> BrowserContext:
        seen: dict[str, Any] = {
            "viewport": {"width": 1440, "height": HEIGHT},
            "reduced_motion": "reduce",
            "bypass_csp": True,
        }
        context = self.browser.new_context(base_url=self.address, **seen)
        context.set_default_timeout(15_000)
        if is_author:
            let_in(context.new_page(), self.address)
        return context

    def pages(self, urls: Iterable[str], *, is_author: bool, has_scripts: bool = True) -> None:
        """Look at pages as they come, all that is folded in them open, and go through them by the keyboard."""
        context = self.context(is_author=is_author)
        page = context.new_page()
        allow = None if has_scripts else without_scripts(page)
        for url in urls:
            where = f"{url}{'' if has_scripts else ' without scripts'}"
            page.goto(url)
            if has_scripts:
                self.note(f"{where} by the keyboard", walk(page))
            do(page, "openAll")
            self.note(where, look(page, allow))
        context.close()

    def kind_of(self, each: dict[str, Any]) -> Kind:
        name = endpoint(self.app, each["address"].removeprefix(self.address), each["verb"])
        return (name, each["kind"])

    def changes(self, urls: Iterable[str], *, is_author: bool) -> None:
        """Press one of each kind of what changes a page in its place, and of what that brings; look at the outcome."""
        context = self.context(is_author=is_author)
        page = context.new_page()
        for url in urls:
            waiting: list[list[int]] = [[]]
            while waiting:
                steps = waiting.pop(0)
                where = f"{url} after {steps}"
                try:
                    said = self.stepped(page, url, steps)
                except Error as error:
                    said = [f"cannot be tried: {error.message.splitlines()[0]}"]
                if steps:
                    self.note(where, [*said, *look(page)])
                for kind, number in kinds(page, PRESSED, self.kind_of).items() if len(steps) < 3 else ():
                    if ("in place", *kind) not in self.tried and kind[0] not in LEFT_ALONE:
                        self.tried.add(("in place", *kind))
                        waiting.append([*steps, number])
        context.close()

    def stepped(self, page: Page, url: str, steps: list[int]) -> list[str]:
        page.goto(url)
        page.set_viewport_size({"width": 1440, "height": HEIGHT})
        do(page, "openAll")
        said: list[str] = []
        for number in steps:
            said = list(press(page, number))
        return said

    def errors(self, urls: Iterable[str], *, is_author: bool) -> None:
        """Send one of each form filled in badly, without scripts, and look at the answers."""
        context = self.context(is_author=is_author)
        page = context.new_page()
        allow = without_scripts(page)
        for url in urls:
            page.goto(url)
            do(page, "openAll")
            for kind, number in kinds(page, SENT, self.kind_of).items():
                if ("sent", *kind) in self.tried or kind[0] in LEFT_ALONE:
                    continue
                self.tried.add(("sent", *kind))
                page.goto(url)
                do(page, "openAll")
                try:
                    status = send(page, number)
                except Error as error:
                    self.note(f"{url}, {kind[0]}", [f"cannot be sent: {error.message.splitlines()[0]}"])
                    continue
                self.note(f"{url}, {kind[0]} sent badly ({status})", [*do(page, "led"), *look(page, allow)])
        context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="addresses to look at, as a regular expression")
    parser.add_argument("--part", choices=("readers", "studio"), help="only these pages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = make_app(Path(folder), guard=False)
        with app.app_context():
            flask_migrate.upgrade()
            author = furnish(app)
            starts = ["/", *unlinked(app)]
        browser = playwright.chromium.launch(executable_path=os.environ["KBLOG_CHROMIUM"], args=list(ARGUMENTS))
        with served(app) as address:
            walked = Walk(app, browser, address, given.only)
            if given.part != "studio":
                walked.everything(Visitor(app), starts, "/")
            if given.part != "readers":
                walked.everything(author, ["/studio/"], "/studio/")
            with app.app_context():
                db.session.merge(Setting(name="language", value="ko"))
                db.session.commit()
                db.session.remove()
            for urls, part in ((PAGES_IN_KOREAN, "readers"), (ROOMS_IN_KOREAN, "studio")):
                if given.part in (part, None):
                    walked.pages(filter(walked.only.search, urls), is_author=part == "studio")
        browser.close()
    missing = [] if given.part else sorted(unreached(app, walked.reached) - {*ELSEWHERE})
    print(f"\n{walked.looks} looks; {len(walked.found)} things found; not reached: {', '.join(missing) or 'nothing'}")
    for said, where in sorted(walked.found.items()):
        print(f"{said}\n    {len(where)}: {', '.join(where[:3])}")
    return int(bool(walked.found or missing))


if __name__ == "__main__":
    sys.exit(main())
