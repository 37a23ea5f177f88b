"""The settings of the environment and their meaning; nonsense is refused with one clear line."""

import contextlib
import difflib
import importlib.util
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from kblog import mailbox, sharing
from kblog.sharing import Bucket, Shared

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
LINK_PICTURES = ".link-pictures"  # with the dot it is in no backup and no export
ON_SERVER = "postgresql+psycopg://"  # how the address of a database on a server begins
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Refused(SystemExit):
    """The start stops here; the message names the variable and what it may be."""


@dataclass(frozen=True)
class Config:
    """What the environment says, read once at the start."""

    instance: Path = ROOT / "instance"
    database_url: str = field(default="", repr=False)
    media_at: Shared | Bucket | None = None
    base_url: str = ""
    secret_key: str = field(default="", repr=False)
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    moderation: str = "first"
    demo: bool = True
    workers: int = field(default_factory=lambda: min(2, os.cpu_count() or 1))
    threads: int = 4
    guard: bool = True
    keep_free: int = 50
    log: str = ""
    mail_url: str = field(default="", repr=False)
    backup_folder: Path | None = None
    backup_daily: bool = True
    backup_kept: int = 10
    host: str = "127.0.0.1"
    port: int = 8000

    @property
    def database(self) -> str:
        """The address of the database, as SQLAlchemy has it."""
        return self.database_url or f"sqlite:///{self.instance / 'kblog.db'}"

    @property
    def on_sqlite(self) -> bool:
        """Whether the site's data lie in a file, which is copied, looked over and put back as one."""
        return self.database.startswith("sqlite:")

    @property
    def backs_up_daily(self) -> bool:
        """Whether the site makes a backup each day; a server's own tools do that better."""
        return self.backup_daily and self.on_sqlite

    @property
    def sees_all_media(self) -> bool:
        """Whether every machine of the site has the same pictures: else what does not lie here may lie on another."""
        return self.on_sqlite or self.media_at is not None

    @property
    def media(self) -> Path | Shared | Bucket:
        """Where the pictures lie."""
        return self.media_at or self.instance / "media"

    @property
    def link_pictures(self) -> Path | Shared | Bucket:
        """Where the pictures lie that links show: all of them can be drawn anew."""
        return self.media_at.under(LINK_PICTURES) if self.media_at else self.instance / "link-pictures"

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the site."""
        return mailbox.is_loopback(self.host)

    @property
    def mail_server(self) -> mailbox.Server:
        """Who takes mail from here."""
        return mailbox.server(self.mail_url)

    @property
    def sends_mail(self) -> bool:
        """Whether mail goes out: there is a server for it, and an address of the site for the links in it."""
        return bool(self.mail_url and self.base_url)

    @property
    def hosts(self) -> list[str]:
        """The names under which the site may be asked for."""
        named = [urlsplit(self.base_url).hostname or ""] if self.base_url else []
        here = [self.host] if self.on_loopback else []  # 0.0.0.0 is where it listens, not what it is called
        return list(dict.fromkeys([*LOOPBACK_NAMES, *here, *filter(None, named), *self.trusted_hosts]))


def read(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the environment into a `Config`; raise `Refused` for a name or a value that means nothing.

    >>> read({"PORT": "9000"}).port
    9000
    >>> read({"KBLOG_DEMOO": "0"})
    Traceback (most recent call last):
    kblog.config.Refused: KBLOG_DEMOO is no setting of K-Blog. Did you mean KBLOG_DEMO?
    """
    known = {name for name, _, _ in SETTINGS}
    for name in environ:
        if name.startswith("KBLOG_") and name not in known | ELSEWHERE:
            raise Refused(f"{name} is no setting of K-Blog.{_nearest(name, known | ELSEWHERE)}")
    values = {}
    for name, attribute, read_value in SETTINGS:
        if environ.get(name, "") != "":
            try:
                values[attribute] = read_value(environ[name])
            except ValueError as error:
                said = name if name in SECRETS else f"{name}={environ[name]!r}"
                raise Refused(f"{said}: {error}") from None
    if isinstance(place := values.get("media_at"), Bucket):
        values["media_at"] = _opened(place, environ)
    config = Config(**values)
    if not config.on_loopback and not config.base_url:
        raise Refused(
            f"HOST={config.host} can be reached from outside, so KBLOG_BASE_URL must name the site's address."
        )
    if not config.on_loopback and not config.guard:
        raise Refused("KBLOG_GUARD=off is for load tests: it is refused unless HOST is a loopback address.")
    return config


