"""What curators do to many articles at once, and its undo. Every batch is one transaction, with its
history and its outbox rows; an action that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils import timezone

from newsarchive.errors import ArchiveError
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import Precision
from newsarchive.ingest import reparse
from newsarchive.models import Article, Category, Story, Tag
from newsarchive.runtime import locks
from newsarchive.runtime.write_lock import turn

from . import agencies, articles, copies, history, outbox
from .history import Action, Edit, Values

Kind = Action.Kind
BY_HAND: Final = "curator"  # as the source of a date
BATCH: Final = 200
AT_ONCE: Final = 400  # so many are changed while the curator waits; more, in a process of their own

Operation = Callable[[list[int], dict[str, Any]], None]


def begin(kind: Kind, user: object, numbers: Sequence[int], **parameters: Any) -> Action:
    """Not run yet."""
    who = user if isinstance(user, AbstractBaseUser) and not isinstance(user, AnonymousUser) else None
    return Action.objects.create(
        kind=kind, user_id=who.pk if who else None, numbers=list(numbers), parameters=parameters
    )


def run(action: Action) -> Action:
    """To its end, from wherever it was; by one process at a time: nothing is done while another is at
    it. What goes wrong is written in `problem`; what was done stays."""
    try:
        with locks.held(_lock(action), wait=False):
            action.refresh_from_db()
            _run(action)
    except BlockingIOError:
        pass  # another process is at it
    return action


def is_running(action: Action) -> bool:
    return locks.is_held(_lock(action))


def _lock(action: Action) -> Path:
    """Not the job's own (`jobs`), which the process that runs the action has already."""
    folder: Path = settings.DATA_DIR / "jobs"
    return folder / f"action-{action.pk}.running"


def _run(action: Action) -> None:
    size = max(len(action.numbers), 1) if action.kind == Kind.GROUP else BATCH
    try:
        while action.done < len(action.numbers):
            batch = action.numbers[action.done : action.done + size]
            if action.kind in (Kind.UNDO, Kind.REVERT):
                _undo(action, batch)
            elif action.kind == Kind.REPARSE:  # has transactions of its own
                _record(action, batch)
            else:
                with turn():
                    _record(action, batch)
        action.finished_at = timezone.now()
        action.problem = ""
    except (ArchiveError, ValueError) as error:
        action.problem = getattr(error, "user_message", str(error))
    action.save(update_fields=["problem", "finished_at"])


def _record(action: Action, batch: list[int]) -> None:
    before = history.snapshots(batch)
    _OPERATIONS[Kind(action.kind)]([pk for pk in batch if pk in before], action.parameters)
    action.changed += history.write(action, before, history.snapshots(batch))
    _count(action, batch)


def _count(action: Action, batch: Sequence[int]) -> None:
    action.done += len(batch)
    action.save(update_fields=["done", "changed", "skipped"])


