from django.urls import path, re_path

from . import api, crawlers, views_search
from .browse import calendar, days, images, names
from .counting.urls import urlpatterns as counting
from .exports import unapi
from .exports import views as exports
from .interface import batch
from .interface import views as interface

urlpatterns = [
    path("", views_search.front, name="front"),
    path("about/", views_search.about, name="about"),
    path("search/", views_search.search, name="search"),
    path("search/export/", exports.search_export, name="search-export"),
    path("articles/<int:pk>/cite/", exports.cite, name="cite"),
    path("unapi/", unapi.unapi, name="unapi"),
    path("images/", images.images, name="images"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("days/<str:day>/", days.day, name="day"),
    re_path("^(?P<kind>authors|columns|outlets)/$", names.listing, name="names"),
    re_path("^(?P<kind>authors|columns|outlets)/(?P<name>.{1,500})/$", names.name, name="name"),
    path("feeds/search/", views_search.feed, name="feed"),
    path("suggest/", views_search.suggest, name="suggest"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", crawlers.part, name="sitemap-part"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("opensearch.xml", views_search.opensearch, name="opensearch"),
    path("batch/", batch.page, name="batch"),
    path("api/", interface.page, name="api"),
    path("api/openapi.json", interface.openapi, name="openapi"),
    path("api/search/", api.search, name="api-search"),
    path("api/calendar/", calendar.calendar_json, name="api-calendar"),
    path("api/articles/<int:pk>/", api.article, name="api-article"),
    path("api/batch/", batch.batch, name="api-batch"),
    *counting,
]
