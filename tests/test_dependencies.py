"""docs/dependencies.md says which modules use a library, and what brings every other locked package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from .test_architecture import CODE, ROOT, imports, is_within

DOCS = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z0-9-]+)`[^|]*\|([^|]*)\|", re.M)  # package, where it is imported
BROUGHT = re.compile(r"^- `([a-z0-9-]+)` brings (.+)\.$", re.M)


def wanted(name: str) -> list[str]:
    """What a requirements*.in asks for."""
    lines = (ROOT / name).read_text().splitlines()
    return [re.split(r"[\[><=]", line)[0].strip() for line in lines if line and line[0].isalpha()]


def locked(name: str) -> dict[str, set[str]]:
    """Packages of a locked file, each with what asked for it."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if line and line[0].isalpha():
            package = line.split("==")[0]
            found.setdefault(package, set())
        elif match := re.fullmatch(r"    #(?: via)? +([a-z0-9-]+)", line):
            found[package].add(match[1])
    return found


def inside_quotes(text: str) -> list[str]:
    return re.findall("`([^`]+)`", text)


@cache
def strings(module: str) -> frozenset[str]:
    tree = ast.parse(CODE[module].read_text(encoding="utf-8"))
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def users(library: str) -> set[str]:
    """Paths of the modules that import it, or, where none does, of those that name it to another library: a
    parser by its name, an application by its dotted path."""
    found = {module for module in CODE if any(is_within(name, library) for name in imports(module))}
    if not found:
        found = {module for module in CODE if any(is_within(text, library) for text in strings(module))}
    return {str(CODE[module].relative_to(ROOT)) for module in found}


def said_of(package: str) -> list[str]:
    """The modules, and folders of modules, that the docs name."""
    return inside_quotes(dict(ROW.findall(DOCS))[package])


def libraries_of(package: str) -> Iterator[str]:
    """The names by which it is imported."""
    for library, packages in packages_distributions().items():
        if package in {name.lower().replace("_", "-") for name in packages} and not library.startswith("_"):
            yield library


@pytest.mark.parametrize("package", [name for name in wanted("requirements.in") if name != "django"])
def test_a_library_is_used_by_the_modules_that_the_docs_name_and_by_no_other(package: str) -> None:
    where = said_of(package)
    used = set().union(*(users(library) for library in libraries_of(package)))

    assert used, f"nothing imports {package}"
    assert [path for path in used if not path.startswith(tuple(where))] == []
    assert [place for place in where if not any(path.startswith(place) for path in used)] == []


def test_every_package_that_is_asked_for_has_its_reason() -> None:
    names = [*wanted("requirements.in"), *wanted("requirements-dev.in"), *wanted("requirements-load.in")]

    assert [name for name in names if f"`{name}`" not in DOCS] == []
    assert sorted(dict(ROW.findall(DOCS))) == sorted(wanted("requirements.in"))


def test_every_other_locked_package_is_named_with_what_brings_it() -> None:
    asked_for = {*wanted("requirements.in"), *wanted("requirements-dev.in")}
    askers = locked("requirements.txt")
    for package, more in locked("requirements-dev.txt").items():
        askers[package] = askers.get(package, set()) | more
    said = {package: parent for parent, text in BROUGHT.findall(DOCS) for package in inside_quotes(text)}

    def brought_by(package: str) -> set[str]:
        above = askers.get(package, set())
        return set().union(*({asker} if asker in asked_for else brought_by(asker) for asker in above))

    assert said.keys() == askers.keys() - asked_for
    assert {package for package, parent in said.items() if parent not in brought_by(package)} == set()


def test_modules_that_the_docs_name_are_there() -> None:
    paths = [
        text for text in inside_quotes(DOCS) if re.fullmatch(r"(newsarchive|search|tests)/[\w./]+", text)
    ]

    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_dependencies_are_locked_by_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-load.txt"):
        text = (ROOT / name).read_text()
        lines = [line for line in text.splitlines() if line and line[0].isalpha()]
        assert lines
        assert all("==" in line for line in lines)
        assert text.count("--hash=sha256:") >= len(lines)
