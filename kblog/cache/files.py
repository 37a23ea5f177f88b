"""The site's own style sheets, scripts and icons: read once, named by their content, sent packed and for good."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import brotli
import rjsmin
from flask import current_app
from werkzeug.sansio.utils import host_is_trusted

from kblog.language import ENGLISH, gettext, spoken

from .answers import Answer, is_known

ROOT = "/static/"
FOR_GOOD = "public, max-age=31536000, immutable"  # a year, for an address that changes with its file
ASK_AGAIN = "public, max-age=0, must-revalidate"  # for the bare name, which does not
SAY = re.compile(r'\bsay\(\s*"([^"]+)"')
PACKERS = {"br": brotli.compress, "gzip": lambda body: gzip.compress(body, 9, mtime=0)}  # once, so as small as can be

_known: dict[tuple, "Files"] = {}  # by folder and what is in it: every app of a process shares them


class Files:
    """The files of one folder, each under its bare name and under one that holds the hash of its content."""

    def __init__(self, folder: Path) -> None:
        self.hashed: dict[str, str] = {}
        self.answers: dict[str, Answer] = {}
        for path in _in(folder):
            name, body = path.relative_to(folder).as_posix(), _small(path)
            digest = hashlib.sha256(body).hexdigest()
            hashed = path.relative_to(folder).with_suffix(f".{digest[:8]}{path.suffix}").as_posix()
            self.hashed[name] = hashed
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            if kind.startswith("text/") or kind.endswith("+xml"):
                kind += "; charset=utf-8"
            own = [("Content-Type", kind), ("ETag", f'"{digest[:32]}"')]
            self.answers[hashed] = Answer([*own, ("Cache-Control", FOR_GOOD)], body)
            self.answers[name] = Answer([*own, ("Cache-Control", ASK_AGAIN)], body)


class StaticFiles:
    """A WSGI application before another one: it answers for `/static/`.

    `headers` go with every answer, by the scheme of its request. Where `changes` (while developing) the folder is
    looked at for each file that is asked for.
    """

    def __init__(
        self,
        app: WSGIApplication,
        folder: Path,
        headers: Callable[[str], Mapping[str, str]],
        hosts: Sequence[str],
        changes: bool,
    ) -> None:
        self.app, self.folder, self.headers, self.changes = app, folder, headers, changes
        self.is_ours = lru_cache(maxsize=256)(lambda host: host_is_trusted(host, hosts))
        self.read = files(folder)

    @property
    def files(self) -> Files:
        return files(self.folder) if self.changes else self.read

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if not path.startswith(ROOT) or method not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        answer = self.files.answers.get(path[len(ROOT) :])
        if answer is None or not self.is_ours(environ.get("HTTP_HOST", "")):
            return self.app(environ, start_response)  # which says so as a page
        form = answer.form(environ.get("HTTP_ACCEPT_ENCODING", ""), PACKERS)
        protecting = self.headers(environ["wsgi.url_scheme"]).items()
        if is_known(form.etag, environ.get("HTTP_IF_NONE_MATCH", "")):
            start_response("304 Not Modified", [*form.unchanged, *protecting])
            return []
        start_response("200 OK", [*form.headers, *protecting])
        return [] if method == "HEAD" else [form.body]


def files(folder: Path) -> Files:
    """Return what is in a folder; read again only when a file of it is another."""
    state = (folder, tuple((path, path.stat().st_mtime_ns) for path in _in(folder)))
    if state not in _known:
        _known.clear()
        _known[state] = Files(folder)
    return _known[state]


def static_url(name: str) -> str:
    """Return the address of a static file; it changes with the file's content, so it can be kept for good."""
    served: StaticFiles = current_app.extensions["kblog.files"]
    return ROOT + served.files.hashed.get(name, name)


def script_words(*names: str) -> dict[str, str]:
    """Return what scripts of ours say, `say("...")`, in the language that is spoken; nothing in English."""
    if spoken() == ENGLISH:
        return {}
    served: StaticFiles = current_app.extensions["kblog.files"]
    return {sentence: gettext(sentence) for name in names for sentence in _sentences(served.folder / name)}


@lru_cache(maxsize=32)
def _sentences(script: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(SAY.findall(script.read_text(encoding="utf-8"))))


def _small(path: Path) -> bytes:
    """Return a file's bytes; of our own scripts without comments and indentation, which is a third of them.

    Style sheets stay as they are: what was tried drops spaces that mean something, as in `:is(nav) :is(ul)`.
    """
    if path.suffix != ".js" or ".min." in path.name:
        return path.read_bytes()
    return rjsmin.jsmin(path.read_text(encoding="utf-8")).encode()


def _in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
