"""Forms in which a field that comes back as it was shown keeps its stored value, byte for byte.

A browser changes what it sends: line ends become CRLF, an <input> loses them, an address its outer blanks,
a <select> whose value is no choice sends its first option, a clock may lose its fraction of a second.
Cleaning changes more. So a field is compared as text with what the page showed of the stored value. Where
the two agree it is *untouched*: it is not validated, not cleaned, not saved and not marked as edited.

Outside of the package `admin`, because the search's own admin has such forms too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils.functional import cached_property

from newsarchive.runtime.line_fields import LinesField

_LINE_ENDS: Final = re.compile("\r\n?")
_HTML_BLANKS: Final = " \t\n\f\r"
_TRIMMED: Final = ("url", "email")  # input types whose outer blanks a browser drops


def is_untouched(bound: BoundField) -> bool:
    """Whether what was sent is what the page shows of the field's stored value, or nothing was sent."""
    widget = bound.field.widget
    if widget.value_omitted_from_data(bound.form.data, bound.form.files, bound.html_name):
        return True
    shown = bound.field.prepare_value(bound.initial)
    if isinstance(widget, forms.CheckboxInput):
        return bool(shown) == bool(bound.data)
    if isinstance(widget, forms.Select):
        return _chosen(widget, shown) == (bound.data or "")
    return _as_sent(widget, _text(widget.format_value(shown))) == _as_sent(widget, _text(bound.data))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _as_sent(widget: forms.Widget, text: str) -> str:
    """By the rules of HTML for the value of a form control; with LF for line ends. Twice is once."""
    text = _LINE_ENDS.sub("\n", text).replace("\0", "\ufffd")
    if isinstance(widget, forms.Textarea):
        return text
    text = text.replace("\n", "")
    return text.strip(_HTML_BLANKS) if getattr(widget, "input_type", "") in _TRIMMED else text


def _chosen(widget: forms.Select, shown: Any) -> str:
    """What a list with one choice sends: the first option, where none is the stored value."""
    options = [str(value) for value, _ in _flat(widget.choices)]
    value = _text(shown)
    return value if value in options or not options else options[0]


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


class UnchangedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Of a row that there is already. A new row's form is Django's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_stored()

    def show_stored(self) -> None:
        """Tells fields of several lines what they show. To be called again when `initial` was changed."""
        for name, field in self.fields.items():
            if isinstance(field, LinesField) and self.instance.pk is not None:
                field.stored = self.get_initial_for_field(field, name) or ()

    @cached_property
    def untouched(self) -> frozenset[str]:
        if self.instance.pk is None or not self.is_bound:
            return frozenset()
        return frozenset(
            name
            for name, bound in self._bound_items()  # type: ignore[attr-defined]
            if not isinstance(bound.field, forms.ModelChoiceField | forms.FileField) and is_untouched(bound)
        )

    @cached_property
    def changed_data(self) -> list[str]:
        changed: list[str] = super().changed_data
        return [name for name in changed if name not in self.untouched]

    def touch(self, name: str, value: Any) -> None:
        """For `clean`: another field's change has changed this one."""
        self.cleaned_data[name] = value
        self.untouched -= {name}
        if name not in self.changed_data:
            self.changed_data.append(name)

    def _clean_fields(self) -> None:
        every = self.fields
        self.cleaned_data |= {name: self[name].initial for name in self.untouched}
        self.fields = {name: field for name, field in every.items() if name not in self.untouched}
        try:
            super()._clean_fields()  # type: ignore[misc]
        finally:
            self.fields = every
        for name, field in every.items():
            value = self.cleaned_data.get(name)
            if name not in self.untouched and isinstance(field.widget, forms.Textarea):
                self.cleaned_data[name] = _LINE_ENDS.sub("\n", value) if isinstance(value, str) else value

    def _post_clean(self) -> None:
        """Puts the changed values on the instance, and has the model judge it. What is untouched stays on
        it as it was read, whatever the model's own cleaning would make of it."""
        if self.instance.pk is not None and not self.changed_data:
            return
        columns = {field.name for field in self.instance._meta.concrete_fields}
        stored = {name: getattr(self.instance, name) for name in self.untouched & columns}
        kept = {name: self.cleaned_data.pop(name) for name in self.untouched if name in self.cleaned_data}
        super()._post_clean()  # type: ignore[misc]
        self.cleaned_data |= kept
        for name, value in stored.items():
            setattr(self.instance, name, value)

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), *self.untouched}  # type: ignore[misc]


class UnchangedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Saves a row, and writes a line of history, only where a field was changed."""

    form = UnchangedForm

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Called for every form: what a subclass does beside saving belongs into `save_changed`."""
        if not change or form.changed_data:
            self.save_changed(request, obj, form, change)

    def save_changed(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_change(request, obj, message) if message else None
