from django.urls import path

from . import api, probes, views

urlpatterns = [
    path("", views.front, name="front"),
    path("search/", views.search, name="search"),
    path("feeds/search/", views.feed, name="feed"),
    path("suggest/", views.suggest, name="suggest"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.numbers, name="metrics"),
    path("api/search/", api.search, name="api-search"),
    path("api/articles/<int:pk>/", api.article, name="api-article"),
]
