from django.urls import path, re_path

from . import api, views_search
from .browse import calendar, days, images, names

urlpatterns = [
    path("", views_search.front, name="front"),
    path("about/", views_search.about, name="about"),
    path("search/", views_search.search, name="search"),
    path("images/", images.images, name="images"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("days/<str:day>/", days.day, name="day"),
    re_path("^(?P<kind>authors|columns|outlets)/$", names.listing, name="names"),
    re_path("^(?P<kind>authors|columns|outlets)/(?P<name>.{1,500})/$", names.name, name="name"),
    path("feeds/search/", views_search.feed, name="feed"),
    path("suggest/", views_search.suggest, name="suggest"),
    path("opensearch.xml", views_search.opensearch, name="opensearch"),
    path("api/search/", api.search, name="api-search"),
    path("api/calendar/", calendar.calendar_json, name="api-calendar"),
    path("api/articles/<int:pk>/", api.article, name="api-article"),
]
