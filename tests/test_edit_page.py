"""The author writes the standing pages: About and Privacy in place of what is built in, and others."""

import re
import secrets

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kblog.db import db, now
from kblog.models import AuthorSession, Autosave, Comment, Redirect, Revision
from kblog.models import Page as StandingPage

from .browser import HTMX, Browser, Page
from .builders import PUBLISHED
from .conftest import NAME, PASSWORD

PAGES = "/studio/pages/"
FORM = "//form[@id='page-form']"
RELEASE = "//form[@id='release']"
BODY = "It began “on a ferry” — 배에서.\n\n## Later\n\nLee Won‑suk wrote.\n"


def standing(**given) -> str:
    """Store a page that readers see, and return the address of its editor."""
    page = StandingPage(**{"slug": "colophon", "title": "Colophon", "body": BODY, "published_at": PUBLISHED, **given})
    db.session.add(page)
    db.session.commit()
    return f"{PAGES}{page.id}/"


def begun(author: Browser, slug: str = "") -> Page:
    """Begin a page, or one in place of a built-in one, and return its editor."""
    page = author.get(PAGES)
    form = f"//form[.//button[@value='{slug}']]" if slug else "//header//form[contains(@action, '/pages/')]"
    answer = page.send(form, button=f"slug={slug}" if slug else "")
    return author.get(answer.response.location)


def stored() -> StandingPage:
    db.session.expire_all()
    return db.session.scalars(sa.select(StandingPage)).one()


def save(page: Page, changes: dict | None = None, **given) -> Page:
    return page.send(FORM, changes, button="action=save", **given)


def published(author: Browser, page: Page, changes: dict | None = None) -> Page:
    """Save a page and publish it; return the page on which that is said."""
    release = author.get(page.send(FORM, changes, button="action=publish").response.location)
    return author.get(release.send(RELEASE).response.location)


def pressed(author: Browser, url: str, verb: str) -> Page:
    """Press one of the buttons beside the one that publishes, and return what it leads to."""
    page = author.get(f"{url}publish")
    form = f"//form[contains(@action, '{verb}') or .//button[contains(@formaction, '{verb}')]]"
    token = page.all(f"{form}//input[@name='csrf_token']/@value")[0]
    return author.get(author.post(f"{url}{verb}", {"csrf_token": token}).response.location)


def rows(author: Browser) -> list[str]:
    return author.get(PAGES).texts("//main//li")


def locations(author: Browser) -> list[str]:
    """The addresses of pages in the sitemap."""
    return re.findall(r"<loc>(.*?/pages/.*?)</loc>", author.get("/sitemap.xml").text)


# What is built in


def test_about_and_privacy_are_listed_while_nobody_wrote_them(author: Browser):
    about, privacy = rows(author)
    assert about.startswith("About Built in")
    assert "Write your own" in about
    assert privacy.startswith("Privacy Built in")
    assert author.get(PAGES).follow("Read Privacy").h1 == "Privacy"


@pytest.mark.parametrize("slug", ["about", "privacy"])
def test_ones_own_begins_with_the_words_that_are_built_in(author: Browser, slug: str):
    words = author.get(f"/pages/{slug}/").texts("//article//p | //article//h2")
    page = begun(author, slug)
    assert dict(page.fields(FORM))["slug"] == slug
    assert page.texts("//*[@id='preview']//p | //*[@id='preview']//div//h2") == words
    assert stored().title == slug.capitalize()
    assert "## " in stored().body or slug == "privacy"


def test_the_signs_in_the_sites_own_words_stay_signs(author: Browser):
    page = author.get("/studio/settings/")
    page.send("//form[contains(@action, '/site')]", {"description": "*Slow* <b>boats</b> & 종이배 [1](x)"})
    drawn = begun(author, "about").texts("//*[@id='preview']//p")[0]
    assert drawn == "*Slow* <b>boats</b> & 종이배 [1](x)"


def test_a_draft_leaves_the_built_in_text_where_it_is(author: Browser):
    save(begun(author, "about"), {"title": "Who writes here", "body": "Somebody."})
    assert "Somebody." not in Browser(author.app).get("/pages/about/").words
    assert "Draft" in rows(author)[0]
    assert "readers see the built-in text" in rows(author)[0]


