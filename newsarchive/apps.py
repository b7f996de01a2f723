from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsarchiveConfig(AppConfig):
    name = "newsarchive"
    verbose_name = _("典藏")

    def ready(self) -> None:
        from newsarchive.runtime import number_lookups

        number_lookups.register()
