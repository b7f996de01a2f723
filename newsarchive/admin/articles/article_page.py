"""An article in the admin: its list, its form, and the pages that belong to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.forms import BaseModelFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date as formatted
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsarchive.admin.unchanged import UnchangedAdmin
from newsarchive.admin.under_write_lock import UnderWriteLock
from newsarchive.archive import articles, copies, curation, history, undo
from newsarchive.archive.history import Action, Edit
from newsarchive.errors import ArchiveError, DamagedRawFile
from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import Precision
from newsarchive.messages import texts
from newsarchive.models import Article, Author, Authorship, Image, RawFile
from newsarchive.pictures.store import Picture
from newsarchive.runtime.number_lookups import row_number
from newsarchive.runtime.write_lock import holding_write_lock
from search.web import article_page

from . import article_list, bulk, csv_file, edit_diff, parsed, queues, scope, whole_story
from .article_form import ArticleForm, AuthorsFormSet, AuthorshipForm, ImageForm, zone_of
from .bulk import Chosen
from .filters import AgencyFilter, AuthorFilter, CategoryFilter, OutletFilter, QueueFilter, TagFilter
from .one_after_another import OneAfterAnother

# Articles without a date come first; PostgreSQL would put NULL last.
_DAY = Coalesce("published_on", Value(date.min, DateField()))


class AuthorshipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Authorship
    form = AuthorshipForm
    formset = AuthorsFormSet
    fields = ("position", "role", "name")
    extra = 1
    verbose_name = verbose_name_plural = gettext_lazy("作者")

    @admin.display(description=gettext_lazy("姓名"))
    def name(self, row: Authorship) -> str:
        return row.author.name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authorship]:
        return super().get_queryset(request).select_related("author")


class ImageInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Image
    form = ImageForm
    extra = 0


@admin.register(Article)
class ArticleAdmin(OneAfterAnother, UnderWriteLock, UnchangedAdmin):
    form = ArticleForm
    inlines = (AuthorshipInline, ImageInline)
    change_form_template = "admin/article_form.html"
    change_list_template = "admin/article_list.html"
    list_display = (
        "headline",
        "outlet_name",
        "dated",
        "status",
        "problems_short",
        "copies",
        "pictures",
        "thumbnail",
    )
    list_display_links = ("headline",)
    list_filter = (
        *(QueueFilter, "status", "standing"),
        *(OutletFilter, CategoryFilter, TagFilter, AuthorFilter, AgencyFilter),
    )
    list_select_related = ("outlet",)
    list_per_page = 50
    date_hierarchy = "published_on"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each count beside a filter would cost a query
    search_fields = ("title",)  # shows the search box; `get_search_results` does the searching
    search_help_text = gettext_lazy("與讀者的搜尋相同：繁簡皆可，「」引用原句，標題： 作者： 圖說： 等欄位。")
    actions = ("change_many",)
    actions_on_bottom = True
    save_on_top = True
    fieldsets = (
        (None, {"fields": ("seen", "title", "byline", "column", "outlet_name", "language")}),
        (gettext_lazy("日期"), {"fields": (("day", "clock"),)}),
        (gettext_lazy("內文"), {"fields": ("body",)}),
        (gettext_lazy("分類及標籤"), {"fields": ("category_names", "tag_names")}),
        (gettext_lazy("狀態"), {"fields": ("status", "status_reason")}),
        (gettext_lazy("出處"), {"fields": ("source_url", "archived_url")}),
    )

    # -- the list

    def get_changelist(self, request: HttpRequest, **options: Any) -> Any:
        return article_list.ArticleList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        found = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "newsarchive_article_changelist":
            return found.defer(*article_list.HEAVY)
        return found

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leaves out the thumbnails in an archive that keeps no pictures."""
        kept = Picture.objects.filter(status=Picture.Status.OK).exists()
        return [name for name in self.list_display if kept or name != "thumbnail"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        if not search_term.strip():
            return queryset, False
        return article_list.search(request, queryset, search_term), False

    def get_paginator(self, request: HttpRequest, queryset: Any, *args: Any, **options: Any) -> Any:
        found = getattr(request, "found", None)
        if found is None or request.GET.get("o"):
            return super().get_paginator(request, queryset, *args, **options)
        paginator = article_list.RankedPaginator(queryset, *args, **options)
        paginator.found = found
        return paginator

    @admin.display(description=gettext_lazy("標題"), ordering="title")
    def headline(self, article: Article) -> str:
        title = article.title or _("（無標題）")
        alone = getattr(article, "copies", 1) < 2
        return title if alone else f"{title} · {article.identity}"

    @admin.display(description=gettext_lazy("日期"), ordering=_DAY)
    def dated(self, article: Article) -> str:
        if article.published_on is None:
            return _("不詳")
        if article.published_at:
            precise = "Y-m-d H:i:s" if article.date_precision == Precision.SECOND else "Y-m-d H:i"
            said = formatted(timezone.localtime(article.published_at), precise)
        else:
            said = article.known_day
        return f"{said}{_('（估計）')}" if article.date_estimated else said

    @admin.display(description=gettext_lazy("問題"), empty_value="")
    def problems_short(self, article: Article) -> str:
        return "、".join(texts.all_said(article.problems))

    @admin.display(description=gettext_lazy("版本"))
    def copies(self, article: Article) -> int:
        return article.copies  # type: ignore[attr-defined,no-any-return]  # counted by ArticleList

    @admin.display(description=gettext_lazy("圖片"))
    def pictures(self, article: Article) -> int:
        return article.pictures  # type: ignore[attr-defined,no-any-return]

    @admin.display(description=gettext_lazy("縮圖"), empty_value="")
    def thumbnail(self, article: Article) -> str:
        """The local copy; nothing is loaded from other sites."""
        url: str = article.thumbnail_url  # type: ignore[attr-defined]
        return render_to_string("admin/_thumbnail.html", {"url": url}) if url else ""

    @admin.action(description=gettext_lazy("批次修改所選文章…"), permissions=["bulk"])
    def change_many(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse:
        address = reverse("admin:newsarchive_article_bulk")
        chosen = request.POST.getlist("_selected_action")
        query = request.GET.copy()
        if request.POST.get("select_across") != "1":
            query["ids"] = ",".join(chosen)
        return redirect(f"{address}?{query.urlencode()}")

    def has_bulk_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsarchive.bulk")

    # -- not possible here: articles come from files, and are withdrawn instead of deleted

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False

    # -- the form; users without the right to change see these in place of its fields

    @admin.display(description=gettext_lazy("媒體"), ordering="outlet__name")
    def outlet_name(self, article: Article) -> str:
        return article.outlet.name if article.outlet else ""

    @admin.display(description=gettext_lazy("分類"))
    def category_names(self, article: Article) -> str:
        return "、".join(row.name for row in article.categories.all())

    @admin.display(description=gettext_lazy("標籤"))
    def tag_names(self, article: Article) -> str:
        return "、".join(row.name for row in article.tags.all())

    @admin.display(description=gettext_lazy("日期"))
    def day(self, article: Article) -> str:
        return self.dated(article)

    @admin.display(description=gettext_lazy("時間"))
    def clock(self, article: Article) -> str:
        return timezone.localtime(article.published_at).isoformat(" ") if article.published_at else ""

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        (name, first), *others = fieldsets
        fields = tuple(field for field in first["fields"] if field != "seen")
        return [(name, {**first, "fields": fields}), *others]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        article = self.get_object(request, object_id)
        context = self._beside(article) if article else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _beside(self, article: Article) -> dict[str, Any]:
        """What is shown beside the form: the article's files, its copies, and changes of the source."""
        kept = history.snapshots([article.pk])[article.pk]
        return {
            "files": article.raw_files.defer("packed").select_related("run", "damage"),
            "copies": Article.objects.filter(story=article.story_id).count(),
            "versions": Article.objects.filter(story=article.story_id)
            .exclude(pk=article.pk)
            .select_related("outlet")
            .defer(*article_list.HEAVY),
            "source_changes": [
                (field, edit_diff.field_diff(field, kept.get(field, ""), new))
                for field, new in sorted(article.source_changes.items())
            ],
            "edited": [edit_diff.label(field) for field in article.edited_fields],
            "problems": texts.all_said(article.problems),
            "article": article,
            "date_source": edit_diff.named("date_source", article.date_source),
        }

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

    # -- pages of their own

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("bulk/", site(self.bulk), name="newsarchive_article_bulk"),
            path("csv/", site(self.csv), name="newsarchive_article_csv"),
            path("<int:pk>/preview/", site(self.preview), name="newsarchive_article_preview"),
            path("<int:pk>/raw/<int:raw>/", site(self.raw), name="newsarchive_article_raw"),
            path("<int:pk>/source/", site(self.source), name="newsarchive_article_source"),
            path("<int:pk>/reviewed/", site(self.reviewed), name="newsarchive_article_reviewed"),
            path("edits/<int:pk>/revert/", site(self.revert), name="newsarchive_article_revert"),
            *super().get_urls(),
        ]

    def _find(self, request: HttpRequest, pk: int, *, change: bool) -> Article:
        article = get_object_or_404(article_page.articles(), pk=pk)
        allowed = self.has_change_permission if change else self.has_view_permission
        if not allowed(request, article):
            raise PermissionDenied
        return article

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What would remain of the submitted body after cleaning; saves nothing."""
        article = self._find(request, pk, change=False)
        if request.method == "POST":
            article.body = safe_subset.clean(request.POST.get("body", ""))
            article.title = request.POST.get("title", article.title)
        context = {**self.admin_site.each_context(request), "article": article, "title": _("預覽")}
        context["page"] = article_page.read(article, "")
        part = request.headers.get("X-Requested-With") == "preview"
        return render(request, "admin/_reading.html" if part else "admin/preview.html", context)

    def raw(self, request: HttpRequest, pk: int, raw: int) -> HttpResponse:
        article = self._find(request, pk, change=False)
        file = get_object_or_404(RawFile, pk=raw, article=article)
        context = {**self.admin_site.each_context(request), "article": article, "file": file}
        try:
            data = file.data
        except DamagedRawFile as damage:
            context["damage"] = texts.said(damage.message)
        else:
            try:
                context["text"] = data.decode(file.encoding or "utf-8", errors="replace")
            except LookupError:
                context["text"] = data.decode("utf-8", errors="replace")
            rows, unreadable = parsed.rows(file)
            context |= {"rows": rows, "unreadable": unreadable}
        context["title"] = _("原始檔")
        return render(request, "admin/raw.html", context)

    def source(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A curator's decision between a field's value and the source's present one."""
        article = self._find(request, pk, change=True)
        field = request.POST.get("accept") or request.POST.get("dismiss") or ""
        if request.method != "POST" or field not in article.source_changes:
            raise Http404
        kind = Action.Kind.ACCEPT if request.POST.get("accept") else Action.Kind.DISMISS
        choose = (
            articles.accept_source_change if kind == Action.Kind.ACCEPT else articles.dismiss_source_change
        )
        try:
            with holding_write_lock():
                action = curation.begin(kind, request.user, [pk], field=field)
                before = history.snapshots([pk])
                choose(article, field)
                action.changed = history.write(action, before, history.snapshots([pk]))
                action.done, action.finished_at = 1, timezone.now()
                action.save()
        except ArchiveError as error:
            messages.error(request, texts.said(error.message))
        else:
            messages.success(request, _("「%(field)s」已處理。") % {"field": edit_diff.label(field)})
        queues.changed()
        return redirect("admin:newsarchive_article_change", pk)

    def reviewed(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._find(request, pk, change=True)
        if request.method != "POST":
            raise Http404
        after = self.after(request, pk) if "next" in request.GET else ""
        numbers = copies.copies_of([pk]) if whole_story.wanted(request) else [pk]
        curation.run(curation.begin(Action.Kind.REVIEWED, request.user, numbers))
        queues.changed()
        said = _("已標為已審閱。") if len(numbers) == 1 else _("整篇報道（%(n)d 個版本）已標為已審閱。")
        messages.success(request, said % {"n": len(numbers)})
        return self.go_on(request, after) if "next" in request.GET else self.back_to_list(request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        number = row_number(object_id)
        if number is None:
            raise Http404
        article = self._find(request, number, change=False)
        edits = (
            Edit.objects.filter(article=article)
            .select_related("action__user", "action__run")
            .defer("action__numbers", "action__parameters")[:200]
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("修改紀錄"),
            "article": article,
            "edits": [(edit, edit_diff.of(edit), edit_diff.left(edit)) for edit in edits],
            "may_change": self.has_change_permission(request, article),
        }
        return render(request, "admin/article_history.html", context)

    def revert(self, request: HttpRequest, pk: int) -> HttpResponse:
        edit = get_object_or_404(Edit, pk=pk)
        self._find(request, edit.article_id, change=True)
        if request.method != "POST":
            raise Http404
        action = curation.revert(edit, request.user)
        queues.changed()
        if action.problem:
            messages.error(request, texts.said_stored(action.problem))
        elif action.changed:
            messages.success(request, _("已還原為修改前的值。"))
        for left in action.edits.filter(article=edit.article_id):
            for said in edit_diff.left(left):
                messages.warning(request, said)
        return redirect("admin:newsarchive_article_history", edit.article_id)

    def csv(self, request: HttpRequest) -> HttpResponseBase:
        """The filtered list as a CSV file, in the list's order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return csv_file.answer(self.listed(request, request.GET))

    def bulk(self, request: HttpRequest) -> HttpResponse:
        if not self.has_bulk_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request)
        return bulk.page(request, context, self._chosen(request))

    def _chosen(self, request: HttpRequest) -> Chosen:
        """The articles that the address's filters and search leave; of these the ticked ones, if any."""
        address = request.GET.copy()
        query = request.GET.copy()
        given = query.pop("ids") if "ids" in query else None
        for own in (scope.FIELD, "kind"):
            query.pop(own, None)
        try:
            ids = None if given is None else bulk.ticked(given)
        except ValidationError as error:
            return Chosen([], query.urlencode(), wrong=" ".join(error.messages))
        request.GET = query  # type: ignore[assignment]  # as the list would read it
        try:
            found = cast(article_list.ArticleList, self.get_changelist_instance(request))
        except IncorrectLookupParameters as exc:
            raise Http404 from exc
        finally:
            request.GET = address  # type: ignore[assignment]
        numbers = found.numbers()
        notes = list(found.remarks)
        if ids is not None:
            numbers = sorted(set(numbers) & set(ids))
            if left_out := len(ids) - len(numbers):
                notes.append(_("所選文章有 %(n)d 篇已不符合篩選，不包括在內。") % {"n": left_out})
        return Chosen(numbers, address.urlencode(), tuple(notes))


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
