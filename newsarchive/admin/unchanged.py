"""Forms in which an unchanged field keeps its stored value byte for byte.

Browsers alter values: line breaks become CRLF or are lost in an <input>, an address loses outer blanks, a
<select> whose value is no choice sends its first option, a time may lose its fraction of a second. Cleaning
alters more. Therefore the submitted text is compared with the text that the page showed of the stored value.
If they are equal the field is *untouched*: it is not validated, cleaned, saved or marked as edited.
"""

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
_TRIMMED: Final = ("url", "email")  # input types whose values browsers strip


def is_untouched(bound: BoundField) -> bool:
    """Whether the field was sent as the page showed it, or was not sent."""
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
    """The text as a browser would send it (HTML's rules for form controls), with LF line breaks. Applying it
    twice changes nothing more."""
    text = _LINE_ENDS.sub("\n", text).replace("\0", "\ufffd")
    if isinstance(widget, forms.Textarea):
        return text
    text = text.replace("\n", "")
    return text.strip(_HTML_BLANKS) if getattr(widget, "input_type", "") in _TRIMMED else text


def _chosen(widget: forms.Select, shown: Any) -> str:
    """What a single-choice list sends when the stored value is none of its choices: the first option."""
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
    """For an existing row; the form of a new row behaves like Django's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_stored()

    def show_stored(self) -> None:
        """Tells multi-line fields which items they show. To be called again after `initial` was changed."""
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
        """For `clean`: marks a field as changed because of another field's change."""
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
        """Sets the changed values on the instance and validates it. Untouched fields keep their stored
        values, whatever the model's own cleaning would do to them."""
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
    """Saves a row, and writes a history entry, only if a field was changed."""

    form = UnchangedForm

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Runs for every form; subclasses put their own work into `save_changed`."""
        if not change or form.changed_data:
            self.save_changed(request, obj, form, change)

    def save_changed(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_change(request, obj, message) if message else None
