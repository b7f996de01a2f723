"""Addresses that hold a name which curators have since given up: 曾琪 for what is 曾海琪 now. They lead on to
the name of today, so that links and feeds of yesterday keep finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final, TypeVar

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from newsarchive.archive import agencies, renaming
from newsarchive.models import Author, Category, Outlet, Tag
from search.engines.base import Facet

_ROWS: Final[dict[Facet, type[renaming.Named]]] = {
    Facet.AUTHOR: Author,
    Facet.CATEGORY: Category,
    Facet.TAG: Tag,
}
_Response = TypeVar("_Response", bound=HttpResponseBase)


def leads_on(view: Callable[..., _Response]) -> Callable[..., _Response | HttpResponseRedirect]:
    """Not for ever (301): a name that was given up may be a name again."""

    @wraps(view)
    def leading(request: HttpRequest, *args: Any, **kwargs: Any) -> _Response | HttpResponseRedirect:
        address = todays_address(request)
        return HttpResponseRedirect(address) if address else view(request, *args, **kwargs)

    return leading


def todays_address(request: HttpRequest) -> str:
    """ "" when every name in the address is one of today. Two queries for a facet that it holds."""
    query = request.GET.copy()
    for facet in (*_ROWS, Facet.OUTLET, Facet.AGENCY):
        for key in (facet.value, f"not_{facet.value}"):
            # no name has a NUL, and PostgreSQL would not even compare it
            names = [name for name in query.getlist(key) if name and "\x00" not in name]
            if names and (now := _now(facet, names)):
                query.setlist(key, list(dict.fromkeys(now.get(name, name) for name in names)))
    return "" if query == request.GET else f"{request.path}?{query.urlencode()}"


def _now(facet: Facet, names: list[str]) -> dict[str, str]:
    """Those of the names that were given up -> what they are now."""
    if facet is Facet.AGENCY:
        known = agencies.table().names
        found = {name: known.get(name.casefold(), name) for name in names}
    elif facet is Facet.OUTLET:
        found = _outlets(names)
    else:
        found = renaming.todays_names(_ROWS[facet], names)
    return {old: new for old, new in found.items() if old != new}


def _outlets(names: Iterable[str]) -> dict[str, str]:
    rows = list(Outlet.objects.values_list("name", "aliases"))
    aliases = {alias: name for name, others in rows for alias in others}
    there = {name for name, _ in rows}
    return {name: aliases[name] for name in names if name in aliases and name not in there}
