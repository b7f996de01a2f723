from django.urls import include, path

from . import api, views_search

urlpatterns = [
    path("", views_search.front, name="front"),
    path("search/", views_search.search, name="search"),
    path("feeds/search/", views_search.feed, name="feed"),
    path("suggest/", views_search.suggest, name="suggest"),
    path("opensearch.xml", views_search.opensearch, name="opensearch"),
    path("api/search/", api.search, name="api-search"),
    path("api/articles/<int:pk>/", api.article, name="api-article"),
    path("", include("search.web.counting.urls")),
]
