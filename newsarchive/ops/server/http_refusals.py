"""The server's own answers to requests that can't be passed to Django: the reason and advice, in Chinese and
English, and as JSON under /api/. They repeat nothing of the request."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

from .http_requests import Refused

# (code in the API, Chinese, English)
_TEXTS: Final = {
    400: (
        "bad_request",
        "這個請求讀不懂。網址中的空格請寫成 %20（或 +），指令中的網址請加上引號。",
        "This request can't be read. Write a space in an address as %20 (or +); quote addresses in a shell.",
    ),
    408: (
        "request_timeout",
        "請求沒有在時限內傳完，請再試一次。",
        "The request did not arrive in time. Please try again.",
    ),
    411: (
        "length_required",
        "請求的內容須先說明長度（Content-Length）。",
        "The length of what is sent has to be said first (Content-Length).",
    ),
    413: (
        "too_large",
        "傳送的內容太大，請分成幾次傳送。",
        "What was sent is too large. Please send it in parts.",
    ),
    414: (
        "address_too_long",
        "網址太長，請縮短檢索式或減少篩選條件。",
        "The address is too long. Please use a shorter query or fewer filters.",
    ),
    417: (
        "expectation_failed",
        "伺服器不支援請求中的 Expect。",
        "The server can't do what the request expects (Expect).",
    ),
    431: (
        "headers_too_large",
        "請求的標頭太長，請清除本站的 cookie 後再試。",
        "The header fields are too long. Please clear this site's cookies and try again.",
    ),
    500: ("server_error", "系統發生問題，請稍後再試。", "Something went wrong. Please try again later."),
    501: (
        "not_implemented",
        "伺服器不支援這種傳送方式。",
        "The server does not know this transfer coding.",
    ),
    503: (
        "unavailable",
        "伺服器暫時無法處理，請稍後再試。",
        "The server can't take this at the moment. Please try again later.",
    ),
}
_STATUS: Final = (
    (LimitRequestLine, 414),
    (LimitRequestHeaders, 431),
    (ExpectationFailed, 417),
    (UnsupportedTransferCoding, 501),
    (ParseException, 400),
)


def status_of(error: Exception) -> int:
    """500 when it is not the client's fault."""
    if isinstance(error, Refused):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def refusal(status: int, target: bytes) -> bytes:
    """The complete HTTP answer, after which the connection is closed. `target` is the requested address."""
    code, chinese, english = _TEXTS[status]
    if target.startswith(b"/api/"):
        kind = "application/json"
        error = {"code": code, "message": f"{chinese} {english}"}
        body = json.dumps({"error": error}, ensure_ascii=False).encode()
    else:
        kind = "text/plain; charset=utf-8"
        body = f"{chinese}\n{english}\n".encode()
    fields = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Content-Security-Policy: default-src 'none'; sandbox",
        "X-Content-Type-Options: nosniff",
        *(["Retry-After: 5"] if status == HTTPStatus.SERVICE_UNAVAILABLE else []),
        "Connection: close",
    ]
    return "\r\n".join([*fields, "", ""]).encode() + body
