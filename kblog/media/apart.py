"""How a program is started that meets what may be hostile or large: a process that knows nothing of the site."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

PATIENCE = 30  # seconds for one picture; its process has 10 of CPU
PASSED_ON = ("PATH", "LD_LIBRARY_PATH")  # of the environment: none of the site's settings and keys


def run(
    program: Path, *arguments: str, given: bytes = b"", out: IO[bytes] | int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """Let a program of ours work, and return how it ended; raise TimeoutExpired if it takes too long."""
    return subprocess.run(  # noqa: S603 - our own program, and its arguments are constants
        [sys.executable, "-I", str(program), *arguments],
        input=given,
        stdout=out,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        cwd="/",
        check=False,
    )
