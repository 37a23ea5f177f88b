"""The findings on a review: looked for with all that is known around it, set aside by its author, taken back."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kblog import cache
from kblog.document import Document
from kblog.language import ENGLISH, speaking
from kblog.models import IgnoredFinding, Review
from kblog.overview import understand
from kblog.reviews.routes import today

from ..lint import Facts, Finding, lint
from ..lint.links import linked
from ..lint.prose import opening
from . import queries

PRIVATE = re.compile(r"/studio(?:/|\Z)|/previews/")


class Ignored(NamedTuple):
    """A finding that the author set aside, as it reads now, or as it read then where it has been mended since."""

    key: str
    words: str


class Found(NamedTuple):
    """What is to be looked at, and what of it the author has set aside."""

    findings: list[Finding]
    ignored: Sequence[Ignored]

    @property
    def is_blocked(self) -> bool:
        """Whether something stands in the way of publishing."""
        return any(finding.level == "error" for finding in self.findings)


def found(review: Review, document: Document) -> Found:
    """Look at a text that is a review's, or will be; an error cannot be set aside."""
    ignored = queries.ignored(review)
    keys = {each.key for each in ignored}
    listed = lint(document, facts(document, review.id))
    told = {each.key: _placed(each) for each in listed if each.key in keys}
    return Found(
        [each for each in listed if each.level == "error" or each.key not in keys],
        [Ignored(each.key, told.get(each.key, each.words)) for each in ignored],
    )


def facts(document: Document, review_id: int) -> Facts:
    """Gather what the rules have to know: two queries where nothing changed and it has no links and pictures."""
    own = opening(document.description, understand(document.overview).work_title)
    alike = cache.kept("openings", queries.openings).get(tuple(own), ()) if own else ()
    return Facts(
        today=today(),
        filler=tuple(filter(None, map(str.strip, cache.site().filler.splitlines()))),
        descriptions=tuple((title, text) for number, title, text in alike if number != review_id),
        addresses=frozenset(leading(linked(document))),
        pictures=queries.pictured(document.body),
    )


def leading(paths: Iterable[str]) -> set[str]:
    """Return which of these addresses of the site lead readers somewhere."""
    kept, others = queries.leading(paths)
    return kept | {path for path in others if not PRIVATE.match(path) and _is_routed(path)}


def ignore(session: Session, review: Review, finding: Finding, moment: datetime) -> None:
    """Set a finding aside; the review is not touched. The caller commits."""
    if finding.level != "error" and session.get(IgnoredFinding, (review.id, finding.key)) is None:
        with speaking(ENGLISH):  # as it is kept, whatever is spoken later
            kept = IgnoredFinding(review_id=review.id, key=finding.key, words=_placed(finding), ignored_at=moment)
        session.add(kept)
        session.flush()


def take_back(session: Session, review: Review, key: str) -> None:
    """Look at a finding again. The caller commits."""
    if kept := session.get(IgnoredFinding, (review.id, key)):
        session.delete(kept)
        session.flush()


def _placed(finding: Finding) -> str:
    return f"{finding.section}: {finding.words}" if finding.section else finding.words


def anchor(finding: Finding) -> str:
    """Return the id of the field of the editor that a finding is about."""
    if finding.where == "body" and finding.part is not None:
        return f"parts-{finding.part}-text"
    return "parts" if finding.where == "body" else finding.where


def _is_routed(path: str) -> bool:
    try:
        current_app.url_map.bind("localhost").match(path)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True
