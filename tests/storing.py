"""A store that speaks S3 over the loopback, in a process that can be killed, and a gate that stands before it."""

import contextlib
import http.client
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.server import free_port
from kblog.sharing import Bucket

NAME = "pictures"
KEY, SECRET = "AKIAKEYOFTESTS", "secret-of-the-tests"


class Server:
    """An S3-compatible server over a folder; what it has taken in is there after a kill."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        (folder / NAME).mkdir()
        self.start()

    def start(self) -> None:
        program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or "rclone"
        command = [program, "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}"]
        command += ["--config", "", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            with contextlib.suppress(OSError), contextlib.closing(connection):
                connection.request("GET", "/")
                connection.getresponse()
                return
            time.sleep(0.05)
        raise SystemExit("The store did not start.")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def bucket(self, prefix: str, port: int = 0) -> Bucket:
        return Bucket(NAME, prefix, f"http://127.0.0.1:{port or self.port}", "us-east-1", KEY, SECRET)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_about) -> None:
        self.kill()


class Gate:
    """Stands before a server, and lets so many bytes through to it; then it holds its breath."""

    def __init__(self, port: int, most: int) -> None:
        self.behind, self.left, self.came = port, most, 0
        self.is_shut = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open: list[socket.socket] = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let go of everybody who waits."""
        for each in self.open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.came += 1
                server = socket.create_connection(("127.0.0.1", self.behind))
                self.open += [client, server]
                threading.Thread(target=self._send, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _send(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while self.left > 0 and (piece := client.recv(min(65_536, self.left))):
                server.sendall(piece)
                self.left -= len(piece)
            if self.left <= 0:
                self.is_shut.set()

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(65_536):
                client.sendall(piece)
