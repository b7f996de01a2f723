"""Part of `search.web.urls`."""

from django.urls import path

from . import api, coverage, pages, reuse

urlpatterns = [
    path("concordance/", pages.concordance, name="concordance"),
    path("trends/", pages.trends, name="trends"),
    path("collocates/", pages.collocates, name="collocates"),
    path("keyness/", pages.keyness, name="keyness"),
    path("passages/", reuse.page, name="passages"),
    path("compare/", coverage.compare, name="compare"),
    path("api/articles/<int:pk>/coverage/", coverage.record, name="api-coverage"),
    path("api/articles/<int:pk>/passages/", reuse.of_article, name="api-article-passages"),
    path("api/passages/", reuse.record, name="api-passages"),
    path("api/concordance/", api.concordance, name="api-concordance"),
    path("api/trends/", api.trends, name="api-trends"),
    path("api/collocates/", api.collocates, name="api-collocates"),
    path("api/keyness/", api.keyness, name="api-keyness"),
]
