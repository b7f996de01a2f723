"""Reads the body from a mirror's saved HTML: the steps that all HTML formats share."""

from __future__ import annotations

from newsarchive.importers.assembly import Draft

from . import boilerplate, dom, figures, page
from .boilerplate import Aside
from .dom import Element


def read(root: Element, draft: Draft, *, base: str = "") -> Aside:
    """Fills draft.body; returns what was removed and kept aside. `base` defaults to the article's own
    address."""
    base = base or draft.source_url
    aside = boilerplate.take_out(root)
    figures.normalise(root)
    page.read(root, body=draft.body, base=base, title=draft.title)
    for url, text in boilerplate.related(aside, base):
        draft.body.relate(url, text)
    return aside


def main_of(root: Element) -> Element:
    """<main> when the page has one; outside of it stands what a feed reader or proxy added."""
    main = root.find("main")
    if main is None:
        return root
    holder = dom.parse("")
    holder.append(main.extract())
    return holder
