"""What the environment may say, and what happens when it says nonsense."""

import os
import pathlib
import stat
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from kblog import create_app
from kblog.config import Config, Refused, read, secret_key
from kblog.db import db
from kblog.models import Setting, site
from kblog.sharing import Bucket, Shared

from .browser import Browser
from .builders import stored

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUCKET = {"KBLOG_MEDIA": "s3://boats/site/?endpoint=http://127.0.0.1:9000"}
BUCKET |= {"AWS_ACCESS_KEY_ID": "a key", "AWS_SECRET_ACCESS_KEY": "hunter2"}
OUTSIDE = {"HOST": "0.0.0.0", "KBLOG_BASE_URL": "https://blog.example.org"}


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(Refused) as stopped:
        read(environ)
    return str(stopped.value)


BAD_VALUES = [
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "eighty"),
    ("PORT", "-1"),
    ("PORT", "80.0"),
    ("PORT", "٨٠"),
    ("PORT", "9" * 5000),
    ("KBLOG_INSTANCE", __file__),
    ("KBLOG_DATABASE_URL", "postgresql://localhost/kblog"),
    ("KBLOG_DATABASE_URL", "kblog.db"),
    ("KBLOG_DATABASE_URL", "sqlite://"),
    ("KBLOG_DATABASE_URL", "sqlite:///"),
    ("KBLOG_DATABASE_URL", "sqlite:///:memory:"),
    ("KBLOG_BASE_URL", "blog.example.org"),
    ("KBLOG_BASE_URL", "ftp://blog.example.org"),
    ("KBLOG_BASE_URL", "https://"),
    ("KBLOG_BASE_URL", "https://blog.example.org/reviews"),
    ("KBLOG_BASE_URL", "https://blog.example.org/?q=1"),
    ("KBLOG_BASE_URL", "https://blog.example.org/#top"),
    ("KBLOG_BASE_URL", "https://blog.example.org:99999"),
    ("KBLOG_BASE_URL", "https://author:password@blog.example.org"),
    ("KBLOG_BASE_URL", "https://blog example.org"),
    ("KBLOG_BASE_URL", "https://[::1"),
    ("KBLOG_SECRET_KEY", "short"),
    ("KBLOG_TRUSTED_HOSTS", "https://blog.example.org"),
    ("KBLOG_TRUSTED_HOSTS", "one.example two.example"),
    ("KBLOG_TRUSTED_PROXIES", "many"),
    ("KBLOG_TRUSTED_PROXIES", "-1"),
    ("KBLOG_MODERATION", "some"),
    ("KBLOG_MODERATION", "FIRST"),
    ("KBLOG_DEMO", "yes"),
    ("KBLOG_DEMO", "2"),
    ("KBLOG_WORKERS", "0"),
    ("KBLOG_WORKERS", "65"),
    ("KBLOG_THREADS", "1.5"),
    ("KBLOG_GUARD", "1"),
    ("KBLOG_KEEP_FREE", "50 MB"),
    ("KBLOG_MEDIA", __file__),
    ("KBLOG_MEDIA", "/no/such/folder"),
    ("KBLOG_MEDIA", "https://store.example.org/bucket"),
    ("KBLOG_MEDIA", "s3://"),
    ("KBLOG_MEDIA", "s3://Bucket?region=eu-central-1"),
    ("KBLOG_MEDIA", "s3://bucket"),
    ("KBLOG_MEDIA", "s3://bucket?region=Frankfurt am Main"),
    ("KBLOG_MEDIA", "s3://bucket/../other?region=eu-central-1"),
    ("KBLOG_MEDIA", "s3://bucket/.hidden?region=eu-central-1"),
    ("KBLOG_MEDIA", "s3://bucket?endpoint=store.example.org"),
    ("KBLOG_MEDIA", "s3://bucket?endpoint=https://me@store.example.org"),
    ("KBLOG_MEDIA", "s3://bucket?endpoint=https://store.example.org/path"),
    ("KBLOG_MEDIA", "s3://bucket?endpoint=https://store.example.org:x"),
    ("KBLOG_MEDIA", "s3://bucket?region=eu-central-1&region=eu-west-1"),
    ("KBLOG_MEDIA", "s3://bucket?region=eu-central-1&secret=x"),
    ("KBLOG_MEDIA", "s3://bucket?region=eu-central-1#media"),
    ("KBLOG_MEDIA", "s3://bucket?region=eu-central-1"),
    ("KBLOG_MAIL_URL", "mail.example.org:587"),
    ("KBLOG_MAIL_URL", "smtp://"),
    ("KBLOG_MAIL_URL", "smtp://["),
    ("KBLOG_MAIL_URL", "smtp://mail.example.org:x"),
    ("KBLOG_MAIL_URL", "smtp://mail.example.org:0"),
    ("KBLOG_MAIL_URL", "smtp://mail.example.org/box"),
    ("KBLOG_MAIL_URL", "smtp://me@mail.example.org"),
    ("KBLOG_MAIL_URL", "smtp://me:pass%0d%0aword@mail.example.org"),
    ("KBLOG_MAIL_URL", "smtp://me:password@mail.example.org?tls=off"),
    ("KBLOG_MAIL_URL", "smtp://mail.example.org?tls=yes"),
    ("KBLOG_MAIL_URL", "smtps://mail.example.org?tls=starttls"),
    ("KBLOG_MAIL_URL", "smtp://mail.example.org?from=nobody"),
    ("KBLOG_MAIL_URL", "smtp://mail.example.org?to=all@example.org"),
]


