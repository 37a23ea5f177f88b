"""Every recipe that this machine can follow, one after the other, each in a process of its own: `make reliability`."""

import subprocess
import sys
from importlib import import_module

RECIPES = ("kill", "power", "full", "read_only", "corrupted", "slow", "clock", "backup", "migrating", "mailing", "soak")


def main() -> int:
    missed = []
    for name in RECIPES:
        module = f"{__package__}.{name}"
        print(f"\n== {name}: {(import_module(module).__doc__ or '').splitlines()[0]}", flush=True)
        if subprocess.run([sys.executable, "-m", module]).returncode:
            missed.append(name)
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nevery promise that could be tried was kept")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
