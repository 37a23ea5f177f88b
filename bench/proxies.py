"""The files of deploy/ before a real K-Blog, on loopback: nginx and Caddy hand on what they should, and no more.

python -m bench.proxies    (what is not installed is named and left out; exit 1 when a check fails)
"""

import contextlib
import gzip
import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import commenting
from .server import ROOT, Site, free_port

NAME = "localhost"
DEPLOY = ROOT / "deploy"
# so that Caddy touches nothing of this machine
TEMPORARY = "{\n\tadmin off\n\tauto_https disable_redirects\n\tlocal_certs\n\tskip_install_trust\n}\n"


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        instance = folder / "instance"
        instance.mkdir()
        commenting.prepare(instance)
        for proxy in (_nginx, _caddy):
            if not shutil.which(proxy.__name__.strip("_")):
                print(f"{proxy.__name__.strip('_')} is not installed: left out")
                continue
            port = free_port()
            base = f"https://{NAME}:{port}"
            site = Site(instance, KBLOG_TRUSTED_PROXIES="1", KBLOG_BASE_URL=base, KBLOG_TRUSTED_HOSTS=NAME)
            try:
                with proxy(folder, port, site.port):
                    failed += [f"{proxy.__name__.strip('_')}: {each}" for each in _trouble(port, base)]
            finally:
                site.stop()
            print(f"{proxy.__name__.strip('_')} was tried")
    print("\n".join(failed) or "everything is handed on as it should be")
    return len(failed)


def _trouble(port: int, base: str) -> Iterator[str]:
    """Yield what a proxy does wrong."""
    review = f"/reviews/{commenting.SLUG}/"
    page = _ask(port, review, {"Accept-Encoding": "gzip"})
    if page.status != 200 or page.getheader("Content-Encoding") != "gzip":
        yield f"a page came with {page.status}, {page.getheader('Content-Encoding')}"
    elif f'<link rel="canonical" href="{base}{review}">'.encode() not in gzip.decompress(page.body):
        yield "a page does not name its address by https"
    if not page.getheader("Strict-Transport-Security"):
        yield "https is not asked for from now on"
    etag = page.getheader("ETag") or ""
    again = _ask(port, review, {"Accept-Encoding": "gzip", "If-None-Match": etag})
    if again.status != 304:
        yield f"who has a page is sent it again ({again.status}, {etag} became {again.getheader('ETag')})"
    words = f"name=Mina&body=I+liked+the+pier+{port}+times.&spoils=none&homepage_url="
    own = {"Content-Type": "application/x-www-form-urlencoded", "Origin": base, "X-Forwarded-For": "203.0.113.9"}
    posted = _ask(port, f"{review}comments", own, "POST", words)
    if posted.status != 303 or "Secure" not in (posted.getheader("Set-Cookie") or ""):
        yield f"a comment came to {posted.status}, {posted.getheader('Set-Cookie')}"
    strange = _ask(port, f"{review}comments", {**own, "Origin": "https://evil.example"}, "POST", words)
    if strange.status != 403:
        yield f"another site may post ({strange.status})"
    large = _ask(port, f"{review}comments", own, "POST", "body=" + "x" * 400_000)
    if large.status != 413:
        yield f"a body of 400 kB came to {large.status}"


class _Answer(http.client.HTTPResponse):
    body: bytes


def _ask(port: int, url: str, headers: dict[str, str], method: str = "GET", body: str | None = None) -> _Answer:
    trusting = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection(NAME, port, timeout=20, context=trusting)
    with contextlib.closing(connection):
        connection.request(method, url, body, headers)
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer  # type: ignore[return-value]


@contextlib.contextmanager
def _nginx(folder: Path, port: int, upstream: int) -> Iterator[None]:
    key, certificate = make_certificate(folder)
    ours = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    conf = folder / "nginx.conf"
    conf.write_text(nginx_file(ours, folder, port, key, certificate), encoding="utf-8")
    with _running(["nginx", "-c", str(conf), "-p", str(folder)], port, {}):
        yield


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a key and a certificate that nobody signed."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    subprocess.run([*making, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return key, certificate


def nginx_file(ours: str, folder: Path, port: int, key: Path, certificate: Path) -> str:
    """Return a site's file as one that nginx can be started with here, on an unusual port."""
    ours = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", ours, flags=re.DOTALL)  # the one that only leads to https
    ours = ours.replace("listen [::]:443 ssl http2;", "").replace("listen 443", f"listen 127.0.0.1:{port}")
    ours = ours.replace("kblog.example", NAME)
    ours = ours.replace("proxy_set_header Host $host;", "proxy_set_header Host $http_host;")  # the port is no usual one
    ours = ours.replace("X-Forwarded-Host $host;", "X-Forwarded-Host $http_host;")
    ours = re.sub(r"ssl_certificate \S+;", f"ssl_certificate {certificate};", ours)
    ours = re.sub(r"ssl_certificate_key \S+;", f"ssl_certificate_key {key};", ours)
    temporary = "".join(
        f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{ours}\n}}\n"
    )


@contextlib.contextmanager
def _caddy(folder: Path, port: int, upstream: int) -> Iterator[None]:
    ours = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    conf = folder / "Caddyfile"
    conf.write_text(TEMPORARY + ours, encoding="utf-8")
    own = {"SITE_NAME": f"https://{NAME}:{port}", "KBLOG_UPSTREAM": f"127.0.0.1:{upstream}"}
    own |= {"XDG_DATA_HOME": str(folder / "caddy"), "XDG_CONFIG_HOME": str(folder / "caddy")}
    with _running(["caddy", "run", "--config", str(conf), "--adapter", "caddyfile"], port, own):
        yield


@contextlib.contextmanager
def _running(command: list[str], port: int, environ: dict[str, str]) -> Iterator[None]:
    own, log = {**os.environ, **environ}, subprocess.PIPE
    process = subprocess.Popen(command, env=own, start_new_session=True, stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                if _ask(port, "/healthz", {}).status == 200:
                    break
            time.sleep(0.1)
        else:
            process.terminate()
            raise SystemExit(f"{command[0]} did not start: {process.communicate()[0].decode()[-2000:]}")
        yield
    finally:
        process.terminate()
        process.communicate(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
