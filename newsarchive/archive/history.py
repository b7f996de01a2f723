"""Who changed what, and the data that an undo needs.

An `Action` is one operation of a curator: a saved form, a choice between two values, or a change of a
thousand filtered rows. For each article that it changed it has an `Edit` with the old and new values as plain
data, so that a diff needs no other row and an undo can see whether the value is still the one that the action
set.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsarchive.models import Article, Author, Category, ImportRun, Outlet, Tag

from . import article_rows, renaming

Values = dict[str, Any]

# The columns of an article that a diff shows, in this order; the derived ones come last.
COLUMNS: Final = (
    *("title", "byline", "column", "language", "published_on", "published_at", "published_offset"),
    *("date_precision", "date_source", "date_estimated", "source_url", "canonical_url", "archived_url"),
    *("captured_at", "body", "embeds", "related", "status", "status_reason", "standing", "problems"),
    *("raw_id", "grouped_by_hand"),
)
# The columns that tell imports which values curators set. An undo restores them; no diff shows them.
MARKS: Final = ("edited_fields", "source_values", "source_changes")
UNSHOWN: Final = frozenset({*MARKS, "status_changed_at"})
_STATUS: Final = ("status", "status_reason", "status_changed_at")
_STORY: Final = ("story", "grouped_by_hand")
_PICTURE: Final = ("position", "src", "archived_src", "found_src", "alt", "caption", "credit", "agency")
# Without the agency, which follows from the credit and the curators' table.
PICTURE_GIVEN: Final = _PICTURE[:-1]


class Action(models.Model):
    class Kind(models.TextChoices):
        EDIT = "edit", _("編輯")
        ACCEPT = "accept", _("採用來源的新值")
        DISMISS = "dismiss", _("保留現值")
        PUBLISH = "publish", _("發布")
        WITHDRAW = "withdraw", _("撤下")
        OUTLET = "outlet", _("設定媒體")
        CATEGORIES = "categories", _("設定分類")
        LANGUAGE = "language", _("設定語言")
        DATE = "date", _("設定日期")
        ADD_TAGS = "add_tags", _("加標籤")
        REMOVE_TAGS = "remove_tags", _("移除標籤")
        REVIEWED = "reviewed", _("標為已審閱")
        GROUP = "group", _("歸為同一報道")
        SPLIT = "split", _("拆為獨立報道")
        REPARSE = "reparse", _("重新解析")
        AGENCIES = "agencies", _("圖片來源改名")
        RENAME = "rename", _("改名")
        MERGE = "merge", _("合併名稱")
        IMPORT = "import", _("匯入")
        UNDO = "undo", _("復原")
        REVERT = "revert", _("還原舊值")

    kind = models.CharField(_("動作"), max_length=20, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("誰"), related_name="+"
    )
    run = models.ForeignKey(  # the import that made the change, when no person did
        ImportRun, on_delete=models.SET_NULL, null=True, related_name="actions", verbose_name=_("匯入")
    )
    parameters = models.JSONField(_("內容"), default=dict)
    numbers = models.JSONField(default=list)  # ids of the articles that it changes, in order
    done = models.PositiveIntegerField(_("已處理"), default=0)  # how many of `numbers` are finished
    changed = models.PositiveIntegerField(_("已改"), default=0)
    # Values not reverted because they were changed again since.
    skipped = models.PositiveIntegerField(_("略過"), default=0)
    problem = models.TextField(_("問題"), blank=True)  # why it stopped
    created_at = models.DateTimeField(_("開始"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)  # when a process began to run it
    stop_asked_at = models.DateTimeField(null=True)  # it stops after the batch it is working on
    finished_at = models.DateTimeField(_("結束"), null=True)
    undone_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="undoes", verbose_name=_("復原")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("編輯紀錄")
        ordering = ["-id"]
        permissions = [
            ("operate", "May import, retry and rebuild"),
            ("bulk", "May change all filtered articles at once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_kind_display()}"

    @property
    def total(self) -> int:
        return len(self.numbers)


class Edit(models.Model):
    """The fields of one article that an action changed, with old and new values."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="edits")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="edits")
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    # Of an undo: [field, code of the reason] for each value that it left as it was.
    skipped = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("修改")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.article_id}: {', '.join(self.fields)}"

    @property
    def fields(self) -> list[str]:
        return [field for field in self.new if field not in UNSHOWN]


