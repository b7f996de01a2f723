from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from newsarchive.runtime.write_lock import turn

_READING = ("GET", "HEAD", "OPTIONS", "TRACE")


class InTurn:
    """A ModelAdmin whose forms are read, checked and saved in one turn: what a curator is shown to have
    changed is what was there, and no import waits for a row that waits for the import."""

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        if request.method in _READING:
            return super().changeform_view(request, *args, **options)  # type: ignore[misc]
        with turn():
            return super().changeform_view(request, *args, **options)  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        if request.method in _READING:
            return super().delete_view(request, *args, **options)  # type: ignore[misc]
        with turn():
            return super().delete_view(request, *args, **options)  # type: ignore[misc]
