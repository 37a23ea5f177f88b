"""Looks at every page in every state, in each size and mode, takes its picture and says what is measurably wrong.

python -m tests.looking [--only WORD ...] [--modes MODE ...] [FOLDER]     (KBLOG_CHROMIUM names the browser)

The pictures go into FOLDER, by default a new one among the system's temporary files, one for each view and mode;
a person looks at them. What is said without one: a page that scrolls sideways, text that is cut off, reaches out of its
button or lies over other text, letters under 12 px, what is hard to hit (WCAG 2.2, 2.5.8), a picture or an icon that is
missing, what moves while a reader's page loads, or although less motion is wanted, what is of no use on paper, and
whatever the browser complains of. It ends with 1 if there is anything.
"""

import argparse
import contextlib
import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from kblog.language import KOREAN
from tests.chromium import ARGUMENTS, REPORT_VIOLATIONS, served
from tests.conftest import NAME, PASSWORD, close

from . import sites
from .views import VIEWS, View

MEASURE = Path(__file__).with_name("measuring.js").read_text(encoding="utf-8")
WATCH = """
window.shifted = 0; window.movers = [];
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    window.shifted += shift.value;
    window.movers.push(...shift.sources.map(each => each.node?.nodeName + "." + (each.node?.className ?? "")));
  }
}).observe({ type: "layout-shift", buffered: true });
"""
MOVED = "({ shifted: window.shifted, movers: window.movers })"
TALLEST = 6_000  # px of a picture: the end of a thread of 200 comments says nothing new


class Mode(NamedTuple):
    """How a page is looked at; letters of 32 px are those of a browser that is set to 200 %."""

    width: int
    scheme: str = "light"
    media: str = "screen"
    forced: bool = False
    letters: int = 16


MODES = {
    "320": Mode(320),
    "390": Mode(390),
    "820": Mode(820),
    "1440": Mode(1440),
    "390-dark": Mode(390, "dark"),
    "1440-dark": Mode(1440, "dark"),
    "print": Mode(794, media="print"),  # A4 at 96 dots an inch
    "forced": Mode(390, "dark", forced=True),
    "forced-1440": Mode(1440, forced=True),
    "double": Mode(390, letters=32),
    "double-1440": Mode(1440, letters=32),
}


