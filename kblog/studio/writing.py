"""A review as the fields of the editor's form, and the document that they make: the author's words, byte for byte."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kblog import overview
from kblog.characters import characters
from kblog.document import Document
from kblog.ledger import Availability
from kblog.overview import Credit, Field, Row

from .changes import differences
from .sections import Part, join, split

# The overview's rows that are typed as one text, and the label that a new one gets.
SINGLE = {
    "year": (Field.YEAR, "Year"),
    "genres": (Field.GENRE, "Genre"),
    "director": (Field.DIRECTOR, "Director"),
    "writer": (Field.WRITER, "Writer"),
    "episodes": (Field.EPISODES, "Episodes"),
    "running_time": (Field.RUNNING_TIME, "Running Time"),
    "platform": (Field.PLATFORM, "Streaming Platform"),
}
RUNTIME = "Runtime"  # what a film's length is called
TITLES = (Field.TITLE, Field.NATIVE, Field.OTHER)
PLAIN = ("kind", "headline", "description", "verdict", "notes", "comments_open")  # a field and its attribute alike

Fields = Mapping[str, Any]


def typed(document: Document) -> dict[str, Any]:
    """Return what the form's fields hold for a document."""
    understood = overview.understand(document.overview)
    first, others = _sorted(document.overview)
    cast = [credit for credit in understood.credits if credit.role == "cast"]
    played = characters(document.body, [credit.name for credit in understood.credits])
    said = dict(document.characters)
    entries = document.entries(understood)
    return {
        **{name: getattr(document, name) for name in PLAIN},
        **{name: first[field].value if field in first else "" for name, (field, _) in SINGLE.items()},
        "slug": document.slug,
        "title": understood.work_title,
        "native_title": understood.native_title,
        "other_titles": "\n".join(dict.fromkeys((*understood.other_titles, *document.other_titles))),
        "cast": [
            {"name": _name(credit), "character": said.get(credit.name, credit.character or played.get(credit.name, ""))}
            for credit in cast
        ],
        "availability": [{name: getattr(entry, name) for name in ENTRY} for entry in entries],
        "rows": [{"label": row.label, "value": row.value} for row in others],
        "tells": "episode" if document.tells.isdigit() else document.tells,
        "tells_episode": int(document.tells) if document.tells.isdigit() else None,
        "hashtags": " ".join(document.hashtags),
        "labels": "\n".join(document.labels),
        "parts": [{"heading": part.heading, "text": part.text} for part in split(document.body)],
    }


def written(fields: Fields, base: Document) -> Document:
    """Return the document that the fields make of `base`; what was not touched stays as it is, byte for byte.

    >>> base = Document(overview=(Row("Released", "spring of 2021"),), body="## Story\\n\\nIt floats.\\n")
    >>> written(typed(base), base) == base
    True
    >>> written(typed(base) | {"year": "2022"}, base).overview
    (Row(label='Released', value='2022'),)
    """
    was = typed(base)

    def kept(name: str, old: Any, new: Callable[[Any], Any]) -> Any:
        return old if fields[name] == was[name] else new(fields[name])

    body = kept("parts", base.body, lambda parts: join([Part(**part) for part in parts], base.body))
    genres = ", ".join(filter(None, (fields["genres"], *(fields.get("add_genres") or ()))))
    rows = tuple(_overview({**fields, "genres": genres}, was, base))
    understood = overview.understand(rows)
    others = tuple(title for title in _lines(fields["other_titles"]) if title not in understood.other_titles)
    hashtags = kept("hashtags", base.hashtags, lambda text: tuple(dict.fromkeys(text.split())))
    return replace(
        base,
        **{name: fields[name] for name in PLAIN},
        slug=fields["slug"],
        tells=str(fields["tells_episode"] or "") if fields["tells"] == "episode" else fields["tells"],
        overview=rows,
        other_titles=kept("other_titles", base.other_titles, lambda _: others),
        characters=_characters(fields["cast"], was["cast"], base),
        labels=kept("labels", base.labels, lambda text: tuple(_lines(text))),
        hashtags=(*hashtags, *(tag for tag in fields.get("add_hashtags") or () if tag not in hashtags)),
        availability=_availability(fields, was, base, understood.availability),
        body=body,
    )


ENTRY = ("platform", "region", "offer", "status", "checked_on", "link", "note")


def _sorted(rows: Sequence[Row]) -> tuple[dict[Field, Row], list[Row]]:
    """Part the rows that have a field of their own, the first of each, from all others."""
    own = {field for field, _ in SINGLE.values()} | {Field.CAST}
    first: dict[Field, Row] = {}
    others = []
    for row in rows:
        if (field := row.field) and field in own and field not in first:
            first[field] = row
        elif field not in TITLES:
            others.append(row)
    return first, others


