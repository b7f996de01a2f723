"""What is confirmed is what was previewed: a page sends a seal of it along, and does nothing without it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

FIELD = "previewed"
_SALT = "newsarchive.previewed"


def seal(request: HttpRequest, *what: Any) -> str:
    """Of parameters and numbers, in plain values; the same for the same user and the same values."""
    value = json.dumps([request.user.pk, *what], sort_keys=True, ensure_ascii=False)
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest()


def holds(request: HttpRequest, seal: str) -> bool:
    return constant_time_compare(request.POST.get(FIELD, ""), seal)
