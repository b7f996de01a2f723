"""What note takers and site generators add to Markdown, reduced to Markdown and HTML: wiki links,
==highlights==, callouts, attribute lists, comments, tables of contents."""

from __future__ import annotations

import html
import re

_COMMENT = re.compile(r"%%.*?%%", re.DOTALL)
_WIKI = re.compile(r"(!?)\[\[([^\[\]\n]{1,500}?)\]\](?!\()")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|heic|tiff?)$", re.IGNORECASE)
_SIZE = re.compile(r"\d{1,4}(?:x\d{1,4})?|left|right|center|centre|inline", re.IGNORECASE)
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=\S)([^=\n]+?)(?<=\S)==(?!=)")
_ATTRIBUTES = re.compile(
    r"[ \t]*\{:?\s*(?:[.#][\w-]+|[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']+))(?:\s+[^{}\n]*)?\}|"
    r"\{::?[^{}\n]*\}"
)
_CALLOUT = re.compile(r"^(\s*>\s*)\[![\w -]+\][+-]?[ \t]*(.*)$", re.MULTILINE)
_CONTENTS = re.compile(
    r"^[ \t]*(?:\[toc\]|\[\[_?toc_?\]\]|\$\{toc\}|\{\{?toc\}?\}|@\[toc\](?:\([^)]*\))?)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_BLOCK_ID = re.compile(r"[ \t]\^[\w-]{3,40}[ \t]*$", re.MULTILINE)
_IMPORT = re.compile(r"^import [\w{}*, ]+ from ['\"][^'\"\n]+['\"];?[ \t]*$\n?", re.MULTILINE)  # of MDX
_CONTAINER = re.compile(r"^[ \t]*:{3,}.*$", re.MULTILINE)
_NUMBERED = re.compile(r"( {0,3})(\d{1,9})([.)])(?=[ \t])")
_GLUED_HEADING = re.compile(r"^(#{2,6})(?=[^\s#!\d&;,.])", re.MULTILINE)
_IMAGE_SIZE = re.compile(r"(!\[[^\]\n]*\]\(\s*[^\s()]+)\s+=\d*%?x\d*%?(\s*(?:[\"'][^\"'\n]*[\"'])?\s*\))")
_SPACED_TARGET = re.compile(
    r"(!\[[^\]\n]*\]\()([^()<>\"'\n]*[^()<>\"'\n\s] [^()<>\"'\n]*?\.(?:jpe?g|png|gif|"
    r"webp))(\s*(?:[\"'][^\"'\n]*[\"'])?\s*\))",
    re.IGNORECASE,
)


def plain_markdown(text: str) -> str:
    if "%%" in text:
        text = _COMMENT.sub("", text)
    if "[[" in text:
        text = _WIKI.sub(_wiki, text)
    if "import " in text:
        text = _IMPORT.sub("", text)
    if "==" in text:
        text = _HIGHLIGHT.sub(r"<mark>\1</mark>", text)
    if "{" in text:
        text = _ATTRIBUTES.sub("", text)
    if "[!" in text:
        text = _CALLOUT.sub(lambda match: f"{match[1]}{match[2]}\n>" if match[2] else match[1], text)
    if "^" in text:
        text = _BLOCK_ID.sub("", text)
    if ":::" in text:
        text = _CONTAINER.sub("", text)
    if "![" in text:
        text = _SPACED_TARGET.sub(lambda match: match[1] + match[2].replace(" ", "%20") + match[3], text)
        text = _IMAGE_SIZE.sub(r"\1\2", text)
    return _with_numbers(_GLUED_HEADING.sub(r"\1 ", _CONTENTS.sub("", text)))


def _with_numbers(text: str) -> str:
    """A list that does not begin with 1 keeps its numbers as words: 2021. 年 is no list, and one that goes on
    after a picture would begin with 1 again."""
    lines = text.split("\n")
    in_list = as_words = False
    for number, line in enumerate(lines):
        item = _NUMBERED.match(line)
        if item is None:
            if line.strip() and not line.startswith((" ", "\t")):
                in_list = as_words = False
            continue
        if not in_list:
            in_list, as_words = True, item[2] != "1"
        if as_words:
            lines[number] = f"{item[1]}{item[2]}\\{item[3]}{line[item.end(3) :]}"
            if number and lines[number - 1].strip():
                lines[number - 1] = lines[number - 1].rstrip() + "  "
    return "\n".join(lines)


def unlinked(text: str) -> str:
    """A value of front matter without the brackets of a wiki link or the address of a Markdown link:
    [[甲一|甲]] is 甲, [甲](https://…) too."""
    text = _WIKI.sub(lambda match: _words(match[2]), text)
    return re.sub(r"\[([^\[\]]+)\]\([^()\s]*\)", r"\1", text).strip()


def _wiki(match: re.Match[str]) -> str:
    target = match[2].partition("|")[0].partition("#")[0].partition("^")[0].strip()
    if not match[1]:
        return _words(match[2])
    if not _PICTURE_FILE.search(target):
        return ""  # another note, shown inside this one
    captions = [
        part.strip() for part in match[2].split("|")[1:] if part.strip() and not _SIZE.fullmatch(part.strip())
    ]
    if not captions:
        return "<img>"  # a file beside the note; it has no address
    legend = html.escape(" ".join(captions), quote=False)
    return f"<figure><img><figcaption>{legend}</figcaption></figure>"


def _words(inner: str) -> str:
    target, bar, shown = inner.partition("|")
    return (shown if bar and shown.strip() else target.rpartition("/")[2] or target).strip()
