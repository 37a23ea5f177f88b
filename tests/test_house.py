"""The rules of the house that a linter does not know."""

import ast
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "kblog").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
CODE = [path for path in MODULES if "migrations" not in path.parts]


def name(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


def keep_out(path: pathlib.Path, pattern: str, rule: str) -> None:
    """Fail where a pattern stands in a file: with the place, and the rule that it breaks."""
    text = path.read_text(encoding="utf-8")
    if found := re.search(pattern, text, re.MULTILINE):
        line = text.count("\n", 0, found.start()) + 1
        pytest.fail(f"{name(path)}:{line}: {found[0].strip()!r}. {rule}", pytrace=False)


# Where reads of the database may stand, beside every queries.py.
READERS = {
    "kblog/dialects.py",
    "kblog/search/__init__.py",
    "kblog/search/fts5.py",
    "kblog/search/tsvector.py",
    "kblog/limits.py",
    "kblog/feeds.py",
    "kblog/signposts.py",
    "kblog/legacy.py",
    "kblog/pages.py",
    "kblog/cache/of_sqlite.py",
    "kblog/cli/site.py",
    "kblog/transfer/loader.py",
    "kblog/transfer/filing.py",
    "kblog/transfer/links.py",
    "kblog/transfer/samples.py",
    "kblog/transfer/storing.py",
}


@pytest.mark.parametrize("path", CODE, ids=name)
def test_sql_reads_stand_in_queries(path: pathlib.Path):
    if path.name == "queries.py" or "models" in path.parts or name(path) in READERS:
        return
    keep_out(path, r"\bselect\(|\bsa\.func\.|\bsa\.text\(", "SQL reads stand in the queries.py of their feature.")


# They note, in a transaction of its own before the work begins, that a session is in use or that something is tried.
NOTING = {"kblog/studio/access.py", "kblog/studio/account/tries.py"}
# They run in the background, where nobody else could commit what they did.
JOBS = {"kblog/mail/delivering.py"}


@pytest.mark.parametrize("path", CODE, ids=name)
def test_only_the_edge_commits(path: pathlib.Path):
    text = path.read_text(encoding="utf-8")
    if re.search(r"Blueprint\(|^@bp\.", text, re.MULTILINE) or "cli" in path.parts or name(path) in NOTING | JOBS:
        return
    keep_out(path, r"\.commit\(\)", "Only routes and commands commit: a verb adds or changes, and its caller commits.")


# Nothing that they write is in a list.
UNLISTED = {"kblog/studio/changes.py", "kblog/comments/posting.py", "kblog/transfer/portable/queries.py"}
PAST_OBJECTS = re.compile(r"\b(update|delete|insert)\((Review|Filing|Availability|Term|term_broader|kept\.table)\b")


@pytest.mark.parametrize("path", [path for path in CODE if PAST_OBJECTS.search(path.read_text("utf-8"))], ids=name)
def test_who_writes_past_the_objects_what_lists_are_made_of_says_so(path: pathlib.Path):
    if name(path) not in UNLISTED and "mark_visible_change(" not in path.read_text(encoding="utf-8"):
        keep_out(path, PAST_OBJECTS.pattern, "After such a write lists are out of date: call mark_visible_change().")


@pytest.mark.parametrize("path", CODE, ids=name)
def test_markup_is_made_in_one_place(path: pathlib.Path):
    makers = {f"kblog/{each}.py" for each in ("markup/policy", "markup/spoilers", "markup/spoken", "db")}
    if name(path) not in makers:
        keep_out(path, r"\bMarkup\((?!\))", "Only kblog/markup/ says that a text is safe HTML.")


@pytest.mark.parametrize("path", CODE, ids=name)
def test_htmx_headers_stand_in_htmx(path: pathlib.Path):
    if name(path) != "kblog/htmx.py":
        keep_out(path, '"HX-', "What htmx is told is said in kblog/htmx.py.")


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_module_says_in_one_sentence_what_it_knows(path: pathlib.Path):
    text = path.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text)) if text.strip() else None
    assert doc, f"{name(path)} has no docstring"
    first = doc.split("\n\n")[0]
    assert first.endswith("."), f"{name(path)}: {first!r}"


