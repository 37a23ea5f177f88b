"""What an import did: its counts, and everything that a person has to know about it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kblog.language import noted

SHOWN = 20  # entries named under one heading; a terminal page, and the rest is counted


@dataclass
class Report:
    """The counts and remarks of one run; a dry run gives the same one."""

    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)  # (source_ref, reason)
    warnings: list[tuple[str, str]] = field(default_factory=list)  # (source_ref, what to know)
    losses: list[tuple[str, str]] = field(default_factory=list)  # (source_ref, what did not come along)
    without_overview: list[tuple[str, str]] = field(default_factory=list)  # (source_ref, headline)

    def lines(self, *, dry_run: bool = False) -> Iterator[str]:
        """Write the report for a terminal, line by line."""
        yield "Nothing was written: this is what an import would do." if dry_run else "Imported."
        for name, words in COUNTS.items():
            if self.counts[name] or name in ALWAYS:
                yield f"  {self.counts[name]:>6,}  {words}"
        yield from self.remarks
        yield from self._skipped()
        yield from _list("To know", [f"{ref}: {what}" for ref, what in self.warnings])
        yield from _list("Lost", [f"{ref}: {what}" for ref, what in self.losses])
        yield from _list("Without an overview", [headline for _, headline in self.without_overview])

    def _skipped(self) -> Iterator[str]:
        """Name everything that was skipped; what was for the same reason in one line."""
        refs: dict[str, list[str]] = {}
        for ref, reason in self.skipped:
            refs.setdefault(reason, []).append(ref)
        yield from _list("Skipped", [f"{_joined(those)}: {reason}" for reason, those in refs.items()])

    def picture_lines(self) -> Iterator[str]:
        """Write what became of pictures alone."""
        for name in ("pictures_fetched", "pictures"):
            yield f"  {self.counts[name]:>6,}  {COUNTS[name]}"
        yield from self.remarks
        yield from _list("To know", [f"{ref}: {what}" for ref, what in self.warnings])
        yield from _list("Not fetched", [f"{ref}: {what}" for ref, what in self.losses])


COUNTS = {
    "reviews": noted("reviews"),
    "public": noted("of them public"),
    "scheduled": noted("of them scheduled: they appear at their time"),
    "drafts": noted("of them drafts"),
    "withdrawn": noted("of them thrown away on the old blog: kept out of sight"),
    "pages": noted("pages"),
    "comments": noted("comments"),
    "replies": noted("of them replies"),
    "visible": noted("of them public"),
    "pending": noted("of them held for moderation"),
    "spam": noted("of them spam or hidden by the old blog"),
    "removed": noted("of them removed, with a stub where somebody answered"),
    "lines": noted("memorable lines"),
    "availability": noted("entries of the availability ledger"),
    "redirects": noted("old addresses that lead to their new place"),
    "pictures_here": noted("pictures that came with the texts"),
    "pictures_fetched": noted("pictures fetched from where the texts show them"),
    "pictures": noted("pictures that are not here yet: drawn as links to the old blog"),
    "embeds": noted("embedded players: now links"),
    "already": noted("entries that were here already"),
    "skipped": noted("entries skipped"),
    "samples_removed": noted("untouched sample reviews taken away"),
    "samples_kept": noted("sample reviews kept, because somebody changed or answered them"),
}
ALWAYS = ("reviews", "pages", "comments")


def _joined(refs: list[str]) -> str:
    """Write references in a row, of those from one place only what differs.

    >>> _joined(["blogger:77:101"]), _joined(["wordpress:x.example:7", "wordpress:x.example:8"])
    ('blogger:77:101', '2 entries, wordpress:x.example:7, 8')
    """
    if len(refs) == 1:
        return refs[0]
    place = refs[0].rpartition(":")[0]
    return f"{len(refs):,} entries, {refs[0]}, {', '.join(ref.removeprefix(f'{place}:') for ref in refs[1:])}"


def _list(heading: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"{heading}:"
        yield from (f"  - {item}" for item in items[:SHOWN])
        if len(items) > SHOWN:
            yield f"  and {len(items) - SHOWN:,} more"