def test_a_published_about_takes_its_place_and_a_withdrawn_one_gives_it_back(author: Browser):
    reader = Browser(author.app)
    built_in = reader.get("/pages/about/").words
    page = begun(author, "about")
    said = published(author, page, {"title": "Who writes here", "body": "Somebody."})
    assert "Published." in said.words
    assert reader.get("/pages/about/").h1 == "Who writes here"
    assert reader.get("/").follow("About").h1 == "Who writes here"
    said = pressed(author, page.url, "withdraw")
    assert "Readers find the built-in text again." in said.words
    assert reader.get("/pages/about/").words == built_in
    assert stored().state == "withdrawn"


def test_pressing_twice_begins_one_page(author: Browser):
    page = author.get(PAGES)
    form = "//form[.//button[@value='about']]"
    answers = [page.send(form, button="slug=about").response.location for _ in range(2)]
    assert answers[0] == answers[1]
    assert stored().slug == "about"


# Writing one


def test_a_new_page_is_written_published_and_found(author: Browser):
    page = begun(author)
    save(page, {"title": "배 이야기", "body": "A *boat*.\r\n\r\n## Built\r\n\r\nOf paper."})
    made = stored()
    assert (made.title, made.body, made.slug) == ("배 이야기", "A *boat*.\n\n## Built\n\nOf paper.", "bae-iyagi")
    reader = Browser(author.app)
    reader.get("/pages/bae-iyagi/", status=404)
    published(author, author.get(page.url))
    shown = reader.get("/pages/bae-iyagi/")
    assert shown.h1 == "배 이야기"
    assert shown.texts("//em") == ["boat"]
    assert shown.all("//h1//*[@lang='ko']")
    assert "http://localhost/pages/bae-iyagi/" in locations(author)


def test_opening_and_saving_changes_no_byte(author: Browser):
    url = standing(body="One line\r\nand “another”\x0c — Won‑suk.\r\n\r\n\r\n배  \r\n")
    before = stored().body
    save(author.get(url))
    assert stored().body == before
    save(author.get(url), {"title": "Imprint"})
    assert (stored().title, stored().body) == ("Imprint", before)


def test_readers_see_a_save_of_a_public_page_at_once(author: Browser):
    save(author.get(standing()), {"body": "It ended on a ferry."})
    assert "It ended on a ferry." in Browser(author.app).get("/pages/colophon/").words
    assert stored().updated_at is not None


def test_a_save_by_htmx_brings_the_version_to_go_on_from(author: Browser):
    url = standing()
    page = author.get(url)
    answer = save(page, {"body": "Two words."}, status=200, headers=HTMX)
    assert "Saved at" in answer.one("//*[@id='save-state']").text_content()
    version = answer.one("//input[@id='version']").get("value")
    save(page, {"version": version, "body": "Three words now."}, status=200, headers=HTMX)
    assert stored().body == "Three words now."


def test_the_address_follows_the_title_of_a_draft_until_it_is_typed(author: Browser):
    page = begun(author)
    save(page, {"title": "Paper Boats"})
    assert stored().slug == "paper-boats"
    save(author.get(page.url), {"slug": "boats"})
    save(author.get(page.url), {"title": "Other Boats"})
    assert stored().slug == "boats"


def test_a_changed_address_leads_on_for_good(author: Browser):
    url = standing()
    save(author.get(url), {"slug": "imprint"})
    reader = Browser(author.app)
    assert reader.get("/pages/colophon/", status=301).response.location == "/pages/imprint/"
    assert reader.get("/pages/imprint/").h1 == "Colophon"
    assert locations(author) == [f"http://localhost/pages/{slug}/" for slug in ("imprint", "about", "privacy")]
    save(author.get(url), {"slug": "colophon"})
    assert reader.get("/pages/imprint/", status=301).response.location == "/pages/colophon/"


def test_a_withdrawn_page_answers_410_and_comes_back_with_its_day(author: Browser):
    url = standing()
    reader = Browser(author.app)
    said = pressed(author, url, "withdraw")
    assert "410" in said.words
    reader.get("/pages/colophon/", status=410)
    assert "http://localhost/pages/colophon/" not in locations(author)
    author.get(f"{url}publish").send(RELEASE)
    assert reader.get("/pages/colophon/").h1 == "Colophon"
    assert stored().published_at == PUBLISHED


def test_a_draft_is_put_away_and_taken_up_again(author: Browser):
    page = begun(author)
    save(page, {"title": "Paper Boats", "body": "Afloat."})
    said = pressed(author, page.url, "discard")
    assert "“Paper Boats” is put away." in said.words
    assert said.texts("//details//li")[0].startswith("Paper Boats")
    pressed(author, page.url, "take-up")
    assert (stored().state, stored().body) == ("draft", "Afloat.")
    assert not author.get(PAGES).all("//details")


