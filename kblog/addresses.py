"""The addresses of the site's own pages: what Flask's url_for says, put together from each rule's text.

A page has a hundred of them, and to ask the URL map anew for each took a tenth of the time that the page takes.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from operator import index
from typing import Any
from urllib.parse import quote, urlencode

import flask
from flask import Flask, current_app

VARIABLE = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<given>[^)]*)\))?:)?(?P<name>\w+)>")
PLAIN = re.compile(r"[\w.~-]+", re.ASCII)
# what Werkzeug leaves as it is in a path, a query and an anchor
IN_PATH, IN_QUERY, IN_ANCHOR = "!$&'()*+,/:;=@", "!$'()*,/:;?@", "%!#$&'()*+,/:;=?@"


Writer = Callable[[dict[str, Any]], str | None]  # writes one address; none where Flask is to say what is amiss

_writers: dict[tuple[str, ...], Writer] = {}  # by endpoint and names: every app of a process has the same rules


def init_app(app: Flask) -> None:
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, /, *, _anchor: str | None = None, **values: Any) -> str:
    """Return the address of a page, from the root of its host: there the site lives."""
    try:
        path = _written(endpoint, *values.items())
    except TypeError:  # a list of values
        path = _write(endpoint, values)
    if path is None:
        return flask.url_for(endpoint, _anchor=_anchor, **values)
    return path if _anchor is None else f"{path}#{quote(_anchor, safe=IN_ANCHOR)}"


def _write(endpoint: str, values: dict[str, Any]) -> str | None:
    key = (endpoint, *values)
    write = _writers.get(key) or _writers.setdefault(key, _writer(*key))
    return write(values)


@lru_cache(maxsize=5_000)
def _written(endpoint: str, *values: tuple[str, Any]) -> str | None:
    """Write an address, or remember it: a blog's pages have the same ones again and again."""
    return _write(endpoint, dict(values))


def _writer(endpoint: str, *names: str) -> Writer:
    """Make what writes the addresses of an endpoint from arguments of these names.

    Where its rules leave a choice, or write their values in a way of their own, it leaves them to Flask.
    """
    rules = [rule for rule in current_app.url_map.iter_rules() if rule.endpoint == endpoint]
    if len(rules) != 1 or rules[0].defaults or any(name.startswith("_") for name in names):
        return _nothing
    variables = list(VARIABLE.finditer(rules[0].rule))
    found = {variable["name"]: _kind(variable["kind"] or "", variable["given"] or "") for variable in variables}
    kinds = {name: kind for name, kind in found.items() if kind and name in names}
    if len(kinds) < len(found):
        return _nothing
    pattern = VARIABLE.sub("%s", rules[0].rule.replace("%", "%%"))
    asked = [name for name in names if name not in kinds]

    def write(values: dict[str, Any]) -> str | None:
        try:
            path = pattern % tuple([kind(values[name]) for name, kind in kinds.items()])
        except (TypeError, LookupError):
            return None
        query = [(name, values[name]) for name in asked if values[name] is not None]
        return f"{path}?{urlencode(query, doseq=True, safe=IN_QUERY)}" if query else path

    return write


def _nothing(_values: dict[str, Any]) -> None:
    """Leave an address to Flask."""


def _kind(kind: str, given: str) -> Callable[[Any], str | int] | None:
    """Return what writes a value of one of the map's kinds, or fails where it cannot; none of a kind of its own."""
    if kind == "any":
        return {word: word for word in (each.strip(" '\"") for each in given.split(","))}.__getitem__
    return {"": _word, "int": None if "fixed_digits" in given else index}.get(kind)


def _word(value: Any) -> str:
    if value is None:
        raise TypeError
    text = str(value)
    return text if PLAIN.fullmatch(text) else quote(text, safe=IN_PATH)
