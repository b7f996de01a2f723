"""Who changed what, and how to change it back.

An `Action` is one deed of a curator: a form that was saved, a choice between two values, or a change of
a thousand filtered rows. Each article that it changed has an `Edit` with both sides in plain values, so
that a diff needs no other row, and an undo can see whether the value is still what the action left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsarchive.models import Article, Author, Authorship, Category, Image, Outlet, Tag

from . import agencies

Values = dict[str, Any]

# Columns of an article that a diff shows; what follows from them comes after.
COLUMNS: Final = (
    *("title", "byline", "column", "language", "published_on", "published_at", "published_offset"),
    *("date_precision", "date_source", "date_estimated", "source_url", "canonical_url", "archived_url"),
    *("captured_at", "body", "embeds", "related", "status", "status_reason", "standing", "problems"),
    *("raw_id", "grouped_by_hand"),
)
MARKS: Final = (
    "edited_fields",
    "source_values",
    "source_changes",
)  # an undo restores them; no diff shows them
_PICTURE: Final = ("position", "src", "archived_src", "found_src", "alt", "caption", "credit", "agency")
_GIVEN: Final = _PICTURE[:-1]  # the agency follows from the credit and the curators' table


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
        UNDO = "undo", _("復原")
        REVERT = "revert", _("還原舊值")

    kind = models.CharField(_("動作"), max_length=20, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("誰"), related_name="+"
    )
    parameters = models.JSONField(_("內容"), default=dict)
    numbers = models.JSONField(default=list)  # of the articles it is for, in order
    done = models.PositiveIntegerField(_("已處理"), default=0)  # of `numbers`
    changed = models.PositiveIntegerField(_("已改"), default=0)
    skipped = models.PositiveIntegerField(_("略過"), default=0)  # values that were changed again since
    problem = models.TextField(_("問題"), blank=True)  # why it stopped
    created_at = models.DateTimeField(_("開始"), auto_now_add=True)
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
    """What an action did to one article; only the fields that changed."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="edits")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="edits")
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("修改")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.article_id}: {', '.join(self.fields)}"

    @property
    def fields(self) -> list[str]:
        return [field for field in self.new if field not in MARKS]


class Review(models.Model):
    """A curator has looked at the article and found it in order: no queue of doubts shows it again."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="review")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("審閱")

    def __str__(self) -> str:
        return f"review of {self.article_id}"


def snapshots(numbers: Collection[int]) -> dict[int, Values]:
    """Everything that curators can change, in plain values. Seven queries, however many."""
    articles = (
        Article.objects.filter(pk__in=numbers)
        .select_related("outlet", "review")
        .prefetch_related("images", "authorships__author", "categories", "tags")
    )
    return {article.pk: _snapshot(article) for article in articles}


def _snapshot(article: Article) -> Values:
    return {
        **{field: _plain(getattr(article, field)) for field in (*COLUMNS, *MARKS)},
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


def write(action: Action, before: Mapping[int, Values], after: Mapping[int, Values]) -> int:
    """An Edit for each article that differs. Returns how many there are."""
    edits = []
    for number, new in after.items():
        old = before[number]
        fields = [field for field in new if old[field] != new[field]]
        if fields:
            edits.append(
                Edit(
                    action=action,
                    article_id=number,
                    old={field: old[field] for field in fields},
                    new={field: new[field] for field in fields},
                )
            )
    Edit.objects.bulk_create(edits, batch_size=200)
    return len(edits)


def put(article: Article, values: Values) -> None:
    """Writes values as `snapshots` gives them; all but the story. The caller records the edit."""
    columns = [field for field in values if field in (*COLUMNS, *MARKS)]
    for field in columns:
        setattr(article, field, _value(field, values[field]))
    if "outlet" in values:
        article.outlet = outlet(values["outlet"])
        columns.append("outlet")
    if columns:
        article.save(update_fields=[*columns, "changed_at"])
    if "authors" in values:
        put_authors(article, values["authors"])
    if "categories" in values:
        article.categories.set(named(Category, values["categories"]))
    if "tags" in values:
        article.tags.set(named(Tag, values["tags"]))
    if "images" in values:
        put_images(article, values["images"])
    if "reviewed" in values:
        review([article.pk], done=values["reviewed"])


def put_images(article: Article, pictures: Sequence[Values]) -> None:
    """Rows that stay keep their numbers. No trace of an edit is left."""
    known = agencies.table()
    there = {image.position: image for image in article.images.all()}
    for values in pictures:
        image = there.pop(values["position"], None) or Image(article=article)
        for field in _GIVEN:
            setattr(image, field, values[field])
        image.agency = known.name_in(image.credit)
        image.save()
    Image.objects.filter(pk__in=[image.pk for image in there.values()]).delete()


def same(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a snapshot are alike, but for what follows from the rest."""
    if field == "images":
        one, other = ([[image[key] for key in _GIVEN] for image in side] for side in (one, other))
    return bool(one == other)


def _value(column: str, plain: Any) -> Any:
    field = Article._meta.get_field(column)
    return field.to_python(plain) if isinstance(field, models.DateField | models.DateTimeField) else plain


def review(numbers: Collection[int], *, done: bool) -> None:
    if done:
        Review.objects.bulk_create([Review(article_id=pk) for pk in numbers], ignore_conflicts=True)
    else:
        Review.objects.filter(article__in=numbers).delete()


def outlet(name: str) -> Outlet | None:
    """By its name, or by one that it had before."""
    if not name:
        return None
    found = Outlet.objects.filter(name=name).first()
    return found or next((other for other in Outlet.objects.all() if name in other.aliases), None)


def named(model: type[Category] | type[Tag], names: Iterable[str]) -> list[Any]:
    """Those that are missing are made."""
    wanted = list(dict.fromkeys(names))
    rows: dict[str, Any] = {row.name: row for row in model._default_manager.filter(name__in=wanted)}
    return [rows.get(name) or model._default_manager.get_or_create(name=name)[0] for name in wanted]


def put_authors(article: Article, people: Iterable[tuple[str, str]]) -> None:
    printed = {row.author_id: (row.bio, row.avatar) for row in article.authorships.all()}
    article.authorships.all().delete()
    rows = []
    for number, (name, role) in enumerate(people):
        author, _made = Author.objects.get_or_create(name=name)
        bio, avatar = printed.get(author.pk, (None, None))
        rows.append(
            Authorship(article=article, author=author, position=number, role=role, bio=bio, avatar=avatar)
        )
    Authorship.objects.bulk_create(rows)
