from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class CurationConfig(AdminConfig):
    """Django's admin, with the archive's site in place of its own."""

    default_site = "newsarchive.admin.site.CurationSite"

    def ready(self) -> None:
        super().ready()
        import_module("newsarchive.admin.registration")
