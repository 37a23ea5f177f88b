"""The site as `make run` serves it, started and ended by benches and tests, always on this machine's loopback."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from . import loading

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Site:
    """The site as `make run` serves it, on a free port, without limits, moderation and daily backups."""

    program: Sequence[str] = ("-m", "flask", "--app", "app", "serve")

    def __init__(self, instance: Path, log: IO[bytes] | int = subprocess.DEVNULL, **settings: str) -> None:
        self.port = free_port()
        own = {"PORT": str(self.port), "KBLOG_INSTANCE": str(instance), "KBLOG_WORKERS": "2"}
        own |= {"KBLOG_GUARD": "off", "KBLOG_MODERATION": "none", "KBLOG_BACKUP_DAILY": "off"}
        self.environ = {**os.environ, **own, **settings}
        self.log = log
        self.start()

    def start(self) -> None:
        command = [sys.executable, *self.program]
        given = {"cwd": ROOT, "env": self.environ, "stdout": self.log, "stderr": self.log, "start_new_session": True}
        self.process = subprocess.Popen(command, **given)
        for _ in range(900):  # a minute and a half: the machine may be busy
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            with contextlib.suppress(OSError), contextlib.closing(connection):
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        self.kill()
        raise SystemExit("The server did not start.")

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def cpu(self) -> float:
        """Return the CPU seconds it has used so far, as the kernel counts them."""
        return loading.cpu(self.process.pid)
