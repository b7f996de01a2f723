"""A mixin for admin forms that hold the write lock while they are processed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from newsarchive.runtime.write_lock import holding_write_lock

_READING = ("GET", "HEAD", "OPTIONS", "TRACE")


class UnderWriteLock:
    """A ModelAdmin mixin: a submitted form is read, checked and saved under the write lock. The old values in
    the history are therefore the ones that were replaced, and no deadlock with an import can occur."""

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        if request.method in _READING:
            return super().changeform_view(request, *args, **options)  # type: ignore[misc]
        with holding_write_lock():
            return super().changeform_view(request, *args, **options)  # type: ignore[misc]

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        if request.method in _READING:
            return super().delete_view(request, *args, **options)  # type: ignore[misc]
        with holding_write_lock():
            return super().delete_view(request, *args, **options)  # type: ignore[misc]