def _overview(fields: Fields, was: Fields, base: Document) -> Iterator[Row]:
    """Write the overview anew: a row whose field was not touched stays as it is, a blank one goes."""
    names = {field: name for name, (field, _) in SINGLE.items()}
    first, others = _sorted(base.overview)
    extra = [(entry["label"], entry["value"]) for entry in fields["rows"]]
    extra += [("", "")] * (len(others) - len(extra))
    titles_kept = all(fields[name] == was[name] for name in ("title", "native_title", "other_titles"))
    titles = list(_titles(fields["title"], fields["native_title"], base))
    cast = [entry["name"].strip() for entry in fields["cast"] if entry["name"].strip()]
    cast_kept = cast == [entry["name"] for entry in was["cast"]]
    placed: set[Field | None] = set()
    if titles and not titles_kept:
        yield from titles
    for row in base.overview:
        field = row.field
        if field in TITLES:
            if titles_kept:
                yield row
        elif field is None or first.get(field) is not row:
            label, value = extra.pop(0)
            if label.strip() or value.strip() or (label, value) == (row.label, row.value):
                yield Row(label, value)
        else:
            placed.add(field)
            if field is Field.CAST:
                value = row.value if cast_kept else ", ".join(cast)
            else:
                value = fields[names[field]]
            if value.strip() or value == row.value:
                yield Row(row.label, value)
    if cast and Field.CAST not in placed:
        yield Row("Main Cast", ", ".join(cast))
    for name, (field, label) in SINGLE.items():
        if field not in placed and fields[name].strip():
            is_runtime = field is Field.RUNNING_TIME and fields["kind"] == "film"
            yield Row(RUNTIME if is_runtime else label, fields[name])
    yield from (Row(label, value) for label, value in extra if label.strip() or value.strip())


def _titles(title: str, native: str, base: Document) -> Iterator[Row]:
    """Write the titles as one row where it is understood as both, else each in its own."""
    label = next((row.label for row in base.overview if row.field is Field.TITLE), "Title")
    both = Row(label, f"{title} ({native})" if title and native else title or native)
    understood = overview.understand([both])
    if not native or (understood.work_title, understood.native_title) == (title, native):
        if both.value.strip():
            yield both
        return
    if title.strip():
        yield Row(label, title)
    yield Row("Native Title", native)


def _characters(cast: Sequence[Fields], was: Sequence[Fields], base: Document) -> tuple[tuple[str, str], ...]:
    """Say who plays whom where the author said so; what the prose tells by itself is not said again."""
    before = {entry["name"]: entry["character"] for entry in was}
    said = dict(base.characters)
    for entry in cast:
        name = entry["name"].strip()
        if entry["character"] != before.get(name, ""):
            credits = overview.understand([Row("Cast", name)]).credits
            said |= {credit.name: entry["character"].strip() for credit in credits[:1]}
    return tuple(said.items()) if said != dict(base.characters) else base.characters


def _availability(
    fields: Fields, was: Fields, base: Document, understood: Sequence[Availability]
) -> tuple[Availability, ...] | None:
    """Take the ledger's entries from their rows; where only the sentence was changed, what it says anew."""
    made, before = (tuple(_entries(each["availability"])) for each in (fields, was))
    if made == before:
        if fields["platform"] == was["platform"] or base.availability is None:
            return base.availability if fields["platform"] == was["platform"] else None
        made = said_anew(overview.understand(base.overview).availability, understood, base.availability)
    return None if made == tuple(understood) else made


def said_anew(
    old: Sequence[Availability], new: Sequence[Availability], held: Sequence[Availability]
) -> tuple[Availability, ...]:
    """Apply what differs between two sentences to the ledger: what was checked since the first was written stays.

    >>> viki, mubi, left = Availability("Viki"), Availability("MUBI"), Availability("Viki", status="left")
    >>> said_anew([viki], [viki, mubi], [left]) == (left, mubi)
    True
    """
    entries = list(held)
    for was, now in differences(old, new):
        same = [each for each in entries if was and (each.platform, each.offer) == (was.platform, was.offer)]
        own = [each for each in same if was and each.region == was.region]
        there = was if was in own else own[0] if own else same[0] if len(same) == 1 else None
        if there and now:
            entries[entries.index(there)] = now
        elif there:
            entries.remove(there)
        elif now and now not in entries:
            entries.append(now)
    return tuple(entries)


def _entries(rows: Sequence[Fields]) -> Iterator[Availability]:
    """Read the rows that say anything."""
    for row in rows:
        entry = Availability(**{name: row[name] for name in ENTRY})
        if entry != Availability():
            yield entry


def _name(credit: Credit) -> str:
    return f"{credit.name} ({credit.alias})" if credit.alias else credit.name


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
