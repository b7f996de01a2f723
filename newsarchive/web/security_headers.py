"""Security headers on every answer: Content-Security-Policy, Permissions-Policy and
Cross-Origin-Resource-Policy. Django's own middleware sets nosniff, the referrer policy, COOP, HSTS and
X-Frame-Options (settings.py). tests/newsarchive/web/test_headers.py checks every address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Nothing inline, nothing from third parties. The article page sets `response.load_images` when the reader
# asked to load the original pictures; that allows other hosts in img-src alone.
_PAGES: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self';"
    " img-src 'self'{images}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# An answer that is no page may load and run nothing, whatever type a browser takes it for.
_DATA: Final = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
_PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
        *("fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone"),
        *("midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock"),
        *("serial", "usb", "xr-spatial-tracking"),  # not web-share: Chromium on Linux complains of it
    )
)


def protected(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that adds the headers. It runs outside of every middleware that answers by itself, so
    redirects and static files have them too."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy(response))
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def _policy(response: HttpResponseBase) -> str:
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return _DATA
    return _PAGES.format(images=" https: http:" if getattr(response, "load_images", False) else "")
