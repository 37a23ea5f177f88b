"""K-Blog as it is served, saying of each answer whether it was made for this request, and by which process.

Only the pictures that links show are not drawn meanwhile: that ends kept pages, and is done once for a review.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from app import app
from kblog import background
from kblog.reviews.link_pictures import job

from . import HOW

pages = app.extensions["kblog.pages"]
site = pages.app


def made(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    environ["bench.made"].append(True)
    return site(environ, start_response)


def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    known: list[bool] = []
    environ["bench.made"] = known

    def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
        return start_response(status, [*headers, (HOW, f"{os.getpid()} {'made' if known else 'kept'}")], error)

    return app(environ, start)


pages.app = made
background.of(app).jobs.pop(job.NAME)
