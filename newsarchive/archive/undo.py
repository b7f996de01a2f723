"""How an action is undone: each value is restored together with its marks, or not at all.

    edits of the action + later edits + present values -> a plan for each article -> values restored, recorded

A *unit* is a set of fields that a curator sees as one value: a date with its precision, a text with its
pictures, a status with its reason, a story with who grouped it (`history.unit`). Its *marks* are the entries
that keep imports from changing it. A unit is restored when nobody has set or confirmed it since the action;
otherwise it stays, marks included, and the undo records why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from newsarchive.models import Article

from . import articles, history
from .history import MARKS, Action, Edit, TodaysNames, Values

Kind = Action.Kind

# Codes of the reasons why a unit is not restored; admin/articles/edit_diff has their texts.
CHANGED_SINCE: Final = "changed"  # somebody set it again or confirmed it
SOURCE_SINCE: Final = "source"  # an import, or a curator's choice of the source's value, came later
_BY_SOURCES: Final = frozenset({Kind.IMPORT, Kind.REPARSE, Kind.ACCEPT, Kind.DISMISS})
_STORY: Final = history.unit("story")
# Follow from the files, never set by curators.
_NO_CURATORS: Final = frozenset({"raw_id", "standing", "problems", "captured_at"})
_ABSENT: Final = object()


@dataclass(slots=True)
class MergedEdit:
    """All edits that one action made to one article, merged into one."""

    article: int
    action: int
    first: int  # id of its first edit
    old: Values = field(default_factory=dict)
    new: Values = field(default_factory=dict)

    def add(self, edit: Edit) -> None:
        for name, value in edit.old.items():
            self.old.setdefault(name, value)
        self.new |= edit.new

    def units(self) -> list[frozenset[str]]:
        names = [name for name in self.new if name not in MARKS] + sorted(self.marked())
        return list(dict.fromkeys(history.unit(name) for name in names))

    def marked(self) -> frozenset[str]:
        """Fields whose marks the action changed."""
        return _marked(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write to one article: values without the marks, and in `marked` the fields whose marks are
    restored."""

    values: Values
    marked: frozenset[str]
    by_hand: frozenset[str]  # values that count as set by a curator now, so that imports leave them
    given: frozenset[str]  # all fields of the restored units
    skipped: tuple[tuple[str, str], ...]


def merge_edits(edits: Iterable[Edit]) -> dict[int, MergedEdit]:
    """By article; the edits must be in the order of their ids."""
    found: dict[int, MergedEdit] = {}
    for edit in edits:
        merged_edit = found.setdefault(edit.article_id, MergedEdit(edit.article_id, edit.action_id, edit.pk))
        merged_edit.add(edit)
    return found


@dataclass(frozen=True, slots=True)
class Later:
    """The later edits of some articles, oldest first: those after the action that is undone."""

    edits: Mapping[int, Sequence[Edit]]
    actions: Mapping[int, Action]

    @classmethod
    def than(cls, merged_edits: Mapping[int, MergedEdit]) -> Later:
        own = {merged_edit.action for merged_edit in merged_edits.values()}
        first = min((merged_edit.first for merged_edit in merged_edits.values()), default=0)
        edits: dict[int, list[Edit]] = defaultdict(list)
        rows = Edit.objects.filter(article__in=list(merged_edits), pk__gt=first).exclude(action__in=own)
        for edit in rows.order_by("pk"):
            if edit.pk > merged_edits[edit.article_id].first:
                edits[edit.article_id].append(edit)
        numbers = {edit.action_id for several in edits.values() for edit in several}
        return cls(edits, Action.objects.defer("numbers").in_bulk(numbers))

    def in_force(self, article: int, unit: frozenset[str]) -> list[Edit]:
        """The later edits of this unit that still hold: those that were undone, and the undoing ones, are
        left out. Former names and agencies are compared by today's names, so a renaming does not count as an
        edit."""
        touching = [edit for edit in self.edits.get(article, ()) if self._touches(edit, unit)]
        by_action = {edit.action_id: edit for edit in touching}
        settled: set[int] = set()
        for edit in reversed(touching):
            action = self.actions[edit.action_id]
            undone = by_action.get(action.parameters.get("of", 0)) if action.kind == Kind.UNDO else None
            if undone is not None and edit.pk not in settled and undone.pk < edit.pk:
                settled |= {edit.pk, undone.pk}
        return [edit for edit in touching if edit.pk not in settled]

    def _touches(self, edit: Edit, unit: frozenset[str]) -> bool:
        if self.actions[edit.action_id].parameters.keys() & {"naming", "merging", "agencies"}:
            return False
        return bool(unit & edit.new.keys() or unit & _marked(edit.old, edit.new))


