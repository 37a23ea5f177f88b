"""The control: granian sending one page that is ready, with nothing done for it. BENCH_PAGE names the file."""

import os
from pathlib import Path

PAGE = Path(os.environ["BENCH_PAGE"])
KIND = ("Content-Type", "text/html; charset=utf-8")
PLAIN, PACKED = PAGE.read_bytes(), PAGE.with_suffix(".html.gz").read_bytes()
HEADERS = [KIND, ("Content-Length", str(len(PLAIN)))]
PACKED_HEADERS = [KIND, ("Content-Length", str(len(PACKED))), ("Content-Encoding", "gzip")]


def app(environ, start_response):
    is_packed = environ.get("HTTP_ACCEPT_ENCODING") == "gzip"
    start_response("200 OK", PACKED_HEADERS if is_packed else HEADERS)
    return [PACKED if is_packed else PLAIN]