def test_a_page_that_came_with_comments_keeps_them(author: Browser):
    url = standing()
    db.session.add(Comment(page_id=stored().id, name="Guest", body="Ahoy.", posted_at=now()))
    db.session.commit()
    save(author.get(url), {"body": "Rewritten."})
    assert "Ahoy." in Browser(author.app).get("/pages/colophon/").words


# Helping while one types


def test_the_preview_is_what_readers_will_get_and_stores_nothing(author: Browser):
    page = author.get(standing())
    typed = [(name, {"body": "A *boat*.\r\n\r\n<b>x</b>"}.get(name, value)) for name, value in page.fields(FORM)]
    drawn = author.post(f"{page.url}preview", typed, status=200, headers=HTMX)
    assert drawn.texts("//em") == ["boat"]
    assert "&lt;b&gt;" in drawn.text
    whole = author.post(f"{page.url}preview", typed, status=200)
    assert whole.h1 == "Colophon"
    assert "Only you can see it" in whole.words
    assert whole.all("//article//em")
    assert stored().body == BODY


def test_the_link_shows_a_draft_to_a_friend(author: Browser):
    page = begun(author)
    release = author.get(
        page.send(FORM, {"title": "Boats", "body": "Afloat."}, button="action=publish").response.location
    )
    friend = Browser(author.app)
    shown = friend.get(release.all("//a[text()='Open it']/@href")[0])
    assert shown.h1 == "Boats"
    assert "Only people with this link can see it." in shown.words
    friend.get("/pages/boats/", status=404)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("free-one", "/pages/free-one/ is free."),
        ("Not An Address!", "not-an-address"),
        ("colophon", "is the address of “Colophon”"),
        ("", "/pages/boats/ is free."),
    ],
)
def test_an_address_is_checked_while_it_is_typed(author: Browser, wanted: str, said: str):
    standing()
    page = begun(author)
    typed = [(name, {"title": "Boats", "slug": wanted}.get(name, value)) for name, value in page.fields(FORM)]
    answer = author.post(f"{page.url}slug", typed, status=200, headers=HTMX)
    assert said in " ".join(answer.text.split())


# Nothing is lost


def autosave(author: Browser, page: Page, changes: dict, **given) -> Page:
    typed = [(name, changes.get(name, value)) for name, value in page.fields(FORM)]
    return author.post(f"{page.url.partition('?')[0]}autosave", typed, **{"status": 200, "headers": HTMX, **given})


def test_what_is_typed_is_kept_apart_from_what_is_saved(author: Browser):
    page = author.get(standing())
    state = autosave(author, page, {"body": "Half a sent", "slug": "No Slug!"})
    assert "Kept at" in state.one("//*[@id='save-state']").text_content()
    assert "Half a sent" not in Browser(author.app).get("/pages/colophon/").words
    other = author.get(page.url)
    assert "was never saved" in other.words
    going_on = author.get(other.all("//a[text()='Go on with it']/@href")[0])
    assert dict(going_on.fields(FORM))["body"] == "Half a sent"
    assert dict(going_on.fields(FORM))["slug"] == "No Slug!"
    save(going_on, {"slug": "colophon"})
    assert stored().body == "Half a sent"
    assert db.session.scalar(sa.select(sa.func.count(Autosave.id))) == 0


def test_letting_go_of_another_windows_text_keeps_ones_own(author: Browser):
    page = author.get(standing())
    autosave(author, page, {"body": "Theirs."})
    other = author.get(page.url)
    answer = other.send(FORM, {"body": "Mine."}, button=f"discard={dict(page.fields(FORM))['tab']}")
    after = author.get(answer.response.location)
    assert "was never saved" not in after.words
    assert dict(after.fields(FORM))["body"] == "Mine."


def test_without_htmx_what_this_browser_kept_is_put_back(author: Browser):
    page = author.get(standing())
    answer = autosave(author, page, {"body": "Put back."}, status=303, headers={})
    assert dict(author.get(answer.response.location).fields(FORM))["body"] == "Put back."


def test_a_late_save_changes_nothing_and_loses_nothing(author: Browser):
    one = author.get(standing())
    two = author.get(one.url)
    save(one, {"body": "From the first."})
    late = save(two, {"body": "From the second."}, status=409)
    assert "This page was saved in another window" in late.words
    assert "From the first." in late.words
    assert dict(late.fields(FORM))["body"] == "From the second."
    assert stored().body == "From the first."
    aside = db.session.scalars(sa.select(Revision).where(Revision.occasion == "set aside")).one()
    assert "From the second." in aside.text
    save(late)
    assert stored().body == "From the second."
    assert any("From the first." in each.text for each in db.session.scalars(sa.select(Revision)))


