"""The items of OWASP's ASVS 5.0 that a site like this has to hold, and the test that shows each of them.

What another file's tests show is named in SHOWN; what they leave open is shown here, by a test named after its item.
"""

import ast
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from kblog.auth import sessions
from kblog.db import db, now
from kblog.models import AuthorSession, Comment, Review, Setting

from . import builders
from .browser import HTMX, Browser, filled_in
from .commenting import filled, moderated
from .conftest import DATA, NAME, PASSWORD, logged_in, state

TESTS = Path(__file__).parent
ROOT = TESTS.parent
URL = "/reviews/paper-boats/comments"

# Item -> what it asks, and the tests that show it; where nothing is to be shown yet, why.
SHOWN: dict[str, tuple[str, ...]] = {
    # 1 Encoding and sanitising
    "1.1.1 input is decoded once": ("hold_asvs.test_v1_1_1_what_was_encoded_twice_stays_as_it_is",),
    "1.2.1 output is encoded for where it stands": (
        "hostile_comments.test_nothing_in_a_thread_runs",
        "hostile_comments.test_nothing_runs_in_a_preview_or_in_a_form_that_comes_back",
        "hostile_comments.test_nothing_runs_where_reviews_show_it",
        "hostile_comments.test_nothing_runs_where_a_search_shows_it",
        "hostile_comments.test_nothing_runs_on_a_page_of_an_error",
        "moderate.test_hostile_words_stay_words_everywhere",
        "edit_settings.test_markup_in_the_words_stays_words_everywhere",
        "feeds.test_any_words_stand_in_a_feed_as_they_were_typed",
    ),
    "1.2.2 addresses lead where they may": (
        "markup.test_a_link_leads_to_the_web_to_mail_or_to_this_site",
        "hostile_comments.test_naughty_addresses_of_a_thread_are_no_error",
    ),
    "1.2.3 data in a script block stays inside": ("share_review.test_no_title_breaks_out",),
    "1.2.4 no query is syntax": (
        "search_reviews.test_no_query_is_syntax",
        "search_reviews.test_any_text_at_all_is_a_query",
        "hold_asvs.test_v1_2_4_what_breaks_sql_finds_nothing_and_breaks_nothing",
    ),
    "1.2.9 what is marked in results is no pattern": (
        "show_results.test_hostile_words_are_shown_as_words",
        "mark_words.test_marks_change_no_letter_and_stand_where_the_words_are",
    ),
    "1.3.1 1.3.5 HTML is sanitised": (
        "markup.test_no_known_attack_gets_through",
        "markup.test_any_text_is_rendered_clean",
        "markup.test_a_choice_of_pictures_holds_none_but_ours",
        "sanitise_twice.test_what_one_lets_through_the_other_leaves_as_it_is",
    ),
    "1.3.4 SVG from outside": (
        "bring_pictures.test_a_broken_picture_is_named_and_the_others_come_in",
        "upload_media.test_what_is_no_picture_is_refused_in_a_sentence",
    ),
    "1.3.6 an import asks no other server": (
        "hold_asvs.test_v1_3_6_an_import_needs_no_network",
        "bring_pictures.test_nothing_but_the_public_internet_is_asked",
        "bring_pictures.test_each_redirect_is_judged",
        "bring_pictures.test_the_connection_goes_to_the_address_that_was_judged",
    ),
    "1.3.7 no template is made of what was typed": ("hold_asvs.test_v1_3_7_templates_are_files_alone",),
    "1.3.11 mail headers": (
        "mail_replies.test_nothing_that_is_typed_becomes_a_header",
        "mail_replies.test_what_is_no_address_is_said_beside_its_field_and_nothing_is_lost",
        "send_mail.test_any_words_arrive_as_they_were",
    ),
    "1.5.1 XML reaches nothing and does not blow up": (
        "read_blogger.test_nothing_hostile_or_foreign_is_taken_for_an_export",
        "hold_asvs.test_v1_5_1_an_xml_bomb_takes_neither_time_nor_memory",
    ),
    # 2 Rules of the site itself
    "2.2.1 2.2.2 limits are the server's": (
        "post_comment.test_what_is_amiss_stands_beside_its_field_and_nothing_is_lost",
        "post_comment.test_what_is_too_large_is_refused_before_it_is_read",
    ),
    "2.3.3 all of it or nothing": (
        "comments_under_load.test_a_server_that_is_killed_loses_nothing_it_acknowledged",
        "import_blogger.test_a_killed_import_goes_on_where_it_was",
    ),
    "2.4.1 nobody posts without end": (
        "post_comment.test_the_sixth_comment_of_a_minute_is_asked_to_wait_and_keeps_its_text",
        "post_comment.test_the_whole_site_takes_sixty_a_minute",
        "moderate.test_reports_are_limited_and_the_same_words_count_once",
    ),
    # 3 In the browser
    "3.2.1 pictures from outside": ("bring_pictures.test_a_picture_is_sent_for_good_and_as_nothing_else",),
    "3.3.1 3.3.2 3.3.3 3.3.4 cookies are bound": (
        "log_in.test_on_https_the_cookie_is_secure_and_bound_to_the_host",
        "log_in.test_the_cookie_is_for_this_host_alone_and_for_no_script",
        "post_comment.test_on_https_the_cookie_is_bound_to_the_host",
    ),
    "3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 the headers of every answer": (
        "protect_answers.test_every_answer_tells_the_browser_to_do_nothing_else",
        "protect_answers.test_a_sender_too_many_is_refused_under_the_same_headers",
        "protect_answers.test_observatory_would_give_a_hundred_and_thirty_and_more",
        "protect_in_chromium.test_no_page_breaks_its_own_policy",
    ),
    "3.5.1 nobody else's page sends a form": (
        "guard.test_a_form_is_taken_from_the_sites_own_pages_only",
        "guard.test_every_address_that_takes_something_refuses_what_another_site_sends",
        "guard.test_every_form_of_the_studio_asks_for_its_token_besides",
        "studio_door.test_a_form_without_the_token_is_refused",
        "protect_in_chromium.test_a_form_on_another_site_posts_nothing",
    ),
    "3.5.3 reading changes nothing": (
        "answers.test_a_get_cannot_write",
        "hold_asvs.test_v3_5_3_reading_every_page_changes_nothing",
    ),
    "3.7.2 no address leads off the site": (
        "studio_door.test_the_log_in_leads_nowhere_else",
        "old_addresses.test_no_old_address_leads_off_the_site",
        "fuzz_routes.test_no_request_is_an_error_of_ours",
    ),
    # 4 Requests
    "4.1.1 every answer says what it is": ("protect_answers.test_every_answer_tells_the_browser_to_do_nothing_else",),
    "4.1.3 a client is not believed about itself": (
        "log_in.test_where_somebody_comes_from_is_believed_of_a_trusted_proxy_only",
        "answers.test_a_strange_host_name_is_refused_on_a_plain_page",
        "hold_asvs.test_v4_1_3_what_a_client_says_of_itself_is_not_believed",
    ),
    "4.2.1 one request is one request": ("serve.test_a_request_is_not_smuggled_inside_another",),
    # 5 Files
    "5.2.1 a body that is too large": (
        "serve.test_a_body_that_is_too_large_is_refused_unread",
        "studio_door.test_a_form_may_be_as_large_as_four_megabytes",
        "import_in_studio.test_a_file_that_is_too_large_is_refused_unread",
        "import_in_studio.test_a_stranger_sends_no_file",
        "upload_media.test_more_than_two_hundred_megabytes_are_refused_unread",
        "upload_media.test_a_stranger_sends_no_picture",
    ),
    "5.2.2 a file is what it says": (
        "read_blogger.test_a_file_that_is_no_export_is_named",
        "import_in_studio.test_what_is_no_export_is_refused_in_a_sentence_and_nothing_stays",
        "bring_pictures.test_what_stands_behind_or_beside_a_picture_stays_behind",
        "bring_pictures.test_what_breaks_off_is_refused_and_what_is_something_else_too_is_a_picture_alone",
        "upload_media.test_ten_polyglots_lose_their_tail_or_are_refused",
        "bring_pictures.test_a_large_photograph_is_read_smaller_and_what_is_larger_is_refused",
    ),
    "5.2.3 zip files": (
        "read_blogger.test_a_zip_that_unpacks_out_of_proportion_is_refused",
        "read_blogger.test_a_zip_with_too_many_files_is_refused",
        "break_import.test_a_zip_that_lies_about_its_size_is_read_no_further",
    ),
    "5.3.1 what was uploaded is never run": ("import_in_studio.test_what_was_sent_in_is_at_no_address",),
    "5.3.2 names of files": ("read_blogger.test_a_zip_with_an_unsafe_name_is_refused",),
    "5.4.1 5.4.2 what is downloaded has a name of ours": (
        "moderate.test_one_writers_comments_are_listed_downloaded_and_erased",
    ),
    # 6 Log-in
    "6.2.1 6.2.5 6.2.8 6.2.9 passwords": (
        "passwords.test_a_weak_password_is_refused_with_the_reason",
        "passwords.test_any_characters_make_a_password",
        "passwords.test_every_character_counts_as_it_was_typed",
    ),
    "6.2.4 no password that everybody tries": ("passwords.test_no_password_that_everybody_tries_will_do",),
    "6.3.1 tries are limited": (
        "log_in.test_the_sixth_try_in_a_minute_waits_even_with_the_right_password",
        "log_in.test_twenty_tries_an_hour_are_all_from_however_many_networks",
        "log_in.test_an_attacker_cannot_lock_the_authors_own_browser_out",
    ),
    "6.3.2 there is no account before somebody makes one": (
        "studio_door.test_without_an_author_the_studio_says_how_to_make_one",
        "set_up.test_without_the_link_nobody_sets_anything_up",
    ),
    "6.3.3 a second step": ("log_in.test_with_the_second_step_on_the_password_alone_opens_nothing",),
    "6.5.1 6.5.5 a code is good once, and for a minute and a half": (
        "log_in.test_no_code_is_good_twice_nor_is_an_older_one_after_it",
        "log_in.test_a_clock_may_be_a_step_off",
    ),
    # 7 Sessions
    "7.2.3 7.2.4 a session is a new secret": (
        "log_in.test_each_log_in_begins_a_new_session_and_ends_the_one_before",
        "log_in.test_the_database_holds_the_tokens_hash_and_nothing_that_opens_the_studio",
        "hold_asvs.test_v7_2_3_a_sessions_token_cannot_be_guessed",
    ),
    "7.3.1 7.3.2 a session ends": ("log_in.test_a_session_that_is_over_opens_nothing",),
    "7.4.1 signing out ends it for every copy": ("log_in.test_signing_out_makes_a_copied_cookie_worthless",),
    "7.4.3 7.5.2 other sessions are listed and ended": (
        "account.test_every_open_session_is_listed_and_this_one_is_marked",
        "account.test_all_other_sessions_are_ended_at_once",
        "account.test_another_password_ends_every_other_session",
    ),
    # 8 Who may what
    "8.2.1 8.2.2 the studio and what is not public": (
        "studio_door.test_a_stranger_is_refused_at_every_address",
        "hide_spoilers.test_nothing_hidden_is_at_any_public_address",
        "hide_pictures.test_a_picture_is_public_exactly_while_a_live_text_shows_it",
        "hide_pictures.test_the_link_to_a_preview_shows_its_pictures_and_no_others",
        "publish_review.test_what_is_not_public_is_nowhere_for_readers",
    ),
    # 11 Cryptography
    "11.4.2 passwords are hashed slowly": ("passwords.test_a_hash_costs_what_was_decided",),
    "11.5.1 chance is the system's": ("hold_asvs.test_v11_5_1_secrets_come_from_the_system",),
    # 13 Configuration
    "13.4.1 13.4.2 13.4.3 nothing lies about": ("hold_asvs.test_v13_4_1_nothing_is_served_but_the_site",),
    # 14 Data
    "14.2.1 no address holds a lasting key": (
        "publish_review.test_a_link_opens_one_draft_only_and_ends",
        "set_up.test_the_link_lasts_a_day",
        "hold_asvs.test_v14_2_1_no_link_of_the_studio_holds_a_key",
    ),
    "14.3.2 nobody keeps what is the author's": (
        "studio_door.test_no_answer_is_kept_anywhere_not_even_that_there_is_nothing",
        "post_comment.test_the_form_is_a_page_and_a_fragment_that_nobody_keeps",
    ),
    # 15 Code
    "15.3.3 what a form does not have is not taken": ("post_comment.test_what_the_form_does_not_have_is_not_taken",),
    "15.3.4 where somebody comes from": ("log_in.test_where_somebody_comes_from_is_believed_of_a_trusted_proxy_only",),
    "15.3.7 of a name given twice": (
        "post_comment.test_of_a_field_sent_twice_the_first_counts",
        "log_in.test_a_field_given_twice_is_no_way_in",
    ),
    # 16 Log and errors
    "16.2.5 16.3.1 16.4.1 the log": (
        "log_in.test_the_log_tells_who_came_from_which_network_and_how_it_ended",
        "write_log.test_an_event_is_one_line_of_json_whatever_it_says",
        "write_log.test_an_error_of_the_database_tells_no_ones_words",
        "write_log.test_the_key_in_an_address_is_not_told",
    ),
    "16.5.1 16.5.3 errors say nothing and open nothing": (
        "answers.test_without_its_tables_the_site_says_so_plainly",
        "write_log.test_what_breaks_is_found_by_the_number_on_its_page",
        "hold_asvs.test_v16_5_3_where_the_door_cannot_look_it_stays_shut",
    ),
}
# The numbers of the list this project works from (56 entries of which some name several items).
ITEMS = {
    "1.1.1", "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.9", "1.3.1", "1.3.5", "1.3.4", "1.3.6", "1.3.7", "1.3.11",
    "1.5.1", "2.2.1", "2.2.2", "2.3.3", "2.4.1", "3.2.1", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.4.1", "3.4.2",
    "3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.5.1", "3.5.3", "3.7.2", "4.1.1", "4.1.3", "4.2.1", "5.2.1", "5.2.2",
    "5.2.3", "5.3.1", "5.3.2", "5.4.1", "5.4.2", "6.2.1", "6.2.5", "6.2.8", "6.2.9", "6.2.4", "6.3.1", "6.3.2",
    "6.3.3", "6.5.1", "6.5.5", "7.2.3", "7.2.4", "7.3.1", "7.3.2", "7.4.1", "7.4.3", "7.5.2", "8.2.1", "8.2.2",
    "11.4.2", "11.5.1", "13.4.1", "13.4.2", "13.4.3", "14.2.1", "14.3.2", "15.3.3", "15.3.4", "15.3.7", "16.2.5",
    "16.3.1", "16.4.1", "16.5.1", "16.5.3",
}  # fmt: skip
NOT_YET = {"nothing to test yet: no mail": "smtplib"}