def secret_key(config: Config) -> str:
    """Return the signing key, made once into the instance folder and readable by its owner alone."""
    if config.secret_key:
        return config.secret_key
    path = config.instance / "secret_key"
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=config.instance)  # mode 600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # of processes that start at once, the first one's key stays
            path.hardlink_to(name)
        Path(name).unlink()
    try:
        return _secret(path.read_text(encoding="ascii").strip())
    except ValueError:
        raise Refused(f"{path} holds no signing key: remove it, and a new one is made.") from None


def _opened(bucket: Bucket, environ: Mapping[str, str]) -> Bucket:
    """Give a bucket the key to it."""
    key, secret = (environ.get(name, "") for name in KEYS)
    if not key or not secret:
        raise Refused(f"KBLOG_MEDIA names a bucket, so {' and '.join(KEYS)} must be set.")
    return replace(bucket, key=key, secret=secret)


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _number(low: int, high: int) -> Callable[[str], int]:
    def read_number(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(text)

    return read_number


def _one_of(*choices: str) -> Callable[[str], str]:
    def read_choice(text: str) -> str:
        if text not in choices:
            raise ValueError(f"choose {', '.join(choices[:-1])} or {choices[-1]}")
        return text

    return read_choice


def _flag(on: str, off: str) -> Callable[[str], bool]:
    choice = _one_of(off, on)
    return lambda text: choice(text) == on


def _folder(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise ValueError("this is a file; name a folder")
    return path


def _database(text: str) -> str:
    if text.startswith(ON_SERVER):
        if not urlsplit(text).path.strip("/"):
            raise ValueError(f"name the database: {ON_SERVER}user:password@host/kblog")
        if importlib.util.find_spec("psycopg") is None:
            raise ValueError("psycopg is not installed: make setup-several gets it")
    elif not text.startswith("sqlite:///") or text.removeprefix("sqlite:///") in ("", ":memory:"):
        raise ValueError(f"give sqlite:////path/to/kblog.db or {ON_SERVER}user:password@host/kblog")
    return text


def _address(text: str) -> str:
    if not (address := sharing.bare_address(text)):
        raise ValueError("give the site's own address, such as https://blog.example.org")
    return address


def _names(text: str) -> tuple[str, ...]:
    names = tuple(filter(None, (name.strip() for name in text.split(","))))
    if any("/" in name or " " in name for name in names):
        raise ValueError("give host names with commas between them")
    return names


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("a signing key has at least 32 characters")
    return text


def _mail(text: str) -> str:
    mailbox.server(text)
    return text


SETTINGS: tuple[tuple[str, str, Callable], ...] = (
    ("HOST", "host", str),
    ("PORT", "port", _number(1, 65535)),
    ("KBLOG_INSTANCE", "instance", _folder),
    ("KBLOG_DATABASE_URL", "database_url", _database),
    ("KBLOG_MEDIA", "media_at", sharing.place),
    ("KBLOG_BASE_URL", "base_url", _address),
    ("KBLOG_SECRET_KEY", "secret_key", _secret),
    ("KBLOG_TRUSTED_HOSTS", "trusted_hosts", _names),
    ("KBLOG_TRUSTED_PROXIES", "trusted_proxies", _number(0, 5)),
    ("KBLOG_MODERATION", "moderation", _one_of("none", "first", "links", "all")),
    ("KBLOG_DEMO", "demo", _flag("1", "0")),
    ("KBLOG_WORKERS", "workers", _number(1, 64)),
    ("KBLOG_THREADS", "threads", _number(1, 64)),
    ("KBLOG_GUARD", "guard", _flag("on", "off")),
    ("KBLOG_KEEP_FREE", "keep_free", _number(0, 1_000_000)),
    ("KBLOG_LOG", "log", _one_of("json", "text")),
    ("KBLOG_MAIL_URL", "mail_url", _mail),
    ("KBLOG_BACKUP_FOLDER", "backup_folder", _folder),
    ("KBLOG_BACKUP_DAILY", "backup_daily", _flag("on", "off")),
    ("KBLOG_BACKUP_KEPT", "backup_kept", _number(1, 1000)),
)
SECRETS = frozenset({"KBLOG_SECRET_KEY", "KBLOG_MAIL_URL", "KBLOG_DATABASE_URL", "KBLOG_MEDIA"})  # never printed
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")  # to a bucket, under the names that all its programs know
ELSEWHERE = frozenset({"KBLOG_CHROMIUM", "KBLOG_NO_NODE", "KBLOG_TEST_ENGINE"})  # for `make test` and set-up
