"""The house has floors (docs/architecture.md): an import that goes up, round, or into a library of another
room fails by name.

Rules are prefixes of module names: a module's place says what it may import. There is no list of exceptions.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the top down. A module belongs to the first floor that has a prefix of its name, and imports from its
# own floor and those below.
FLOORS: tuple[tuple[str, ...], ...] = (
    (
        *("newsarchive.web", "newsarchive.admin", "newsarchive.ops", "newsarchive.management"),
        *("newsarchive.urls", "newsarchive.wsgi", "newsarchive.serve", "newsarchive.gunicorn_conf"),
        "search.management",
    ),
    ("search.web",),
    ("search.counting", "search.results"),
    ("search.indexing", "search.engines", "search.vocabulary", "search.models", "search.apps"),
    ("search.query",),
    ("search.language", "search.data"),
    ("newsarchive",),
)
# Beyond the floors: what a room must not know of.
UNKNOWN_IN: dict[str, tuple[str, ...]] = {
    "newsarchive.importers": (
        *(
            "django",
            "newsarchive.models",
            "newsarchive.archive",
            "newsarchive.ingest",
            "newsarchive.pictures",
        ),
        *("newsarchive.conf", "newsarchive.runtime", "newsarchive.settings"),
    ),
    "newsarchive.models": ("newsarchive.archive", "newsarchive.ingest", "newsarchive.importers"),
    "search.language": ("django", "newsarchive"),
    "search.data": ("django", "newsarchive"),
    "search.query": ("django", "newsarchive.models", "newsarchive.archive"),
    "search.engines": (
        "django.db",
        "django.http",
        "newsarchive.models",
        "newsarchive.archive",
        "search.indexing",
    ),
    "search.indexing": ("django.http",),
    "search.results": ("django.http",),
    "search.counting": ("django.http",),
}
ONLY_IN: dict[str, tuple[str, ...]] = {
    "jieba": ("search.language",),
    "rjieba": ("search.language",),
    "cachetools": ("search.engines.embedded.byte_cache",),
    "jinja2": ("search.web.templating",),
    "markupsafe": (),  # Jinja's kind of HTML: `search.results.highlight` makes ours
    "opencc": ("search.data.build_variants", "search.language.conversion"),
    "pypinyin": ("search.language.confusables",),
    "whoosh": ("search.engines.embedded.words",),
    "opensearchpy": ("search.engines.opensearch.client",),
    "numpy": ("search.counting", "search.engines", "search.language"),
    "psycopg": ("newsarchive.conf.databases",),
    "sqlite3": (
        *("newsarchive.ops", "newsarchive.management", "search.engines.embedded.delta"),
        "newsarchive.quotas.counters",  # in a file of its own, whatever the database
    ),
    "nh3": ("newsarchive.importers.html.safe_subset",),
    "yaml": ("newsarchive.importers.fields.yaml_head",),
    "markdown_it": ("newsarchive.importers.markdown.commonmark",),
    "mdit_py_plugins": ("newsarchive.importers.markdown.commonmark",),
    "zstandard": ("newsarchive.ingest.containers.tars",),
    "feedparser": ("newsarchive.ingest.records.feeds",),
    "fastwarc": ("newsarchive.ingest.containers.crawls",),
    "warcio": ("newsarchive.ingest.containers.crawls",),
    "bs4": ("newsarchive.importers.html",),
    "lxml": ("newsarchive.importers.webpage.tree",),
    "fcntl": ("newsarchive.runtime.locks",),
    "ctypes": ("newsarchive.runtime.files",),
    "prometheus_client": ("newsarchive.runtime.metrics",),
    "gunicorn": ("newsarchive.ops",),
    "redis": ("newsarchive.quotas.counters", "newsarchive.conf.cache"),
    "whitenoise": ("newsarchive.settings",),  # which only names it
}
LONGEST_LINE = 160  # characters of a template: more are not seen side by side with a second version
MOST_MODULES = 22  # in one folder of code: more, and a stranger finds nothing by reading the list


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


CODE = {
    _name(path): path
    for package in ("newsarchive", "search")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
}


@cache
def imports(module: str) -> frozenset[str]:
    """The names of all that a module imports, wherever in it: modules of ours, else as they are written."""
    return frozenset(_imported(CODE[module]))


def _imported(path: Path) -> Iterator[str]:
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level]] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield inner if inner in CODE or module not in CODE else module


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def floor(module: str) -> int:
    """Counted from the top."""
    floors = (number for number, rooms in enumerate(FLOORS) if any(is_within(module, room) for room in rooms))
    return next(floors, len(FLOORS))


def test_imports_only_go_down() -> None:
    wrong = [
        f"{module} imports {name}"
        for module in CODE
        for name in sorted(imports(module))
        if name in CODE and floor(name) < floor(module)
    ]

    assert wrong == []


def test_no_imports_go_in_a_circle() -> None:
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        if module in above:
            pytest.fail(" -> ".join([*above[above.index(module) :], module]))
        if module not in done:
            for name in sorted(imports(module) & CODE.keys()):
                visit(name, (*above, module))
            done.add(module)

    for module in CODE:
        visit(module, ())


@pytest.mark.parametrize("room", UNKNOWN_IN)
def test_a_room_knows_nothing_of(room: str) -> None:
    wrong = [
        f"{module} imports {name}"
        for module in CODE
        if is_within(module, room)
        for name in sorted(imports(module))
        for unknown in UNKNOWN_IN[room]
        if is_within(name, unknown)
    ]

    assert wrong == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_has_one_room(library: str) -> None:
    wrong = [
        module
        for module in CODE
        if any(is_within(name, library) for name in imports(module))
        and not any(is_within(module, room) for room in ONLY_IN[library])
    ]

    assert wrong == []


def test_every_rule_names_a_room_that_is_there() -> None:
    named = [*UNKNOWN_IN, *(room for rooms in (*ONLY_IN.values(), *FLOORS) for room in rooms)]

    assert [room for room in named if not any(is_within(module, room) for module in CODE)] == []


def test_no_folder_holds_more_modules_than_one_can_look_through() -> None:
    sizes = Counter(path.parent for path in CODE.values())

    assert {str(folder): size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_html_is_made_in_one_place_and_templates_trust_nothing() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for path in CODE.values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", ""))
        in ("mark_safe", "format_html", "SafeString", "SafeText", "Markup")
        and not all(isinstance(argument, ast.Constant) for argument in node.args)
    }
    templates = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        for text in [path.read_text(encoding="utf-8")]
        if re.search(r"\|\s*safe\b|autoescape\s+(off|false)|\bMarkup\b|__html__", text)
    ]

    assert makers == {"search/results/highlight.py"}
    assert templates == []


def test_no_tag_of_djangos_templates_goes_over_a_line() -> None:
    """Django would print it as it stands; Jinja reads it."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in sorted((ROOT / "templates" / "admin").rglob("*.html"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.count("{{") != line.count("}}") or line.count("{%") != line.count("%}")
    ]

    assert wrong == []


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters"
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]

    assert wrong == []


def test_no_template_types_json_by_hand() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if re.search(r"escapejs|json[^>]*>\s*[{\[]\s*\"", path.read_text(encoding="utf-8"))
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "markup", ['name="language"', "<del>{{ piece", "<ins>{{ piece", "application/ld+json"]
)
def test_what_pages_of_readers_and_of_the_admin_share_is_written_once(markup: str) -> None:
    templates = [path for path in sorted((ROOT / "templates").rglob("*")) if path.is_file()]

    assert sum(path.read_text(encoding="utf-8").count(markup) for path in templates) == 1