@pytest.mark.parametrize("path", CODE, ids=name)
def test_imports_stand_at_the_top(path: pathlib.Path):
    if name(path) == "kblog/__init__.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            inner = [each for each in ast.walk(function) if isinstance(each, ast.Import | ast.ImportFrom)]
            assert not inner, f"{name(path)}:{inner[0].lineno if inner else 0} imports inside {function.name}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_never_trust_a_string(path: pathlib.Path):
    trusting = r"\|\s*safe\b|autoescape\s+false|<style|\sstyle=|\son[a-z]+=|hx-on|js:"
    keep_out(path, trusting, "No text is trusted, and no style or script stands in a page: the policy would stop it.")


@pytest.mark.parametrize(
    "path", [p for p in TEMPLATES if p.name.startswith("_") and p.name != "_macros.html"], ids=name
)
def test_a_fragment_says_what_it_needs_and_who_includes_it(path: pathlib.Path):
    said = re.match(r"\{# needs: .+; used by: (.+) #\}", path.read_text(encoding="utf-8"))
    assert said, f"{name(path)}:1: say {{# needs: ...; used by: ... #}}"
    included = f'"{path.relative_to(ROOT / "templates")}"'
    users = [each for each in TEMPLATES if included in each.read_text(encoding="utf-8")]
    unnamed = [each.name for each in users if each.name not in said[1] and f"{each.parent.name}/*" not in said[1]]
    assert not unnamed, f"{name(path)}:1: is used by these, too"


LOADED = re.compile(r"static_url\('(\w+\.js)'\)")
LOADING = [path for path in TEMPLATES if LOADED.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", LOADING, ids=name)
def test_scripts_of_one_page_share_no_name(path: pathlib.Path):
    """A name declared twice stops a whole script: nothing of it runs."""
    loaded = {"early.js", "kblog.js", *LOADED.findall(path.read_text(encoding="utf-8"))}
    together = "".join((ROOT / "static" / each).read_text(encoding="utf-8") for each in sorted(loaded))
    names = re.findall(r"^(?:const|let|class|function) (\w+)", together, re.MULTILINE)
    assert len(names) > 10
    assert not {each for each in names if names.count(each) > 1}


SCRIPTS = sorted((ROOT / "static").glob("*.js"))


def test_nothing_is_styled_and_no_function_written_that_nobody_names():
    """A class, or the beginning of those that are put together (`at-{place}`), stands where markup is made."""
    markup = "".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES, *SCRIPTS, *CODE))
    sheets = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "static").glob("*.css"))
    classes = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)))
    named = set(re.findall(r"[a-z][\w-]*", markup))
    assert len(classes) > 200
    classes -= {"htmx-request"}  # which htmx gives
    assert not {each for each in classes - named if re.sub(r"[^-]+$", "{", each) not in markup}
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    functions = re.findall(r"^(?:const|let|class|(?:async )?function) (\w+)", scripts, re.MULTILINE)
    assert not {each for each in functions if len(re.findall(rf"\b{each}\b", scripts)) == 1}


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_nests_no_template(path: pathlib.Path):
    """What packs scripts takes the second backtick for the end, and then spaces out of the words (rjsmin)."""
    assert not re.search(r"`[^`]*\$\{[^}]*`", path.read_text(encoding="utf-8"))


def test_no_file_names_this_machine_or_a_package_registry():
    telling = re.compile("/" + r"work/|pypi\.o" + r"rg|npmjs\.c" + r"om|pythonhosted\.o" + "rg")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]
    assert files
    assert not [str(path) for path in files if telling.search(path.read_text(encoding="utf-8", errors="ignore"))]
