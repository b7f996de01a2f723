"""Changes that curators make to many articles at once, and their undo. Each batch is one transaction together
with its history and outbox rows; an action that was stopped continues after its last finished batch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import DatabaseError, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsarchive.errors import ActionRuns, ArchiveError
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import Precision
from newsarchive.ingest import reparse
from newsarchive.messages import said, stored
from newsarchive.models import Article, Category, Tag
from newsarchive.runtime import background_jobs, locks
from newsarchive.runtime.write_lock import holding_write_lock

from . import agencies, article_rows, articles, copies, history, name_actions
from . import undo as undo_
from .history import Action, Edit, TodaysNames, Values

Kind = Action.Kind
BY_HAND: Final = "curator"  # the source of a date that a curator set
BATCH: Final = 200
# Articles that are changed while the curator's page waits; a larger action runs in a background process.
AT_ONCE: Final = 400

# How long the background process may take to start; an action not begun by then counts as killed.
_STARTING: Final = timedelta(seconds=15)


class State(models.TextChoices):
    WAITING = "waiting", _("等候中")
    RUNNING = "running", _("進行中")
    STOPPED = "stopped", _("已停止")
    KILLED = "killed", _("程序中斷")
    FAILED = "failed", _("失敗")
    FINISHED = "finished", _("完成")
    UNDONE = "undone", _("已復原")
    PARTLY_UNDONE = "partly_undone", _("部分復原")


RESTING: Final = frozenset({State.STOPPED, State.KILLED, State.FAILED, State.FINISHED})

Operation = Callable[[list[int], dict[str, Any]], None]


def begin(kind: Kind, user: object, numbers: Sequence[int], **parameters: Any) -> Action:
    """Creates the action without running it."""
    who = user if isinstance(user, AbstractBaseUser) and not isinstance(user, AnonymousUser) else None
    return Action.objects.create(
        kind=kind, user_id=who.pk if who else None, numbers=list(numbers), parameters=parameters
    )


def run(action: Action) -> Action:
    """Runs the action from where it stopped, to its end or until somebody asks it to stop. Does nothing while
    another process is running it. An error is stored in `problem`; finished batches stay."""
    try:
        with locks.held(_lock(action), wait=False):
            action.refresh_from_db()
            if action.undone_by_id is None and action.finished_at is None:
                action.started_at = timezone.now()
                action.save(update_fields=["started_at"])
                _run(action)
    except BlockingIOError:
        pass  # another process runs the action
    return action


def stop(action: Action) -> None:
    """Asks the action to stop after its current batch. Finished batches stay and can be undone or
    continued."""
    Action.objects.filter(pk=action.pk, finished_at=None).update(stop_asked_at=timezone.now())


def resume(action: Action) -> None:
    """Withdraws the request to stop; `run` then continues the action."""
    Action.objects.filter(pk=action.pk).update(stop_asked_at=None, problem="")


def job(action: Action) -> str:
    """The name under which `background_jobs` runs the action."""
    return f"action-{action.pk}"


def _lock(action: Action) -> Path:
    """The lock of a running action. It differs from the lock of the background job, which the process that
    runs the action holds already."""
    folder: Path = settings.DATA_DIR / "jobs"
    return folder / f"{job(action)}.running"


def state(action: Action) -> State:
    """The action's present state. Whether it is running is read from the locks that processes hold, since a
    killed process holds none."""
    undoing = action.undone_by
    if undoing is None:
        return _own_state(action)
    how = state(undoing)
    if how == State.UNDONE or not (undoing.changed or (of_names(action) and undoing.finished_at)):
        return _own_state(action)
    return State.UNDONE if how == State.FINISHED and not undoing.skipped else State.PARTLY_UNDONE


def of_names(action: Action) -> bool:
    """Whether it also changed rows of names, which may have had no article at all."""
    return bool(action.parameters.keys() & {"naming", "merging", "agencies"})


def _own_state(action: Action) -> State:
    if action.run is not None:
        return _import_state(action)
    if action.finished_at is None and not locks.is_held(_lock(action)):
        starting = background_jobs.is_running(job(action))
        action.refresh_from_db(fields=["finished_at", "problem", "started_at", "stop_asked_at"])
        if action.finished_at is None:
            return _state_without_process(action, starting=starting)
    return State.FINISHED if action.finished_at else State.RUNNING


def _state_without_process(action: Action, *, starting: bool) -> State:
    if starting:
        return State.RUNNING if action.started_at else State.WAITING
    if action.stop_asked_at:
        return State.STOPPED
    if action.problem:
        return State.FAILED
    fresh = action.started_at is None and abs(timezone.now() - action.created_at) < _STARTING
    return State.WAITING if fresh else State.KILLED


def _import_state(action: Action) -> State:
    if action.run is None or action.run.finished_at:
        return State.FINISHED
    return State.RUNNING if locks.is_held(locks.import_lock()) else State.KILLED


def _run(action: Action) -> None:
    size = max(len(action.numbers), 1) if action.kind == Kind.GROUP else BATCH
    try:
        while action.done < len(action.numbers):
            batch = action.numbers[action.done : action.done + size]
            if action.kind == Kind.REPARSE:  # makes its own transactions and history
                if is_to_end(action):
                    return
                _reparse(action, batch)
            elif not _run_batch(action, batch):
                return
        action.finished_at = timezone.now()
        action.problem = ""
    except (ArchiveError, ValueError, DatabaseError, OSError) as error:
        action.problem = _problem_text(error)
    action.save(update_fields=["problem", "finished_at"])


def _problem_text(error: Exception) -> str:
    return stored(error.message if isinstance(error, ArchiveError) else said(str(error)))


@holding_write_lock()
def _run_batch(action: Action, batch: list[int]) -> bool:
    """Changes one batch, and saves its history and the progress with it. False when the action has to stop
    here."""
    if is_to_end(action):
        return False
    if action.kind in (Kind.UNDO, Kind.REVERT):
        _undo(action, batch)
    else:
        _apply(action, batch)
    return True


def is_to_end(action: Action) -> bool:
    """Whether somebody asked it to stop, or has begun to undo it."""
    asked = Q(stop_asked_at__isnull=False) | Q(undone_by__isnull=False)
    return Action.objects.filter(asked, pk=action.pk).exists()


def _apply(action: Action, batch: list[int]) -> None:
    kind = Kind(action.kind)
    before = history.snapshots(copies.copies_of(batch) if kind == Kind.GROUP else batch)
    given = dict.fromkeys(before, _GIVEN.get(kind, frozenset()))
    with history.noting_moves() as moved:
        _OPERATIONS[kind](list(before), action.parameters)
    _record(action, batch, before, moved, given)


def _record(
    action: Action,
    batch: Sequence[int],
    before: dict[int, Values],
    moved: Mapping[int, history.Place],
    given: Mapping[int, Collection[str]],
    skipped: Mapping[int, Sequence[tuple[str, str]]] | None = None,
) -> None:
    """Also writes the history of articles outside the batch that were moved to another story."""
    changed, _after = history.write_difference(action, before, moved, given=given, skipped=skipped)
    action.changed += changed
    action.done += len(batch)
    action.save(update_fields=["done", "changed", "skipped"])


def _publish(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.publish(Article.objects.filter(pk__in=numbers))


def _withdraw(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.withdraw(Article.objects.filter(pk__in=numbers), parameters["reason"])


def _reviewed(numbers: list[int], parameters: dict[str, Any]) -> None:
    """Publishes an article that was waiting for review."""
    waiting = Article.objects.filter(pk__in=numbers, status=Article.Status.NEEDS_REVIEW)
    articles.publish(waiting)
    articles.review(numbers, done=True)


def _group(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.group(Article.objects.filter(pk__in=numbers))


def _split(numbers: list[int], parameters: dict[str, Any]) -> None:
    for article in Article.objects.filter(pk__in=numbers).order_by("pk"):
        articles.split(article)


def _reparse(action: Action, batch: list[int]) -> None:
    reparse.run(only=batch, workers=1, by=action)
    action.done += len(batch)
    action.save(update_fields=["done", "changed"])


def _name_agencies(numbers: list[int], parameters: dict[str, Any]) -> None:
    """Uses the table of agencies as it is now, even if it was changed again since the action was created."""
    before = Agencies(parameters["agencies"]["before"])
    articles.name_agencies(Article.objects.filter(pk__in=numbers), before, agencies.table())


def _set_outlet(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.put_everywhere(numbers, lambda article: {"outlet": parameters["outlet"]})


def _set_language(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.put_everywhere(numbers, lambda article: {"language": parameters["language"]})


def _set_categories(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.named(Category, parameters["names"])
    articles.put_everywhere(numbers, lambda article: {"categories": parameters["names"]})


def _set_date(numbers: list[int], parameters: dict[str, Any]) -> None:
    day = parameters["day"]
    articles.put_everywhere(numbers, lambda article: day_alone(date.fromisoformat(day) if day else None))


def _add_tags(numbers: list[int], parameters: dict[str, Any]) -> None:
    names = set(parameters["names"])
    articles.named(Tag, names)
    articles.put_everywhere(numbers, lambda article: {"tags": sorted(_tags(article) | names)})


def _remove_tags(numbers: list[int], parameters: dict[str, Any]) -> None:
    names = set(parameters["names"])
    articles.put_everywhere(numbers, lambda article: {"tags": sorted(_tags(article) - names)})


def _tags(article: Article) -> set[str]:
    return {tag.name for tag in article.tags.all()}


def day_alone(day: date | None) -> Values:
    """The date columns for a day set by a curator: without a time, and not marked as an estimate."""
    return {
        "published_on": day.isoformat() if day else None,
        "published_at": None,
        "published_offset": 0,
        "date_precision": Precision.DAY.value if day else "",
        "date_source": BY_HAND if day else "",
        "date_estimated": False,
    }


def change_agencies(before: Agencies, user: object, numbers: Sequence[int]) -> Action:
    """The action that updates the pictures of these articles; not run yet. Call it in the transaction that
    saved the table's rows, after saving them. Its undo also restores those rows."""
    tables = {"before": agencies.as_json(before), "after": agencies.as_json(agencies.table())}
    return begin(Kind.AGENCIES, user, numbers, agencies=tables)


