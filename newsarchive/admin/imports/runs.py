from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from newsarchive.models import ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        *("__str__", "finished_at", "seen", "imported", "updated", "unchanged", "failed", "quarantined"),
    )
    show_full_result_count = False
    readonly_fields = (
        *("started_at", "finished_at", "inputs", "importer_versions", "seen", "imported", "updated"),
        *("unchanged", "failed", "quarantined"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False
