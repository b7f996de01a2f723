"""Makes sure that what is confirmed is what was previewed: the preview contains a signature of it, and
nothing is done without a matching one."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

FIELD = "previewed"
_SALT = "newsarchive.previewed"


def seal(request: HttpRequest, *what: Any) -> str:
    """The signature of these plain values for this user; equal for equal values."""
    value = json.dumps([request.user.pk, *what], sort_keys=True, ensure_ascii=False)
    return salted_hmac(_SALT, value, algorithm="sha256").hexdigest()


def holds(request: HttpRequest, seal: str) -> bool:
    return constant_time_compare(request.POST.get(FIELD, ""), seal)