def undo(action: Action, user: object) -> Action:
    """The new action that reverts what `action` changed; not run yet.

    A value that was set again since stays as it is and counts as skipped. Raises ValueError when the action
    has been undone already, ActionRuns while a process runs it, NameTaken when a name to be restored now
    belongs to another row.
    """
    try:
        with locks.held(_lock(action), wait=False), holding_write_lock():
            action.refresh_from_db()
            if action.undone_by_id:
                raise ValueError("undone already")
            return _begin_undo(action, user)
    except BlockingIOError:
        raise ActionRuns from None


def _begin_undo(action: Action, user: object) -> Action:
    numbers = list(action.edits.order_by("id").values_list("article_id", flat=True))
    parameters: dict[str, Any] = {"of": action.pk}
    skipped = 0
    if tables := action.parameters.get("agencies"):
        parameters["agencies"] = {"before": tables["after"], "after": tables["before"]}
        skipped = agencies.put_back(tables["before"], tables["after"])
    undoing = begin(Kind.UNDO, user, list(dict.fromkeys(numbers)), **parameters)
    if "naming" in action.parameters or "merging" in action.parameters:
        name_actions.undo(action, undoing)
    undoing.skipped = skipped
    undoing.save(update_fields=["skipped"])
    Action.objects.filter(pk=action.pk).update(undone_by=undoing)
    return undoing


