from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class CurationConfig(AdminConfig):
    """Replaces Django's admin site by `CurationSite`."""

    default_site = "newsarchive.admin.site.CurationSite"

    def ready(self) -> None:
        super().ready()
        import_module("newsarchive.admin.registration")
