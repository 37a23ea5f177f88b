"""The real site on a real address, and a real Chromium that reports everything it dislikes about a page."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from flask import Flask
from playwright.sync_api import BrowserContext, Error, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

expect.set_options(timeout=20_000)  # milliseconds: the other half of the suite runs beside these tests

# Chromium heeds only the last of such lists: first come those that Playwright turns off. The others cost more than half
# of what a new window does: pages for the bar of addresses, which nobody sees, and a renderer in reserve.
TURNED_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    "SpareRendererForSitePerProcess",
)
ARGUMENTS = (  # it runs as root in a small container, and calls nobody
    f"--disable-features={','.join(TURNED_OFF)}",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DEVICE = "kblog-device"  # the cookie of a browser that the author used before
NAMES = ("chromium", "google-chrome")
NO_BROWSER = (
    "The browser tests need Chromium: install Debian's packages chromium and fonts-noto-cjk, "
    "or name a Chrome with KBLOG_CHROMIUM=/path/to/chrome."
)
EVERYTHING = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # axe leaves it out unless asked
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}  # all the dark changes
LOOK = "async options => ({ violations: (await axe.run(options)).violations })"  # what is well takes longer to tell
BARRIERS = (Path(__file__).parent / "barriers.js").read_text(encoding="utf-8")
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", e => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));
"""


class Silent(WSGIRequestHandler):
    """Answers without a line in the log for each request."""

    def log_request(self, *_args) -> None:
        pass


@contextlib.contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the app from a thread on a free port of this machine; yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def chromium() -> str:
    """Find the browser: the one that is named, else Debian's or Google's; fail where there is none."""
    named = os.environ.get("KBLOG_CHROMIUM")
    found = filter(None, map(shutil.which, (named,) if named else NAMES))
    return next(found, None) or pytest.fail(NO_BROWSER, pytrace=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": list(ARGUMENTS)}


@pytest.fixture(scope="session")
def base_url(sample_site: str) -> str:
    """Addresses without a host are those of the sample reviews."""
    return sample_site


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """Every window is as wide as a desk, until a test says otherwise."""
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture
def complaints() -> list[str]:
    """What the browser has against the pages so far; a test that provokes an error takes it out."""
    return []


@pytest.fixture
def may_keep(request: pytest.FixtureRequest) -> set[str]:
    """The cookies that a browser may hold when the test is over: none for who only reads, two where the author writes.

    One holds the session, by the other a browser is known again.
    """
    return {"kblog", DEVICE} if {"studio", "bare"} & set(request.fixturenames) else set()


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], complaints: list[str], may_keep: set[str]
) -> Iterator[Callable]:
    """Open contexts that keep the house's promises to readers, checked when the test is over."""
    opened: list[tuple[BrowserContext, set[str]]] = []

    def open_context(*, cookies_allowed: Collection[str] = (), **settings) -> BrowserContext:
        context = new_context(**settings)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("request", lambda request: is_ours(request.url) or complaints.append(f"asked {request.url}"))
        opened.append((context, set(cookies_allowed)))
        return context

    yield open_context
    for context, allowed in opened:
        for page in context.pages:
            settle(page)
        assert {cookie["name"] for cookie in context.cookies()} <= may_keep | allowed, "reading set a cookie"
    assert complaints == []


def settle(page: Page) -> None:
    """Wait until whatever a page had to say has arrived; it may be on the way to another one, or just about to go."""
    while True:
        page.wait_for_load_state()
        try:
            page.evaluate("0")
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
        else:
            return


def barriers(page: Page) -> list[str]:
    """Say what bars the way on a page as it is now, of what axe does not look at."""
    return page.evaluate(BARRIERS)


def find_nothing(page: Page) -> None:
    """Let axe look at what the page shows now, in the light and in the dark, and look for other barriers."""
    settle(page)  # a click on a link does not wait for the page that it leads to
    barred = barriers(page)
    assert not barred, barred
    if not page.evaluate("'axe' in window"):  # it is half a megabyte
        page.evaluate(AXE_SCRIPT)
    for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        found = AxeResults(page.evaluate(LOOK, options))
        assert not found.violations_count, f"{scheme}: {found.generate_report()}"


def leave_late_scripts_out(page: Page) -> None:
    """Let only what runs in the head run from now on: what a page shows is what it shows when it is first painted."""
    page.route("**/static/kblog.*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))


def is_ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "about:"))


def kept(page) -> dict[str, str]:
    """Return what the site keeps in the reader's browser."""
    return page.evaluate("({ ...localStorage, ...sessionStorage })")
