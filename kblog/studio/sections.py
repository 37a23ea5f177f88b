"""Placeholder until the real module is merged."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    heading: str
    text: str


def split(body):
    return [Part("", body)]


def join(parts, base=""):
    return "".join(p.text for p in parts)