class Look:
    """What was found so far, and where the pictures go."""

    def __init__(self, folder: Path, modes: list[str]) -> None:
        self.folder, self.modes = folder, modes
        self.wrong = self.looks = 0

    def at(self, context: BrowserContext, view: View) -> None:
        """Look at one view in each mode: loaded once for each size of the letters and width, since both move things."""
        for name in self.modes:
            mode = MODES[name]
            if view.is_studio and mode.media == "print":  # nobody prints a form
                continue
            page = context.new_page()
            heard = complaints(page)
            page.set_viewport_size({"width": mode.width, "height": 900})
            page.emulate_media(
                color_scheme=mode.scheme,  # type: ignore[arg-type]
                forced_colors="active" if mode.forced else "none",
                reduced_motion="reduce",
            )
            if mode.letters != 16:
                sizes = {"standard": mode.letters, "fixed": mode.letters * 13 // 16}
                context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
            found = self.measured(page, view, mode, name)
            found += [f"complains: {each}" for each in heard if not view.minds or not re.search(view.minds, each)]
            for each in dict.fromkeys(found):
                print(f"{view.name} {name}: {each}", flush=True)
            self.wrong += len(set(found))
            self.looks += 1
            page.close()

    def measured(self, page: Page, view: View, mode: Mode, name: str) -> list[str]:
        answer = page.goto(view.address, wait_until="load")
        if answer and answer.status >= 400 and str(answer.status) not in view.minds:
            return [f"answers {answer.status}"]
        if view.does:
            page.evaluate("window.neverLeft = true")
            loading = page.evaluate(MOVED)
            view.does(page)
            if page.evaluate("window.neverLeft"):  # what opens when it is pressed may move what stands below
                page.evaluate("loading => Object.assign(window, loading)", loading)
        page.wait_for_timeout(50)  # what moves late has moved
        if mode.media == "print" or mode.letters != 16 or view.is_studio:
            page.evaluate(
                "window.shifted = -Infinity"
            )  # the first two change a page that has come; the last shows keys late
        if mode.media == "print":
            page.emulate_media(media="print")
        found = page.evaluate(MEASURE)
        high = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
        if page.locator(":popover-open, dialog[open], .announce:not(.vh)").count():
            high = 900  # what lies on top belongs to the window
        shown = self.folder / f"{view.name}--{name}.png"
        page.set_viewport_size({"width": mode.width, "height": high})
        page.screenshot(path=shown)
        return found


def complaints(page: Page) -> list[str]:
    """Note whatever the browser complains of on a page from now on."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def missing_icons(context: BrowserContext) -> list[str]:
    """Ask for every icon that the head of a page and the manifest name, and for those that are looked for unasked."""
    page = context.new_page()
    page.goto("/")
    links = page.eval_on_selector_all("link[rel~=icon], link[rel=apple-touch-icon]", "all => all.map(one => one.href)")
    manifest = page.locator("link[rel=manifest]").get_attribute("href") or ""
    answer = page.request.get(manifest)
    if not answer.ok:
        return [f"no manifest at {manifest!r}"]
    named = [urljoin(page.url, icon["src"]) for icon in json.loads(answer.body())["icons"]]
    asked = [*links, *named, *(urljoin(page.url, each) for each in ("/favicon.ico", "/apple-touch-icon.png"))]
    found = [address for address in asked if not is_picture(page, address)]
    page.close()
    return [f"no icon at {address}" for address in found]


def is_picture(page: Page, address: str) -> bool:
    answer = page.request.get(address)
    return answer.ok and answer.headers["content-type"].startswith("image/")


@contextlib.contextmanager
def standing(wanted: set[str]) -> Iterator[dict[str, str]]:
    """Serve the sites that are asked for; yield their addresses."""
    makers = {"full": sites.full, "empty": sites.empty, "korean": lambda folder: sites.full(folder, spoken=KOREAN)}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        addresses = {}
        for site in sorted(wanted):
            folder = Path(name) / site
            folder.mkdir()
            app = makers[site](folder)
            addresses[site] = stack.enter_context(served(app))
            stack.callback(closed, app)
        yield addresses


def closed(app) -> None:
    with app.app_context():
        close(app)


def opened(browser: Browser, address: str, *, as_author: bool) -> BrowserContext:
    context = browser.new_context(base_url=address)
    context.add_init_script(REPORT_VIOLATIONS + WATCH)
    if as_author:
        given: dict[str, str | float | bool] = {"name": NAME, "password": PASSWORD}
        answer = context.request.post("/studio/login", form=given, headers={"Origin": address}, max_redirects=0)
        assert answer.status == 303, "the author was not let in"
    return context


def main() -> int:
    wants = argparse.ArgumentParser(prog="python -m tests.looking", description=(__doc__ or "").splitlines()[0])
    wants.add_argument("folder", nargs="?", type=Path, help="where the pictures go")
    wants.add_argument("--only", nargs="+", default=[""], metavar="WORD", help="views whose names begin with a word")
    wants.add_argument("--modes", nargs="+", default=list(MODES), choices=MODES)
    given = wants.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="kblog-look-"))
    folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.ERROR)  # the site's log is not what is asked for
    views = [view for view in VIEWS if view.name.startswith(tuple(given.only))]
    look = Look(folder, given.modes)
    with standing({view.site for view in views}) as addresses, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["KBLOG_CHROMIUM"], args=list(ARGUMENTS))
        contexts: dict[tuple[str, bool], BrowserContext] = {}
        for view in views:
            key = (view.site, view.is_studio)
            if key not in contexts:
                contexts[key] = opened(browser, addresses[view.site], as_author=view.is_studio)
            look.at(contexts[key], view)
        for each in missing_icons(next(iter(contexts.values()))):
            print(each)
            look.wrong += 1
        browser.close()
    print(f"{len(views)} views, {look.looks} pictures in {folder}; {look.wrong or 'nothing'} wrong")
    return int(bool(look.wrong))


if __name__ == "__main__":
    sys.exit(main())
