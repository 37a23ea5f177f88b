"""The files of deploy/several/ before two real K-Blogs on one PostgreSQL, on loopback: what readers and a CDN get.

python -m bench.several    (what is not installed is named and left out; exit 1 when a check fails)

Each K-Blog has a folder of its own, as on a machine of its own; the server is one of a wheel (`bench.postgresql`).
"""

import contextlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import commenting
from .postgresql import Server
from .proxies import DEPLOY, NAME, TEMPORARY, _ask, _running, make_certificate, nginx_file
from .server import Site, free_port

REVIEW = f"/reviews/{commenting.SLUG}/"
KEY = rb'name="key"[^>]*value="([^"]+)'
DATABASE = "kblog"
PACKED = {"Accept-Encoding": "gzip"}
ASKED = 20  # times, while one of two machines is gone
PATIENCE = 1.0  # seconds until a change is seen everywhere;
KEPT = 2.0  # where nginx keeps pages for a second: it counts whole ones


def main() -> int:
    failed = []
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        machines = [folder / "one", folder / "two"]
        for machine in machines:
            machine.mkdir()
        server = Server()
        ends.callback(server.remove)
        server.make(DATABASE)
        commenting.prepare(machines[0], server.url(DATABASE))
        shared = {"KBLOG_DATABASE_URL": server.url(DATABASE), "KBLOG_SECRET_KEY": secrets.token_urlsafe(32)}
        for proxy in (_nginx, _caddy):
            said = proxy.__name__.strip("_")
            if not shutil.which(said):
                print(f"{said} is not installed: left out")
                continue
            port = free_port()
            own = {
                "KBLOG_TRUSTED_PROXIES": "1",
                "KBLOG_BASE_URL": f"https://{NAME}:{port}",
                "KBLOG_TRUSTED_HOSTS": NAME,
            }
            sites = [Site(machine, subprocess.DEVNULL, **shared, **own) for machine in machines]
            try:
                with proxy(folder, port, [site.port for site in sites]):
                    failed += [f"{said}: {each}" for each in _trouble(port, sites, keeps=proxy is _nginx)]
            finally:
                for site in sites:
                    site.stop()
            print(f"{said} was tried before two machines")
    print("\n".join(failed) or "both machines are one site")
    return len(failed)


def _trouble(port: int, sites: list[Site], *, keeps: bool) -> Iterator[str]:
    """Yield what readers, writers and a CDN would find wrong."""
    said = _ask(port, REVIEW, PACKED).getheader("Cache-Control") or ""
    if ("s-maxage=1" in said) is not keeps:
        yield f"a page says {said!r} to a CDN"
    fragment = _ask(port, REVIEW + "comments", {**PACKED, "HX-Request": "true", "HX-Request-Type": "partial"})
    page = _ask(port, REVIEW + "comments", PACKED)
    if fragment.body == page.body or "private" not in (fragment.getheader("Cache-Control") or ""):
        yield f"a fragment is sent as a page, or kept ({fragment.getheader('Cache-Control')})"
    keys = [re.search(KEY, _ask(port, REVIEW + "comments/new", {}).body) for _ in range(3)]
    if len({found[1] for found in keys if found}) < 3:
        yield "two readers get one and the same form"
    gone = _ask(port, "/reviews/nowhere/", {}).getheader("Cache-Control") or ""
    if gone != "no-store":
        yield f"a page that is not there says {gone!r}"
    static = re.search(rb"/static/kblog\.[0-9a-f]+\.css", _ask(port, "/", {}).body)
    if not static or "immutable" not in (_ask(port, static[0].decode(), PACKED).getheader("Cache-Control") or ""):
        yield "a style sheet may not be kept for good"
    patience = KEPT if keeps else PATIENCE
    for number in range(4):  # whichever machine takes it in
        if not _is_seen(port, f"The pier once more, {port} {number}.", patience):
            yield f"comment {number} was not to be seen within {patience:g} s"
    sites[0].kill()
    answers = [_ask(port, f"{REVIEW}?page={number}", PACKED).status for number in range(ASKED)]
    if {*answers} != {200}:
        yield f"with one machine gone readers get {answers}"
    if not _is_seen(port, f"With one machine alone, {port}.", patience):
        yield "with one machine gone a comment is not taken in"
    sites[0].start()


def _is_seen(port: int, words: str, patience: float) -> bool:
    own = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{NAME}:{port}"}
    body = f"name=Mina&body={words.replace(' ', '+')}&spoils=none&homepage_url="
    if _ask(port, f"{REVIEW}comments", own, "POST", body).status != 303:
        return False
    until = time.monotonic() + patience + 0.2
    while time.monotonic() < until:
        if all(words.encode() in _ask(port, REVIEW, {}).body for _ in range(4)):
            return True
    return False


@contextlib.contextmanager
def _nginx(folder: Path, port: int, upstreams: list[int]) -> Iterator[None]:
    key, certificate = make_certificate(folder)
    ours = (DEPLOY / "several" / "nginx.conf").read_text(encoding="utf-8")
    for machine, upstream in zip(("10.0.0.11:8000", "10.0.0.12:8000"), upstreams, strict=True):
        ours = ours.replace(machine, f"127.0.0.1:{upstream}")
    ours = ours.replace("/var/cache/nginx/kblog", str(folder / "kept"))
    conf = folder / "several.conf"
    conf.write_text(nginx_file(ours, folder, port, key, certificate), encoding="utf-8")
    with _running(["nginx", "-c", str(conf), "-p", str(folder)], port, {}):
        yield


@contextlib.contextmanager
def _caddy(folder: Path, port: int, upstreams: list[int]) -> Iterator[None]:
    ours = (DEPLOY / "several" / "Caddyfile").read_text(encoding="utf-8")
    ours = ours.replace("Host {$SITE_NAME:kblog.example}", f"Host {NAME}")
    conf = folder / "Caddyfile-several"
    conf.write_text(TEMPORARY + ours, encoding="utf-8")
    own = {
        "SITE_NAME": f"https://{NAME}:{port}",
        "KBLOG_UPSTREAMS": " ".join(f"127.0.0.1:{each}" for each in upstreams),
    }
    own |= {"XDG_DATA_HOME": str(folder / "caddy"), "XDG_CONFIG_HOME": str(folder / "caddy")}
    with _running(["caddy", "run", "--config", str(conf), "--adapter", "caddyfile"], port, own):
        yield


if __name__ == "__main__":
    sys.exit(main())
