"""Every recipe that this machine can follow, one after the other: `make reliability`."""

import sys

from . import clock, corrupted, full, kill, power, read_only, slow, soak

RECIPES = (kill, power, full, read_only, corrupted, slow, clock, soak)


def main() -> int:
    missed = []
    for recipe in RECIPES:
        name = recipe.__name__.rpartition(".")[2]
        print(f"\n== {name}: {(recipe.__doc__ or '').splitlines()[0]}", flush=True)
        if recipe.main([]):
            missed.append(name)
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nevery promise that could be tried was kept")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