class Review(models.Model):
    """A curator has checked the article; no queue of doubtful articles shows it again."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="review")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("審閱")

    def __str__(self) -> str:
        return f"review of {self.article_id}"


@dataclass(frozen=True, slots=True)
class Place:
    story: int
    grouped_by_hand: bool


_moved: ContextVar[dict[int, Place] | None] = ContextVar("moved", default=None)


@contextmanager
def noting_moves() -> Iterator[dict[int, Place]]:
    """Yields a dictionary, filled inside the block: article id -> where each article was that is moved to
    another story or grouped by hand. An action needs it for the history of articles that it moves without
    naming them."""
    places: dict[int, Place] = {}
    before = _moved.set(places)
    try:
        yield places
    finally:
        _moved.reset(before)


def note_places(articles: QuerySet[Article]) -> None:
    """To be called before articles are moved to another story."""
    noted = _moved.get()
    if noted is not None:
        rows = articles.order_by().values_list("pk", "story_id", "grouped_by_hand")
        for number, before, by_hand in rows:
            noted.setdefault(number, Place(before, by_hand))


def snapshots(numbers: Collection[int]) -> dict[int, Values]:
    """Everything that curators can change, as plain values. Seven queries for any number of articles."""
    articles = (
        Article.objects.filter(pk__in=numbers)
        .select_related("outlet", "review")
        .prefetch_related("images", "authorships__author", "categories", "tags")
    )
    return {article.pk: _snapshot(article) for article in articles}


def _snapshot(article: Article) -> Values:
    return {
        **{field: _plain(getattr(article, field)) for field in (*COLUMNS, *MARKS, "status_changed_at")},
        "outlet": article.outlet.name if article.outlet else "",
        "authors": [[person.author.name, person.role] for person in article.authorships.all()],
        "categories": sorted(category.name for category in article.categories.all()),
        "tags": sorted(tag.name for tag in article.tags.all()),
        "images": [{field: getattr(image, field) for field in _PICTURE} for image in article.images.all()],
        "story": article.story_id,
        "reviewed": hasattr(article, "review"),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def write(
    action: Action,
    before: Mapping[int, Values],
    after: Mapping[int, Values],
    *,
    given: Mapping[int, Collection[str]] | None = None,
    skipped: Mapping[int, Sequence[tuple[str, str]]] | None = None,
) -> int:
    """Writes an Edit for each article that differs, and returns how many there are.

    `given` are the fields that the action sets, by article: they are recorded even where the article had the
    value already, so that undoing an earlier action does not revert what this one asked for. `skipped` is
    what an undo left unchanged, by article.
    """
    left = skipped or {}
    edits = []
    changed = 0
    for number in sorted({*after, *left}):
        new, old = after.get(number, {}), before.get(number, {})
        differs = [field for field in new if old[field] != new[field]]
        asked = (given or {}).get(number, ())
        fields = [field for field in new if field in differs or field in asked]
        changed += bool(differs)
        if fields or number in left:
            edits.append(
                Edit(
                    action=action,
                    article_id=number,
                    old={field: old[field] for field in fields},
                    new={field: new[field] for field in fields},
                    skipped=[list(pair) for pair in left.get(number, ())],
                )
            )
    Edit.objects.bulk_create(edits, batch_size=200)
    return changed


def places(moved: Mapping[int, Place]) -> tuple[dict[int, Values], dict[int, Values]]:
    """The old and the present place of moved articles, as snapshots that hold nothing else."""
    before = {n: {"story": p.story, "grouped_by_hand": p.grouped_by_hand} for n, p in moved.items()}
    rows = Article.objects.filter(pk__in=before).values_list("pk", "story", "grouped_by_hand")
    return before, {pk: {"story": story, "grouped_by_hand": by_hand} for pk, story, by_hand in rows}


def write_difference(
    action: Action,
    before: Mapping[int, Values],
    moved: Mapping[int, Place],
    *,
    given: Mapping[int, Collection[str]] | None = None,
    skipped: Mapping[int, Sequence[tuple[str, str]]] | None = None,
) -> tuple[int, dict[int, Values]]:
    """Records the changes of the articles in `before`, and of others that were `moved` with them. Returns how
    many changed, and their present snapshots."""
    old, new = places({number: place for number, place in moved.items() if number not in before})
    after = snapshots(before)
    return write(action, {**before, **old}, after | new, given=given, skipped=skipped), after


class Record:
    """Records changes that programs make, in the transaction of the change: under `action`, or under one that
    is created with the first change."""

    def __init__(self, action: Action | None, kind: Action.Kind, run: ImportRun | None = None) -> None:
        self._action, self._kind, self._run = action, kind, run

    @contextmanager
    def of(self, numbers: Collection[int], *, fresh: Callable[[], Collection[int]] = tuple) -> Iterator[None]:
        """Records what changes inside the block on these articles and on others that are moved; articles in
        `fresh` are new and not recorded."""
        before = snapshots(numbers) if numbers else {}
        with noting_moves() as moved:
            yield
        ignored = {*before, *fresh()}
        old, new = places({number: place for number, place in moved.items() if number not in ignored})
        after = snapshots(before) if before else {}
        if before | old != after | new:
            action = self._begun()
            changed = write(action, before | old, after | new)
            now = timezone.now()
            stamps = {} if action is self._action else {"done": F("done") + changed, "finished_at": now}
            Action.objects.filter(pk=action.pk).update(changed=F("changed") + changed, **stamps)
            action.changed += changed

    def _begun(self) -> Action:
        if self._action is not None:
            return self._action
        if self._run is not None:
            return Action.objects.get_or_create(kind=self._kind, run=self._run)[0]
        if self._own is None or not Action.objects.filter(pk=self._own.pk).exists():
            self._own = Action.objects.create(kind=self._kind)
        return self._own

    _own: Action | None = None


# Sets of fields that a curator sees as one value: an undo restores all of a set or none.
UNITS: Final = (article_rows.DATES, article_rows.TEXT, *map(frozenset, (_STATUS, _STORY)))


def unit(field: str) -> frozenset[str]:
    return next((fields for fields in UNITS if field in fields), frozenset({field}))


def same(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a snapshot are equal, apart from derived fields."""
    if field == "images":
        one, other = ([[image[key] for key in PICTURE_GIVEN] for image in side] for side in (one, other))
    return bool(one == other)


