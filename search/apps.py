from __future__ import annotations

from types import ModuleType

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsarchive.runtime import files
from search.language import tables


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("搜尋")

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        super().__init__(app_name, app_module)
        # Not in `ready`: models fold words when they are imported.
        tables.keep_in(settings.DATA_DIR / "tables", files.write_whole)
