"""BibTeX, for LaTeX and JabRef; Zotero reads it too.

    @article{hkcnews:47815,
      author = {{曾海琪}},
      title = {{習近平與拜登視像會晤}},
      journal = {眾新聞},
      …
    }

A name in braces of its own is one name: taken apart at blanks, Chinese names and pen names come out wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from django.utils.translation import gettext

from search.results.exports.references import Reference

from .provenance import Provenance

name: Final = "bibtex"
suffix: Final = "bib"
media_type: Final = "application/x-bibtex; charset=utf-8"

_SPECIAL: Final = str.maketrans(
    {
        **{char: "\\" + char for char in "&%$#_"},
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "\\": r"{\textbackslash}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{chr(code): " " for code in (*range(32), 127)},
    }
)
_NOT_IN_A_KEY: Final = re.compile(r"[^A-Za-z0-9:._/+-]+")
_NOT_IN_AN_ADDRESS: Final = re.compile(r"[{}\\\s\x00-\x1f\x7f]+")


def write(references: Iterable[Reference], source: Provenance) -> Iterator[str]:
    if source.query is not None:
        # "@" would begin an entry, and braces would end the comment
        yield "@comment{" + re.sub("[{}@]", " ", source.statement) + "}\n\n"
    for reference in references:
        fields = ",\n".join(
            f"  {field} = {{{value}}}" for field, value in _fields(reference, source) if value
        )
        yield f"@article{{{_key(reference)},\n{fields},\n}}\n\n"


def _fields(reference: Reference, source: Provenance) -> Iterator[tuple[str, str]]:
    yield "author", " and ".join(f"{{{_text(author)}}}" for author in reference.authors)
    yield "title", f"{{{_text(reference.title)}}}"
    yield "journal", _text(reference.outlet)
    if reference.date:
        yield "date", reference.day
        yield "year", reference.day[:4]
        yield "month", reference.day[5:7]
    yield "abstract", _text(reference.abstract)
    yield "language", _text(reference.language)
    yield "keywords", ", ".join(map(_text, reference.tags))
    yield "url", _address(source.permalink(reference.identity))
    yield "urldate", source.day.isoformat()
    yield "note", _note(reference)
    yield "entrysubtype", "newspaper"


def _note(reference: Reference) -> str:
    labelled = {gettext("原址"): reference.source_url, gettext("網頁存檔"): reference.archived_url}
    return "; ".join(rf"{label}: \url{{{_address(url)}}}" for label, url in labelled.items() if url)


def _key(reference: Reference) -> str:
    """The identity, which no other article has; changed for BibTeX, it gets the article's number."""
    key = _NOT_IN_A_KEY.sub("-", reference.identity)
    return key if key == reference.identity else f"{key.strip('-')}-{reference.number}"


def _text(value: str) -> str:
    return value.translate(_SPECIAL).strip()


def _address(url: str) -> str:
    """As it is, without braces, backslashes and blanks: readers of BibTeX take addresses literally."""
    return _NOT_IN_AN_ADDRESS.sub(lambda found: quote(found.group(), safe=""), url)