def outlet(name: str) -> Outlet | None:
    """The outlet of this present or former name."""
    if not name:
        return None
    found = Outlet.objects.filter(name=name).first()
    return found or next((other for other in Outlet.objects.all() if name in other.aliases), None)


@dataclass
class TodaysNames:
    """Translates former names in the values of snapshots into today's names."""

    _known: dict[str, dict[str, str]]

    @classmethod
    def of(cls, several: Iterable[Values]) -> TodaysNames:
        names: dict[str, set[str]] = {"tags": set(), "categories": set(), "authors": set(), "outlet": set()}
        for values in several:
            names["tags"].update(values.get("tags", ()))
            names["categories"].update(values.get("categories", ()))
            names["authors"].update(name for name, _role in values.get("authors", ()))
            names["outlet"].update(filter(None, [values.get("outlet")]))
        return cls(
            {
                "tags": renaming.todays_names(Tag, names["tags"]),
                "categories": renaming.todays_names(Category, names["categories"]),
                "authors": renaming.todays_names(Author, names["authors"]),
                "outlet": {name: row.name for name in names["outlet"] if (row := outlet(name))},
            }
        )

    def in_(self, field: str, value: Any) -> Any:
        known = self._known.get(field)
        if not known or not value:
            return value
        if field == "outlet":
            return known.get(value, value)
        if field == "authors":
            roles: dict[str, str] = {}
            for name, role in value:
                roles.setdefault(known.get(name, name), role)
            return [[name, role] for name, role in roles.items()]
        return sorted({known.get(name, name) for name in value})
