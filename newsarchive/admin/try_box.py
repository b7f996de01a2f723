"""An admin list with a text box above it that shows what its rows do to a text, before any row is changed."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from .unchanged import UnchangedAdmin

_LONGEST: Final = 500


class TriedAdmin(UnchangedAdmin):
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        tried = request.GET.get("try", "").strip()[:_LONGEST]
        if "try" in request.GET:
            query = request.GET.copy()
            del query["try"]
            request.GET = query  # type: ignore[assignment]  # the box is no filter of the list
        context = {"tried": tried, "result": self.try_it(tried) if tried else None, **self.beside()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def try_it(self, text: str) -> Any:
        """The value that the template shows as `result`."""
        raise NotImplementedError

    def beside(self) -> dict[str, Any]:
        """Further template values for the area above the list."""
        return {}
