"""The article's title: of the headings that the page prints, the one that its own metadata repeats."""

from __future__ import annotations

import re

from newsarchive.importers.fields.encoding import title_line

from . import tree
from .metadata import Metadata
from .tree import Element

_LONGEST = 120  # characters; a longer heading is a lead
_SHORTEST = 4
_SHORTEST_LINE = 8  # of a line in no heading that is taken for the title
_LINES = ("b", "strong", "font", "td", "th", "div", "p", "span", "center", "li", "dt", "h4")
_NAMED = re.compile(r"title|headline|biaoti|\bbt\b", re.IGNORECASE)
_IGNORED = re.compile(r"[\s\u3000\W_]+")
# What parts the title from section and site in <title>.
_SEPARATOR = re.compile(
    r"\s*(?:[|｜│丨_]|--+|——)\s*|\s+[-–—·•>»]\s+|\s*[-–—](?=[^-–—]{2,12}(?:网|網|报|報|新聞|新闻|台|社)$)"
)


def find(root: Element, metadata: Metadata, article: Element | None) -> tuple[str, Element | None]:
    """The title and the heading that prints it; None when the page prints none."""
    claims = [claim for claim in (*metadata.titles, metadata.page_title) if claim]
    heading = _printed(root, claims, article)
    if heading is None:
        heading = _line(root, claims)
    if heading is not None:
        return tree.text(heading).lstrip("》>»·•◆■ "), heading
    for claim in claims:
        return without_site(claim, metadata), None
    first = next(
        (found for tag in ("h1", "h2") for found in root.iter(tag) if len(tree.text(found)) >= _SHORTEST),
        None,
    )
    return (tree.text(first), first) if first is not None else ("", None)


def without_site(claim: str, metadata: Metadata) -> str:
    """The claim without the names of section and site at its end."""
    claim = title_line(claim)
    for site in metadata.sites:
        claim = re.sub(rf"\s*[-–—|｜│_·]+\s*{re.escape(site)}\s*$", "", claim)
    parts = [part for part in _SEPARATOR.split(claim) if part.strip()]
    # A title can hold a separator itself (棱镜|数据业大整顿), so that a short first part is no whole title.
    return parts[0] if len(parts) > 1 and len(parts[0]) >= 8 else claim


def _printed(root: Element, claims: list[str], article: Element | None) -> Element | None:
    wanted = [_bare(claim) for claim in claims]
    best: tuple[float, Element] | None = None
    for element in tree.elements(root):
        if element is article and best is not None:
            break
        heading = element.tag in ("h1", "h2", "h3")
        if not heading and not (
            element.tag in ("div", "p", "span", "td", "strong", "b", "font", "section") and _is_named(element)
        ):
            continue
        said = tree.text(element)
        if not _SHORTEST <= len(said) <= _LONGEST:
            continue
        bare = _bare(said)
        # Of what a claim begins with the longest: JSON-LD often has a shortened title, <title> more than
        # the title.
        share = max(
            (len(bare) / len(claim) for claim in wanted if bare and claim.startswith(bare)), default=0.0
        )
        # A heading that says more than a claim, which was cut off in its attribute.
        more = heading and any(len(claim) >= 8 and bare.startswith(claim) for claim in wanted)
        if share > 0.3 or more:
            score = len(bare) + (2 if heading else 0) + (2 if element.tag == "h1" else 0)
            if best is None or score >= best[0]:
                best = (score, element)
    return best[1] if best else None


def _line(root: Element, claims: list[str]) -> Element | None:
    """The first element whose own text is the title, on pages that print it without a heading."""
    wanted = [_bare(claim) for claim in claims]
    for element in root.iter(*_LINES):
        own = element.text or ""
        if not _SHORTEST_LINE <= len(own) <= _LONGEST or len(element.findall("*")) > 2:
            continue
        said = _bare(tree.text(element))
        if len(said) >= _SHORTEST_LINE and any(
            claim.startswith(said) and 2 * len(said) > len(claim) for claim in wanted
        ):
            return element
    return None


def _is_named(element: Element) -> bool:
    return bool(
        _NAMED.search(
            f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
        )
    )


def _bare(text: str) -> str:
    return _IGNORED.sub("", text).casefold()
