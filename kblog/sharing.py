"""Where machines share their pictures, as a setting names it; what means nothing is refused in a sentence."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

SCHEME = "s3://"
EXAMPLE = "s3://bucket/prefix?endpoint=https://host:port&region=name"
CHOICE = f"give a folder, or {EXAMPLE}"
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*)?")
REGION = re.compile(r"[a-z0-9-]{1,40}")
OPTIONS = ("endpoint", "region")
USUAL_REGION = "us-east-1"  # what stores of one's own answer to


@dataclass(frozen=True)
class Shared:
    """A folder that is there before K-Blog is, for it may be on another machine; something lies in it, or within."""

    folder: Path
    within: str = ""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / self.within

    def under(self, within: str) -> "Shared":
        """Return a folder within it."""
        return replace(self, within=within)


@dataclass(frozen=True)
class Bucket:
    """Where in which bucket of an S3-compatible store something lies, and the key to it."""

    name: str
    prefix: str
    endpoint: str  # "": Amazon's
    region: str
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """Say in words that hold no secret where it is."""
        return f"{SCHEME}{self.name}/{self.prefix}".rstrip("/")

    def under(self, folder: str) -> "Bucket":
        """Return a folder within it."""
        return replace(self, prefix=f"{self.prefix}/{folder}".lstrip("/"))


def place(text: str) -> Shared | Bucket:
    """Read where it is; raise ValueError with a sentence.

    >>> place("/")
    Shared(folder=PosixPath('/'), within='')
    >>> place("https://example.org/media")
    Traceback (most recent call last):
    ValueError: give a folder, or s3://bucket/prefix?endpoint=https://host:port&region=name
    """
    if text.startswith(SCHEME):
        return bucket(text)
    if "://" in text:
        raise ValueError(CHOICE)
    path = Path(text).expanduser().resolve()
    if not path.is_dir():
        raise ValueError("this is a file; name a folder" if path.exists() else "no such folder: make or mount it first")
    return Shared(path)


def bucket(text: str) -> Bucket:
    """Read where a bucket is; raise ValueError, in words that repeat nothing of what may be a key.

    >>> bucket("s3://boats/media?endpoint=http://127.0.0.1:9000")
    Bucket(name='boats', prefix='media', endpoint='http://127.0.0.1:9000', region='us-east-1')
    >>> bucket("s3://boats?region=eu-central-1").address
    's3://boats'
    >>> bucket("s3://me:secret@boats")
    Traceback (most recent call last):
    ValueError: a key never stands in it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    """
    parts = urlsplit(text)
    if "@" in parts.netloc:
        raise ValueError("a key never stands in it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    prefix = parts.path.strip("/")
    if not NAME.fullmatch(parts.netloc) or parts.fragment:
        raise ValueError(CHOICE)
    if not PREFIX.fullmatch(prefix):
        raise ValueError("the prefix has letters, digits and . _ - with / between them, and none begins with a . or -")
    try:
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        given = [("", "")]
    options = dict(given)
    if len(options) != len(given) or not options.keys() <= set(OPTIONS):
        raise ValueError("after the ? there is endpoint=ADDRESS and region=NAME, each once, with & between them")
    endpoint = bare_address(options.get("endpoint", ""))
    if "endpoint" in options and not endpoint:
        raise ValueError("the endpoint is the store's own address, such as endpoint=https://store.example.org:9000")
    region = options.get("region", USUAL_REGION if endpoint else "")
    if not REGION.fullmatch(region):
        raise ValueError("name the region, as in region=eu-central-1" if not region else "that is no region's name")
    return Bucket(parts.netloc, prefix, endpoint, region)


def bare_address(text: str) -> str:
    """Return the address of a server, with nothing behind its port and nobody who logs in; "" where it is no such one.

    >>> [bare_address(text) for text in ("HTTPS://store.example:9000/", "https://me@store.example", "https://store:x")]
    ['https://store.example:9000', '', '']
    """
    try:
        parts = urlsplit(text)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets, or a port, that mean nothing
        return ""
    bare = f"{parts.scheme}://{parts.netloc}"
    is_bare = text.lower() in (bare.lower(), f"{bare.lower()}/") and not re.search(r"[\s@]", text)
    return bare if is_sound and is_bare else ""
