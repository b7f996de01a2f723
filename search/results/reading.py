"""The reader's words -> the query that is made of them, and what is looked for in its place. Beside what the
parser knows, the archive is asked: a title that was pasted with the name of its site behind it ("… | 眾新聞",
"… - 明報") is the title."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from newsarchive.archive import copies, visibility
from newsarchive.models import Outlet
from search.query.parser import ParsedQuery, Query, in_typed_characters, parse, unbroken
from search.query.synonyms import NO_SYNONYMS, Expanded, Synonyms, expand
from search.vocabulary import store

_SITE: Final = re.compile(r"\s*(?:[|｜_]|\s[-–—－·‧•]+\s|(?<=\S)[-–—－](?=\s))\s*(?=[^|｜_]*$)")
_MOST_PARTS: Final = 3  # "… | 即時新聞 | 港聞 | on.cc"
_SHORTEST: Final = 6  # characters of a title before any site's name; a shorter one has to be an outlet's


def read(text: str, *, exact: bool = False) -> ParsedQuery:
    """One query to the database for a text that ends as a title with its site does; none for others."""
    parsed = parse(text)
    if site := site_behind_title(text):
        parsed = replace(parse(text.rstrip().removesuffix(site)), text=parsed.text)
    return replace(parsed, tree=in_typed_characters(parsed.tree)) if exact else parsed


def synonyms_of(*, also: bool, exact: bool) -> Synonyms:
    """Those that a search uses: none when the reader switched them off, or wants the characters as typed."""
    return store.synonyms() if also and not exact else NO_SYNONYMS


def searched(tree: Query | None, synonyms: Synonyms, *, loose: bool) -> Expanded:
    """What is looked for in place of the reader's words."""
    found = expand(tree, synonyms)
    return found if loose else replace(found, tree=unbroken(found.tree))


def site_behind_title(text: str) -> str:
    """The end of the text that names the site, its sign included; "" unless the rest is the title of a
    visible article."""
    whole = title = text.rstrip()
    tried: dict[str, str] = {}  # key of the title without the end -> the end
    for _ in range(_MOST_PARTS):
        sign = _SITE.search(title)
        if sign is None or not sign.start():
            break
        name = title[sign.end() :]
        title = title[: sign.start()]
        key = copies.title_key(title)
        if key and (len(title) >= _SHORTEST or _is_outlet(name)):
            tried[key] = whole[len(title) :]
    if not tried:
        return ""
    found = set(visibility.visible().filter(title_key__in=tried).values_list("title_key", flat=True))
    return next((end for key, end in tried.items() if key in found), "")


def _is_outlet(name: str) -> bool:
    return any(
        name == known or name in aliases for known, aliases in Outlet.objects.values_list("name", "aliases")
    )
