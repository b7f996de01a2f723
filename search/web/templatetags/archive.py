"""What the admin's templates need beside Django's own."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context, loader

from newsarchive.messages import texts
from search.web.links import web_address
from search.web.templating import grouped

register = template.Library()
register.filter("web", web_address)
register.filter("grouped", grouped)
register.filter("said", texts.said_of)


class _Shared(template.Node):
    def __init__(self, name: str) -> None:
        self._name = name

    def render(self, context: Context) -> Any:
        page: dict[str, Any] = context.flatten()  # type: ignore[assignment]
        return loader.render_to_string(self._name, page, using="jinja2")


@register.tag
def shared(_parser: Any, token: Any) -> _Shared:
    """{% shared "shared/edit_diff.html" %}: a template that readers' pages have too."""
    return _Shared(token.split_contents()[1].strip('"'))
