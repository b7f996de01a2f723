"""What saving the form of an article does: the writes, the record of the edit, the change of other copies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils import timezone

from newsarchive.admin.unchanged import UnchangedAdmin
from newsarchive.admin.under_write_lock import UnderWriteLock
from newsarchive.archive import articles, curation, history, undo
from newsarchive.archive.history import Action
from newsarchive.importers.types import Precision
from newsarchive.models import Article, Author, Authorship, Image

from . import queues, whole_story
from .article_form import zone_of


class SavingForm(UnderWriteLock, UnchangedAdmin):
    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        request.before = history.snapshots([obj.pk])  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def save_changed(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        data = form.cleaned_data
        changed = set(form.changed_data)
        if "outlet_name" in changed:
            obj.outlet = history.outlet(data["outlet_name"])
        if changed & {"day", "clock"}:
            for field, value in _date_values(obj, data["day"], data["clock"], changed).items():
                setattr(obj, field, value)
        if changed & {"status", "status_reason"}:
            obj.status_changed_at = timezone.now()
        articles.save_form(obj)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        rows = formset.save(commit=False)
        if formset.model is Image:
            articles.save_images(rows, gone=formset.deleted_objects)
        else:
            people, renamed = _named(formset, rows)
            articles.save_authors(form.instance, people, renamed=renamed, gone=formset.deleted_objects)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        article, data = form.instance, form.cleaned_data
        if "category_names" in form.changed_data:
            articles.put(article, {"categories": data["category_names"]})
        if "tag_names" in form.changed_data:
            articles.put(article, {"tags": data["tag_names"]})
        before: dict[int, history.Values] = request.before  # type: ignore[attr-defined]
        after = history.snapshots([article.pk])
        changed = {field for field, new in after[article.pk].items() if before[article.pk][field] != new}
        if fields := changed & undo.curators_fields():
            self._record(request, article, before, changed, fields)

    def _record(
        self,
        request: HttpRequest,
        article: Article,
        before: dict[int, history.Values],
        changed: set[str],
        fields: set[str],
    ) -> None:
        """Records the edit, and applies it to the whole story where the curator asked for that."""
        action = curation.begin(Action.Kind.EDIT, request.user, [article.pk])
        with history.noting_moves() as moved:
            articles.record_edit(article, fields)
        action.changed, after = history.write_difference(action, before, moved)
        if whole_story.wanted(request):
            action.changed += whole_story.set_on_copies(article, changed, after[article.pk], action)
        action.done, action.finished_at = len(action.numbers), timezone.now()
        action.save()
        if "status" in changed and article.status == Article.Status.WITHDRAWN:
            whole_story.warn_of_copies(request, action.numbers)
        queues.changed()

    def log_change(self, request: HttpRequest, obj: Article, message: Any) -> Any:
        return None  # `history` records more than Django's log


def _date_values(article: Article, day: Any, clock: Any, changed: set[str]) -> dict[str, Any]:
    """The columns for a changed date. What the curator did not change stays: the UTC offset, and a time with
    its fraction of a second."""
    values: dict[str, Any] = {**curation.day_alone(day), "published_on": day}
    if day and clock:
        zone = zone_of(article)
        precision = Precision.SECOND if clock.second else Precision.MINUTE
        if article.published_at and "clock" not in changed:
            clock = article.published_at.astimezone(zone).time()
            precision = Precision(article.date_precision or precision)
        at = datetime.combine(day, clock, zone)
        offset = at.utcoffset()
        values["published_at"] = at
        values["published_offset"] = int(offset.total_seconds() // 60) if offset else 0
        values["date_precision"] = precision.value
    return values


def _named(formset: Any, rows: list[Authorship]) -> tuple[list[Authorship], list[Authorship]]:
    """The rows to be saved, in the order of the form, each with the author of the given name; and those among
    them that had another name before."""
    renamed = [
        form.instance
        for form in formset.forms
        if form.instance.pk and "name" in form.changed_data and form not in formset.deleted_forms
    ]
    people = []
    for form in formset.forms:
        row = form.instance
        if row in rows or row in renamed:
            if row.pk is None or row in renamed:
                row.author = Author.objects.get(name=form.cleaned_data["name"])
            people.append(row)
    return people, renamed
