"""Memorable lines, found in a review's body."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from kblog.db import Model


class Line(Model):
    """A quotation worth keeping; rebuilt whenever the body that holds it is written."""

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(sa.ForeignKey("review.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    anchor: Mapped[str]
    quote: Mapped[str]
    speaker: Mapped[str] = mapped_column(default="")
    speaker_key: Mapped[str] = mapped_column(default="")  # one for "Jonathan" and "Jonathan Na" of one review
    episode: Mapped[int | None]
    context: Mapped[str] = mapped_column(default="")
    spoils: Mapped[str] = mapped_column(default="")  # "", the episode up to which it tells, or "all"


def speaker_keys(speakers: list[str]) -> list[str]:
    """Name each speaker of one review by the longest name that begins or ends with theirs.

    >>> speaker_keys(["Jonathan Na", "Yeo-rae", "Jonathan"])
    ['jonathan na', 'yeo-rae', 'jonathan na']
    """
    names = sorted({speaker.casefold() for speaker in speakers}, key=len, reverse=True)

    def longest(speaker: str) -> str:
        tokens = speaker.casefold().split()
        for name in names:
            whole = name.split()
            if tokens and (whole[: len(tokens)] == tokens or whole[-len(tokens) :] == tokens):
                return name
        return speaker.casefold()

    return [longest(speaker) for speaker in speakers]
