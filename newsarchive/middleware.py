"""Two small middlewares: the content security policy, and the language the reader chose."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponse]

# Nothing inline, nothing from third parties. A view that a reader asked to load the original
# pictures sets `response.load_images` (see newsarchive.views), which opens img-src alone.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self';"
    " img-src 'self' data:{images}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security_policy(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        images = " https: http:" if getattr(response, "load_images", False) else ""
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(images=images))
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        return response

    return middleware


def chosen_language(get_response: GetResponse) -> GetResponse:
    """Traditional Chinese unless the reader chose otherwise (a cookie); the browser's list of
    languages is not asked, since most browsers in English read Chinese news here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        known = dict(settings.LANGUAGES)
        with translation.override(wanted if wanted in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware
