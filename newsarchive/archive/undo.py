"""How an action is taken back: each value together with its marks, or neither.

    edit of the action + later edits + today's values -> a plan for the article -> put back, recorded

A *unit* is what a curator sees as one value: a date with its precision, a text with its pictures, a status
with its reason, a story with who made it (`history.unit`). Its *marks* are what keeps imports off it. A unit
is put back when nobody has set or confirmed it since; else it stays as it is, marks included, and the undo
says why.
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

# Codes of the reasons for which a unit stays; admin/messages have the words.
CHANGED_SINCE: Final = "changed"  # somebody set it again, or confirmed it
SOURCE_SINCE: Final = "source"  # an import or a choice about the source came after
_BY_SOURCES: Final = frozenset({Kind.IMPORT, Kind.REPARSE, Kind.ACCEPT, Kind.DISMISS})
_STORY: Final = history.unit("story")
_NO_CURATORS: Final = frozenset({"raw_id", "standing", "problems", "captured_at"})  # follow from the files
_ABSENT: Final = object()


@dataclass(slots=True)
class Deed:
    """What one action did to one article: its edits of it, put together."""

    article: int
    action: int
    first: int  # number of its first edit
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
        """Fields whose marks it changed."""
        return _marked(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with one article. Values without the marks; `marked` are fields whose marks go back."""

    values: Values
    marked: frozenset[str]
    by_hand: frozenset[str]  # values that a curator chooses anew: imports keep off them
    given: frozenset[str]  # fields of the units that are put back
    skipped: tuple[tuple[str, str], ...]


def deeds_of(edits: Iterable[Edit]) -> dict[int, Deed]:
    """By article; edits in the order of their numbers."""
    found: dict[int, Deed] = {}
    for edit in edits:
        deed = found.setdefault(edit.article_id, Deed(edit.article_id, edit.action_id, edit.pk))
        deed.add(edit)
    return found


@dataclass(frozen=True, slots=True)
class Later:
    """The edits of some articles that came after the deeds in question, oldest first."""

    edits: Mapping[int, Sequence[Edit]]
    actions: Mapping[int, Action]

    @classmethod
    def than(cls, deeds: Mapping[int, Deed]) -> Later:
        own = {deed.action for deed in deeds.values()}
        first = min((deed.first for deed in deeds.values()), default=0)
        edits: dict[int, list[Edit]] = defaultdict(list)
        rows = Edit.objects.filter(article__in=list(deeds), pk__gt=first).exclude(action__in=own)
        for edit in rows.order_by("pk"):
            if edit.pk > deeds[edit.article_id].first:
                edits[edit.article_id].append(edit)
        numbers = {edit.action_id for several in edits.values() for edit in several}
        return cls(edits, Action.objects.defer("numbers").in_bulk(numbers))

    def in_force(self, article: int, unit: frozenset[str]) -> list[Edit]:
        """Those that touch the unit, without those that were undone since and without the undoing. Names that
        were given up and agencies are compared by what they are today, so their renaming counts as none."""
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


def plan(deed: Deed, now: Values, later: Later, names: TodaysNames, *, revert: bool = False) -> Plan:
    """`revert`: the values of before are wanted whatever came since. What came since makes them a curator's
    new choice."""
    values: Values = {}
    marked: set[str] = set()
    by_hand: set[str] = set()
    given: set[str] = set()
    skipped = []
    of_sources = revert and Action.objects.only("kind").get(pk=deed.action).kind in _BY_SOURCES
    for unit in deed.units():
        fields = sorted(unit & deed.new.keys())
        reason = _why_not(deed, unit, now, later, names)
        if not reason and not (of_sources and fields):
            values |= {name: names.in_(name, deed.old[name]) for name in fields}
            marked |= unit & deed.marked()
            given |= set(fields)
        elif revert and fields and not unit <= _NO_CURATORS:
            before = _before(deed, unit - _NO_CURATORS, now, later)
            values |= {name: names.in_(name, value) for name, value in before.items()}
            by_hand |= before.keys()
            given |= before.keys()
        elif reason:
            skipped.append(((fields or sorted(unit & deed.marked()))[0], reason))
    return Plan(values, frozenset(marked), frozenset(by_hand), frozenset(given), tuple(skipped))


def _why_not(deed: Deed, unit: frozenset[str], now: Values, later: Later, names: TodaysNames) -> str:
    """The code of a reason, or ""."""
    marked = unit & deed.marked()
    for edit in later.in_force(deed.article, unit):
        if unit & edit.new.keys() or marked:
            by_source = later.actions[edit.action_id].kind in _BY_SOURCES
            return SOURCE_SINCE if by_source else CHANGED_SINCE
    for name in unit & deed.new.keys():
        if not history.same(name, names.in_(name, now[name]), names.in_(name, deed.new[name])):
            return CHANGED_SINCE
    for mark in MARKS:
        if mark in deed.new and any(_mark(now[mark], n) != _mark(deed.new[mark], n) for n in marked):
            return CHANGED_SINCE if mark == "edited_fields" else SOURCE_SINCE
    return ""


def _before(deed: Deed, unit: frozenset[str], now: Values, later: Later) -> Values:
    """The whole unit as it was before the deed."""
    values = {name: deed.old[name] for name in unit if name in deed.old}
    for name in unit - values.keys():
        since = (edit.old[name] for edit in later.edits.get(deed.article, ()) if name in edit.old)
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
    """What `edited_fields` (a list), `source_values` or `source_changes` say of one field."""
    return name in values if isinstance(values, list) else values.get(name, _ABSENT)


def carry_out(plans: Mapping[int, Plan], deeds: Mapping[int, Deed]) -> None:
    """Writes what was planned. Call in a transaction; the caller records the difference."""
    exact: list[tuple[Article, set[str]]] = []
    chosen: list[tuple[Article, set[str]]] = []
    found = {article.pk: article for article in Article.objects.filter(pk__in=list(plans)).order_by("pk")}
    for number, article in found.items():
        wanted = plans[number]
        values = {name: value for name, value in wanted.values.items() if name not in _STORY}
        articles.put(article, values | _marks(article, deeds[number], wanted.marked))
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


def _marks(article: Article, deed: Deed, marked: Collection[str]) -> Values:
    """The article's marks, with those of the fields `marked` as they were before the deed."""
    result: Values = {}
    for mark in MARKS:
        if mark not in deed.old or not marked:
            continue
        before, today = deed.old[mark], getattr(article, mark)
        if isinstance(today, list):
            result[mark] = sorted((set(today) - set(marked)) | (set(before) & set(marked)))
        else:
            kept = {name: value for name, value in today.items() if name not in marked}
            result[mark] = kept | {name: before[name] for name in marked if name in before}
    return result


def curators_fields() -> frozenset[str]:
    """Fields of a snapshot that imports keep off once a curator has set them."""
    beside = {"outlet", "authors", "categories", "tags", "images"}
    return frozenset({*history.COLUMNS, *beside}) - _NO_CURATORS - {"grouped_by_hand", "status_reason"}
