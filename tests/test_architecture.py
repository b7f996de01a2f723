"""The house has floors, and imports only go down. A wrong import fails here by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What the files of a pattern must not import. Later patterns add to earlier ones.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "newsarchive/**/*.py": ("search",),
    "newsarchive/importers/**/*.py": (
        *("django", "newsarchive.models", "newsarchive.outbox", "newsarchive.articles"),
        *("newsarchive.settings", "newsarchive.env", "newsarchive.ingest"),
    ),
    "newsarchive/models.py": ("newsarchive.articles", "newsarchive.ingest", "newsarchive.importers"),
    "search/language/*.py": ("django", "newsarchive", "search.query", "search.engine", "search.engines"),
    "search/language/tokens.py": ("django", "newsarchive", "search.query", "search.engine", "search.engines"),
    "search/query*.py": ("django", "search.engine", "search.engines", "newsarchive.models"),
    "search/query/synonyms.py": ("django", "search.engine", "search.engines", "newsarchive"),
    "search/language/confusables.py": ("django", "search.engine", "search.engines", "newsarchive"),
    "search/vocabulary/store.py": ("search.engine", "search.engines", "search.service", "search.sync"),
    "search/results/zero_results.py": ("search.engines", "search.service", "search.views", "django"),
    "search/query/semantics.py": ("django", "search.engine", "search.engines", "newsarchive"),
    "search/highlight*.py": ("search.engine", "search.engines", "search.service", "newsarchive.models"),
    "search/engines/base.py": ("newsarchive.models", "search.documents", "search.service", "django.http"),
    "search/engines/*.py": (
        *("django", "newsarchive.models", "newsarchive.outbox"),
        *("search.documents", "search.service", "search.sync", "search.views", "search.highlight"),
    ),
    "search/results/rows.py": ("search.service", "search.views", "search.engine", "search.engines"),
    "search/results/results.py": ("search.service", "search.views", "search.engine", "search.engines"),
    "search/indexing/documents.py": ("search.service", "search.sync", "search.views", "search.engines"),
    "search/indexing/sync.py": ("search.service", "search.views", "search.engines"),
    "search/results/service.py": ("search.views", "search.engines", "search.sync", "django.http"),
}
# The top floor may search, through the service; so may the process that serves.
TOP_FLOOR = (
    *("search/web/views_article.py", "newsarchive/urls.py", "newsarchive/admin", "newsarchive/management"),
    "newsarchive/ops/gunicorn_conf.py",
)
ONLY_IN: dict[str, tuple[str, ...]] = {
    "jieba": ("search/language/tokens.py",),
    "rjieba": ("search/language/tokens.py",),
    "opencc": ("search/data/build_variants.py", "newsarchive/importers/fields/language.py"),
    "whoosh": ("search/engines/embedded/words_whoosh.py",),
    "opensearchpy": ("search/engines/opensearch/client.py",),
    "psycopg": ("newsarchive/conf/databases.py",),
    "sqlite3": (
        *("newsarchive/ops/backup.py", "newsarchive/ops/restore.py", "newsarchive/ops/transfer.py"),
        *("newsarchive/ops/doctor.py", "newsarchive/management/", "search/engines/embedded/delta.py"),
        "newsarchive/quotas/counters.py",  # in a file of its own, whatever the database
    ),
    "numpy": ("search/engines/", "search/language/folding.py"),
    "pypinyin": ("search/language/confusables.py",),
    "nh3": ("newsarchive/importers/html/safe_subset.py",),
    "yaml": ("newsarchive/importers/fields/front_matter.py",),
    "zstandard": ("newsarchive/ingest/containers/tars.py",),
    "bs4": ("newsarchive/importers/",),
    "lxml": ("newsarchive/importers/",),
    "prometheus_client": ("newsarchive/runtime/metrics.py",),
    "gunicorn": ("newsarchive/ops/gunicorn_worker.py",),
    "redis": ("newsarchive/quotas/counters.py", "newsarchive/conf/cache.py"),
    "whitenoise": (),  # only named in settings
}
CODE = [
    path
    for package in ("newsarchive", "search")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]


def imports(path: Path) -> Iterator[str]:
    """Absolute names of everything a file imports, wherever in it."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level]] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_imports_only_go_down(pattern: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in CODE
        if path in set(ROOT.glob(pattern))
        and not (pattern == "newsarchive/**/*.py" and str(path.relative_to(ROOT)).startswith(TOP_FLOOR))
        for name in imports(path)
        for forbidden in FORBIDDEN[pattern]
        if is_within(name, forbidden)
    }

    assert wrong == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_has_one_room(library: str) -> None:
    rooms = ONLY_IN[library]
    wrong = {
        str(path.relative_to(ROOT))
        for path in CODE
        if not str(path.relative_to(ROOT)).startswith(rooms or "nowhere")
        and any(is_within(name, library) for name in imports(path))
    }

    assert wrong == set()


def test_every_pattern_names_a_file() -> None:
    assert [pattern for pattern in FORBIDDEN if not list(ROOT.glob(pattern))] == []


def test_html_is_made_in_one_place_and_templates_trust_nothing() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", ""))
        in ("mark_safe", "format_html", "SafeString")
        and not all(isinstance(argument, ast.Constant) for argument in node.args)
    }
    templates = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        for text in [path.read_text(encoding="utf-8")]
        if "|safe" in text or "| safe" in text or "autoescape off" in text
    ]

    assert makers == {"search/results/highlight.py"}
    assert templates == []


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    wanted = [
        line.split(">")[0].split("=")[0].split("[")[0].strip()
        for name in ("requirements.in", "requirements-dev.in", "requirements-load.in")
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    ]

    assert [name for name in wanted if f"`{name}`" not in reasons] == []


def test_dependencies_are_locked_by_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-load.txt"):
        locked = [line for line in (ROOT / name).read_text().splitlines() if line and line[0].isalpha()]
        text = (ROOT / name).read_text()
        assert locked
        assert all("==" in line for line in locked)
        assert text.count("--hash=sha256:") >= len(locked)


def test_no_tag_of_a_template_goes_over_a_line() -> None:
    """Django would print it as it stands."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.count("{{") != line.count("}}") or line.count("{%") != line.count("%}")
    ]

    assert wrong == []
