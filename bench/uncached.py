"""K-Blog as it is served, with no page kept ready, for the bench: `app` as after a comment, `cold` as after a start.

A comment ends every kept page, and what is made anew of each is what may have changed; `cold` draws every part of it.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from app import app

app.wsgi_app = app.extensions["kblog.pages"].app


def cold(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    app.jinja_env.extensions["kblog.jinja.Once"].drawn.clear()  # type: ignore[attr-defined]
    return app(environ, start_response)