@pytest.mark.parametrize(("name", "value"), BAD_VALUES, ids=lambda text: text[:24])
def test_a_value_that_means_nothing_stops_the_start_with_one_line_naming_it(name: str, value: str):
    message = refusal({name: value})
    assert name in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("name", ["KBLOG_DEMOO", "KBLOG_", "KBLOG_demo", "KBLOG_PORT", "KBLOG_X" + "Y" * 5000])
def test_an_unknown_name_stops_the_start_even_when_it_is_empty(name: str):
    for value in ("", "1"):
        message = refusal({name: value})
        assert name in message
        assert len(message.splitlines()) == 1


def test_a_slip_of_the_finger_is_answered_with_the_name_that_was_meant():
    assert "Did you mean KBLOG_BASE_URL?" in refusal({"KBLOG_BASEURL": "https://blog.example.org"})


@pytest.mark.parametrize("name", ["kblog_demo", "XKBLOG_DEMO", "KBLOGDEMO", "PATH"])
def test_names_that_are_not_ours_are_left_alone(name: str):
    assert read({name: "whatever"}) == read({})


@pytest.mark.parametrize("name", ["KBLOG_CHROMIUM", "KBLOG_NO_NODE"])
def test_names_for_the_tests_and_set_up_are_known(name: str):
    assert read({name: "/usr/bin/chromium"}) == read({})


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("KBLOG_SECRET_KEY", "hunter2-hunter2"),
        ("KBLOG_MEDIA", "s3://key:hunter2@bucket/media"),
        ("KBLOG_MEDIA", "s3://bucket?region=eu-central-1&secret=hunter2"),
        ("KBLOG_MAIL_URL", "imap://me:hunter2-hunter2@host"),
        ("KBLOG_MAIL_URL", "smtp://me:hunter2/hunter2@host"),
    ],
)
def test_a_refused_secret_is_not_printed(name: str, secret: str):
    assert "hunter2" not in refusal({name: secret})


def test_secrets_are_left_out_when_the_settings_are_printed():
    own = {"KBLOG_SECRET_KEY": "hunter2" * 8, "KBLOG_MAIL_URL": "smtp://me:hunter2@mail.example.org:587"}
    assert "hunter2" not in repr(read(own | BUCKET))


