"""The registered formats, and the function through which all files are parsed: bytes in, ParsedArticle
out."""

from __future__ import annotations

from dataclasses import replace

from newsarchive.errors import UnreadableFile
from newsarchive.importers.types import Importer, ParsedArticle, SourceFile, WrappedImporter
from newsarchive.messages import Message

from .fields import encoding
from .fields.agencies import NONE, Agencies
from .formats import (
    arc_xp,
    hexo_rsshub,
    hkcnews_markdown,
    jekyll_post,
    link_headed,
    markdown_post,
    mhtml,
    newsarchive_export,
    ninjs,
    record,
    single_file,
    warc_record,
    web_page,
)

# Formats with an encoding for each of their parts: they are recognised by bytes, before any other.
WRAPPED: tuple[WrappedImporter, ...] = (mhtml, warc_record)
IMPORTERS: tuple[Importer, ...] = (  # the first that matches parses the file
    link_headed,
    jekyll_post,
    hexo_rsshub,
    hkcnews_markdown,
    newsarchive_export,
    record,
    arc_xp,
    ninjs,
    single_file,
    web_page,
    markdown_post,
)
ALL: tuple[WrappedImporter | Importer, ...] = (*WRAPPED, *IMPORTERS)


def parse(source: SourceFile, agencies: Agencies = NONE) -> ParsedArticle:
    """Raises UnreadableFile, and no other error, when the file can't be read as an article. `agencies` are
    the archive's, used to split credits off captions."""
    for wrapped in WRAPPED:
        if wrapped.matches(source.data):
            return wrapped.parse(source, agencies)
    decoded, encoding_name = encoding.decode(source.data)
    article = importer_for(decoded).parse(source, decoded, agencies)
    if encoding_name.endswith("(damaged)"):
        lost = decoded.count("\ufffd")
        article = replace(article, problems=(*article.problems, Message("characters_lost", n=lost)))
    return replace(article, encoding=encoding_name)


def importer_for(decoded: str) -> Importer:
    for importer in IMPORTERS:
        if importer.matches(decoded):
            return importer
    raise UnreadableFile("format_unknown")
