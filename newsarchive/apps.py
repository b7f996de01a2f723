from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that keep tables of their own beside their code (see `models.py`): every process has to know them.
_WITH_MODELS = ("archive.history", "archive.identity.lookup", "archive.renaming", "pictures.store")


class NewsarchiveConfig(AppConfig):
    name = "newsarchive"
    verbose_name = _("典藏")

    def ready(self) -> None:
        from newsarchive.runtime import number_lookups

        for module in _WITH_MODELS:
            import_module(f"newsarchive.{module}")
        number_lookups.register()
