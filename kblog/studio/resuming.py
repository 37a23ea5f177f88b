"""A form that came too late, carried past the log-in: whoever was signed out while writing loses nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, current_app, make_response, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException

from kblog.db import db

View = Callable[..., Any]


@dataclass(frozen=True)
class Carried:
    """Where a form was sent, and every pair of it as text.

    >>> sent = MultiDict([("body", "하나\\r\\n둘 "), ("tag", ""), ("tag", "a&b")])
    >>> Carried.of("/studio/reviews/7/", sent).form == ImmutableMultiDict(sent)
    True
    """

    path: str = ""
    text: str = ""

    @classmethod
    def of(cls, path: str, form: MultiDict) -> "Carried":
        return cls(path, urlencode(list(form.items(multi=True))))

    @property
    def form(self) -> ImmutableMultiDict:
        return ImmutableMultiDict(parse_qsl(self.text, keep_blank_values=True))

    def __bool__(self) -> bool:
        return bool(self.path)


def resumable(view: View) -> View:
    """Let a view that takes a form finish its work after the log-in, should the session end while somebody writes.

    The view gets the form as `form` and must not read `request.form`, which may then be the log-in's.
    """

    @wraps(view)
    def with_form(**address: Any) -> Any:
        return view(form=request.form, **address)

    with_form.resume = view  # pyright: ignore[reportAttributeAccessIssue]
    return with_form


def is_resumable(view: View | None) -> bool:
    """Whether a view can be called with a form that was carried."""
    return hasattr(view, "resume")


def carried_back() -> Carried:
    """Return the form that came back with this one; an empty one where none was carried."""
    return Carried(request.form.get("resume_path", ""), request.form.get("resume_form", ""))


def finish(carried: Carried) -> Response | None:
    """Call the view that the form was meant for, and return its answer; None where no view takes it, or takes it now.

    Only views marked `resumable` are ever called, whatever path comes along.
    """
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint, address = adapter.match(carried.path, method="POST") if adapter else ("", {})
    except HTTPException:  # no such address, or one that is not posted to
        return None
    view = current_app.view_functions.get(endpoint)
    resume = getattr(view, "resume", None)
    try:
        return make_response(resume(form=carried.form, **address)) if resume else None
    except HTTPException:  # what it would change is gone meanwhile
        db.session.rollback()
        return None