def test_a_bucket_comes_with_its_key_and_a_shared_folder_without_one(tmp_path: pathlib.Path):
    place = read(BUCKET).media
    assert isinstance(place, Bucket)
    assert (place.address, place.endpoint, place.region) == ("s3://boats/site", "http://127.0.0.1:9000", "us-east-1")
    assert (place.key, place.secret) == ("a key", "hunter2")
    assert read({"KBLOG_MEDIA": str(tmp_path)}).media == Shared(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert name in refusal(BUCKET | {name: ""})


GOOD_VALUES = [
    ("KBLOG_KEEP_FREE", "200", "keep_free", 200),
    ("PORT", "65535", "port", 65535),
    ("HOST", "::1", "host", "::1"),
    ("KBLOG_DATABASE_URL", "sqlite:////var/lib/kblog.db", "database_url", "sqlite:////var/lib/kblog.db"),
    ("KBLOG_BASE_URL", "https://blog.example.org/", "base_url", "https://blog.example.org"),
    ("KBLOG_BASE_URL", "http://[::1]:8000", "base_url", "http://[::1]:8000"),
    ("KBLOG_TRUSTED_HOSTS", " one.example, two.example,", "trusted_hosts", ("one.example", "two.example")),
    ("KBLOG_TRUSTED_PROXIES", "1", "trusted_proxies", 1),
    ("KBLOG_MODERATION", "all", "moderation", "all"),
    ("KBLOG_DEMO", "0", "demo", False),
    ("KBLOG_WORKERS", "3", "workers", 3),
    ("KBLOG_THREADS", "64", "threads", 64),
    ("KBLOG_GUARD", "off", "guard", False),
    ("KBLOG_MAIL_URL", "smtps://mail.example.org:465", "mail_url", "smtps://mail.example.org:465"),
]


@pytest.mark.parametrize(("name", "value", "attribute", "expected"), GOOD_VALUES)
def test_a_setting_means_what_the_readme_says(name: str, value: str, attribute: str, expected: object):
    assert getattr(read({name: value}), attribute) == expected


def test_an_empty_value_is_no_value():
    assert read(dict.fromkeys(("HOST", "PORT", "KBLOG_DEMO", "KBLOG_INSTANCE", "KBLOG_MAIL_URL"), "")) == read({})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "blog.example.org", "10.0.0.1"])
def test_a_site_that_others_can_reach_needs_its_address(host: str):
    message = refusal({"HOST": host})
    assert "KBLOG_BASE_URL" in message
    assert host in message
    assert read({"HOST": host, "KBLOG_BASE_URL": "https://blog.example.org"}).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "::1", "[::1]"])
def test_on_loopback_no_address_is_asked_for(host: str):
    assert read({"HOST": host}).on_loopback


def test_the_guard_stays_on_where_others_can_reach_it():
    assert "KBLOG_GUARD" in refusal(OUTSIDE | {"KBLOG_GUARD": "off"})


def test_the_site_answers_to_loopback_to_its_address_and_to_the_names_it_is_told():
    hosts = read(OUTSIDE | {"KBLOG_TRUSTED_HOSTS": "www.example.org"}).hosts
    assert {"localhost", "127.0.0.1", "[::1]", "blog.example.org", "www.example.org"} == set(hosts)


def test_an_ordinary_start_says_the_line_and_nothing_else(tmp_path: pathlib.Path):
    environ = {"PATH": os.environ["PATH"], "KBLOG_INSTANCE": str(tmp_path), "KBLOG_WORKER": "2"}
    started = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert started.returncode == 1
    assert started.stderr.splitlines() == ["KBLOG_WORKER is no setting of K-Blog. Did you mean KBLOG_WORKERS?"]


