"""Looks at a page as it is now, in every light and size, and goes through it by the Tab key."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.chromium import COLOURS, EVERYTHING, barriers

TOOLS = (Path(__file__).parent / "tools.js").read_text(encoding="utf-8")
WIDTHS = (390, 1440)
HEIGHT = 844
MOST_TABS = 400


def do(page: Page, name: str, given: Any = None) -> Any:
    """Let the page do what `tools.js` has under a name."""
    return page.evaluate(f"given => {TOOLS}.{name}(given)", given)


def without_scripts(page: Page) -> Callable[[bool], None]:
    """Let no script of the page run; return what lets them again, as axe needs it, and not."""
    session = page.context.new_cdp_session(page)

    def allow(may_run: bool) -> None:
        session.send("Emulation.setScriptExecutionDisabled", {"value": not may_run})

    allow(False)
    return allow


def look(page: Page, allow: Callable[[bool], None] | None = None) -> Iterator[str]:
    """Yield what bars the way on a page as it is now; `allow` says that its scripts did not run."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        yield from (f"{width}: {said}" for said in (*barriers(page), *do(page, "spaced")))
        if allow:
            yield from (f"{width}: {said}" for said in do(page, "dead"))
            allow(True)
        for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            for each in Axe().run(page, options=options).response["violations"]:
                places = [" ".join(map(str, node["target"])) for node in each["nodes"]]
                yield f"{width}, {scheme}: axe, {each['id']}: {each['help']}: {places[0]}"
        if allow:
            allow(False)


def walk(page: Page) -> Iterator[str]:
    """Go through a page by the Tab key, from its beginning to its end, and yield what is wrong on the way.

    Where something sticks to an edge of the window the way back is gone, too: it may lie on what comes from above.
    """
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        do(page, "toTop")
        steps, amiss = _steps(page, "Tab")
        if steps in (0, MOST_TABS):
            yield f"{width}: {steps} steps by the keyboard"
        if do(page, "turnAround"):
            amiss += _steps(page, "Shift+Tab")[1]
        yield from (f"{width}, by the keyboard: {said}" for said in amiss)


def _steps(page: Page, key: str) -> tuple[int, list[str]]:
    """Press a key until it leads nowhere new; return how often it did lead on, and what is wrong there."""
    found: list[str] = []
    for steps in range(MOST_TABS):
        page.keyboard.press(key)
        is_new, amiss = do(page, "focus", key)
        found += amiss
        if not is_new:
            return steps, found
    return MOST_TABS, found
