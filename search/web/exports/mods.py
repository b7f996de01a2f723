"""MODS 3 (Library of Congress), which library catalogues read; offered through unAPI only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from search.results.exports.references import Reference
from search.web.feeds import without_controls

from .provenance import Provenance

name: Final = "mods"
suffix: Final = "xml"
media_type: Final = "application/mods+xml; charset=utf-8"

_MODS: Final = "http://www.loc.gov/mods/v3"
register_namespace("mods", _MODS)


def write(references: Iterable[Reference], source: Provenance) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<modsCollection xmlns="{_MODS}">\n'
    for reference in references:
        yield tostring(_record(reference, source), encoding="unicode") + "\n"
    yield "</modsCollection>\n"


def _record(reference: Reference, source: Provenance) -> Element:
    record = Element(f"{{{_MODS}}}mods", {"version": "3.7"})
    _add(_add(record, "titleInfo"), "title", reference.title)
    for author in reference.authors:
        person = _add(record, "name", type="personal")
        _add(person, "namePart", author)
        _add(_add(person, "role"), "roleTerm", "aut", type="code", authority="marcrelator")
    _add(record, "typeOfResource", "text")
    _add(record, "genre", "newspaperArticle", authority="local")
    _add(record, "genre", "article", authority="marcgt")
    if reference.language:
        term = _add(record, "language")
        _add(term, "languageTerm", reference.language, type="code", authority="rfc3066")
    _add_host(record, reference)
    if reference.abstract:
        _add(record, "abstract", reference.abstract)
    for tag in reference.tags:
        _add(_add(record, "subject"), "topic", tag)
    if reference.source_url:
        _add(record, "identifier", reference.source_url, type="uri")
    location = _add(record, "location")
    if reference.archived_url:  # Zotero: location in the archive; of further addresses it keeps none
        _add(location, "physicalLocation", reference.archived_url, displayLabel="Archived site")
    permalink = source.permalink(reference.identity)
    _add(location, "url", permalink, dateLastAccessed=source.day.isoformat(), usage="primary display")
    if reference.archived_url:
        _add(location, "url", reference.archived_url, displayLabel="Archived site")
    return record


def _add_host(record: Element, reference: Reference) -> None:
    """The newspaper, and the day of the issue."""
    host = _add(record, "relatedItem", type="host")
    if reference.outlet:
        _add(_add(host, "titleInfo"), "title", reference.outlet)
    _add(host, "genre", "newspaper", authority="marcgt")
    if reference.date:
        _add(_add(host, "part"), "date", reference.day, encoding="iso8601")


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    made = SubElement(parent, f"{{{_MODS}}}{tag}", attributes)
    made.text = without_controls(text) or None
    return made