# The signing key


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: pathlib.Path):
    before = os.umask(0)
    try:
        key = secret_key(Config(instance=tmp_path))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert len(key) >= 32
    assert secret_key(Config(instance=tmp_path)) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_two_sites_have_two_keys(tmp_path: pathlib.Path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    assert len({secret_key(Config(instance=folder)) for folder in folders}) == 2


def test_a_key_from_the_environment_leaves_no_file(tmp_path: pathlib.Path):
    assert secret_key(Config(instance=tmp_path, secret_key="k" * 32)) == "k" * 32
    assert not list(tmp_path.iterdir())


KEY_MAKER = """
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("config", sys.argv[1])
config = sys.modules["config"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(config)
print("ready", flush=True)
for line in sys.stdin:
    folder = pathlib.Path(line.strip())
    while not folder.is_dir():
        pass
    print(config.secret_key(config.Config(instance=folder)), flush=True)
"""


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: pathlib.Path):
    command = [sys.executable, "-c", KEY_MAKER, str(ROOT / "kblog" / "config.py")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    makers = [subprocess.Popen(command, **pipes) for _ in range(3)]
    assert [maker.stdout.readline() for maker in makers] == ["ready\n"] * 3
    for turn in range(200):
        folder = tmp_path / str(turn)
        for maker in makers:
            maker.stdin.write(f"{folder}\n")
            maker.stdin.flush()
        folder.mkdir()  # what they all wait for
        keys = [maker.stdout.readline().strip() for maker in makers]
        assert len(set(keys)) == 1
        assert len(keys[0]) >= 32
    for maker in makers:
        maker.communicate()


@pytest.mark.parametrize("left", ["", "\n", "short"])
def test_a_key_file_that_holds_no_key_is_refused_and_named(tmp_path: pathlib.Path, left: str):
    (tmp_path / "secret_key").write_text(left)
    with pytest.raises(Refused) as stopped:
        secret_key(Config(instance=tmp_path))
    assert str(tmp_path / "secret_key") in str(stopped.value)


# What a site is made of


def test_an_app_needs_no_command_to_be_made(tmp_path: pathlib.Path):
    app = create_app(Config(instance=tmp_path / "new" / "instance"))
    assert app.config["SECRET_KEY"]
    assert app.test_client().get("/robots.txt").status_code == 200


@pytest.mark.of_sqlite
def test_the_base_url_stands_in_canonical_links_and_feeds(empty_instance: pathlib.Path, tmp_path: pathlib.Path):
    from .conftest import close, make_app

    app = make_app(tmp_path, base_url="https://blog.example.org", database_url=f"sqlite:///{tmp_path}/kblog.db")
    (tmp_path / "kblog.db").write_bytes((empty_instance / "kblog.db").read_bytes())
    with app.app_context():
        stored()
        reader = Browser(app)
        page = reader.get("/reviews/paper-boats/")
        assert page.one("//link[@rel='canonical']").get("href") == "https://blog.example.org/reviews/paper-boats/"
        for url in ("/feeds/reviews.atom", "/sitemap.xml", "/robots.txt"):
            text = reader.get(url).text
            assert "https://blog.example.org/" in text
            assert "localhost" not in text
        close(app)


def test_a_time_zone_that_does_not_exist_is_utc(reader: Browser):
    stored()
    for zone in ("Nowhere/Atlantis", "../../etc/passwd", "/etc/passwd", "", "Asia", "\0", "x" * 5000):
        db.session.merge(Setting(name="time_zone", value=zone))
        db.session.commit()
        assert str(site().zone) == "UTC"
        db.session.rollback()
        for url in ("/", "/reviews/paper-boats/", "/archive/", "/sitemap.xml"):
            reader.get(url)


def test_days_begin_where_the_site_is(reader: Browser):
    stored(published_at=datetime(2026, 2, 28, 20, tzinfo=UTC))
    db.session.add(Setting(name="time_zone", value="Asia/Seoul"))
    db.session.commit()
    published = reader.get("/reviews/paper-boats/").one("//div[@class='byline']//time")
    assert published.text == "1 March 2026"
    assert published.get("datetime") == "2026-02-28T20:00:00Z"
    reader.get("/archive/2026/03/")
    reader.get("/archive/2026/02/", status=404)
