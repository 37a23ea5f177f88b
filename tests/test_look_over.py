"""What is pointed out beside the form, before publishing and by `flask lint`; ignored for one review, or not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from kblog.db import db, now
from kblog.models import ContentVersion, IgnoredFinding, Redirect, Review, Setting
from kblog.models.site import Site
from kblog.studio import findings, marking, saving

from .browser import HTMX, Browser, Page
from .builders import PUBLISHED, stored
from .conftest import read

EDITOR = "//form[@id='review-form']"
PANEL = "//*[@id='looked-at']"
FACTS = [("Title", "Paper Boats"), ("Year", "2021"), ("Cast", "Seo Ha-jin"), ("Episodes", "16"), ("OTT", "Viki")]
BODY = "## Introduction\n\nCompare mortgage rates.\n\n## Overall Story\n\nIt rains.\n\nIn Episode 7 it pours.\nStill.\n"
FILLER = "“mortgage rates” is on your list of filler."


def editor(author: Browser, **given) -> Page:
    review = stored(**{"overview": FACTS, "body": BODY, **given})
    return author.get(f"/studio/reviews/{review.id}/")


def pointed_out(page: Page, xpath: str = PANEL) -> list[str]:
    """What stands in the list of findings, those set aside not among it."""
    return page.texts(f"{xpath}//ul[@class='findings'][not(ancestor::details)]/li/p[1]")


def typed(page: Page, url: str, /, **changes: str) -> Page:
    """Send what is typed as htmx does."""
    sent = [(name, changes.pop(name, value)) for name, value in page.fields(EDITOR)]
    fields = [*sent, *changes.items()]
    return page.browser.post(f"{page.url.partition('?')[0]}{url}", fields, status=200, headers=HTMX)


def key_of(page: Page, words: str) -> str:
    (button,) = [each for each in page.all("//button[@name='ignore']") if words in "".join(each.itertext())]
    return button.get("value")


def kept() -> list[str]:
    return read(sa.select(IgnoredFinding.words))


# Beside the form


def test_findings_stand_beside_the_form_by_level_and_lead_to_their_fields(author: Browser):
    page = editor(author)
    assert page.texts("//*[@id='findings']") == [f"{len(pointed_out(page))} things to look at"]
    assert page.texts(f"{PANEL}//h3")[0].startswith("To mend ")
    assert f"{FILLER} Introduction" in pointed_out(page)
    link = page.one(f"{PANEL}//a[contains(., 'mortgage rates')]")
    assert (link.get("href"), link.get("data-quote")) == ("#parts-0-text", "mortgage rates")
    assert f"To look at {len(pointed_out(page))}" in page.texts("//nav[@id='steps']//a")
    assert page.one(f"{PANEL}//a[contains(., 'Add the date you checked Viki')]").get("href") == "#availability"


def test_they_follow_what_is_typed_and_nothing_is_stored(author: Browser):
    page = editor(author)
    answer = typed(page, "preview", **{"parts-0-text": "It is currently raining."})
    assert "“currently raining.” has no date. Say when that was true. Introduction" in pointed_out(answer)
    assert not any(FILLER in each for each in pointed_out(answer))
    assert answer.all("//hx-partial[@hx-target='#looked-at']")
    assert read(sa.select(Review.body)) == [BODY]


def test_a_section_added_by_the_form_is_found_by_its_own_field(author: Browser):
    page = editor(author, body="")
    fields = {"parts-0-heading": "", "parts-0-text": "", "parts-1-heading": "Story", "parts-1-text": "Mortgage rates."}
    answer = typed(page, "preview", **fields)
    assert answer.one("//a[contains(., 'Mortgage rates')]").get("href") == "#parts-1-text"


def test_looking_at_a_review_costs_two_queries_when_nothing_else_changed(author: Browser, at_most):
    page = editor(author, body=BODY + "\n[a](/reviews/paper-boats/)\n")
    typed(page, "preview")
    with at_most(queries=9):
        typed(page, "preview")


# Ignored


@pytest.mark.parametrize("where", ["", "publish"])
def test_a_finding_is_ignored_and_looked_at_again_without_javascript(author: Browser, where: str):
    page = editor(author)
    form = EDITOR if not where else "//form[contains(@action, '/findings/ignore')]"
    page = author.get(f"{page.url}{where}")
    answer = page.send(form, button=f"ignore={key_of(page, FILLER)}")
    page = author.get(answer.response.location.partition("#")[0])
    assert not any(FILLER in each for each in pointed_out(page, "//main"))
    assert page.texts("//details[summary='1 ignored']//li/p[1]") == [f"Introduction: {FILLER}"]
    (key,) = read(sa.select(IgnoredFinding.key))
    answer = page.send(form, button=f"take-back={key}")
    page = author.get(answer.response.location.partition("#")[0])
    assert any(FILLER in each for each in pointed_out(page, "//main"))
    assert kept() == []


def test_it_stays_ignored_through_saves_and_new_text_and_is_found_elsewhere(author: Browser):
    page = editor(author)
    other = stored(slug="other", overview=FACTS, body=BODY)
    before = read(sa.select(ContentVersion.version)), read(sa.select(Review.version))
    answer = typed(page, "findings/ignore", ignore=key_of(page, FILLER))
    assert not any(FILLER in each for each in pointed_out(answer))
    assert answer.one("//*[@id='findings']").get("autofocus") is not None
    assert (read(sa.select(ContentVersion.version)), read(sa.select(Review.version))) == before
    page.send(EDITOR, {"parts-0-text": "New words. Mortgage rates!"}, button="action=save")
    assert "Mortgage rates!" in author.get(page.url).text
    assert not any("filler" in each for each in pointed_out(author.get(page.url)))
    assert any(FILLER in each for each in pointed_out(author.get(f"/studio/reviews/{other.id}/")))


def test_what_is_typed_is_kept_when_a_finding_is_ignored_without_javascript(author: Browser):
    page = editor(author)
    changes: dict[str, str | None] = {"parts-1-text": "It pours."}
    answer = page.send(EDITOR, changes, button=f"ignore={key_of(page, FILLER)}")
    assert "It pours." in author.get(answer.response.location.partition("#")[0]).text
    assert read(sa.select(Review.body)) == [BODY]


def test_an_error_cannot_be_ignored_nor_what_is_not_found(author: Browser):
    page = editor(author, body="")
    assert not [each for each in page.all("//li[@class='error']//button") if each.get("name") == "ignore"]
    with author.app.test_request_context():
        review = db.session.scalars(sa.select(Review)).one()
        (error,) = [
            each for each in findings.found(review, saving.document_of(review)).findings if each.level == "error"
        ]
        db.session.rollback()
    for key in (error.key, "nonsense", ""):
        typed(page, "findings/ignore", ignore=key)
        typed(page, "findings/take-back", **{"take-back": key})
    assert kept() == []


def test_who_is_not_logged_in_ignores_nothing(author: Browser):
    page = editor(author)
    stranger = Browser(author.app)
    for url in ("findings/ignore", "findings/take-back", "spoiler"):
        stranger.post(f"{page.url}{url}", {"ignore": key_of(page, FILLER)}, status=401)
        author.post(f"{page.url}{url}", {"ignore": key_of(page, FILLER)}, status=403)
    assert kept() == []


# Links and descriptions of other reviews


def test_a_link_leads_to_what_readers_can_see(author: Browser):
    stored(slug="live", overview=[("Title", "Live"), ("Cast", "Seo Ha-jin")])
    stored(slug="draft", overview=[("Title", "Draft"), ("Cast", "Only Drafted")], state="draft")
    moved = stored(slug="moved", overview=[("Title", "Moved")])
    db.session.add(Redirect(path="/2025/11/old.html", review_id=moved.id))
    db.session.add(Redirect(path="/reviews/before/", review_id=moved.id))
    db.session.commit()
    good = [
        "/", "/reviews/live/", "/reviews/live", "/reviews/live/comments", "/reviews/?q=x", "/reviews/before/",
        "/2025/11/old.html", "/people/seo-ha-jin/", "/pages/about/", "/archive/", "/search/label/Drama",
    ]  # fmt: skip
    bad = [
        "/reviews/draft/", "/reviews/nothing/", "/2025/11/other.html", "/people/only-drafted/", "/pages/nothing/",
        "/nothing", "/studio/", "/genres/nothing/",
    ]  # fmt: skip
    body = " ".join(f"[x]({address})" for address in (*good, *bad))
    page = editor(author, body=f"## Introduction\n\n{body}\n")
    said = [each for each in pointed_out(page) if "leads to nothing" in each]
    assert [each.split()[3] for each in said] == bad


def test_descriptions_of_other_live_reviews_are_known(author: Browser):
    for slug, state in (("one", ""), ("two", "draft")):
        stored(slug=slug, overview=[("Title", slug)], description="Dive into “this”, a slow film.", state=state)
    page = editor(author, description="Dive into “Paper Boats”, a drama.")
    (said,) = [each for each in pointed_out(page) if "opens like" in each]
    assert said == "The description opens like that of “one”: “Dive into “Paper Boats”, …”."


# The author's own list


def test_the_author_writes_another_list_of_filler(author: Browser):
    page = author.get("/studio/settings/")
    form = "//form[contains(@action, '/settings/writing')]"
    assert "mortgage rates" in dict(page.fields(form))["filler"]
    answer = page.send(form, {"filler": " hidden gem \r\n\r\nhidden gem\r\n"})
    assert "this list" in author.get(answer.response.location.partition("#")[0]).words
    assert read(sa.select(Setting.value).where(Setting.name == "filler")) == ["hidden gem"]
    page = editor(author, body="## Introduction\n\nA hidden gem of mortgage rates.\n")
    assert [each for each in pointed_out(page) if "filler" in each] == [
        "“hidden gem” is on your list of filler. Introduction"
    ]
    author.get("/studio/settings/").send(form, {"filler": ""})
    assert dict(author.get("/studio/settings/").fields(form))["filler"].split("\r\n") == Site().filler.split("\n")


def test_a_list_too_long_is_refused_and_kept_in_the_form(author: Browser):
    form = "//form[contains(@action, '/settings/writing')]"
    answer = author.get("/studio/settings/").send(form, {"filler": "x" * 20_001}, status=422)
    assert "Use at most 20000 characters." in answer.words


# A spoiler mark, proposed


def test_a_paragraph_that_names_an_episode_is_proposed_and_marked_when_chosen(author: Browser):
    page = editor(author, tells="6")
    (button,) = page.all("//button[@name='mark']")
    assert "A paragraph names an episode" in page.words
    answer = page.send(EDITOR, {"parts-0-text": "Typed."}, button=f"mark={button.get('value')}")
    opened = author.get(answer.response.location.partition("#")[0])
    fields = dict(opened.fields(EDITOR))
    assert fields["parts-1-text"].replace("\r\n", "\n") == (
        "It rains.\n\n::: spoiler episode 7\nIn Episode 7 it pours.\nStill.\n:::"
    )
    assert fields["parts-0-text"] == "Typed."
    assert not opened.all("//button[@name='mark']")
    assert read(sa.select(Review.body)) == [BODY]


def test_htmx_gets_the_section_with_the_mark_in_it(author: Browser):
    page = editor(author)
    answer = typed(page, "spoiler", mark=marking.key("In Episode 7 it pours. Still."))
    assert "::: spoiler episode 7\nIn Episode 7 it pours." in answer.text
    assert answer.one("//div[@class='part']").get("id") == "parts-1"


def test_a_paragraph_that_changed_meanwhile_is_not_marked(author: Browser):
    page = editor(author)
    answer = author.post(f"{page.url}spoiler", [*page.fields(EDITOR), ("mark", "gone")], status=409, headers=HTMX)
    assert "That paragraph has changed meanwhile." in answer.text


MARKED = {
    "a": None,
    "Episode 3.": "::: spoiler episode 3\nEpisode 3.\n:::",
    "a\n\nEpisodes 3-5.\n\nb": "a\n\n::: spoiler episode 5\nEpisodes 3-5.\n:::\n\nb",
    "Episode 3.\n- item": "::: spoiler episode 3\nEpisode 3.\n:::\n- item",
    "> Episode 3.": None,
    "::: spoiler\nEpisode 3.\n:::": None,
    "### Episode 3": None,
}


@pytest.mark.parametrize(("text", "after"), MARKED.items())
def test_a_mark_stands_around_its_paragraph_alone(text: str, after: str | None):
    keys = {marking.key(line) for line in text.splitlines()}
    assert next(filter(None, (marking.marked(text, key) for key in keys)), None) == after


# On the command line


def lint(author: Browser, *args: str):
    return author.app.test_cli_runner().invoke(args=["lint", *args])


def test_the_command_names_every_finding_of_every_review_and_marks_drafts(author: Browser):
    stored(overview=FACTS, body=BODY)
    stored(slug="draft", overview=[("Title", "Draft")], state="draft")
    stored(slug="later", overview=[("Title", "Later")], published_at=now() + timedelta(days=1))
    stored(slug="away", overview=[("Title", "Away")], state="draft").withdrawn_at = PUBLISHED
    db.session.commit()
    said = lint(author)
    assert said.exit_code == 0
    assert f"  note     Introduction: {FILLER}" in said.output
    heads = [line.split(":")[0] for line in said.output.splitlines() if line and line[0] != " "]
    assert heads == ["draft (draft)", "later (scheduled)", "paper-boats", "3 reviews looked at"]
    assert "paper-boats" in lint(author, "paper-boats").output
    assert "draft" not in lint(author, "paper-boats").output


def test_the_command_fails_where_a_public_review_has_an_error_and_for_an_unknown_slug(author: Browser):
    stored(slug="draft", overview=[], headline="", body="", state="draft")
    assert lint(author).exit_code == 0
    assert lint(author, "nothing").exit_code == 2
    assert "There is no review at 'nothing'." in lint(author, "nothing").output
    stored(slug="live", body="")
    assert lint(author).exit_code == 1
    assert "  error    body: Write the review before publishing it." in lint(author, "live").output
