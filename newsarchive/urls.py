"""The site's addresses. Published ones are a contract (docs/architecture.md): new ones may be added, existing
ones keep their meaning."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from newsarchive.admin import registration
from newsarchive.web import probes
from search.web import views_article

registration.register()
urlpatterns = [
    path("", include("search.web.urls")),
    path("articles/<int:pk>/", views_article.article, name="article"),
    path("id/<path:identity>/", views_article.permanent, name="identity"),
    path("articles/<int:pk>/diff/<int:other>/", views_article.diff, name="diff"),
    re_path(
        r"^pictures/(?P<pk>[0-9]{1,18})/(?P<sha256>[0-9a-f]{64})\.(?P<suffix>jpg|png|gif|webp)$",
        views_article.picture,
        name="picture",
    ),
    # Exempt from CSRF protection: a form on another site could do no more than change the language of the
    # buttons, while a token would give every reader a cookie and make pages uncacheable.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.numbers, name="metrics"),
    path("favicon.ico", views_article.favicon),  # browsers ask for it on pages that name no icon
    path("admin/", admin.site.urls),
]