def plan(
    merged_edit: MergedEdit, now: Values, later: Later, names: TodaysNames, *, revert: bool = False
) -> Plan:
    """What to write to an article. `revert`: the earlier values are restored even if others were set since;
    they then count as newly set by a curator."""
    values: Values = {}
    marked: set[str] = set()
    by_hand: set[str] = set()
    given: set[str] = set()
    skipped = []
    of_sources = revert and Action.objects.only("kind").get(pk=merged_edit.action).kind in _BY_SOURCES
    for unit in merged_edit.units():
        fields = sorted(unit & merged_edit.new.keys())
        reason = _why_not(merged_edit, unit, now, later, names)
        if not reason and not (of_sources and fields):
            values |= {name: names.in_(name, merged_edit.old[name]) for name in fields}
            marked |= unit & merged_edit.marked()
            given |= set(fields)
        elif revert and fields and not unit <= _NO_CURATORS:
            before = _before(merged_edit, unit - _NO_CURATORS, now, later)
            values |= {name: names.in_(name, value) for name, value in before.items()}
            by_hand |= before.keys()
            given |= before.keys()
        elif reason:
            skipped.append(((fields or sorted(unit & merged_edit.marked()))[0], reason))
    return Plan(values, frozenset(marked), frozenset(by_hand), frozenset(given), tuple(skipped))


def _why_not(
    merged_edit: MergedEdit, unit: frozenset[str], now: Values, later: Later, names: TodaysNames
) -> str:
    """The code of the reason why the unit is not restored; "" when it is."""
    marked = unit & merged_edit.marked()
    for edit in later.in_force(merged_edit.article, unit):
        if unit & edit.new.keys() or marked:
            by_source = later.actions[edit.action_id].kind in _BY_SOURCES
            return SOURCE_SINCE if by_source else CHANGED_SINCE
    for name in unit & merged_edit.new.keys():
        if not history.same(name, names.in_(name, now[name]), names.in_(name, merged_edit.new[name])):
            return CHANGED_SINCE
    for mark in MARKS:
        if mark in merged_edit.new and any(
            _mark(now[mark], n) != _mark(merged_edit.new[mark], n) for n in marked
        ):
            return CHANGED_SINCE if mark == "edited_fields" else SOURCE_SINCE
    return ""


def _before(merged_edit: MergedEdit, unit: frozenset[str], now: Values, later: Later) -> Values:
    """The whole unit as it was before the action."""
    values = {name: merged_edit.old[name] for name in unit if name in merged_edit.old}
    for name in unit - values.keys():
        since = (edit.old[name] for edit in later.edits.get(merged_edit.article, ()) if name in edit.old)
        values[name] = next(since, now[name])
    return values


def _marked(old: Values, new: Values) -> frozenset[str]:
    found: set[str] = set()
    for mark in MARKS:
        if mark in new:
            names = {*old[mark], *new[mark]}
            found |= {name for name in names if _mark(old[mark], name) != _mark(new[mark], name)}
    return frozenset(found)


def _mark(values: Any, name: str) -> Any:
    """The entry for one field in `edited_fields` (a list), `source_values` or `source_changes`."""
    return name in values if isinstance(values, list) else values.get(name, _ABSENT)


def carry_out(plans: Mapping[int, Plan], merged_edits: Mapping[int, MergedEdit]) -> None:
    """Writes the plans. Call it in a transaction; the caller records the difference."""
    exact: list[tuple[Article, set[str]]] = []
    chosen: list[tuple[Article, set[str]]] = []
    found = {article.pk: article for article in Article.objects.filter(pk__in=list(plans)).order_by("pk")}
    for number, article in found.items():
        wanted = plans[number]
        values = {name: value for name, value in wanted.values.items() if name not in _STORY}
        articles.put(article, values | _marks(article, merged_edits[number], wanted.marked))
        exact.append((article, set(values) - wanted.by_hand))
        if by_hand := wanted.by_hand & curators_fields():
            chosen.append((article, set(by_hand)))
    articles.restored(exact)
    if chosen:
        articles.record_edits(chosen)
    for number, article in found.items():
        values = plans[number].values
        if _STORY & values.keys():
            held = values.get("grouped_by_hand", article.grouped_by_hand) or bool(
                plans[number].by_hand & _STORY
            )
            articles.put_in_story(article, values.get("story"), grouped_by_hand=held)


def _marks(article: Article, merged_edit: MergedEdit, marked: Collection[str]) -> Values:
    """The article's marks, where those of the fields in `marked` are as before the action."""
    result: Values = {}
    for mark in MARKS:
        if mark not in merged_edit.old or not marked:
            continue
        before, today = merged_edit.old[mark], getattr(article, mark)
        if isinstance(today, list):
            result[mark] = sorted((set(today) - set(marked)) | (set(before) & set(marked)))
        else:
            kept = {name: value for name, value in today.items() if name not in marked}
            result[mark] = kept | {name: before[name] for name in marked if name in before}
    return result


def curators_fields() -> frozenset[str]:
    """Fields of a snapshot that imports leave unchanged once a curator has set them."""
    beside = {"outlet", "authors", "categories", "tags", "images"}
    return frozenset({*history.COLUMNS, *beside}) - _NO_CURATORS - {"grouped_by_hand", "status_reason"}