def test_a_save_that_is_sent_twice_is_no_conflict(author: Browser):
    page = author.get(standing())
    for _ in range(2):  # the button pressed twice, or again because the answer to the first never came
        save(page, {"body": "Once."})
    assert not db.session.scalars(sa.select(Revision).where(Revision.occasion == "set aside")).all()
    assert stored().body == "Once."


def test_a_late_autosave_is_kept_and_told(author: Browser):
    one = author.get(standing())
    two = author.get(one.url)
    save(one, {"body": "First."})
    assert "Saved in another window" in autosave(author, two, {"body": "Second."}, status=409).text
    assert "Second." in str(db.session.scalars(sa.select(Autosave)).one().fields)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["save", "open again", "keep mine"])), max_size=6))
def test_no_saved_word_of_two_windows_is_ever_lost(author: Browser, steps: list[tuple[str, str]]):
    author.is_strict = False
    url = standing(slug=f"colophon-{secrets.token_hex(8)}")
    windows = {name: author.get(url) for name in "AB"}
    sent = []
    for count, (name, step) in enumerate(steps):
        if step == "open again":
            windows[name] = author.get(url)
            continue
        sent.append(f"Window {name} wrote this {count}th.")
        answer = save(windows[name], {"body": sent[-1]}, status=None)
        if answer.status == 409 and step == "keep mine":
            answer = save(answer)
        windows[name] = answer if answer.status == 409 else author.get(url)
    number = int(url.split("/")[-2])
    kept = db.session.scalars(sa.select(Revision.text).where(Revision.page_id == number)).all()
    assert [words for words in sent if not any(words in text for text in kept)] == []


def test_every_save_is_a_revision_that_can_be_had_back(author: Browser):
    url = standing()
    save(author.get(url), {"body": "Rewritten."})
    listed = author.get(f"{url}revisions/")
    assert listed.h1 == "Revisions of Colophon"
    assert listed.texts("//ol//span[contains(@class, 'flag')]") == ["Saved", "Imported"]
    old = author.get(listed.all("//ol//a/@href")[1])
    answer = old.send("//form[contains(@action, '/restore')]")
    assert answer.response.location == url
    assert stored().body == BODY
    assert author.get(url).follow("Revisions").texts("//ol//span[contains(@class, 'flag')]")[0] == "Restored"


def test_a_save_that_came_too_late_is_finished_after_the_log_in(author: Browser):
    page = author.get(standing())
    db.session.query(AuthorSession).delete()
    db.session.commit()
    text = "첫 눈 — “Won‑suk”\r\n\r\n  50 % + more"
    log_in = save(page, {"body": text}, status=401)
    hidden = {each.get("name"): each.get("value") for each in log_in.all("//main//input[@type='hidden']")}
    answer = author.post("/studio/login", {**hidden, "name": NAME, "password": PASSWORD})
    assert answer.response.location.startswith(page.url)
    assert stored().body == text.replace("\r\n", "\n")


@pytest.mark.parametrize("verb", ["autosave", "preview", "slug", ""])
def test_signed_out_while_typing_nothing_leads_away_from_the_text(author: Browser, verb: str):
    page = author.get(standing())
    db.session.query(AuthorSession).delete()
    db.session.commit()
    answer = author.post(f"{page.url}{verb}", page.fields(FORM), status=401, headers=HTMX)
    assert "HX-Redirect" not in answer.response.headers
    assert answer.response.headers["HX-Retarget"] == "#save-state"


