"""Whatever curators, imports and undos do to a few articles, in whatever order: a value that a curator set
and nobody undid survives imports; an undo puts back value and mark together, or leaves both and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from newsarchive.archive import articles, curation, history, name_actions
from newsarchive.archive.history import Action, Edit
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers import registry
from newsarchive.importers.types import SourceFile
from newsarchive.ingest import reparse as reparsing
from newsarchive.models import Article, ImportRun, Tag

from .making import post, raw_file

pytestmark = pytest.mark.database

Kind = Action.Kind
FIELDS = ("language", "tags", "status", "published_on", "title", "story")
_TEXT = "".join(chr(0x4E00 + n * 7 % 2000) for n in range(120))
_SOME = st.sets(st.integers(0, 3), min_size=1)
State = dict[str, tuple[Any, bool]]  # field -> value, mark
Set = tuple[int, Any]  # the action that set a value, and the value
Key = tuple[int, str]  # article, field


class Curating(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._all = transaction.atomic()
        self._all.__enter__()
        self._stamp = 0
        for number in range(4):
            self._bring(number, f"第{number}題")
        self.numbers = list(Article.objects.order_by("pk").values_list("pk", flat=True))
        self.in_force: dict[Key, list[Set]] = {}  # what was set and not undone, oldest first
        self.taken: dict[int, dict[Key, list[Set]]] = {}  # by each action out of `in_force`
        self.before: dict[int, dict[int, State]] = {}  # of each action
        self.touched: dict[int, dict[int, set[str]]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._all.__exit__(None, None, None)

    # -- what happens

    @rule(
        which=_SOME,
        what=st.sampled_from(
            [
                (Kind.LANGUAGE, {"language": "zh-Hans"}, "language"),
                (Kind.LANGUAGE, {"language": "en"}, "language"),
                (Kind.ADD_TAGS, {"names": ["甲"]}, "tags"),
                (Kind.ADD_TAGS, {"names": ["乙", "海"]}, "tags"),
                (Kind.REMOVE_TAGS, {"names": ["海"]}, "tags"),
                (Kind.WITHDRAW, {"reason": "重複"}, "status"),
                (Kind.PUBLISH, {}, "status"),
                (Kind.DATE, {"day": "2020-02-02"}, "published_on"),
                (Kind.DATE, {"day": "2021-03-20"}, "published_on"),
                (Kind.SPLIT, {}, "story"),
            ]
        ),
    )
    def bulk(self, which: set[int], what: tuple[Kind, dict[str, Any], str]) -> None:
        kind, parameters, field = what
        self._act(kind, [self.numbers[n] for n in sorted(which)], field, **parameters)

    @rule(which=st.sets(st.integers(0, 3), min_size=2))
    def group(self, which: set[int]) -> None:
        chosen = [self.numbers[n] for n in sorted(which)]
        stories = Article.objects.filter(pk__in=chosen).values("story")
        together = list(Article.objects.filter(story__in=stories).values_list("pk", flat=True))
        self._act(Kind.GROUP, chosen, "story", affected=together)

    @rule(n=st.integers(0, 3), title=st.sampled_from(["第0題", "第1題", "編者的題"]))
    def edit_title(self, n: int, title: str) -> None:
        """As the form does it."""
        article = Article.objects.get(pk=self.numbers[n])
        if article.title == title:
            return
        before = self._states()
        action = curation.begin(Kind.EDIT, None, [article.pk])
        with history.Record(action, Kind.EDIT).of([article.pk]):
            articles.put(article, {"title": title})
            articles.record_edit(article, {"title"})
        Action.objects.filter(pk=action.pk).update(done=1, finished_at=action.created_at)
        self._done(action, before, {article.pk: {"title"}})

    @rule(
        n=st.integers(0, 3), title=st.sampled_from(["第0題", "來源的題"]), tags=st.sampled_from(["海", "風"])
    )
    def bring(self, n: int, title: str, tags: str) -> None:
        self._bring(n, title, tags)

    @rule()
    def reparse(self) -> None:
        reparsing.run(workers=1)

    @rule(data=st.data(), accept=st.booleans())
    def decide(self, data: st.DataObject, accept: bool) -> None:
        changed = [a for a in Article.objects.order_by("pk") if a.source_changes]
        if not changed:
            return
        article = data.draw(st.sampled_from(changed))
        field = data.draw(st.sampled_from(sorted(article.source_changes)))
        before = self._states()
        action = curation.begin(Kind.ACCEPT if accept else Kind.DISMISS, None, [article.pk], field=field)
        choose = articles.accept_source_change if accept else articles.dismiss_source_change
        with history.Record(action, Kind.ACCEPT).of([article.pk]):
            choose(article, field)
        Action.objects.filter(pk=action.pk).update(done=1, finished_at=action.created_at)
        self._done(action, before, {})
        if accept:
            self._take(action, [(article.pk, name) for name in history.unit(field) | {field}])

    @rule(new=st.sampled_from(["海", "洋", "甲", "丙"]), data=st.data())
    def rename(self, new: str, data: st.DataObject) -> None:
        tag = data.draw(st.sampled_from(list(Tag.objects.order_by("name"))))
        if Tag.objects.filter(name=new).exists():
            return
        old, tag.name = tag.name, new
        tag.save()
        self._done(name_actions.rename(tag, old, None), self._states(), {})
        self._call(old, new)

    @rule(data=st.data())
    @precondition(lambda self: self._undoable())
    def undo(self, data: st.DataObject) -> None:
        action = data.draw(st.sampled_from(self._undoable()))
        now = self._states()
        undoing = curation.run(curation.undo(action, None))
        assert not undoing.problem
        after = self._states()
        left = {edit.article_id: {name for name, _ in edit.skipped} for edit in undoing.edits.all()}
        assert undoing.skipped == sum(map(len, left.values()))
        touched: dict[int, set[str]] = {}
        for number, fields in self.touched[action.pk].items():
            for field in fields:
                skipped = any(name in history.unit(field) for name in left.get(number, ()))
                wanted = now if skipped else self.before[action.pk]
                assert after[number][field] == wanted[number][field], (field, skipped)
                if not skipped:
                    touched.setdefault(number, set()).add(field)
                    self._undone(undoing, action, (number, field))
        self.before[undoing.pk] = now
        self.touched[undoing.pk] = touched

    @rule(data=st.data())
    @precondition(lambda self: Edit.objects.exists())
    def revert(self, data: st.DataObject) -> None:
        edit = data.draw(st.sampled_from(list(Edit.objects.order_by("pk"))))
        before = self._states()
        action = curation.revert(edit, None)
        assert not action.problem
        fields = {name for name in edit.new if name in FIELDS}
        after = self._states()
        number = edit.article_id
        mine = {name for name in fields if after[number][name] != before[number][name]}
        self._done(action, before, {number: {name for name in mine if after[number][name][1]}})
        self._take(action, [(number, name) for name in mine if not after[number][name][1]])
        self.touched[action.pk] = {number: mine}

    # -- what holds

    @invariant()
    def what_curators_set_and_nobody_undid_is_there(self) -> None:
        for number, state in self._states().items():
            for field, (value, _) in state.items():
                if in_force := self.in_force.get((number, field)):
                    assert value == in_force[-1][1], (number, field)

    # -- how

    def _act(
        self, kind: Kind, numbers: list[int], field: str, affected: list[int] | None = None, **given: Any
    ) -> None:
        before = self._states()
        action = curation.run(curation.begin(kind, None, numbers, **given))
        assert not action.problem
        self._done(action, before, {number: {field} for number in affected or numbers})

    def _done(self, action: Action, before: dict[int, State], touched: dict[int, set[str]]) -> None:
        self.before[action.pk], self.touched[action.pk] = before, touched
        after = self._states()
        for number, fields in touched.items():
            for field in fields:
                value, _ = after[number][field]
                self.in_force.setdefault((number, field), []).append((action.pk, value))

    def _take(self, action: Action, keys: list[Key]) -> None:
        """Out of force: the curator wants none of it any more."""
        self.taken[action.pk] = {key: self.in_force.pop(key) for key in keys if key in self.in_force}

    def _undone(self, undoing: Action, action: Action, key: Key) -> None:
        """What the action set is out of force, what it had taken out of force is in force again."""
        own = [one for one in self.in_force.get(key, []) if one[0] == action.pk]
        others = [one for one in self.in_force.get(key, []) if one[0] != action.pk]
        self.taken.setdefault(undoing.pk, {})[key] = own
        again = [(undoing.pk, value) for _, value in self.taken.get(action.pk, {}).get(key, [])]
        self.in_force[key] = [*others, *again]

    def _undoable(self) -> list[Action]:
        found = Action.objects.filter(undone_by=None, pk__in=list(self.before), finished_at__isnull=False)
        return [action for action in found.order_by("pk") if not curation.of_names(action)]

    def _states(self) -> dict[int, State]:
        states: dict[int, State] = {}
        for number, kept in history.snapshots(self.numbers).items():
            states[number] = {
                field: (
                    tuple(kept[field]) if field == "tags" else kept[field],
                    kept["grouped_by_hand"] if field == "story" else field in kept["edited_fields"],
                )
                for field in FIELDS
            }
        return states

    def _call(self, old: str, new: str) -> None:
        """The tag that was called `old` is `new` in everything that is remembered."""

        def today(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(sorted(new if name == old else name for name in names))

        for (number, field), values in self.in_force.items():
            if field == "tags":
                self.in_force[number, field] = [(action, today(names)) for action, names in values]
        for taken in self.taken.values():
            for (number, field), values in taken.items():
                if field == "tags":
                    taken[number, field] = [(action, today(names)) for action, names in values]
        for states in self.before.values():
            for state in states.values():
                names, marked = state["tags"]
                state["tags"] = (today(names), marked)

    def _bring(self, n: int, title: str, tag: str = "海") -> None:
        self._stamp += 1
        data = post(n, title=title, body=f"{_TEXT}{n}", stamp=f"2022011704{self._stamp:04}")
        data = data.replace('  - "海"'.encode(), f'  - "{tag}"'.encode())
        run = ImportRun.objects.create()
        raw = raw_file(run, data)
        articles.save_parsed([(raw, registry.parse(SourceFile(raw.path, data)))], run, NameCache())


@pytest.mark.django_db
def test_curators_imports_and_undos_in_any_order(data_folder: Path) -> None:
    run_state_machine_as_test(
        Curating,
        settings=settings(
            max_examples=8,
            phases=[Phase.generate],
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
