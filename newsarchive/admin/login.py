"""Throttles failed log-ins. They are counted by name and by address separately, so that neither many names
from one address nor one name from many addresses can be tried for long.

A try is counted before its password is checked and uncounted if it was right, so simultaneous tries can't
exceed the limit.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.utils.translation import gettext_lazy as _

from newsarchive.quotas import client_ip, counters

# Failed log-ins of one name within SECONDS; one address may have ten times as many, because an office shares
# one.
MOST_FAILURES: Final = 5
SECONDS: Final = 15 * 60
_OF_ADDRESS: Final = 10


class ThrottledForm(AdminAuthenticationForm):
    def clean(self) -> dict[str, Any]:
        name = f"login name {self.cleaned_data.get('username', '')}"
        address = f"login address {client_ip.rate_limit_key(self.request) if self.request else ''}"
        most = {name: MOST_FAILURES, address: MOST_FAILURES * _OF_ADDRESS}
        counts = {key: counters.add(key, SECONDS) for key in most}
        if any(counts[key] > most[key] for key in most):
            raise forms.ValidationError(
                _("嘗試登入太多次，請 %(minutes)d 分鐘後再試。"),
                code="throttled",
                params={"minutes": -(-counters.seconds_left(SECONDS) // 60)},
            )
        data = super().clean()  # raises when the name or password is wrong, or the account has no access
        counters.forget(name, SECONDS)
        counters.add(address, SECONDS, -1)
        return data
