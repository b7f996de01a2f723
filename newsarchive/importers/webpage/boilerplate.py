"""Parts of a page that are not its article, recognised by element, role and the usual words in class and
id."""

from __future__ import annotations

from newsarchive.importers.fields.encoding import folded

from . import tree
from .tree import Element

# Words of a class or id, each of which says that the element is no part of the article.
_WORDS = frozenset({
    "nav", "navbar", "navigation", "breadcrumb", "breadcrumbs", "crumb", "crumbs", "sidebar", "aside",
    "footer", "foot", "related", "relate", "relevant", "recommend", "recommended", "recommends",
    "recommendation", "recommendations", "comment", "comments", "commentbox", "disqus", "share", "shares",
    "sharing", "sharebar", "social", "socials", "bdsharebuttonbox", "jiathis", "addthis", "addtoany", "ad",
    "ads", "adv", "advert", "advertisement", "advertising", "adsbygoogle", "adbox", "sponsor", "sponsored",
    "promo", "promote", "promotion", "newsletter", "subscribe", "subscription", "signup", "login",
    "copyright", "disclaimer", "statement", "toolbar", "tool", "tools", "hotnews", "ranking", "rank",
    "popular", "trending", "pagination", "pager", "paging", "prev", "next", "prevnext", "qrcode", "ewm",
    "erweima", "feedback", "cookie", "popup", "modal", "dialog", "mask", "guess", "fontsize", "print",
    "tags", "tag", "keyword", "keywords", "like", "likes", "vote", "survey", "quiz", "download", "backtop",
    "gotop", "menu", "submenu", "search", "readmore", "audio", "moreinfo", "zan", "dianzan",
    # the same in pinyin, as Chinese sites name their boxes
    "bianji", "zebian", "jiucuo", "fenxiang", "tuijian", "xiangguan", "shengming", "shenming", "pinglun",
    "guanggao", "daohang", "dibu", "shoucang", "dayin", "biaoqian", "guanjianci", "remen", "paihang",
    "vjs", "jw", "jwplayer", "xgxw", "xgyd", "mianbaoxie", "mbx",
})  # fmt: skip
_ROLES = frozenset({
    "navigation", "banner", "complementary", "contentinfo", "search", "dialog", "alertdialog", "menu",
    "menubar", "toolbar",
})  # fmt: skip
_TAGS = frozenset({"nav", "footer", "aside", "form", "button", "dialog", "menu"})
# A picture's box with a button to share it (articleSharePic) is the picture's.
_PICTURES = frozenset({"pic", "picture", "photo", "image", "img", "figure"})
_LONGEST_LEGEND = 200
# Part of the page's text; an element with more of it is no boilerplate, whatever its class says (id="app").
_MOST = 0.6
_SHORTEST_TITLE = 5


class Judge:
    """Knows the page, since the same word can name a box beside the article and the frame around
    everything."""

    def __init__(self, root: Element, page_title: str) -> None:
        self._protected: set[Element] = set()
        self._limit = _MOST * max(len(tree.text(root)), 1)
        wanted = folded(page_title)
        # The first heading of the highest level that is the page's title; None when there is none.
        self.title: Element | None = None
        for element in tree.select(root, "//h1|//h2|//h3|//main|//*[contains(@itemprop, 'articleBody')]"):
            heading = element.tag in ("h1", "h2", "h3")
            said = folded(tree.text(element)) if heading else ""
            if not said or (len(said) >= _SHORTEST_TITLE and said in wanted):
                self._protected.update((element, *element.iterancestors()))
                higher = self.title is None or element.tag < self.title.tag
                if said and 3 * len(said) > len(wanted) and higher:
                    self.title = element

    def is_boilerplate(self, element: Element) -> bool:
        if element.tag in _TAGS or element.get("role") in _ROLES or tree.is_hidden(element):
            suspected = True
        elif element.get("class") or element.get("id"):
            words = tree.words(element)
            suspected = not _WORDS.isdisjoint(words) and not (
                not _PICTURES.isdisjoint(words) and _is_picture(element)
            )
        else:
            suspected = False
        return suspected and element not in self._protected and len(tree.text(element)) <= self._limit


def _is_picture(element: Element) -> bool:
    return element.find(".//img") is not None and len(tree.text(element)) <= _LONGEST_LEGEND
