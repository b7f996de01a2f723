"""Form fields in which names are typed, with suggestions where JavaScript runs; a list of choices would have
thousands."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from newsarchive.models import Agency, Author, Category, Outlet, Tag
from newsarchive.runtime.line_fields import LinesField

from . import name_search

MODELS: Final[dict[str, type[Model]]] = {
    "agency": Agency,
    "outlet": Outlet,
    "author": Author,
    "category": Category,
    "tag": Tag,
}
MOST: Final = 12


def like(kind: str, text: str) -> list[str]:
    """Names that contain the text in any script, width or case; those that begin with it come first."""
    names = MODELS[kind]._default_manager.order_by().values_list("name", flat=True)
    return name_search.holding(text, names, most=MOST)


class NameInput(forms.TextInput):
    class Media:
        js = ("newsarchive/admin.js",)

    def __init__(self, kind: str) -> None:
        super().__init__({"data-names": kind, "autocomplete": "off", "class": "vTextField"})


class NamesInput(forms.Textarea):
    class Media:
        js = ("newsarchive/admin.js",)

    def __init__(self, kind: str) -> None:
        super().__init__({"data-names": kind, "autocomplete": "off", "class": "vTextField wide", "rows": 4})


class NameField(forms.CharField):
    """The name of an existing row."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(widget=NameInput(kind), max_length=300, **options)

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if name and not MODELS[self.kind]._default_manager.filter(name=name).exists():
            near = "、".join((like(self.kind, name) or like(self.kind, name[:2]))[:5])
            raise ValidationError(
                _("沒有「%(name)s」。相近的有：%(near)s") if near else _("沒有「%(name)s」。"),
                params={"name": name, "near": near},
            )
        return name


class NamesField(LinesField):
    """Several names, one a line, because a name may contain any separator. `new`: names without a row are
    allowed and get one."""

    def __init__(self, kind: str, *, new: bool, **options: Any) -> None:
        self.kind, self.new = kind, new
        super().__init__(widget=NamesInput(kind), **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or []) != sorted(self.to_python(data))

    def clean(self, value: Any) -> list[str]:
        names = self.to_python(value)
        if self.required and not names:
            raise ValidationError(self.error_messages["required"], code="required")
        rows = MODELS[self.kind]._default_manager
        width = MODELS[self.kind]._meta.get_field("name").max_length or 0  # type: ignore[union-attr]
        new = [name for name in names if name not in self.stored]
        if any(len(name) > width for name in new):
            raise ValidationError(_("名稱太長。"))
        missing = sorted(set(new) - set(rows.filter(name__in=new).values_list("name", flat=True)))
        if missing and not self.new:
            raise ValidationError(_("沒有：%(names)s"), params={"names": "、".join(missing)})
        return names
