"""Which language tags a curator may set: BCP 47 with language, script and region."""

from __future__ import annotations

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The codes of ISO 639-1. Any code of three letters is accepted, since ISO 639-3 has 7,900 of them.
_LANGUAGE: Final = re.compile(
    r"a[abefkmnrsvyz]|b[aegimnors]|c[aehorsuvy]|d[aevz]|e[elnostu]|f[afijory]|g[adlnuv]|"
    r"h[aeiortuyz]|i[adegikostu]|j[av]|k[agijklmnorsuvwy]|l[abginotuv]|m[ghiklnrsty]|"
    r"n[abdeglnorvy]|o[cjmrs]|p[ailst]|q[u]|r[mnouw]|s[acdegiklmnoqrstuvw]|t[aeghiklnorstwy]|"
    r"u[gkrz]|v[eio]|w[ao]|x[h]|y[io]|z[ahu]",
    re.IGNORECASE,
)
_TAG: Final = re.compile(
    r"(?P<language>[a-z]{2,3})(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?"
    r"(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*",
    re.IGNORECASE,
)


def checked(tag: str) -> None:
    """A form field's validator. Raises ValidationError; the empty string passes."""
    if tag and not _is_known(tag):
        raise ValidationError(
            _("「%(tag)s」不是語言標籤；例如 zh-Hant-HK、zh-Hans、en。"), params={"tag": tag}
        )


def _is_known(tag: str) -> bool:
    found = _TAG.fullmatch(tag)
    if found is None:
        return False
    language = found["language"]
    return len(language) == 3 or _LANGUAGE.fullmatch(language) is not None
