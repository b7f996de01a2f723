"""What has one owner (docs/architecture.md, "Who answers what"): a second one fails by its name.

Read off the syntax trees. A row is known by the model in whose name it was asked for, looped over or
annotated in the same function, or by the relation of an article that it stands behind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.test_architecture import CODE, is_within

WRITERS = "newsarchive.archive.writing"
DOOR = "newsarchive.archive.articles"
TABLES = {"Article", "Authorship", "Image", "Story"}
RELATIONS = {"authorships", "images", "categories", "tags"}  # of an article
WRITES = {
    *("save", "update", "delete", "create", "bulk_create", "bulk_update", "get_or_create"),
    *("update_or_create", "set", "add", "remove", "clear", "asave", "aupdate", "adelete", "acreate"),
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    yield tree
    yield from (node for node in ast.walk(tree) if isinstance(node, _Function))


def _words(node: ast.AST | None) -> set[str]:
    """All names and attributes in it; of an annotation in quotes too."""
    found: set[str] = set()
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
    return found


def _targets(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _rows(scope: ast.AST, tables: set[str]) -> set[str]:
    """Names in a function that stand for rows of the tables, or for several of them."""
    known: set[str] = set()
    if isinstance(scope, _Function):
        arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
        known |= {argument.arg for argument in arguments if _words(argument.annotation) & tables}
    for _ in range(3):  # a name may come from one that is known only after it
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and _is_row(node.value, known | tables):
                for target in node.targets:
                    known |= _targets(target) if isinstance(target, ast.Name | ast.Tuple) else set()
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                known |= {node.target.id} if _words(node.annotation) & tables else set()
            elif isinstance(node, ast.For | ast.comprehension) and _is_row(node.iter, known | tables):
                known |= _targets(node.target)
    return known


def _is_row(node: ast.expr, known: set[str]) -> bool:
    """Is it a table's manager, a row of one, or what such a chain of attributes and calls gives?"""
    while True:
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "get_object_or_404":
                return bool(node.args) and _is_row(node.args[0], known)
            node = node.func
        elif isinstance(node, ast.Attribute):
            if node.attr in RELATIONS and "Article" in known:
                return True
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return isinstance(node, ast.Name) and node.id in known


def writes_of_articles(source: str) -> list[int]:
    """Lines on which rows of articles, or of what hangs on them, are written."""
    return writes_of(TABLES, source)


def writes_of_the_outbox(source: str) -> list[int]:
    return writes_of({"OutboxRow"}, source)


def writes_of(tables: set[str], source: str) -> list[int]:
    found = set()
    for scope in _scopes(ast.parse(source)):
        known = _rows(scope, tables) | tables
        for node in ast.walk(scope):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
                and _is_row(node.func.value, known)
            ):
                found.add(node.lineno)
    return sorted(found)


def calls_of(*functions: str) -> Callable[[str], list[int]]:
    """A function that gives the lines of a source on which one of `functions`, as `module.name`, is named."""

    def lines(source: str) -> list[int]:
        tree = ast.parse(source)
        bare = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if f"{(node.module or '').rpartition('.')[2]}.{alias.name}" in functions
        }
        return sorted(
            node.lineno
            for node in ast.walk(tree)
            if (isinstance(node, ast.Name) and node.id in bare)
            or (isinstance(node, ast.Attribute) and ast.unparse(node) in functions)
        )

    return lines


def _found(lines: Callable[[str], list[int]], *owners: str) -> list[str]:
    return [
        f"{path.relative_to(CODE['newsarchive'].parent.parent)}:{line}"
        for module, path in CODE.items()
        if not any(is_within(module, owner) for owner in owners)
        for line in lines(path.read_text(encoding="utf-8"))
    ]


def test_articles_are_written_in_one_place() -> None:
    assert _found(writes_of_articles, WRITERS) == []


def test_the_outbox_is_written_where_articles_are() -> None:
    assert _found(calls_of("outbox.enqueue"), WRITERS, DOOR) == []
    assert _found(writes_of_the_outbox, "newsarchive.archive.outbox") == []