def _publish(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.publish(Article.objects.filter(pk__in=numbers))


def _withdraw(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.withdraw(Article.objects.filter(pk__in=numbers), parameters["reason"])


def _reviewed(numbers: list[int], parameters: dict[str, Any]) -> None:
    """An article that waited for this is published by it."""
    waiting = Article.objects.filter(pk__in=numbers, status=Article.Status.NEEDS_REVIEW)
    articles.publish(waiting)
    history.review(numbers, done=True)


def _group(numbers: list[int], parameters: dict[str, Any]) -> None:
    articles.group(Article.objects.filter(pk__in=numbers))


def _split(numbers: list[int], parameters: dict[str, Any]) -> None:
    for article in Article.objects.filter(pk__in=numbers).order_by("pk"):
        articles.split(article)


def _reparse(numbers: list[int], parameters: dict[str, Any]) -> None:
    reparse.run(only=numbers, workers=1)


def _name_agencies(numbers: list[int], parameters: dict[str, Any]) -> None:
    """By the table as it is now, whatever became of it since."""
    before = Agencies(parameters["agencies"]["before"])
    articles.name_agencies(Article.objects.filter(pk__in=numbers), before, agencies.table())


def _set_outlet(numbers: list[int], parameters: dict[str, Any]) -> None:
    _put_everywhere(numbers, lambda article: {"outlet": parameters["outlet"]})


def _set_language(numbers: list[int], parameters: dict[str, Any]) -> None:
    _put_everywhere(numbers, lambda article: {"language": parameters["language"]})


def _set_categories(numbers: list[int], parameters: dict[str, Any]) -> None:
    history.named(Category, parameters["names"])
    _put_everywhere(numbers, lambda article: {"categories": parameters["names"]})


def _set_date(numbers: list[int], parameters: dict[str, Any]) -> None:
    day = parameters["day"]
    _put_everywhere(numbers, lambda article: day_alone(date.fromisoformat(day) if day else None))


def _add_tags(numbers: list[int], parameters: dict[str, Any]) -> None:
    names = set(parameters["names"])
    history.named(Tag, names)
    _put_everywhere(numbers, lambda article: {"tags": sorted(_tags(article) | names)})


def _remove_tags(numbers: list[int], parameters: dict[str, Any]) -> None:
    names = set(parameters["names"])
    _put_everywhere(numbers, lambda article: {"tags": sorted(_tags(article) - names)})


def _tags(article: Article) -> set[str]:
    return {tag.name for tag in article.tags.all()}


def day_alone(day: date | None) -> Values:
    """A date that a curator gives: no time, and no guess."""
    return {
        "published_on": day.isoformat() if day else None,
        "published_at": None,
        "published_offset": 0,
        "date_precision": Precision.DAY.value if day else "",
        "date_source": BY_HAND if day else "",
        "date_estimated": False,
    }


def _put_everywhere(numbers: Iterable[int], values_for: Callable[[Article], Values]) -> None:
    edits = []
    for article in Article.objects.filter(pk__in=numbers).prefetch_related("tags").order_by("pk"):
        values = values_for(article)
        history.put(article, values)
        edits.append((article, set(values)))
    articles.record_edits(edits)


def change_agencies(before: Agencies, user: object, numbers: Sequence[int]) -> Action:
    """After the rows were saved, in their transaction: the action that names `numbers`' pictures anew. Not
    run yet. Its undo puts the rows back too."""
    tables = {"before": agencies.as_json(before), "after": agencies.as_json(agencies.table())}
    return begin(Kind.AGENCIES, user, numbers, agencies=tables)


@turn()
def undo(action: Action, user: object) -> Action:
    """The new action that will change back what `action` changed; not run yet.

    A value that was changed again since stays, and counts as skipped. Raises ValueError when it has
    been undone already.
    """
    action.refresh_from_db(fields=["undone_by"])
    if action.undone_by_id:
        raise ValueError("undone already")
    numbers = list(action.edits.order_by("id").values_list("article_id", flat=True))
    parameters: dict[str, Any] = {"of": action.pk}
    skipped = 0
    if tables := action.parameters.get("agencies"):
        parameters["agencies"] = {"before": tables["after"], "after": tables["before"]}
        skipped = agencies.put_back(tables["before"], tables["after"])
    undoing = begin(Kind.UNDO, user, numbers, **parameters)
    undoing.skipped = skipped
    undoing.save(update_fields=["skipped"])
    Action.objects.filter(pk=action.pk).update(undone_by=undoing)
    return undoing


def revert(edit: Edit, user: object) -> Action:
    """The article's values as they were before `edit`, whatever they are now. Run at once."""
    return run(begin(Kind.REVERT, user, [edit.article_id], edit=edit.pk))


def _undo(action: Action, batch: list[int]) -> None:
    with turn():
        before = history.snapshots(batch)
        if action.kind == Kind.REVERT:
            edits = Edit.objects.filter(pk=action.parameters["edit"])
        else:
            edits = Edit.objects.filter(action=action.parameters["of"], article__in=batch)
        for edit in edits.select_related("article").order_by("id"):
            now = before[edit.article_id]
            back = {
                field: old
                for field, old in edit.old.items()
                if history.same(field, now[field], edit.new[field])
                or (action.kind == Kind.REVERT and field not in history.MARKS)
            }
            action.skipped += len([field for field in edit.fields if field not in back])
            if "agencies" in action.parameters:  # nobody edited these pictures: they follow from the table
                history.put_images(edit.article, back.pop("images", before[edit.article_id]["images"]))
            _put_back(edit.article, back)
        action.changed += history.write(action, before, history.snapshots(batch))
        _count(action, batch)


def _put_back(article: Article, values: Values) -> None:
    history.put(article, {field: value for field, value in values.items() if field not in history.MARKS})
    articles.record_edit(article, set(values) & articles_fields())
    if "story" in values:
        _to_story(article, values["story"])
    marks = {field: values[field] for field in history.MARKS if field in values}
    if marks:
        Article.objects.filter(pk=article.pk).update(**marks)


def articles_fields() -> frozenset[str]:
    """What `articles.record_edit` knows of a snapshot's fields."""
    return frozenset({*history.COLUMNS, "outlet", "authors", "categories", "tags", "images"}) - {
        *("problems", "standing", "raw_id", "captured_at", "grouped_by_hand", "status_reason")
    }


def _to_story(article: Article, number: int) -> None:
    before = article.story_id
    story, _ = Story.objects.get_or_create(pk=number)
    Article.objects.filter(pk=article.pk).update(story=story, changed_at=timezone.now())
    copies.choose_canonical({before, number})
    if before != number and not Article.objects.filter(story=before).exists():
        Story.objects.filter(pk=before).delete()
    outbox.enqueue(sorted({before, number}), takes_away=True)


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
    Kind.REPARSE: _reparse,
    Kind.AGENCIES: _name_agencies,
}
