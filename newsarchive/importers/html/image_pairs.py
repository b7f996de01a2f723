"""Collects the pictures and embeds of a page while it is read, and assigns captions to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from newsarchive.importers.fields import captions, urls
from newsarchive.importers.fields.encoding import clean, squeeze
from newsarchive.importers.types import ParsedImage

from . import dom, embedded, embeds, images
from .body import Body
from .dom import Element

Mark = tuple[str, int]  # ("image", 3) or ("embed", 0): kind and position, as in a placeholder

_POINTS_UP = ("▲", "△", "↑", "◎")  # characters with which a line below a picture refers to it
_LONGEST_LINE = 120


@dataclass(slots=True)
class Figure:
    """A <figure> whose end has not been read yet."""

    marks: list[Mark] = field(default_factory=list)
    pending: tuple[str, str] | None = None  # caption and credit that stood before the picture


class Pictures:
    """Adds pictures to `body.images` and `body.embeds`; the caller places them in the text."""

    def __init__(self, body: Body, base: str) -> None:
        self.body, self.base = body, base
        self.figures: list[Figure] = []
        self.last: Mark | None = None  # the last one read, as long as no text has followed
        # A picture without an address, which is kept only if a caption follows.
        self.homeless: ParsedImage | None = None
        self.seen: set[str] = set()

    def text_follows(self) -> None:
        self.last = self.homeless = None

    # -- reading ------------------------------------------------------------------------------------

    def picture(self, element: Element, *, unseen_only: bool = False) -> Mark | None:
        image = images.parse(dom.attributes(element), base=self.base)
        if image is None:
            return None
        if not image.src and not embedded.is_key(image.found_src):
            self.homeless = image
            return None
        key = urls.normalise(image.src).partition("?")[0] or image.found_src
        if unseen_only and key in self.seen:
            return None
        self.seen.add(key)
        self.body.images.append(image)
        return self._found(("image", len(self.body.images) - 1))

    def embed(self, tag: str, element: Element) -> Mark | None:
        names = ("src", "data-src", "data-lazy-src", "data")
        sources = [dom.get(element, name) for name in names]
        sources += [dom.get(source, "src") for source in element.find_all("source")]
        for src in filter(None, sources):
            found = embeds.parse(
                src,
                base=self.base,
                kind="video" if tag == "video" else "",
                title=squeeze(clean(dom.get(element, "title"))),
                poster=dom.get(element, "poster") or dom.get(element, "data-poster"),
            )
            if found and found.url not in self.seen:
                self.seen.add(found.url)
                self.body.embeds.append(found)
                return self._found(("embed", len(self.body.embeds) - 1))
            if found:
                return None
        return None

    def _found(self, mark: Mark) -> Mark:
        if self.figures:
            self.figures[-1].marks.append(mark)
        for figure in reversed(self.figures):  # its picture may stand in an enclosing figure
            if figure.pending and mark[0] == "image":
                self._set(mark, *figure.pending)
                figure.pending = None
                break
        self.last = mark
        return mark

    # -- captions -----------------------------------------------------------------------------------

    def caption(self, words: str, credit: str) -> Mark | bool:
        """Whether the caption was assigned to a picture; a Mark when that picture has no address and must be
        placed now."""
        figure = self.figures[-1] if self.figures else None
        if figure is not None and (figure.marks or self.homeless is None):
            bare = [mark for mark in figure.marks if not self._has_caption(mark)]
            if bare:
                self._set(bare[-1], words, credit)
            elif not figure.marks and figure.pending is None:
                figure.pending = (words, credit)
            else:
                return False
            return True
        if self.homeless is not None:
            self.body.images.append(self.homeless)
            self.homeless = None
            mark = self._found(("image", len(self.body.images) - 1))
            self._set(mark, words, credit)
            return mark
        if self.last is not None and not self._has_caption(self.last):
            self._set(self.last, words, credit)
            return True
        return False

    def close_figure(self) -> str:
        """The caption for which no picture was found, to be shown as text; "" if there is none. Pictures and
        captions of a nested figure count for the outer one too, where the other half may be."""
        figure = self.figures.pop()
        if not self.figures:
            return figure.pending[0] if figure.pending else ""
        outer = self.figures[-1]
        bare = [mark for mark in outer.marks if not self._has_caption(mark)]
        outer.marks += figure.marks
        if figure.pending is None:
            return ""
        if bare:
            self._set(bare[-1], *figure.pending)
        elif not outer.marks and outer.pending is None:
            outer.pending = figure.pending
        else:
            return figure.pending[0]
        return ""

    def credit(self, words: str) -> None:
        if words and self.last is not None and self.last[0] == "image":
            self.body.caption_image(self.last[1], "", words)

    def takes_line(self, words: str) -> bool:
        """Whether a line right after a picture was taken as its caption or credit: it only names the source,
        or refers up to the picture: ▲图为…"""
        if self.last is None or self.last[0] != "image" or self._has_caption(self.last):
            return False
        points_up = words.startswith(_POINTS_UP) and len(words) <= _LONGEST_LINE
        if points_up or captions.is_credit(words, self.body.agencies):
            self._set(self.last, words, "")
            return True
        return False

    def _set(self, mark: Mark, words: str, credit: str) -> None:
        kind, number = mark
        if kind == "image":
            self.body.caption_image(number, words, credit)
        else:
            self.body.caption_embed(number, words)

    def _has_caption(self, mark: Mark) -> bool:
        kind, number = mark
        return bool(self.body.images[number].caption if kind == "image" else self.body.embeds[number].caption)