def test_the_writers_have_one_door() -> None:
    wrong = [
        module
        for module, path in CODE.items()
        if module != DOOR and not is_within(module, WRITERS)
        if "writing" in _imported_words(path)
    ]

    assert wrong == []


def compares_with_published(source: str) -> list[int]:
    """Lines that ask whether an article is public; setting the status is another matter."""
    tree = ast.parse(source)
    asking = [
        *(node for node in ast.walk(tree) if isinstance(node, ast.Compare)),
        *(
            keyword.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("filter", "exclude", "get")
            for keyword in node.keywords
            if (keyword.arg or "").split("__")[-1] == "status"
        ),
    ]
    return [node.lineno for node in asking if "PUBLISHED" in _words(node)]


def answers_gone(source: str) -> list[int]:
    """Lines with the status of what was withdrawn, as a number or by its name."""
    tree = ast.parse(source)
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.keyword) and node.arg == "status" and ast.unparse(node.value) in _GONE)
        or (isinstance(node, ast.Return | ast.Call) and "WITHDRAWN" in _words(node))
        or (isinstance(node, ast.Compare) and "WITHDRAWN" in _words(node))
    ]


_GONE = {"410", "HTTPStatus.GONE"}


def test_one_place_says_what_readers_see() -> None:
    assert _found(compares_with_published, "newsarchive.archive.visibility") == []


def test_one_place_says_what_is_answered_for_the_rest() -> None:
    of_readers = [
        place for place in _found(answers_gone) if place.startswith(("search/", "newsarchive/web/"))
    ]

    assert of_readers == []


@pytest.mark.parametrize(
    "source",
    [
        "article.status == Article.Status.PUBLISHED",
        "Article.objects.filter(article__status=Article.Status.PUBLISHED)",
        "article.status not in (Status.PUBLISHED,)",
    ],
)
def test_a_second_rule_of_visibility_would_be_found(source: str) -> None:
    assert compares_with_published(source)


@pytest.mark.parametrize("source", ["render(request, 'x.html', status=410)", "a == Status.WITHDRAWN"])
def test_a_second_answer_for_what_was_withdrawn_would_be_found(source: str) -> None:
    assert answers_gone(source)


def _imported_words(path: Path) -> set[str]:
    return {
        word
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in [node.module or "", *(alias.name for alias in node.names)]
        for word in name.split(".")
    }


@pytest.mark.parametrize(
    "source",
    [
        "Article.objects.filter(pk=1).update(title='')",
        "Image.objects.bulk_create(rows)",
        "def f(article: Article): article.save()",
        "def f(articles: QuerySet[Article]): articles.update(status='')",
        "def f():\n    for one in Article.objects.all():\n        one.delete()",
        "def f(pk):\n    found = Article.objects.get(pk=pk)\n    found.save()",
        "def f(pk):\n    found = get_object_or_404(Article, pk=pk)\n    found.save()",
        "def f(row): row.tags.add(1)",
        "Article.tags.through._default_manager.filter(pk=1).delete()",
    ],
)
def test_a_second_writer_would_be_found(source: str) -> None:
    assert writes_of_articles(source)


def test_a_row_made_past_the_outbox_would_be_found() -> None:
    assert writes_of_the_outbox("OutboxRow.objects.bulk_create(rows)")


@pytest.mark.parametrize(
    "source",
    [
        "outbox.enqueue([1])",
        "from newsarchive.archive.outbox import enqueue\nenqueue([1])",
        "from .outbox import enqueue as later\nlater([1])",
    ],
)
def test_a_second_caller_of_the_outbox_would_be_found(source: str) -> None:
    assert calls_of("outbox.enqueue")(source)


