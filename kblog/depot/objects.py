"""Files that lie in a bucket of an S3-compatible store."""

import contextlib
import errno
import logging
import os
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BufferedRandom, BytesIO
from typing import Any, cast

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from kblog.sharing import Bucket

from .held import Held
from .interface import Lying, OutOfReach

READING, WRITING = 10.0, 60.0  # seconds that a file may take: a reader waits for one, the author for the other
CONNECTING = 2.0  # seconds
PAUSE = 5.0  # seconds after a failure in which nobody asks again: a thread that waits is no reader's
AT_ONCE = 8  # files that are asked after at the same time
MANY = 200  # files: to list all is quicker than to ask after each
SILENT = "the store of the pictures does not answer"
SHUT = "the store of the pictures does not let us in"
NO_BUCKET = "the store of the pictures has no such bucket"

log = logging.getLogger(__name__)


class Objects:
    """A depot that is a bucket. A put is whole or does nothing: that is the store's own promise."""

    def __init__(self, bucket: Bucket) -> None:
        self.address, self.held = bucket.address, Held()
        self.reading, self.writing = _client(bucket, READING), _client(bucket, WRITING)
        self.lock, self.trouble, self.again_at = threading.Lock(), "", 0.0

    @contextlib.contextmanager
    def coming(self) -> Iterator[BufferedRandom]:
        with tempfile.TemporaryFile() as file:
            yield cast(BufferedRandom, file)

    def keep(self, file: BufferedRandom, name: str) -> None:
        file.seek(0)
        given = file.read()
        with self._asking(name):
            obstore.put(self.writing, name, given, use_multipart=False)
        self.held.drop(name)

    def read(self, name: str) -> bytes:
        with self._asking(name):
            return obstore.get(self.reading, name).bytes().to_bytes()

    def lent(self, name: str) -> BytesIO:
        given = self.held.get(name)
        if given is None:
            given = self.read(name)
            self.held.hold(name, given)
        return BytesIO(given)

    def lying(self) -> dict[str, Lying]:
        with self._asking():
            pieces = [each for some in obstore.list(self.reading) for each in some]
        found = {each["path"]: Lying(each["size"], each["last_modified"].timestamp()) for each in pieces}
        return {name: found[name] for name in sorted(found) if not any(p.startswith(".") for p in name.split("/"))}

    def missing(self, names: Collection[str]) -> set[str]:
        if len(names) > MANY:
            return set(names) - self.lying().keys()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return {name for name, there in zip(names, pool.map(self._since, names), strict=True) if there is None}

    def halves(self) -> dict[str, Lying]:
        return {}

    def take_away(self, name: str, before: float) -> bool:
        """Look and take away: a store has no way to do both in one step.

        A file that comes in between, which is within a moment after a month, is gone; the library then says so.
        """
        since = self._since(name)
        if since is None or since >= before:
            return False
        with self._asking(name):
            obstore.delete(self.reading, name)
        self.held.drop(name)
        return True

    def look(self) -> str:
        try:
            with self._asking():
                next(iter(obstore.list(self.reading, chunk_size=1)), None)
        except OSError as error:
            return str(error.strerror)
        return ""

    def heard(self) -> str:
        return self.trouble

    def _since(self, name: str) -> float | None:
        """Return since when a file lies here; None where it does not."""
        try:
            with self._asking(name):
                return obstore.head(self.reading, name)["last_modified"].timestamp()
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def _asking(self, name: str = "") -> Iterator[None]:
        """Ask the store for something; where it was silent, let one at a time find out whether it still is."""
        with self.lock:
            moment = time.monotonic()
            if moment < self.again_at:
                raise OutOfReach(self.trouble)
            if self.trouble:
                self.again_at = moment + READING
        try:
            yield
        except (FileNotFoundError, BaseError) as error:
            words = _words(error)
            if words:
                raise self._failed(words, error) from None
            self._answered()
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name) from None
        else:
            self._answered()

    def _answered(self) -> None:
        self.trouble, self.again_at = "", 0.0

    def _failed(self, words: str, error: Exception) -> OutOfReach:
        """Remember that nobody need ask for a moment, and say so once in the log."""
        with self.lock:
            is_news, self.trouble = words != self.trouble, words
            if words != SHUT:  # which is said at once, and perhaps of one file
                self.again_at = time.monotonic() + PAUSE
        if is_news:
            log.error(words, extra={"facts": {"bucket": self.address, "error": type(error).__name__}})
        return OutOfReach(words)


def _words(error: Exception) -> str:
    """Say what keeps the store from answering; "" where it says that a file is not there."""
    said = str(error)  # of a list, the library tells one refusal from another by what it quotes alone
    if "NoSuchBucket" in said:
        return NO_BUCKET
    if isinstance(error, FileNotFoundError):
        return ""
    is_shut = isinstance(error, PermissionDeniedError | UnauthenticatedError) or "status code: 403" in said
    return SHUT if is_shut else SILENT


def _client(bucket: Bucket, patience: float) -> S3Store:
    options: dict[str, Any] = {
        "timeout": timedelta(seconds=patience),
        "connect_timeout": timedelta(seconds=CONNECTING),
        "allow_http": bucket.endpoint.startswith("http:"),
    }
    given: dict[str, Any] = {"endpoint": bucket.endpoint, "prefix": bucket.prefix}
    return S3Store(
        bucket.name,
        region=bucket.region,
        access_key_id=bucket.key,
        secret_access_key=bucket.secret,
        client_options=options,  # pyright: ignore[reportArgumentType]
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=patience)},
        **{name: value for name, value in given.items() if value},
    )
