from django.urls import path

from . import api, views_search
from .browse import images

urlpatterns = [
    path("", views_search.front, name="front"),
    path("search/", views_search.search, name="search"),
    path("images/", images.images, name="images"),
    path("feeds/search/", views_search.feed, name="feed"),
    path("suggest/", views_search.suggest, name="suggest"),
    path("opensearch.xml", views_search.opensearch, name="opensearch"),
    path("api/search/", api.search, name="api-search"),
    path("api/articles/<int:pk>/", api.article, name="api-article"),
]
