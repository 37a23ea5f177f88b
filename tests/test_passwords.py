"""What a password must be, and how it is kept."""

import threading
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa
from flask import Flask
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from kblog import create_app
from kblog.auth import author as authors
from kblog.auth import passwords
from kblog.auth.passwords import Cost, hashed, is_outdated, is_right, weakness
from kblog.config import Config
from kblog.db import db, now
from kblog.models import Author

from .browser import Browser
from .conftest import CHEAP, NAME, PASSWORD, read

EASY = Cost(kib=8, passes=1)


# It works


def test_a_hash_costs_what_was_decided(tmp_path: Path):
    app = create_app(Config(instance=tmp_path))
    made = argon2.extract_parameters(hashed(PASSWORD, app.config["PASSWORD_COST"]))
    assert made.type is argon2.Type.ID
    assert (made.memory_cost, made.time_cost, made.parallelism) == (64 * 1024, 3, 1)
    assert (made.hash_len, made.salt_len) == (32, 16)


def test_a_password_is_known_again_and_no_other_is():
    stored = hashed(PASSWORD, EASY)
    assert PASSWORD not in stored
    assert is_right(PASSWORD, stored)
    for other in (PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1], ""):
        assert not is_right(other, stored)


def test_one_password_has_another_hash_each_time():
    assert hashed(PASSWORD, EASY) != hashed(PASSWORD, EASY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a" * 199 + "b", "a" * 199 + "c"),  # nothing is cut off
        ("킬" * 999 + "링", "킬" * 999 + "령"),
        ("étoile filante sur la mer", "e\u0301toile filante sur la mer"),  # nothing is folded
        ("ｆｕｌｌ ｗｉｄｔｈ letters", "full width letters"),
        ("nul\0and what follows it", "nul\0and what follows here"),
    ],
)
def test_every_character_counts_as_it_was_typed(one: str, other: str):
    assert is_right(one, hashed(one, EASY))
    assert not is_right(other, hashed(one, EASY))


@pytest.mark.parametrize(
    "fine",
    [PASSWORD, "비 오는 날 정류장에 두고 온 우산", "🦊🏮⛵🧭🪵🍊🐚🎏🪁🧣🕯️🥢🌾🪷🧊", "x9$Kd;2vL!pQz7(w",
     "a" * 72 + "unhorsed staple correct battery", "  spaces  count  like  letters  ",
     "correct staple unhorsed battery " * 31,
     "Harin walks to the ferry"],
)  # fmt: skip
def test_any_characters_make_a_password(fine: str):
    assert weakness(fine) == ""


# Bad input


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Use at least 15 characters; this has 0."),
        ("fourteen chars", "Use at least 15 characters; this has 14."),
        ("x" * 1001, "Use at most 1,000 characters; this has 1,001."),
        (
            "aaaaaaaaaaaaaaaaaaaa",
            'That is easy to guess: repeats like "aaa" are easy to guess. Add another word or two.',
        ),
        ("qwertyuiopasdfghjkl", "That is easy to guess"),
        ("passwordpassword1", "That is easy to guess"),
        ("abcdefghijklmnopqrstuvwxyz", "That is easy to guess"),
        ("a" * 1000, "That is easy to guess"),
        ("bae harin bae harin 1", "That is little more than your name."),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, sentence: str):
    assert weakness(password, ["Bae Harin"]).startswith(sentence)


def test_no_password_that_everybody_tries_will_do():
    common = [word for words in FREQUENCY_LISTS.values() for word in words if len(word) >= passwords.SHORTEST]
    assert len(common) > 10
    assert [word for word in common if not weakness(word)] == []


@pytest.mark.parametrize(
    "stored", ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$$"]
)
def test_what_is_no_hash_fits_no_password(stored: str):
    assert not is_right("", stored)
    assert not is_right(PASSWORD, stored)


# Cost


def test_a_hash_of_another_cost_is_made_anew_at_the_log_in(app: Flask, reader: Browser):
    old = hashed(PASSWORD, Cost(kib=16, passes=1))
    authors.create(db.session(), name=NAME, password_hash=old, moment=now())
    db.session.commit()
    reader.post("/studio/login", {"name": NAME, "password": PASSWORD})
    (new,) = read(sa.select(Author.password_hash))
    assert is_outdated(old, CHEAP)
    assert not is_outdated(new, CHEAP)
    assert is_right(PASSWORD, new)


def test_no_more_than_two_hashes_are_made_at_once():
    done = threading.Event()
    thread = threading.Thread(target=lambda: (hashed(PASSWORD, EASY), done.set()))
    with passwords._in_flight, passwords._in_flight:
        thread.start()
        assert not done.wait(0.2)
    assert done.wait(10)
    thread.join()
