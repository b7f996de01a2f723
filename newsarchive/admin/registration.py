"""What the admin site has pages for."""

from django.contrib import admin


def register() -> None:
    """Registers Django's own models, then the archive's and their pages, which replace some of Django's."""
    admin.autodiscover()
    from . import accounts
    from .articles import actions, article_page
    from .imports import failures, runs
    from .vocabulary import agencies, outlets, people, search_words, tags

    _ = accounts, actions, article_page, failures, runs, agencies, outlets, people, search_words, tags
