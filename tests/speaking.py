"""What the interface says, gathered from templates, Python and scripts: `python -m tests.speaking` updates languages.

New sentences come into each .po without a translation, those that nobody says any more leave it, and the .mo that the
site reads is written anew.
"""

import ast
import gettext
import io
import pathlib
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from babel.messages import catalog, mofile, pofile

from kblog import create_app, language, ledger
from kblog.cache.files import SAY
from kblog.config import Config
from kblog.speaking import Message

ROOT = pathlib.Path(__file__).parents[1]
HOLES = re.compile(r"%\((\w+)\)s|\{(\w+)\}|<(/?\w+)")


class Wrapped(gettext.NullTranslations):
    """A language in which every sentence is ours in brackets: what stands outside them, nobody can translate."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"


def said() -> dict[Message, set[str]]:
    """Return every sentence, or pair of one and many, with the files in which it is said."""
    found: dict[Message, set[str]] = defaultdict(set)
    for where, message in (*in_templates(), *in_python(), *in_scripts(), *in_the_ledger()):
        found[message].add(where)
    return found


def in_templates() -> Iterator[tuple[str, Message]]:
    """Compile every template, and listen."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(instance=pathlib.Path(folder)), has_commands=False)
        environment = app.jinja_env
        environment.noted = []
        for name in environment.list_templates():
            source = environment.loader.get_source(environment, name)[0]
            environment.parse(source, name)
        for name, message in environment.noted:
            yield f"templates/{name}", message


def in_python() -> Iterator[tuple[str, Message]]:
    """Read `_("...")`, `noted("...")` and `plural(number, "...")` wherever they stand."""
    for path in sorted((ROOT / "kblog").rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        if where.startswith("kblog/cli/"):
            continue  # commands speak English
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if node.func.id in ("_", "gettext", "noted") and given:
                yield where, given[0]
            elif node.func.id == "plural":
                assert given, f"{where}:{node.lineno}: the noun has to stand in the call, or nobody translates it"
                yield where, (f"%(number)s {given[0]}", f"%(number)s {given[1] if len(given) > 1 else given[0] + 's'}")


def in_scripts() -> Iterator[tuple[str, Message]]:
    for path in sorted((ROOT / "static").glob("*.js")):
        for sentence in SAY.findall(path.read_text(encoding="utf-8")):
            yield f"static/{path.name}", sentence


def in_the_ledger() -> Iterator[tuple[str, Message]]:
    """Say entries of every kind: their sentences are put together."""
    for name, status, offer in product(("Viki", ""), ledger.STATUSES, ("", *ledger.OFFERS)):
        (sentence,) = ledger.ledger_sentences([ledger.Availability(name, status=status, offer=offer)])
        yield "kblog/ledger.py", sentence.before + ledger.HOLES


def read(spoken: str) -> catalog.Catalog:
    with (language.FOLDER / f"{spoken}.po").open("rb") as file:
        return pofile.read_po(file, locale=spoken)


def template() -> catalog.Catalog:
    """Return a catalogue of what is said, without any translation."""
    asked = catalog.Catalog(fuzzy=False)
    for message, places in sorted(said().items(), key=lambda pair: (sorted(pair[1])[0], str(pair[0]))):
        asked.add(message, locations=[(place, None) for place in sorted(places)])
    return asked


def compiled(words: catalog.Catalog) -> bytes:
    buffer = io.BytesIO()
    mofile.write_mo(buffer, words)
    return buffer.getvalue()


def meant(compiled: bytes) -> dict:
    """Return what a compiled catalogue says; its header tells when and with what it was made."""
    return {
        message: said
        for message, said in vars(gettext.GNUTranslations(io.BytesIO(compiled)))["_catalog"].items()
        if message
    }


def written(words: catalog.Catalog) -> bytes:
    """Write a catalogue for people: without what changes each time it is written."""
    buffer = io.BytesIO()
    pofile.write_po(buffer, words, width=0, ignore_obsolete=True, include_lineno=False, omit_header=True)
    plurals = f"nplurals={words.num_plurals}; plural={words.plural_expr};"
    header = ("Content-Type: text/plain; charset=utf-8", f"Language: {words.locale}", f"Plural-Forms: {plurals}")
    lines = ['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in header), "", ""]
    return "\n".join(lines).encode() + buffer.getvalue()


def holes(sentence: str) -> list[str]:
    """Return what must stand in every translation of a sentence: values, and the tags around words."""
    return sorted({"".join(found) for found in HOLES.findall(sentence)})


def main() -> None:
    asked = template()
    for spoken in language.NAMES:
        if spoken == language.ENGLISH:
            continue
        path = language.FOLDER / f"{spoken}.po"
        words = read(spoken) if path.exists() else catalog.Catalog(locale=spoken, fuzzy=False)
        words.update(asked, no_fuzzy_matching=True)
        path.write_bytes(written(words))
        beside = path.with_suffix(".mo")
        if not beside.exists() or meant(beside.read_bytes()) != meant(compiled(words)):
            beside.write_bytes(compiled(words))
        lacking = [
            each.id for each in words if each.id and not (all(each.string) if each.pluralizable else each.string)
        ]
        print(f"{spoken}: {len(words)} sentences, {len(lacking)} without a translation")  # noqa: T201
        for each in lacking:
            print(f"  {each}")  # noqa: T201


if __name__ == "__main__":
    main()