# The table


@lru_cache
def names_in(name: str) -> set[str]:
    """Return the names of the tests that a file has."""
    tree = ast.parse((TESTS / f"test_{name}.py").read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


@pytest.mark.parametrize("item", SHOWN)
def test_each_item_is_shown_by_tests_that_exist(item: str):
    for shown in SHOWN[item]:
        if shown in NOT_YET:
            code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kblog").rglob("*.py"))
            assert NOT_YET[shown] not in code, f"{item}: there is something to test by now"
            continue
        file, _, name = shown.partition(".")
        assert name in names_in(file), f"{item}: {shown} is gone"


def test_no_item_is_left_out():
    numbers = [number for item in SHOWN for number in re.findall(r"(?<![\w.])\d+\.\d+\.\d+", item)]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == ITEMS


# What no other test shows


@pytest.mark.parametrize("words", ["%3Cscript%3E", "%253Cb%253E", "&amp;lt;b", "u003cb", "%00", "+"])
def test_v1_1_1_what_was_encoded_twice_stays_as_it_is(app: Flask, words: str):
    in_markdown = words.replace("&", "\\&")  # which knows entities itself
    builders.stored(headline=f"Boats {words}", overview=(("Title", f"Boats {words}"),), body=f"A {in_markdown} b.")
    reader = Browser(moderated(app, "none"))
    page = reader.post(URL, filled(reader, name=f"Mina {words}", body=f"I {in_markdown}."))
    assert page.response.status_code == 303
    page = reader.get("/reviews/paper-boats/")
    assert f"Boats {words}" in page.h1
    assert any(f"A {words} b." in said for said in page.texts("//article//p"))
    assert any(f"Mina {words}" in said for said in page.texts("//*[contains(@class, 'comment-head')]"))
    page = reader.get(f"/reviews/?q={quote(words)}+x")
    assert {each.strip() for each in page.all("//main//input[@name='q']/@value")} == {f"{words} x"}


SQL = [
    "' OR '1'='1", "1; DROP TABLE review", "' UNION SELECT password_hash FROM author --", "%", "_", "') OR 1=1 --", '"',
    "1 AND sleep(5)", "*", "NEAR(a b)", "a OR b", "headline:boat", "^boat", "{boat}", "-boat", "\x00", "boat'||'s",
]  # fmt: skip
ARGUMENTS = (
    "q",
    "genre",
    "platform",
    "person",
    "hashtag",
    "year",
    "region",
    "verdict",
    "length",
    "kind",
    "sort",
    "page",
)


def test_v1_2_4_what_breaks_sql_finds_nothing_and_breaks_nothing(app: Flask):
    for number in range(3):
        builders.stored(slug=f"kite-{number}", headline=f"Kite {number}", body="It flies.", overview=())
    reader = Browser(app)
    everything = reader.get("/reviews/").texts("//article//h3")
    assert len(everything) == 3
    for words in SQL:
        for name in ARGUMENTS:
            found = reader.get(f"/reviews/?{name}={quote(words)}").texts("//article//h3")
            assert found == (everything if name in ("sort", "page") else []), (name, words)


@pytest.mark.needs_root
def test_v1_3_6_an_import_needs_no_network(app: Flask, tmp_path: Path):
    """The same report with all networks taken away, loopback too."""
    export = str(TESTS / "exports" / "Takeout")
    command = ["unshare", "-n", sys.executable, "-m", "flask", "--app", "app", "transfer", "import", export]
    environ = {"KBLOG_INSTANCE": str(tmp_path / "cut off"), "PATH": "/usr/bin:/bin"}
    cut_off = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    said = app.test_cli_runner().invoke(args=["transfer", "import", export])
    assert cut_off.stdout == said.stdout
    assert "reviews" in said.stdout


def test_v1_3_7_templates_are_files_alone(app: Flask):
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "kblog").rglob("*.py")]
    assert not [text for text in code if re.search(r"render_template_string|from_string\(|Template\(", text)]
    builders.stored(
        headline="Boats {{ 7*191 }}", overview=(("Title", "{% raise %}"),), body="{{ config }} ${700+71} #{700+71}"
    )
    page = Browser(app).get("/reviews/paper-boats/")
    for words in ("{{ 7*191 }}", "{% raise %}", "{{ config }} ${700+71} #{700+71}"):
        assert words in page.words
    assert not re.search(r"\b(?:1337|771)\b", page.words)


