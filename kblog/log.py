"""The log: one event a line, as JSON for a machine or as words on a terminal, without secrets and without addresses.

Nobody's reading is noted. What is: what broke, what was refused, and what happens at the log-in. Each line of one
request carries the same id; the page that says that something broke names it too.
"""

import json
import logging
import secrets
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, has_request_context, request

HEADER = "X-Request-ID"
LONGEST = 1024  # characters of one field: nobody fills the disk, or a screen, with one line
LAST_STEPS = 12  # of a traceback, the ones nearest to what broke
SECRET = frozenset({"token"})  # what of an address is a key: a preview's
_ID = "kblog.request_id"
Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class Site(Flask):
    """Flask, but for how it notes what broke: by the route, never by the address that was asked for."""

    def log_exception(self, exc_info: Raised | tuple[None, None, None]) -> None:
        self.logger.error("broken", exc_info=exc_info, extra={"facts": asked()})


class Lines(logging.Handler):
    """Writes each event as one line to what is standard error at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody listens any more; a site does not end because of its log
            pass


class AsJson(logging.Formatter):
    """An event as one line of JSON in ASCII: what somebody typed can end no line and colour no terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(facts_of(record))


class AsWords(logging.Formatter):
    """An event as a line of words, and a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record)
        steps = facts.pop("steps", [])
        line = f"{facts.pop('at')[11:19]} {facts.pop('level')} {facts.pop('logger')}: {facts.pop('event')}"
        line += "".join(f" {name}={value}" for name, value in facts.items() if value is not None)
        return "\n  ".join(_seen(each) for each in (line, *steps))


FORMS: Mapping[str, type[logging.Formatter]] = {"json": AsJson, "text": AsWords}


def init_app(app: Flask, form: str) -> None:
    """Write what is worth a line to standard error, in a form of FORMS; "" is what fits a terminal, or else JSON."""
    root = logging.getLogger()
    handler = next((each for each in root.handlers if isinstance(each, Lines)), None)
    if handler is None:
        handler = Lines()
        root.addHandler(handler)
    handler.setFormatter(FORMS[form or ("text" if sys.stderr.isatty() else "json")]())
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it warns of what follows from an error that it raises
    app.logger.setLevel(logging.INFO)  # who came in and what was refused is worth a line

    app.jinja_env.globals["request_id"] = request_id

    @app.after_request
    def name_request(response: Response) -> Response:
        if response.status_code >= 500:  # any other is the same for everybody, its headers too
            response.headers[HEADER] = request_id()
        return response


def request_id() -> str:
    """Return the id of the request at hand."""
    return request.environ.setdefault(_ID, secrets.token_hex(6))


def asked() -> dict[str, Any]:
    """Say what is asked for, by the route and what stands in its gaps; never the query or the form."""
    given = {name: value for name, value in (request.view_args or {}).items() if name not in SECRET}
    rule = request.url_rule.rule if request.url_rule else None
    return {"method": request.method, "route": rule, **({"given": given} if given else {})}


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return everything that is told of an event."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    facts: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
    facts["event"] = _cut(record.getMessage())
    facts |= {name: _cut(value) for name, value in getattr(record, "facts", {}).items()}
    if has_request_context():
        facts["request"] = request_id()
    if record.exc_info and (error := record.exc_info[1]):
        facts["error"] = _cut("".join(traceback.format_exception_only(error)).strip())
        frames = traceback.extract_tb(error.__traceback__)[-LAST_STEPS:]
        facts["steps"] = [f"{each.filename}:{each.lineno} {each.name}" for each in frames]
    return facts


def _cut(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _seen(text: str) -> str:
    """Return a text with what a terminal would obey, or not show, spelt out."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
