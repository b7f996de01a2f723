"""Log-ins that fail too often wait. Counted by name and by address apart, so that neither many names from
one place nor one name from many places can be tried for long.

A try is counted before its password is looked at, and taken back when it was right: of many tries at
once no more are looked at than of as many one after the other."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.utils.translation import gettext_lazy as _

from newsarchive.quotas import client_ip, counters

MOST_FAILURES: Final = 5  # of one name; of one address ten times as many: an office has one address
SECONDS: Final = 15 * 60
_OF_ADDRESS: Final = 10


class ThrottledForm(AdminAuthenticationForm):
    def clean(self) -> dict[str, Any]:
        name = f"login name {self.cleaned_data.get('username', '')}"
        address = f"login address {client_ip.reader(self.request) if self.request else ''}"
        most = {name: MOST_FAILURES, address: MOST_FAILURES * _OF_ADDRESS}
        counts = {key: counters.add(key, SECONDS) for key in most}
        if any(counts[key] > most[key] for key in most):
            raise forms.ValidationError(
                _("嘗試登入太多次，請 %(minutes)d 分鐘後再試。"),
                code="throttled",
                params={"minutes": -(-counters.seconds_left(SECONDS) // 60)},
            )
        data = super().clean()  # raises when name or password is wrong, or the account may not enter
        counters.forget(name, SECONDS)
        counters.add(address, SECONDS, -1)
        return data
