"""Working through a filtered list: after saving an article, the next one of the list opens."""

from __future__ import annotations

from copy import copy
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from newsarchive.models import Article

from . import article_list


class OneAfterAnother(admin.ModelAdmin):  # type: ignore[type-arg]
    def listed(self, request: HttpRequest, filters: QueryDict) -> list[int]:
        """Ids of the articles in a filtered list, in the order of its pages."""
        asked = copy(request)
        asked.GET = filters  # type: ignore[assignment]
        try:
            return cast(article_list.ArticleList, self.get_changelist_instance(asked)).in_order(asked)
        except IncorrectLookupParameters as exc:
            raise Http404 from exc

    def after(self, request: HttpRequest, pk: int) -> str:
        """The address of the next article in the list from which this one was opened; "" after the last. To
        be asked before the article is changed, which may remove it from the list."""
        filters = request.GET.get("_changelist_filters", "")
        listed = self.listed(request, QueryDict(filters))
        place = listed.index(pk) + 1 if pk in listed else 0
        if place >= len(listed):
            return ""
        address = reverse("admin:newsarchive_article_change", args=[listed[place]])
        return f"{address}?{urlencode({'_changelist_filters': filters})}" if filters else address

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **options: Any
    ) -> Any:
        if "_next" in request.POST and (object_id or "").isdigit():
            request.after = self.after(request, int(object_id or 0))  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, *args, **options)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        if "_next" not in request.POST:
            return super().response_change(request, obj)
        messages.success(request, _("「%(article)s」已處理。") % {"article": obj})
        return self.go_on(request, request.after)  # type: ignore[attr-defined]

    def go_on(self, request: HttpRequest, address: str) -> HttpResponse:
        if not address:
            messages.info(request, _("這是列表的最後一篇。"))
        return redirect(address) if address else self.back_to_list(request)

    def back_to_list(self, request: HttpRequest) -> HttpResponse:
        filters = request.GET.get("_changelist_filters", "")
        address = reverse("admin:newsarchive_article_changelist")
        return HttpResponseRedirect(f"{address}?{filters}" if filters else address)
