"""Takes the pictures that the README shows, of the real site with its sample reviews, in a browser; draws the icons.

python -m docs.take_pictures    (KBLOG_CHROMIUM names the browser, as for `make test`)
"""

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import resvg_py
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.server import ROOT, Site
from tests.chromium import ARGUMENTS

FOLDER = ROOT / "docs" / "pictures"
WIDE = {"width": 1280, "height": 860}
NAME, PASSWORD = "Han Areum", "sixty-three spoken lines"
QUALITY = 80  # all of them together under 600 kB
REVIEW = "/reviews/salt-road/"


def home(page: Page) -> None:
    page.set_viewport_size({**WIDE, "height": 1320})  # down to the latest reviews
    page.goto("/")


def review(page: Page) -> None:
    page.goto(REVIEW)


def comments(page: Page) -> None:
    page.goto("/reviews/the-lighthouse-keepers-radio/#comments")
    page.locator("#thread").get_by_role("link", name="Reply").nth(1).click()
    page.get_by_label("Name").fill("Gil from Aberdeen")
    page.get_by_role("textbox", name="Comment").fill("I heard it too. ||It is the keeper’s own voice.||")
    page.locator("#comments").evaluate("section => section.scrollIntoView()")


def browse_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/reviews/?kind=drama")


def editor(page: Page) -> None:
    page.goto("/studio/login")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/studio/reviews/")
    page.get_by_role("link", name="Salt Road", exact=True).click()
    page.locator("#parts").scroll_into_view_if_needed()


STATIC = ROOT / "static"
# where an icon is cut to a shape by whoever shows it, it fills its square; in a circle there is less room
ICONS = {"icon-48": 0.0, "icon-192": 0.0, "icon-512": 0.0, "icon-apple-180": 0.9, "icon-maskable-512": 0.7}


def draw_icons() -> None:
    drawn = (STATIC / "icon.svg").read_text(encoding="utf-8")
    for name, scale in ICONS.items():
        svg, size = drawn, int(name.rpartition("-")[2])
        if scale:
            around = f'<path transform="translate(16 16) scale({scale}) translate(-16 -16)"'
            svg = svg.replace(' rx="4"', "").replace("<path", around)
        png = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size))))
        png.quantize(64).save(STATIC / f"{name}.png", optimize=True)


PICTURES: tuple[Callable[[Page], None], ...] = (home, review, browse_dark, comments, editor)


def main() -> None:
    draw_icons()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        instance = Path(name)
        making = [sys.executable, "-m", "flask", "--app", "app", "author", "create", NAME]
        environ = {**os.environ, "KBLOG_INSTANCE": name}
        subprocess.run(making, input=PASSWORD.encode(), cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
        site = Site(instance)
        try:
            browser = playwright.chromium.launch(executable_path=os.environ["KBLOG_CHROMIUM"], args=list(ARGUMENTS))
            for take in PICTURES:
                seen = {"viewport": WIDE, "color_scheme": "light", "reduced_motion": "reduce"}
                page = browser.new_page(base_url=f"http://127.0.0.1:{site.port}", **seen)
                take(page)
                page.wait_for_load_state("networkidle")
                picture = Image.open(io.BytesIO(page.screenshot()))
                picture.save(FOLDER / f"{take.__name__.replace('_', '-')}.webp", quality=QUALITY, method=6)
                page.close()
            browser.close()
        finally:
            site.stop()


if __name__ == "__main__":
    main()
