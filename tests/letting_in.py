"""How the author comes into the studio in a real browser: by the form, and past it."""

from playwright.sync_api import Page

from .conftest import NAME, PASSWORD


def sign_in(page: Page, studio: str, password: str = PASSWORD) -> None:
    page.goto(f"{studio}/studio/login")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def let_in(page: Page, site: str) -> None:
    """Log the author in past the form: for tests of what comes after it."""
    given = {"name": NAME, "password": PASSWORD}
    answer = page.request.post(f"{site}/studio/login", form=given, headers={"Origin": site}, max_redirects=0)
    assert answer.status == 303
