"""`flask lint`: what the editor would point out in one review or in all of them."""

from collections import Counter

import click
from flask.cli import with_appcontext

from kblog.db import db
from kblog.ledger import join_names
from kblog.studio import findings, queries, saving
from kblog.studio.lint import LEVELS

from .upgrading import stand_at_head


@click.command()
@click.argument("slug", required=False)
@with_appcontext
def lint(slug: str | None) -> None:
    """Point out what a review lacks and what in it contradicts itself; without SLUG, in all of them.

    Drafts are looked at too, and say so; what was put away is not. The exit status is 1 where something in a public
    review would stand in the way of publishing it, else 0.
    """
    stand_at_head()
    numbers = queries.to_lint(slug)
    if slug is not None and not numbers:
        raise click.UsageError(f"There is no review at {slug!r}. `flask lint` without a slug names every review.")
    total: Counter[str] = Counter()
    is_broken = False
    for number in numbers:
        if (review := queries.review(number)) is None:
            continue
        found = findings.found(review, saving.document_of(review))
        is_broken |= found.is_blocked and review.state == "published"
        total.update(finding.level for finding in found.findings)
        if found.findings or slug is not None:  # one paragraph a review
            ignored = f", {len(found.ignored)} ignored" if found.ignored else ""
            state = "" if review.state == "published" else f" ({review.state})"
            click.echo(f"{review.slug}{state}: {_counted(Counter(each.level for each in found.findings))}{ignored}")
        for finding in found.findings:
            where = finding.section or finding.where
            click.echo(f"  {finding.level:8} {where}: {finding.words}")
        if found.findings:
            click.echo()
        db.session.expunge_all()  # a blog of years is more than the memory needs to hold
    if slug is None:
        click.echo(f"{len(numbers):,} reviews looked at: {_counted(total)}.")
    if is_broken:
        raise SystemExit(1)


def _counted(levels: Counter[str]) -> str:
    """Say how many findings there are of each level."""
    there = [f"{levels[each]} {each}{'s' * (levels[each] != 1)}" for each in LEVELS if levels[each]]
    return join_names(there) if there else "nothing"