# Bad input


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "No Slug!"}, "An address has small letters"),
        ({"slug": "a" * 81}, "longer than 80"),
        ({"title": "x" * 301}, "longer than 300"),
        ({"title": " "}, "A page that readers see has a title."),
        ({"body": "\r\n "}, "A page that readers see has a text."),
        ({"body": "& " * 60_000}, "holds at most"),
        ({"version": ""}, "which version it began from"),
        ({"slug": "taken"}, "is the address of “Taken”"),
        ({"slug": "once-taken"}, "is the address of “Taken”"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_lost(author: Browser, changes: dict, said: str):
    taken = standing(slug="once-taken", title="Taken")
    save(author.get(taken), {"slug": "taken"})
    page = author.get(standing())
    refused = save(page, {"body": "Typed.", **changes}, status=422)
    assert said in refused.words
    assert said in refused.texts("//*[@id='errors']")[0] or "is the address of" in said
    kept = dict(refused.fields(FORM))
    assert kept["body"].replace("\r\n", "\n") == {"body": "Typed.", **changes}["body"].replace("\r\n", "\n")
    fragment = save(page, {"body": "Typed.", **changes}, status=422, headers=HTMX)
    assert fragment.response.headers["HX-Retarget"] == "#page-form"
    assert "Typed." not in Browser(author.app).get("/pages/colophon/").words


def test_a_page_without_title_or_text_is_not_published(author: Browser):
    page = begun(author)
    release = author.get(page.send(FORM, {"body": " "}, button="action=publish").response.location)
    assert release.texts("//ul[@class='findings']//li/span[2]") == ["Give it a title.", "Write its text."]
    assert release.all(f"{RELEASE}//button[@disabled]")
    assert "Write its text." in release.send(RELEASE, status=422).words
    assert stored().state == "draft"


def test_a_page_saved_meanwhile_is_looked_at_once_more_before_it_is_published(author: Browser):
    page = begun(author)
    release = author.get(
        page.send(FORM, {"title": "Boats", "body": "Afloat."}, button="action=publish").response.location
    )
    save(author.get(page.url), {"body": "Sunk."})
    assert "Look at it once more." in release.send(RELEASE, status=409).words
    assert stored().state == "draft"


@pytest.mark.parametrize("number", ["0", "99", "9223372036854775807", "9223372036854775808", "-1", "x"])
def test_there_is_no_such_page(author: Browser, number: str):
    author.get(f"{PAGES}{number}/", status=404)
    author.get(f"{PAGES}{number}/publish", status=404)


@pytest.mark.parametrize("number", ["0", "99", "9223372036854775807"])
def test_nothing_is_done_to_a_page_that_is_not_there(author: Browser, number: str):
    token = author.get(PAGES).all("//input[@name='csrf_token']/@value")[0]
    for verb in ("", "autosave", "autosave/discard", "preview", "slug", "publish", "withdraw", "discard", "take-up"):
        author.post(f"{PAGES}{number}/{verb}", {"csrf_token": token}, status=404)


@pytest.mark.parametrize("slug", ["colophon", "../about", "", "<b>"])
def test_only_what_is_built_in_is_begun_from_it(author: Browser, slug: str):
    token = author.get(PAGES).all("//input[@name='csrf_token']/@value")[0]
    author.post(PAGES, {"csrf_token": token, "slug": slug})
    assert (stored().slug, stored().body) == ("untitled", "")


# An address that every page links to


def test_about_does_not_leave_its_address_unasked(author: Browser):
    page = begun(author, "about")
    published(author, page)
    page = author.get(page.url)
    assert "The footer of every page links to /pages/about/." in page.words
    refused = save(page, {"slug": "who", "body": "Somebody."}, status=422)
    assert "Tick below to move it all the same." in refused.texts("//*[@id='slug-error']")[0]
    assert dict(refused.fields(FORM))["body"] == "Somebody."
    assert stored().slug == "about"
    save(refused, {"leaves": "y"})
    reader = Browser(author.app)
    assert reader.get("/pages/about/", status=301).response.location == "/pages/who/"
    assert "Somebody." in reader.get("/pages/who/").words


def test_about_that_moved_is_still_the_about_page(author: Browser):
    page = begun(author, "about")
    published(author, page)
    save(author.get(page.url), {"slug": "who", "leaves": "y"})
    assert "moved from /pages/about/" in rows(author)[0]
    assert len(rows(author)) == 2
    token = author.get(PAGES).all("//input[@name='csrf_token']/@value")[0]
    assert author.post(PAGES, {"csrf_token": token, "slug": "about"}).response.location == page.url
    assert locations(author) == ["http://localhost/pages/who/", "http://localhost/pages/privacy/"]
    pressed(author, page.url, "withdraw")
    reader = Browser(author.app)
    reader.get("/pages/who/", status=410)
    assert reader.get("/pages/about/").h1 == "About K-Blog"
    save(author.get(page.url), {"slug": "about"})
    assert db.session.scalars(sa.select(Redirect.path)).all() == ["/pages/who/"]


def test_an_emptied_address_of_about_stays(author: Browser):
    page = begun(author, "about")
    save(page, {"slug": "", "title": "Who"})
    assert stored().slug == "about"


def test_a_draft_says_that_readers_would_find_the_built_in_text(author: Browser):
    page = begun(author, "privacy")
    refused = save(page, {"slug": "secrets"}, status=422)
    assert "If the page moves, readers find the built-in text there." in refused.words
    save(refused, {"leaves": "y"})
    assert Browser(author.app).get("/pages/privacy/").h1 == "Privacy"