def ranks_of_standings(source: str) -> list[int]:
    """Lines with a table that gives standings a number."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Dict)
        and any(key is not None and {"STUB", "ARTICLE"} & _words(key) for key in node.keys)
        and all(isinstance(value, ast.Constant) for value in node.values)
    ]


def test_one_table_ranks_files_and_copies() -> None:
    assert _found(ranks_of_standings, "newsarchive.archive.ranks") == []
    assert ranks_of_standings(CODE["newsarchive.archive.ranks"].read_text(encoding="utf-8"))


def test_one_module_syncs_and_measures_the_disk() -> None:
    found = _found(calls_of("os.fsync", "os.fdatasync", "shutil.disk_usage"), "newsarchive.runtime.files")

    assert found == []


def names_the_import_lock(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith("import.lock")
    ]


def test_the_lock_of_imports_has_its_name_once() -> None:
    assert _found(names_the_import_lock, "newsarchive.runtime.locks") == []


# -- the search's fields and its ranking ---------------------------------------------------------------

_KINDS_OF_TEXT = {"title", "body", "caption", "captions", "credit", "credits", "other", "beside"}
_CONSTANTS = re.compile(
    "_*(K1|B|IDF|BOOSTS?|WEIGHTS?|REPEATED|DILUTION|REAL_WORD|TOGETHER|NEAR(_[A-Z]+)?"
    "|PAIR|CHARACTER|WORD|TRIPLE|OF_BEST|OF_ALL)"
)


def tables_of_fields(source: str) -> list[int]:
    """Lines with a collection of the search's fields, by their members or by the names of kinds of text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            members: list[ast.expr | None] = list(node.keys)
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            members = list(node.elts)
        else:
            continue
        fields = [one for one in members if isinstance(one, ast.Attribute) and _is_field(one)]
        names = {one.value for one in members if isinstance(one, ast.Constant)} & _KINDS_OF_TEXT
        if len(fields) > 1 or len(names) > 1:
            found.append(node.lineno)
    return found


def _is_field(node: ast.Attribute) -> bool:
    return ast.unparse(node.value).split(".")[-1] == "Field"


def names_as_typed(source: str) -> list[int]:
    """Lines with the names of a field in several languages."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(
            "(any|text|title|body|caption|credit|author|outlet|tag) .*[\u4e00-\u9fff]+", node.value
        )
    ]


def ranking_constants(source: str) -> list[int]:
    """Lines that give a name of ranking a number, or compute an inverse document frequency."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {word for target in targets for word in _targets(target)}
            numbers = [part for part in ast.walk(node.value) if _is_number(part)]
            if numbers and any(map(_CONSTANTS.fullmatch, names)):
                found.append(node.lineno)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "math.log",
            "np.log",
            "np.log1p",
            "log",
        ):
            found.append(node.lineno)
    return found


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _found_in_search(lines: Callable[[str], list[int]], *owners: str) -> list[str]:
    """On the floors of the search that do not ask the database, whose columns have the same names."""
    rooms = ("search/query/", "search/engines/")
    return [place for place in _found(lines, *owners) if place.startswith(rooms)]


def test_one_table_knows_the_fields_of_the_search() -> None:
    assert _found_in_search(tables_of_fields, "search.query.fields") == []
    assert _found_in_search(names_as_typed, "search.query.fields") == []
    assert tables_of_fields(CODE["search.query.fields"].read_text(encoding="utf-8"))
    assert names_as_typed(CODE["search.query.fields"].read_text(encoding="utf-8"))


def test_one_module_has_the_constants_of_ranking() -> None:
    owners = ("search.engines.ranking", "search.query.fields")

    assert _found_in_search(ranking_constants, *owners) == []
    assert ranking_constants(CODE["search.engines.ranking"].read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "SECTIONS = (Field.TITLE, Field.BODY)",
        "WEIGHTS = {Field.TITLE: 4}; X = {tree.Field.TITLE: 1, tree.Field.BODY: 2}",
        "LISTS = {'any': ('title', 'body', 'caption')}",
        "WEIGHTS = {'title': (10.0, 0.3), 'body': (1.0, 0.75)}",
    ],
)
def test_a_second_table_of_fields_would_be_found(source: str) -> None:
    assert tables_of_fields(source)


@pytest.mark.parametrize(
    "source",
    ["K1 = 1.2", "_REAL_WORD: Final = 0.5", "_TOGETHER, _APART = 8.0, 60", "x = math.log(1 + 2 / n)"],
)
def test_a_second_set_of_ranking_constants_would_be_found(source: str) -> None:
    assert ranking_constants(source)
