"""Renaming and merging outlets, authors, categories and tags, as actions with history and undo.

A rename, its undo, and a merge are done at once. The undo of a merge first creates the row again, with its id
and its former names, then restores the articles one by one like any other undo: an article whose names were
set again since stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from newsarchive.errors import NameTaken
from newsarchive.models import Article, Author, Authorship, Category, Outlet, Tag
from newsarchive.runtime.number_lists import slices
from newsarchive.runtime.write_lock import holding_write_lock

from . import articles, history, renaming
from .history import Action, Values
from .renaming import FormerName, Named

_MODELS: Final[dict[str, type[Named]]] = {
    "outlet": Outlet,
    "author": Author,
    "category": Category,
    "tag": Tag,
}
_FIELDS: Final = {"outlet": "outlet", "author": "authors", "category": "categories", "tag": "tags"}
# What the undo of a merge restores.
_ROW: Final = ("name", "bio", "avatar", "homepage", "language", "aliases")
_BATCH: Final = 500


@holding_write_lock()
def rename(row: Named, before: str, user: object) -> Action:
    """Call after `row` was saved under its new name, in the same transaction."""
    action = _begin(Action.Kind.RENAME, user)
    return _rename(action, row, before)


@holding_write_lock()
def merge(gone: Named, into: Named, user: object) -> Action:
    """Raises ValueError unless they are two different rows of one kind."""
    return _merge(_begin(Action.Kind.MERGE, user), gone, into)


@holding_write_lock()
def undo(action: Action, undoing: Action) -> None:
    """Restores the rows of names for `undoing`, the action that undoes `action`. The parameters of `undoing`
    are set so that it can be undone too. Raises NameTaken."""
    if naming := action.parameters.get("naming"):
        _name_back(naming, undoing)
    elif action.parameters["merging"].get("undone"):
        _merge_again(action.parameters["merging"], undoing)
    else:
        _part(action.parameters["merging"], undoing)


def _begin(kind: Action.Kind, user: object) -> Action:
    return Action.objects.create(kind=kind, user_id=user.pk if isinstance(user, AbstractBaseUser) else None)


def _rename(action: Action, row: Named, before: str) -> Action:
    kind = _kind(row)
    field = _FIELDS[kind]
    articles.renamed(row, before)
    action.parameters |= {"naming": {"kind": kind, "row": row.pk, "before": before, "after": row.name}}
    for some in slices(renaming.articles_of(row), _BATCH):
        new = _values(field, some)
        old = {number: _replaced(value, row.name, before) for number, value in new.items()}
        _note(action, field, some, old, new)
    return _finish(action)


def _merge(action: Action, gone: Named, into: Named) -> Action:
    kind = _kind(gone)
    field = _FIELDS[kind]
    numbers = renaming.articles_of(gone)
    kept = {name: getattr(gone, name) for name in _ROW if hasattr(gone, name)}
    action.parameters |= {
        "merging": {
            "kind": kind,
            "gone": {"id": gone.pk, **kept},
            "former": renaming.former_names(gone),
            "into": into.pk,
            "into_name": into.name,
        }
    }
    before = [_values(field, some) for some in slices(numbers, _BATCH)]
    articles.merge_names(gone, into)
    for some, old in zip(slices(numbers, _BATCH), before, strict=True):
        _note(action, field, some, old, _values(field, some))
    return _finish(action)


def _name_back(naming: dict[str, Any], undoing: Action) -> None:
    model = _MODELS[naming["kind"]]
    row = model._default_manager.filter(pk=naming["row"], name=naming["after"]).first()
    taken = model._default_manager.filter(name=naming["before"]).exclude(pk=naming["row"]).exists()
    if row is None or taken:
        raise NameTaken(naming["before"])
    row.name = naming["before"]
    row.save(update_fields=["name"])
    undoing.numbers = []
    _rename(undoing, row, naming["after"])


def _part(merging: dict[str, Any], undoing: Action) -> None:
    """Creates the merged row again; its articles are restored by the batches of `undoing`."""
    model = _MODELS[merging["kind"]]
    gone = merging["gone"]
    into = model._default_manager.filter(pk=merging["into"]).first()
    if into is None or model._default_manager.filter(name=gone["name"]).exists():
        raise NameTaken(gone["name"])
    model._default_manager.create(**gone)
    if isinstance(into, Outlet):
        into.aliases = [alias for alias in into.aliases if alias not in (gone["name"], *gone["aliases"])]
        into.save(update_fields=["aliases"])
    else:
        names = FormerName.objects.filter(kind=merging["kind"])
        names.filter(name=gone["name"]).delete()
        names.filter(name__in=merging["former"], number=into.pk).update(number=gone["id"])
    undoing.parameters |= {"merging": {**merging, "undone": True}}
    undoing.save(update_fields=["parameters"])


def _merge_again(merging: dict[str, Any], undoing: Action) -> None:
    model = _MODELS[merging["kind"]]
    gone = model._default_manager.filter(pk=merging["gone"]["id"]).first()
    into = model._default_manager.filter(pk=merging["into"]).first()
    if gone is None or into is None:
        raise NameTaken(merging["gone"]["name"])
    undoing.numbers = []
    _merge(undoing, gone, into)


def _note(
    action: Action, field: str, numbers: Sequence[int], old: dict[int, Any], new: dict[int, Any]
) -> None:
    before: dict[int, Values] = {number: {field: old[number]} for number in numbers}
    after: dict[int, Values] = {number: {field: new[number]} for number in numbers}
    action.changed += history.write(action, before, after)
    action.numbers = [*action.numbers, *numbers]


def _finish(action: Action) -> Action:
    action.done = len(action.numbers)
    action.finished_at = timezone.now()
    action.save()
    return action


def _values(field: str, numbers: Sequence[int]) -> dict[int, Any]:
    """One field of each article, in the form that snapshots use."""
    if field == "outlet":
        rows = Article.objects.filter(pk__in=numbers).order_by().values_list("pk", "outlet__name")
        return {number: name or "" for number, name in rows}
    values: dict[int, Any] = {number: [] for number in numbers}
    if field == "authors":
        people = Authorship.objects.filter(article__in=numbers).order_by("position")
        for number, name, role in people.values_list("article", "author__name", "role"):
            values[number].append([name, role])
        return values
    named = Article.objects.filter(pk__in=numbers).order_by()
    for number, name in named.values_list("pk", f"{field}__name"):
        values[number].append(name)
    return {number: sorted(name for name in names if name) for number, names in values.items()}


def _replaced(value: Any, name: str, by: str) -> Any:
    if isinstance(value, str):
        return by if value == name else value
    if value and isinstance(value[0], list):
        return [[by if person == name else person, role] for person, role in value]
    return sorted(by if one == name else one for one in value)


def _kind(row: Named) -> str:
    return row._meta.model_name or ""