READS = """
import pathlib, resource, sys
from kblog import transfer
from kblog.transfer.records import NotAnExport
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))  # seconds, for all of them on a busy machine
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in map(pathlib.Path, sys.argv[1:]):
    try:
        list(transfer.FORMATS[transfer.detect(path)].read(path))
        print(path.name)
    except NotAnExport as error:
        assert str(error).endswith("."), error
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def bomb(levels: int) -> str:
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE feed [<!ENTITY a0 "ha">{names}]><feed xmlns="http://www.w3.org/2005/Atom">&a{levels - 1};</feed>'


def test_v1_5_1_an_xml_bomb_takes_neither_time_nor_memory(tmp_path: Path):
    late = f"<?xml version='1.0'?>{' ' * 200_000}{bomb(12)}"
    outside = bomb(2).replace('"ha"', f'SYSTEM "file://{tmp_path}/secret.txt"')
    deep = f"<feed xmlns='http://www.w3.org/2005/Atom'>{'<entry>' * 10_000}"
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    written = {"bomb.xml": bomb(12), "late.xml": late, "outside.xml": outside, "deep.xml": deep}
    for name, text in written.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / name) for name in written]
    files += map(str, sorted((DATA / "xmlbombs").glob("*.xml")))  # where they are
    run = subprocess.run([sys.executable, "-c", READS, *files], cwd=ROOT, capture_output=True, text=True, check=True)
    *read, grown = run.stdout.split("\n")[:-1]
    assert read == ["deep.xml"], "it is damaged, entry by entry; none of the others is an export"
    assert int(grown) < 64, "megabytes"


def test_v3_5_3_reading_every_page_changes_nothing(sample_app: Flask):
    author = logged_in(sample_app)
    author.is_strict = False
    review, comment = (
        db.session.scalars(sa.select(Review.id)).first(),
        db.session.scalars(sa.select(Comment.id)).first(),
    )
    db.session.rollback()
    before = state()
    for rule in sample_app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            number = str(comment if "comment" in rule.rule else review)
            for url in {filled_in(rule.rule), filled_in(rule.rule).replace("/7/", f"/{number}/")}:
                for method, headers in (("GET", {}), ("GET", HTMX), ("HEAD", {})):
                    author.ask(f"{url}?action=delete&id={number}&_method=POST", method, headers=headers).close()
    assert state() == before


def test_v4_1_3_what_a_client_says_of_itself_is_not_believed(sample_app: Flask):
    """Without a trusted proxy: no host, no scheme, no address and no other path of its own naming."""
    reader = Browser(sample_app)
    claims = {
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Prefix": "/evil", "X-Forwarded-Port": "444", "Forwarded": "host=evil.example;proto=https",
        "X-Original-URL": "/studio/", "X-Rewrite-URL": "/studio/", "X-HTTP-Method-Override": "DELETE",
    }  # fmt: skip
    for url in ("/", "/reviews", "/sitemap.xml", "/feeds/reviews.atom", "/?m=1"):
        with reader.ask(url, headers=claims) as claimed, reader.ask(url) as plain:
            assert claimed.status_code == plain.status_code
            assert claimed.data == plain.data, url
            assert list(claimed.headers) == list(plain.headers), url


def test_v7_2_3_a_sessions_token_cannot_be_guessed(app: Flask):
    for _ in range(5):
        logged_in(app)
    tokens = [sessions.open_session(db.session(), now(), network="", user_agent="") for _ in range(200)]
    assert len(set(tokens)) == 200
    assert all(len(each) == 43 for each in tokens), "256 bits"
    db.session.rollback()
    kept = db.session.scalars(sa.select(AuthorSession.token_hash)).all()
    db.session.rollback()
    assert len(set(kept)) == len(kept) == 5


def test_v11_5_1_secrets_come_from_the_system():
    for path in (ROOT / "kblog").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(?:import|from) random\b|uuid[13]\(|time\(\)\.hex", text, re.MULTILINE), path
        assert not re.search(r"hashlib\.(?:md5|sha1)\(", text), path


NOWHERE = [
    "/.git/config", "/.git/HEAD", "/.env", "/.venv/pyvenv.cfg", "/kblog.db", "/instance/kblog.db",
    "/instance/secret_key", "/static", "/static/", "/static/..", "/static/../app.py", "/static/..%2fapp.py",
    "/static/%2e%2e/app.py", "/static/..%5capp.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd",
    "/static/kblog.css/", "/static/kblog.css%00.js", "/static/vendor", "/static/.gitignore", "/reviews/../app.py",
    "/console", "/?__debugger__=yes&cmd=resource&f=style.css", "/app.py", "/pyproject.toml", "/templates/base.html",
    "/admin", "/server-status", "/metrics", "/debug",
]  # fmt: skip


def test_v13_4_1_nothing_is_served_but_the_site(samples: Browser):
    front = samples.ask("/").data
    for url in NOWHERE:
        with samples.ask(url) as answer:
            if url.startswith("/?"):
                assert answer.data == front
                continue
            assert answer.status_code in (404, 308), url
            if answer.status_code == 308:
                assert samples.ask(answer.location).status_code == 404, url
            for telling in (b"create_app", b"repositoryformat", b"root:x:", b"SQLite format", b"Index of"):
                assert telling not in answer.data, url
    for method in ("TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND"):
        assert samples.ask("/", method).status_code == 405
    assert samples.app.debug is False


def test_v14_2_1_no_link_of_the_studio_holds_a_key(sample_app: Flask):
    """Neither the session nor the form's token is in an address, where logs and histories keep it."""
    author = logged_in(sample_app)
    own = {cookie.value for cookie in author.client._cookies.values()}  # type: ignore[attr-defined]
    page = author.get("/studio/")
    own |= set(page.all("//input[@name='csrf_token']/@value"))
    assert len(own) == 3
    for url in ("/studio/", "/studio/reviews/", "/studio/account/", "/studio/settings/", "/studio/comments/"):
        page = author.get(url)
        for address in page.all("//@href | //@action | //@src | //@hx-get | //@hx-post | //@formaction"):
            assert "csrf" not in address
            assert not any(secret in address for secret in own), address
        forms = page.all("//form[.//input[@name='csrf_token']]")
        assert all(form.get("method") == "post" for form in forms), "a token goes in a body alone"


def test_v16_5_3_where_the_door_cannot_look_it_stays_shut(app: Flask):
    """A database that does not answer lets nobody in, and takes nothing."""
    author = logged_in(app)
    own = dict(author.get("/studio/").fields("//header//form"))
    db.session.remove()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE author_session RENAME TO author_session_gone")
    for url in ("/studio/", "/studio/settings/", "/studio/account/"):
        answer = author.ask(url)
        assert (answer.status_code, "Something broke on our side." in answer.text) == (500, True)
        assert NAME not in answer.text
    sent = {**own, "name": "Taken over"}
    assert (
        author.ask("/studio/settings/site", "POST", data=sent, headers={"Origin": "http://localhost"}).status_code
        == 500
    )
    db.session.rollback()
    assert db.session.get(Setting, "name") is None
    stranger = {"name": NAME, "password": PASSWORD}
    assert author.ask("/studio/login", "POST", data=stranger, headers={"Origin": "http://localhost"}).status_code == 500
