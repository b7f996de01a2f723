"""Pages of the admin beside an article's form (preview, stored file, history, decisions on the source), and
about many articles (bulk changes, CSV)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from newsarchive.archive import articles, copies, curation, history
from newsarchive.archive.history import Action, Edit
from newsarchive.errors import ArchiveError, DamagedRawFile
from newsarchive.importers.html import safe_subset
from newsarchive.messages import texts
from newsarchive.models import Article, RawFile
from newsarchive.runtime.number_lookups import row_number
from newsarchive.runtime.write_lock import holding_write_lock
from search.web import article_page

from . import article_list, bulk, csv_file, edit_diff, parsed, queues, scope, whole_story
from .bulk import Chosen
from .one_after_another import OneAfterAnother


class OwnPages(OneAfterAnother):
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
        context["page"] = article_page.read(article)
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

    def has_bulk_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsarchive.bulk")

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
