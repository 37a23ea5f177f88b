"""The pictures that a Takeout holds, and which address in a text each of them stands for: told by the file's name."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from .addresses import split
from .archive import UNREADABLE, Member, members
from .xml import CHUNK

# where Blogger keeps pictures, and kept them once
HOSTS = re.compile(r"(?:^|\.)(?:blogspot\.com|blogger\.com|googleusercontent\.com|ggpht\.com)$")
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".avif", ".heic")
TEXTS = (".atom", ".xml")
NUMBERED = re.compile(r"\(\d+\)$")
DESCRIBED = 64 * 1024  # bytes of the JSON beside a picture; it has a few hundred


@dataclass(frozen=True)
class InAlbum:
    """A picture of a Takeout; `names` are those that an address may have, as `called` makes them."""

    member: Member
    names: frozenset[str]


@dataclass(frozen=True)
class Matched:
    """What was made of the albums and the addresses."""

    found: tuple[tuple[InAlbum, tuple[str, ...]], ...]
    ambiguous: dict[str, int]  # by address: so many pictures have its name
    unused: int  # pictures that no address asks for


def pictures(path: Path) -> list[InAlbum]:
    """List the pictures in the albums of a Takeout, as a folder or a zip; nothing else has any."""
    by_name = {member.name: member for member in members(path)}
    found = []
    for name, member in by_name.items():
        if "Albums" in member.parts[:-1] and name.lower().endswith(PICTURES):
            found.append(InAlbum(member, _names(member, by_name)))
    return found


def stand_alone(path: Path) -> bool:
    """Whether there are pictures and no texts: Google cuts a large Takeout in parts."""
    return bool(pictures(path)) and not any(member.name.lower().endswith(TEXTS) for member in members(path))


def called(name: str) -> str:
    """Give a file's name as it is compared: decoded however often it was encoded, in one form and case.

    >>> called("My+Harbour%2B2.JPG"), called("%EB%B0%94%EB%8B%A4.jpg")
    ('my harbour 2.jpg', '바다.jpg')
    """
    for _ in range(3):
        name = unquote(name)
    return unicodedata.normalize("NFC", name).replace("+", " ").casefold()


def match(held: Iterable[InAlbum], wanted: Iterable[str]) -> Matched:
    """Say which picture each address stands for; none where two different ones could be meant."""
    held = list(held)
    by_name: dict[str, list[InAlbum]] = {}
    for picture in held:
        for name in picture.names:
            by_name.setdefault(name, []).append(picture)
    stands_for: dict[str, tuple[InAlbum, list[str]]] = {}
    ambiguous: dict[str, int] = {}
    for address in wanted:
        parts = split(address)
        candidates = by_name.get(called(PurePosixPath(parts.path).name), []) if _is_old_host(parts.hostname) else []
        if len(candidates) > 1 and len({_digest(each.member) for each in candidates}) > 1:
            ambiguous[address] = len(candidates)
        elif candidates:
            picture = candidates[0]
            stands_for.setdefault(picture.member.name, (picture, []))[1].append(address)
    used = {picture.member.name for picture, _ in stands_for.values()}
    unused = sum(picture.member.name not in used for picture in held)
    return Matched(tuple((each, tuple(of)) for each, of in stands_for.values()), ambiguous, unused)


def _is_old_host(host: str | None) -> bool:
    return HOSTS.search(host or "") is not None


def _digest(member: Member) -> str:
    """Return by what two pictures are told apart; one that cannot be read is like none."""
    try:
        with member.open() as stream:
            digest = hashlib.sha256()
            while piece := stream.read(CHUNK):
                digest.update(piece)
            return digest.hexdigest()
    except UNREADABLE:
        return member.name


def _names(member: Member, beside: dict[str, Member]) -> frozenset[str]:
    """Return the names a picture may have had when it was uploaded.

    The JSON beside it tells; x(1).jpg is a second x.jpg, and its JSON is called x.jpg(1).json.
    """
    path = PurePosixPath(member.name)
    if own := beside.get(f"{member.name}.json"):
        return frozenset(map(called, {path.name, _told(own) or path.name}))
    if number := NUMBERED.search(path.stem):
        first = f"{path.stem[: number.start()]}{path.suffix}"
        if second := beside.get(path.with_name(f"{first}{number[0]}.json").as_posix()):
            return frozenset({called(_told(second) or first)})
    return frozenset({called(path.name)})


def _told(description: Member) -> str:
    """Return the file name that the JSON beside a picture tells."""
    try:
        with description.open() as stream:
            told = json.loads(stream.read(DESCRIBED))
    except (*UNREADABLE, ValueError):
        return ""
    name = told.get("filename") if isinstance(told, dict) else ""
    return name if isinstance(name, str) else ""
