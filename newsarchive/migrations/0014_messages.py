"""Converts stored sentences to messages: a code with values (newsarchive.messages).

No column changes its type. A sentence that no release wrote stays word for word: in a text column as it is, among an
article's problems as the message `said`. Backwards, messages are written as the sentences of the release before.

Rows are written by what they hold, not one by one: an archive has many articles with the same few problems.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from newsarchive.messages import Message, from_json, old_sentences, read, stored

_AT_ONCE: Final = 500  # numbers in one statement
_READ: Final = 2000  # rows in memory

Text = Callable[[str], str]
Problems = Callable[[list[Any]], list[Any]]


def _coded(reading: Callable[[str], Message]) -> Text:
    return lambda text: stored(reading(text)) if text else text


def _worded(text: str) -> str:
    message = read(text)
    return old_sentences.written(message) if message else ""


def _coded_problems(problems: list[Any]) -> list[Any]:
    return [
        old_sentences.remark(problem).as_json() if isinstance(problem, str) else problem for problem in problems
    ]


def _worded_problems(problems: list[Any]) -> list[Any]:
    return [
        problem if isinstance(problem, str) else old_sentences.written(from_json(problem)) for problem in problems
    ]


def forwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for model, reading in _TEXTS.items():
        _rewrite(apps.get_model("newsarchive", model), _COLUMNS[model], _coded(reading))
    _rewrite_articles(apps, _coded(old_sentences.status_reason), _coded_problems)


def backwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for model in _TEXTS:
        _rewrite(apps.get_model("newsarchive", model), _COLUMNS[model], _worded)
    _rewrite_articles(apps, _worded, _worded_problems)


_TEXTS: Final[dict[str, Callable[[str], Message]]] = {
    "ImportFailure": old_sentences.reason,
    "RunFile": old_sentences.reason,
    "DamagedFile": old_sentences.damage,
    "Action": old_sentences.error,
    "Picture": old_sentences.fetch,
}
_COLUMNS: Final = {
    "ImportFailure": "reason",
    "RunFile": "reason",
    "DamagedFile": "reason",
    "Action": "problem",
    "Picture": "reason",
}


def _rewrite_articles(apps: Apps, text: Text, problems: Problems) -> None:
    """Converts articles, and the values of the same columns in the history of edits."""
    article, edit = apps.get_model("newsarchive", "Article"), apps.get_model("newsarchive", "Edit")
    _rewrite(article, "status_reason", text)
    _rewrite_json(article, "problems", problems)
    kept = _in_values(text, problems)
    for column in ("source_values", "source_changes"):
        _rewrite_json(article, column, kept)
    for column in ("old", "new"):
        _rewrite_json(edit, column, kept)


def _in_values(text: Text, problems: Problems) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def rewritten(values: dict[str, Any]) -> dict[str, Any]:
        found = dict(values)
        if isinstance(found.get("status_reason"), str):
            found["status_reason"] = text(found["status_reason"])
        if isinstance(found.get("problems"), list):
            found["problems"] = problems(found["problems"])
        return found

    return rewritten


def _rewrite(model: type[Model], column: str, text: Text) -> None:
    """Converts a text column; each distinct value is converted once."""
    rows = model._default_manager.exclude(**{column: ""}).values_list("pk", column)
    _write(model, column, ((pk, value, text(value)) for pk, value in rows.iterator(_READ)))


def _rewrite_json(model: type[Model], column: str, rewritten: Callable[[Any], Any]) -> None:
    """Converts a JSON column. Rows that mention neither a reason nor problems are not read at all."""
    rows = model._default_manager.alias(written=Cast(column, TextField()))
    if column == "problems":
        rows = rows.exclude(written="[]")
    else:
        rows = rows.filter(Q(written__contains='"status_reason"') | Q(written__contains='"problems"'))
    found = ((pk, value, rewritten(value)) for pk, value in rows.values_list("pk", column).iterator(_READ))
    _write(model, column, found)


def _write(model: type[Model], column: str, rows: Iterable[tuple[int, Any, Any]]) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    values: dict[str, Any] = {}
    for pk, old, new in rows:
        if old != new:
            values[key := repr(new)] = new
            numbers[key].append(pk)
    for key, found in numbers.items():
        for some in _parts(found):
            model._default_manager.filter(pk__in=some).update(**{column: values[key]})


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))


class Migration(migrations.Migration):
    dependencies = [
        ("newsarchive", "0013_outbox_takes_away"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
