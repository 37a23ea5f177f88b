"""Rules about the fields of a review: what its card, its lists and its readers need."""

from collections.abc import Iterator

from kblog.language import noted

from .people import told_of
from .subject import Finding, Subject


def is_titled(review: Subject) -> Iterator[Finding]:
    if not (review.overview.work_title or review.document.headline.strip()):
        yield Finding("error", noted("Give the review a title."), "title")


def has_text(review: Subject) -> Iterator[Finding]:
    if review.refused:
        yield Finding("error", review.refused, "body")
    elif not review.text:
        yield Finding("error", noted("Write the review before publishing it."), "body")


def has_kind(review: Subject) -> Iterator[Finding]:
    if not review.kind:
        yield Finding("warning", noted("Say whether it is a drama, film, special or show."), "kind")


def has_year(review: Subject) -> Iterator[Finding]:
    if not review.overview.year:
        yield Finding("warning", noted("Add the year."), "year")


def has_genres(review: Subject) -> Iterator[Finding]:
    if not review.overview.genres:
        yield Finding("warning", noted("Add a genre: readers filter by it."), "genres")


def has_cast(review: Subject) -> Iterator[Finding]:
    if not review.names("cast"):
        yield Finding("warning", noted("Add the cast."), "cast")


def has_crew(review: Subject) -> Iterator[Finding]:
    told = {each.role for each in told_of(review)}  # of whom the text names, `people` asks by name
    if review.kind == "film" and not review.names("director") and "director" not in told:
        yield Finding("warning", noted("Add the director."), "director")
    if review.kind == "film" and not review.names("writer") and "writer" not in told:
        yield Finding("note", noted("Add the writer."), "writer")


def has_length(review: Subject) -> Iterator[Finding]:
    if review.kind == "drama" and not review.overview.episodes:
        yield Finding("warning", noted("Add the number of episodes."), "episodes")
    if review.kind in ("film", "special") and not review.overview.running_time:
        yield Finding("warning", noted("Add the running time."), "running_time")


def has_description(review: Subject) -> Iterator[Finding]:
    if not review.document.description.strip():
        yield Finding("warning", noted("Write a description: the review’s card shows it."), "description")


def has_hashtags(review: Subject) -> Iterator[Finding]:
    if not review.document.hashtags:
        yield Finding("note", noted("Add hashtags: some are suggested."), "hashtags")


def says_how_far_it_tells(review: Subject) -> Iterator[Finding]:
    if not review.document.tells:
        words = noted("Say how far the unmarked text tells: nothing that spoils, up to an episode, or the ending.")
        yield Finding("note", words, "tells")