def revert(edit: Edit, user: object) -> Action:
    """Sets the article's values to those before `edit`, whatever they are now. Runs at once."""
    return run(begin(Kind.REVERT, user, [edit.article_id], edit=edit.pk))


def _undo(action: Action, batch: list[int]) -> None:
    before = history.snapshots(batch)
    if action.kind == Kind.REVERT:
        edits = Edit.objects.filter(pk=action.parameters["edit"])
    else:
        edits = Edit.objects.filter(action=action.parameters["of"], article__in=batch)
    merged_edits = {
        pk: merged_edit for pk, merged_edit in undo_.merge_edits(edits.order_by("id")).items() if pk in before
    }
    later = undo_.Later.than(merged_edits)
    names = TodaysNames.of(
        values for merged_edit in merged_edits.values() for values in (merged_edit.old, merged_edit.new)
    )
    revert = action.kind == Kind.REVERT
    plans = {
        number: undo_.plan(merged_edit, before[number], later, names, revert=revert)
        for number, merged_edit in merged_edits.items()
    }
    with history.noting_moves() as moved:
        undo_.carry_out(plans, merged_edits)
        # Pictures that are not reverted still get their agencies from the restored table.
        if "agencies" in action.parameters:
            _name_pictures(number for number, plan in plans.items() if "images" not in plan.values)
    skipped = {number: plan.skipped for number, plan in plans.items() if plan.skipped}
    action.skipped += sum(map(len, skipped.values()))
    given = {number: plan.given for number, plan in plans.items()}
    _record(action, batch, before, moved, given, skipped)


def _name_pictures(numbers: Iterable[int]) -> None:
    for article in Article.objects.filter(pk__in=list(numbers)).order_by("pk"):
        pictures = history.snapshots([article.pk])[article.pk]["images"]
        articles.put_images(article, pictures)


_OPERATIONS: Final[dict[Kind, Operation]] = {
    Kind.PUBLISH: _publish,
    Kind.WITHDRAW: _withdraw,
    Kind.OUTLET: _set_outlet,
    Kind.CATEGORIES: _set_categories,
    Kind.LANGUAGE: _set_language,
    Kind.DATE: _set_date,
    Kind.ADD_TAGS: _add_tags,
    Kind.REMOVE_TAGS: _remove_tags,
    Kind.REVIEWED: _reviewed,
    Kind.GROUP: _group,
    Kind.SPLIT: _split,
    Kind.AGENCIES: _name_agencies,
}
# The fields that each kind sets, even on articles that had the value already.
_GIVEN: Final[dict[Kind, frozenset[str]]] = {
    Kind.PUBLISH: frozenset({"status", "status_reason"}),
    Kind.WITHDRAW: frozenset({"status", "status_reason"}),
    Kind.OUTLET: frozenset({"outlet"}),
    Kind.CATEGORIES: frozenset({"categories"}),
    Kind.LANGUAGE: frozenset({"language"}),
    Kind.DATE: article_rows.DATES,
    Kind.ADD_TAGS: frozenset({"tags"}),
    Kind.REMOVE_TAGS: frozenset({"tags"}),
    Kind.REVIEWED: frozenset({"reviewed"}),
    Kind.GROUP: frozenset({"story", "grouped_by_hand"}),
    Kind.SPLIT: frozenset({"story", "grouped_by_hand"}),
}
