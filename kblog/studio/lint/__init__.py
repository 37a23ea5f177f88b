"""What to look at in a review: what it lacks, and what in it contradicts itself or cannot be right."""

from dataclasses import replace

from kblog.document import Document

from . import availability, card, links, people, prose, signs
from .subject import LEVELS, Facts, Finding, Pictured, Rule, place, read

__all__ = ["LEVELS", "RULES", "Facts", "Finding", "Pictured", "lint"]

# In the order of the editor's fields. A new rule is a function in one of the modules here, and a line of its own in
# the tests. Its name is part of what an ignored finding is known by.
RULES: tuple[Rule, ...] = (
    card.is_titled,
    card.has_kind,
    card.has_year,
    card.has_genres,
    card.has_cast,
    card.has_crew,
    people.is_crew_credited,
    people.is_spelt_one_way,
    card.has_length,
    availability.has_availability,
    availability.is_availability_dated,
    availability.is_availability_fresh,
    availability.is_availability_said_once,
    card.has_description,
    prose.has_an_opening_of_its_own,
    card.has_text,
    prose.has_usual_sections,
    prose.has_no_empty_section,
    prose.has_speakers,
    prose.is_within_its_episodes,
    prose.has_its_quotations_among_the_lines,
    prose.is_dated,
    prose.is_free_of_filler,
    links.has_pictures_that_came,
    links.leads_somewhere,
    links.has_alt_texts,
    signs.writes_signs_one_way,
    card.has_hashtags,
    availability.is_hashtag_right,
    card.says_how_far_it_tells,
)


def lint(document: Document, facts: Facts) -> list[Finding]:
    """List the findings on a review, the gravest first and then in the order of the editor.

    >>> from datetime import date
    >>> from kblog.overview import Row
    >>> rows = Row("Title", "Salt Road"), Row("Streaming Platform", "Viki")
    >>> [finding.words for finding in lint(Document(overview=rows), Facts(date(2026, 3, 1)))[:3]]
    ['Write the review before publishing it.', 'Say whether it is a drama, film, special or show.', 'Add the year.']
    """
    subject = read(document, facts)
    found = [replace(finding, rule=rule.__name__) for rule in RULES for finding in rule(subject)]
    places = place(document.body, [finding.line for finding in found if finding.line is not None])
    placed: dict[str, Finding] = {}
    for finding in found:
        part = places.get(finding.line) if finding.line is not None else None
        section = subject.parts[part].heading if part is not None else ""
        quote = finding.quote.removesuffix("…")
        told = replace(finding, part=part, section=section, quote=quote)
        placed.setdefault(told.key, told)
    return sorted(placed.values(), key=lambda finding: LEVELS.index(finding.level))
