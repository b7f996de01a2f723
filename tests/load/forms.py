"""What a browser sends of a form."""

from __future__ import annotations

from html.parser import HTMLParser


def fields(page: str, form: str) -> dict[str, str]:
    """Of the form with that id, if nothing were touched. Of several values under one name, the last."""
    return _Form(page, form).values


class _Form(HTMLParser):
    def __init__(self, page: str, form: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, str] = {}
        self._form, self._inside, self._area, self._select = form, False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = has.get("id") == self._form
        if not self._inside:
            return
        name, kind = has.get("name", ""), has.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "file", "button"):
            if kind not in ("checkbox", "radio") or "checked" in has:
                self.values[name] = has.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea":
            self._area, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in has or self._select not in self.values):
            self.values[self._select] = has.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = False
