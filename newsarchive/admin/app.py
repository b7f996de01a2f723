from importlib import import_module

from django.contrib.admin.apps import SimpleAdminConfig


class CurationConfig(SimpleAdminConfig):
    """Replaces Django's admin site by `CurationSite`.

    Its pages are imported with the site's addresses (`newsarchive.urls`), not with the models: processes that
    answer no requests (the indexer, imports) do without them and what they need, 30 MB.
    """

    default_site = "newsarchive.admin.site.CurationSite"


def register() -> None:
    """Registers all models with the admin site. Again is nothing."""
    from django.contrib import admin

    admin.autodiscover()
    import_module("newsarchive.admin.registration")
