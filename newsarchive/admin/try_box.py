"""A list with a box above it: what its rows make of a text, seen before any of them is changed.

Outside of the package `admin`, because the search's own admin has such lists too."""

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
            request.GET = query  # type: ignore[assignment]  # no filter of the list
        context = {"tried": tried, "result": self.try_it(tried) if tried else None, **self.beside()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def try_it(self, text: str) -> Any:
        """What the template shows as `result`."""
        raise NotImplementedError

    def beside(self) -> dict[str, Any]:
        """What else stands above the list."""
        return {}
