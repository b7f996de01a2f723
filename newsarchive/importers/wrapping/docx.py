"""The text of word/document.xml, the main part of a .docx: paragraphs parted by line feeds, cells of a table
row by tabs.

    <w:document><w:body><w:p><w:r><w:t>渡輪停航</w:t></w:r></w:p>
    <w:tbl><w:tr><w:tc><w:p>…</w:p></w:tc>…</w:tr></w:tbl></w:body></w:document>

Only names without their namespace are looked at: Word writes two of them ("transitional" and "strict").
"""

from __future__ import annotations

from typing import IO, Final
from xml.parsers import expat

from newsarchive.errors import UnreadableFile

_CHUNK: Final = 256 * 1024  # bytes fed to the parser at once
_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NO_TEXT: Final = ("Fallback", "instrText", "delText")  # what stands there twice, field codes, deleted words


class _Reader:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.in_text = 0
        self.left_out = 0  # open elements whose text is none of the document's
        self.rows = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self.left_out += name in _NO_TEXT
        self.in_text += name == "t"
        self.rows += name == "tr"
        if name in _SIGNS and not self.left_out:
            self.out.append(_SIGNS[name])

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self.left_out -= name in _NO_TEXT
        self.in_text -= name == "t"
        if name == "p" and not self.left_out:
            self.out.append("\n")
        elif name == "tc" and self.rows:
            while self.out and self.out[-1] == "\n":
                self.out.pop()
            self.out.append("\t")
        elif name == "tr":
            self.rows -= 1
            self.out.append("\n")

    def said(self, text: str) -> None:
        if self.in_text and not self.left_out:
            self.out.append(text)


def text(file: IO[bytes]) -> str:
    """Raises UnreadableFile at damage, and for XML that declares entities."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.said
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as exc:
        raise UnreadableFile("record_damaged", detail=str(exc)) from exc
    return "".join(reader.out)


def _refuse(*declaration: object) -> None:
    raise UnreadableFile("feed_with_entities")
