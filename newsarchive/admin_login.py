"""Log-ins that fail too often wait. Counted in the cache, by name and by address apart, so that neither
many names from one place nor one name from many places can be tried for long."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

MOST_FAILURES: Final = 5  # of one name; of one address ten times as many: an office has one address
SECONDS: Final = 15 * 60
_OF_ADDRESS: Final = 10


class ThrottledForm(AdminAuthenticationForm):
    def clean(self) -> dict[str, Any]:
        keys = self._keys()
        if any(cache.get(key, 0) >= most for key, most in keys):
            raise forms.ValidationError(
                _("嘗試登入太多次，請 %(minutes)d 分鐘後再試。"),
                code="throttled",
                params={"minutes": SECONDS // 60},
            )
        try:
            data = super().clean()
        except forms.ValidationError:
            for key in dict(keys):
                cache.set(key, cache.get(key, 0) + 1, SECONDS)
            raise
        cache.delete(keys[0][0])
        return data

    def _keys(self) -> list[tuple[str, int]]:
        name = self.cleaned_data.get("username", "")
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        return [(_key("name", name), MOST_FAILURES), (_key("address", address), MOST_FAILURES * _OF_ADDRESS)]


def _key(kind: str, value: str) -> str:
    return f"login-{kind}-{hashlib.sha256(value.encode()).hexdigest()}"
