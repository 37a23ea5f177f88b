"""Two runs of one suite: each claims the next module that the other has not, from either end, until they meet.

python -m pytest -p tests.halves --shared FOLDER [--from-the-end]
"""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ABOVE = ("browser", "server")  # what is so marked is waited for: its modules come first


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shared", type=Path, help="run only what another run has not claimed in this folder")
    parser.addoption("--from-the-end", action="store_true", help="claim the last module first")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    folder: Path | None = session.config.getoption("--shared")
    if folder is None or session.testsfailed or session.config.option.collectonly:
        return None
    run = session.config.hook.pytest_runtest_protocol
    mine: list[pytest.Item] = []
    waiting = claimed(modules(session.items, from_the_end=session.config.getoption("--from-the-end")), folder)
    item = next(waiting, None)
    while item is not None:
        mine.append(item)
        following = next(waiting, None)  # known beforehand: what both need is not torn down between them
        run(item=item, nextitem=following)
        if session.shouldfail or session.shouldstop:
            raise session.Interrupted(str(session.shouldfail or session.shouldstop))
        item = following
    theirs = set(session.items) - set(mine)
    session.config.hook.pytest_deselected(items=list(theirs))
    return True


def modules(items: Iterable[pytest.Item], *, from_the_end: bool) -> list[list[pytest.Item]]:
    """Return the tests by module, those first that are waited for, or last for the run that begins at the end."""
    found = [list(group) for _, group in itertools.groupby(items, key=lambda item: item.path)]
    found.sort(key=lambda group: not any(item.get_closest_marker(mark) for item in group for mark in ABOVE))
    return found[::-1] if from_the_end else found


def claimed(found: Iterable[list[pytest.Item]], folder: Path) -> Iterator[pytest.Item]:
    """Yield the tests of each module that this run is the first to claim."""
    for group in found:
        name = group[0].nodeid.partition("::")[0].replace("/", ".")
        try:
            (folder / name).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield from group
