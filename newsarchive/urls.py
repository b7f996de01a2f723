"""Addresses are contracts (docs/architecture.md): they are added to, never changed."""

from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", include("search.urls")),
    path("articles/<int:pk>/", views.article, name="article"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
