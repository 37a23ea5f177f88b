"""The addresses of the site's own pages: what Flask's url_for says, put together from each rule's text.

A page has a hundred of them, and to ask the URL map anew for each took a tenth of the time that the page takes.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import flask
from flask import Flask, current_app

VARIABLE = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<given>[^)]*)\))?:)?(?P<name>\w+)>")
# what Werkzeug leaves as it is in a path, a query and an anchor
IN_PATH, IN_QUERY, IN_ANCHOR = "!$&'()*+,/:;=@", "!$'()*,/:;?@", "%!#$&'()*+,/:;=?@"


class Plan(NamedTuple):
    """How an endpoint's address is put together from arguments of certain names."""

    path: str  # with a "%s" for each variable
    variables: tuple[tuple[str, str, tuple[str, ...]], ...]  # name, kind, and the words that it may be one of
    query: tuple[str, ...]


_plans: dict[tuple[str, ...], Plan | None] = {}  # by endpoint and names: every app of a process has the same rules


def init_app(app: Flask) -> None:
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, /, *, _anchor: str | None = None, **values: Any) -> str:
    """Return the address of a page, from the root of its host: there the site lives."""
    key = (endpoint, *values)
    plan = _plans[key] if key in _plans else _plans.setdefault(key, _plan(*key))
    path = _path(plan, values) if plan else None
    if plan is None or path is None:
        return flask.url_for(endpoint, _anchor=_anchor, **values)
    if plan.query and (asked := [(name, values[name]) for name in plan.query if values[name] is not None]):
        path += "?" + urlencode(asked, doseq=True, safe=IN_QUERY)
    return path if _anchor is None else f"{path}#{quote(_anchor, safe=IN_ANCHOR)}"


def _plan(endpoint: str, *names: str) -> Plan | None:
    """Plan the addresses of an endpoint; none where its rules leave a choice or write their values in a special way."""
    rules = [rule for rule in current_app.url_map.iter_rules() if rule.endpoint == endpoint]
    if len(rules) != 1 or rules[0].defaults or any(name.startswith("_") for name in names):
        return None
    variables = []
    for variable in VARIABLE.finditer(rules[0].rule):
        kind, given = variable["kind"] or "", variable["given"] or ""
        if kind not in ("", "any", "int") or "fixed_digits" in given or variable["name"] not in names:
            return None
        words = tuple(word.strip(" '\"") for word in given.split(",")) if kind == "any" else ()
        variables.append((variable["name"], kind, words))
    path = VARIABLE.sub("%s", rules[0].rule.replace("%", "%%"))
    return Plan(path, tuple(variables), tuple(name for name in names if name not in rules[0].arguments))


def _path(plan: Plan, values: dict[str, Any]) -> str | None:
    """Write the path; none where Flask is to say what is amiss with a value."""
    parts = []
    for name, kind, words in plan.variables:
        value = values[name]
        if value is None or (kind == "int" and not isinstance(value, int)) or (words and value not in words):
            return None
        parts.append(str(value) if kind == "int" else quote(str(value), safe=IN_PATH))
    return plan.path % tuple(parts)
