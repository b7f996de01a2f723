"""A form as a browser would send it: the parsing and the sanitizing of the HTML standard, which change
some values on their way through the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.test import Client

_BLANKS = " \t\n\f\r"
_SHAPES = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?",
    "number": r"-?\d+(\.\d+)?",
}
_NOT_SENT = ("submit", "button", "image", "reset", "file")


class _Fields(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._wanted, self._inside = form_id, False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == self._wanted
        if not self._inside or "disabled" in given:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        sent = kind not in _NOT_SENT and (kind not in ("checkbox", "radio") or "checked" in given)
        if tag == "input" and name and sent:
            on = "on" if kind == "checkbox" else ""
            self.fields[name] = _sanitized(kind, given.get("value", on))
        if tag == "textarea" and name:
            self._area, self.fields[name] = name, ""
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea" and self._area:
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""
        if tag == "select":
            self._select = ""


def _sanitized(kind: str, value: str) -> str:
    """The value sanitization algorithm of <input>."""
    if kind in ("hidden", "checkbox", "radio"):
        return value
    value = re.sub("[\r\n]", "", value)
    if kind in ("url", "email"):
        return value.strip(_BLANKS)
    return value if kind not in _SHAPES or re.fullmatch(_SHAPES[kind], value) else ""


def fields_of(page: str, form_id: str = "article_form") -> dict[str, str]:
    found = _Fields(form_id)
    found.feed(page.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd"))
    found.close()
    return {name: re.sub("\r\n?|\n", "\r\n", value) for name, value in found.fields.items()}


def form_of(client: Client, address: str, form_id: str = "article_form") -> dict[str, str]:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return fields_of(response.content.decode(), form_id)
