"""Pictures are pasted, dropped and chosen into a text, and described, in a real browser."""

import base64

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from kblog import background
from kblog.db import db, reads_only
from kblog.media import variants
from kblog.models import AuthorSession, Media, Review

from .builders import stored
from .chromium import find_nothing
from .conftest import read
from .letting_in import let_in, sign_in
from .test_bring_pictures import picture

pytestmark = pytest.mark.browser

MADE = """(files) => files.map(([name, type, bytes]) =>
    new File([Uint8Array.from(atob(bytes), each => each.charCodeAt(0))], name, { type }))"""
COPY = f"""files => {{
    const copied = file => new ClipboardItem({{ [file.type]: file }});
    return navigator.clipboard.write(({MADE})(files).map(copied));
}}"""
GIVE = f"""([kind, id, files, words]) => {{
    const given = new DataTransfer(), field = document.getElementById(id);
    const {{ right, bottom }} = field.getBoundingClientRect();
    for (const file of ({MADE})(files)) given.items.add(file);
    if (words) given.setData("text/plain", words);
    const init = {{ bubbles: true, cancelable: true, clientX: right - 20, clientY: bottom - 20 }};
    return field.dispatchEvent(kind === "drop" ? new DragEvent("drop", {{ ...init, dataTransfer: given }})
                                               : new ClipboardEvent("paste", {{ ...init, clipboardData: given }}));
}}"""


@pytest.fixture
def writing(studio: str, page: Page) -> Page:
    """The editor of a draft, the author logged in."""
    number = stored(state="draft", body="## Introduction\n\nIt rains.\n\n## Story\n\nIt floats.").id
    db.session.rollback()  # what was read holds the one write lock
    let_in(page, studio)
    page.goto(f"{studio}/studio/reviews/{number}/")
    return page


def sent(name: str, content: bytes, kind: str = "image/png") -> list[str]:
    return [name, kind, base64.b64encode(content).decode()]


def asked(page: Page, name: str):
    return page.get_by_role("form", name=name)


def addresses() -> list[str]:
    return read(sa.select("/media/" + Media.hash + "." + Media.extension).order_by(Media.id))


def described() -> list[list]:
    """What the library says of its pictures: alt, caption, whether they only decorate."""
    with reads_only():
        said = sa.select(Media.alt, Media.caption, Media.is_decorative).order_by(Media.id)
        return list(map(list, db.session.execute(said)))


def test_a_picture_is_pasted_described_published_and_seen_by_readers(app: Flask, writing: Page):
    """By the real clipboard and Ctrl+V; the description stands in the text and in the library."""
    writing.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = writing.locator("#parts-0-text")
    text.press("End")
    writing.evaluate(COPY, [sent("", picture("PNG", (700, 400)))])
    text.press("Control+v")
    form = asked(writing, "image.png")
    expect(form.get_by_label("What it shows")).to_be_focused()
    find_nothing(writing)
    writing.keyboard.type('The "harbour" [at night]')
    form.get_by_label("Caption").fill("Mokpo")
    writing.keyboard.press("Enter")
    expect(text).to_be_focused()
    expect(writing.locator("#announce")).to_have_text("image.png is described.")
    (address,) = addresses()
    expect(text).to_have_value(f'It rains.\n\n![The \\"harbour\\" \\[at night\\]]({address} "Mokpo")\n\n')
    expect(writing.locator("#pictures")).to_be_hidden()
    assert described() == [['The "harbour" [at night]', "Mokpo", 0]]
    writing.keyboard.type("It goes on.")
    assert text.input_value().endswith('"Mokpo")\n\nIt goes on.')

    writing.keyboard.press("Control+s")
    expect(writing.locator("#save-state")).to_contain_text("Saved at")
    writing.get_by_role("button", name="Publish…").click()
    writing.get_by_role("button", name="Publish", exact=True).click()
    db.session.rollback()
    background.of(app).do(variants.JOB)
    site = writing.url.partition("/studio/")[0]
    writing.goto(site + "/reviews/paper-boats/")
    shown = writing.get_by_role("img", name='The "harbour" [at night]')
    shown.scroll_into_view_if_needed()
    expect(writing.locator("figure", has=shown)).to_contain_text("Mokpo")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert "320w" in (shown.get_attribute("srcset") or "")


def test_several_are_dropped_and_what_is_refused_says_why_and_leaves_the_text_alone(
    writing: Page, complaints: list[str]
):
    text = writing.locator("#parts-0-text")
    files = [
        sent("one.png", picture("PNG")),
        sent("torn.png", picture("PNG")[:60]),
        sent("notes.txt", b"", "text/plain"),
    ]
    writing.evaluate(GIVE, ["drop", "parts-0-text", [*files, sent("two.jpg", picture(colour="red"), "image/jpeg")], ""])
    writing.keyboard.press("Control+s")
    other, torn = asked(writing, "notes.txt"), asked(writing, "torn.png")
    expect(other.get_by_role("alert")).to_have_text("Only pictures can stand in the text.")
    other.get_by_role("button", name="Let it go").click()
    expect(torn.get_by_role("alert")).to_contain_text("torn.png: ")
    expect(writing.locator("#preview img")).to_have_count(2)
    expect(writing.locator("#save-state")).to_contain_text("Saved at")
    one, two = addresses()
    assert read(sa.select(Review.body))[0].startswith(f"## Introduction\n\nIt rains.\n\n![]({one})\n\n![]({two})\n")
    expect(text).to_have_value(f"It rains.\n\n![]({one})\n\n![]({two})\n\n")
    asked(writing, "one.png").get_by_label("It only decorates").check()
    asked(writing, "one.png").get_by_role("button", name="Write it").click()
    asked(writing, "two.jpg").get_by_role("button", name="Later").click()
    torn.get_by_role("button", name="Let it go").click()
    expect(writing.locator("#pictures")).to_be_hidden()
    expect(text).to_be_focused()
    assert described() == [[None, "", 1], [None, "", 0]]

    # words beside a picture are pasted as words, which the browser does
    assert writing.evaluate(GIVE, ["paste", "parts-0-text", files[:1], "one"])
    expect(writing.locator("#pictures")).to_be_hidden()
    complaints[:] = [each for each in complaints if "422" not in each and "415" not in each]


def test_a_session_that_ends_meanwhile_costs_nothing_and_the_picture_is_sent_again(
    writing: Page, complaints: list[str]
):
    text = writing.locator("#parts-0-text")
    text.press("End")
    db.session.execute(sa.delete(AuthorSession))
    db.session.commit()
    writing.evaluate(GIVE, ["paste", "parts-0-text", [sent("one.png", picture("PNG"))], ""])
    form = asked(writing, "one.png")
    form.get_by_label("What it shows").fill("A boat")
    expect(form.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(text).to_have_value("It rains.\n\n")
    assert addresses() == []
    other = writing.context.new_page()
    sign_in(other, writing.url.partition("/studio/")[0])
    expect(other.locator("h1")).to_have_text("Desk")
    form.get_by_role("button", name="Send it again").click()
    form.get_by_role("button", name="Write it").click()
    expect(writing.locator("#announce")).to_have_text("one.png is described.")
    expect(text).to_have_value(f"It rains.\n\n![A boat]({addresses()[0]})\n\n")
    assert read(sa.select(Review.body)) == ["## Introduction\n\nIt rains.\n\n## Story\n\nIt floats."]
    complaints.clear()  # autosave was refused meanwhile, too
