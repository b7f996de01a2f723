"""Addresses as readers paste them: of the original, of a copy in a web archive or a search engine's cache,
with or without scheme, on the mobile host, in full-width characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from . import urls

_SCHEME: Final = re.compile(r"h?ttps?:/{1,3}(?=[^/\s])", re.IGNORECASE)
_HOST: Final = re.compile(r"(?:[\w-]{1,63}\.)+([a-z]{2,24})(?::\d{1,5})?(?=[/?#])", re.IGNORECASE)
# What stands around an address in running text. Quotation marks are none of it: they ask for a string.
_OPENING: Final = "<([【《（〈["
_CLOSING: Final = ">)]】》）〉。，、；,;"
# Top-level domains: the generic ones that news has, and IANA's of countries. Without a scheme "and.so/on" and
# "node.js/react" must not pass for addresses; "so", which ends sentences, is left out.
_TOP_LEVEL: Final = re.compile(
    r"""
    com|org|net|edu|gov|mil|int|info|biz|name|asia|news|media|press|blog|app|dev|site|online|xyz|wiki|today|live|
    club|top|space|tech|page|link|one|world|global|social|
    ac|ad|ae|af|ag|ai|al|ao|aq|ar|at|au|aw|ax|az|ba|bb|bd|bf|bg|bh|bi|bj|bm|bn|bo|br|bs|bt|bw|bz|ca|cc|cd|cf|cg|
    ch|ci|ck|cl|cm|cn|co|cr|cu|cv|cw|cx|cy|cz|de|dj|dk|dm|dz|ec|ee|eg|er|es|et|eu|fi|fj|fk|fm|fo|fr|ga|gb|gd|ge|
    gf|gg|gh|gi|gl|gm|gn|gp|gq|gr|gs|gt|gu|gw|gy|hk|hm|hn|hr|ht|hu|id|ie|il|im|io|iq|ir|is|je|jm|jo|jp|ke|kg|kh|
    ki|km|kn|kp|kr|kw|ky|kz|la|lb|lc|li|lk|lr|ls|lt|lu|lv|ly|ma|mc|md|me|mg|mh|mk|ml|mm|mn|mo|mp|mq|mr|ms|mt|mu|
    mv|mw|mx|my|mz|na|nc|ne|nf|ng|ni|nl|np|nr|nu|nz|om|pa|pe|pf|pg|ph|pk|pl|pm|pn|pr|ps|pt|pw|qa|re|ro|rs|ru|rw|
    sa|sb|sc|sd|se|sg|sh|si|sk|sl|sm|sn|sr|ss|st|su|sv|sx|sy|sz|tc|td|tf|tg|th|tj|tk|tl|tm|tn|tr|tt|tv|tw|tz|ua|
    ug|uk|us|uy|uz|va|vc|ve|vg|vi|vn|vu|wf|ws|ye|yt|za|zm|zw
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Copies of pages elsewhere. Wayback: /web/20210701/…, /web/2021*/…, /web/*/…, /web/…
_WAYBACK: Final = re.compile(
    r"/(?:web|save)/(?:[\d*]{1,14}(?:[a-z]{2}_)?/)?(?=h?ttps?:|[\w-]+\.)(.+)", re.DOTALL
)
_ARCHIVE_TODAY: Final = re.compile(r"archive\.(?:today|is|ph|li|vn|fo|md)")
_ARCHIVED_TODAY: Final = re.compile(
    r"/(?:o/\w+/|(?:newest|oldest|wip|\d{4,14}(?:-\d+)*|\d{4}(?:\.\d\d){2}-\d+)/)?(?=https?:)(.+)", re.DOTALL
)
_CACHE: Final = re.compile(r"cache:(?:[\w-]{6,24}:)?(\S+?)(?:[+ ].*)?", re.DOTALL | re.IGNORECASE)
# Hosts that serve the same pages to phones; of a name with at least two labels behind them.
_MOBILE: Final = re.compile(r"^(?:www|m|mobile|wap|amp)\.(?=[^.]+\.)", re.IGNORECASE)
_PREFIXES: Final = ("", "m.", "mobile.")
# Queries that say which page is meant: without them the address is another one.
_SAYS_WHICH: Final = re.compile(
    r"(?:^|&)(?:\w*id|p|page|no|sn|a|art|article|nid|newsid|k|key|q|v|t)=", re.IGNORECASE
)
_INDEX: Final = re.compile(r"/(?:index\.(?:html?|php|aspx?)|amp(?:\.html)?)$", re.IGNORECASE)


def pasted(text: str) -> str:
    """The original's address, http(s), when the text is an address and nothing else; "" otherwise."""
    text = text.strip().lstrip(_OPENING).rstrip(_CLOSING).strip()
    for spelling in dict.fromkeys((text, unicodedata.normalize("NFKC", text))):
        if address := _complete(spelling):
            return _original(address)
    return ""


def is_short_archived(address: str) -> bool:
    """Is it a page of archive.today (https://archive.ph/AbC12), whose address does not say the original's?"""
    return bool(_ARCHIVE_TODAY.fullmatch(urls.host_of(address)))


def spellings(address: str) -> tuple[str, ...]:
    """The address, then others under which the same page is served: on another host of the site, without the
    query string, without index.html."""
    parts = urlsplit(address.replace("&amp;", "&"))
    host = _MOBILE.sub("", parts.netloc)
    query = f"?{parts.query}" if parts.query else ""
    paths = dict.fromkeys((parts.path, _INDEX.sub("", parts.path)))
    found = [f"https://{prefix}{host}{path}{query}" for path in paths for prefix in _PREFIXES]
    if query and parts.path.strip("/") and not _SAYS_WHICH.search(parts.query):
        found += [f"https://{prefix}{host}{path}" for path in paths for prefix in _PREFIXES]
    return tuple(dict.fromkeys((address, *found)))


def identities_of(spelling: str) -> tuple[str, ...]:
    """The identity that a file from this address gives (`urls.identity`); none for what is no address."""
    if number := urls.hkcnews_id(spelling):
        return (f"hkcnews:{number}",)
    normal = urls.normalise(spelling)
    return (f"url:{normal}",) if normal else ()


def words(address: str) -> tuple[str, ...]:
    """Readable words of the path: what an address says of its article. Numbers and lone letters are none."""
    path = unquote(urlsplit(address).path)
    if "%" in path:
        path = unquote(path)
    found = re.split(r"[\W_]+", path)
    readable = [word for word in found if len(word) > 1 and not word.isdigit() and "\ufffd" not in word]
    return tuple(dict.fromkeys(word for word in readable if not _IN_PATHS.fullmatch(word)))


_IN_PATHS: Final = re.compile(
    r"article|articles|news|story|html?|php|aspx?|index|images?|svg|zh|cn|hk|tw|en|post|posts|page|amp|p|www",
    re.IGNORECASE,
)


def _complete(text: str) -> str:
    """With its scheme; "" for what is no address."""
    if not text or re.search(r"\s", text):
        return ""
    if cached := _CACHE.fullmatch(text):
        return _complete(cached[1])
    if scheme := _SCHEME.match(text):
        return "https://" + text[scheme.end() :]
    text = text.removeprefix("//")
    host = _HOST.match(text)
    known = host is not None and _TOP_LEVEL.fullmatch(host[1])
    return "https://" + text if known else ""


def _original(address: str) -> str:
    """The address inside copies of web archives and caches, at most five levels deep."""
    for _ in range(5):
        inner = _inside(address)
        if not inner or not (inner := _complete(inner)):
            break
        address = inner
    return urls.unwrap(address)


def _inside(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    behind = parts.path + (f"?{parts.query}" if parts.query else "")
    if host in ("web.archive.org", "wayback.archive.org", "web-beta.archive.org") or (
        host == "archive.org" and parts.path.startswith("/web")
    ):
        found = _WAYBACK.match(behind)
        return _readable(found[1]) if found else ""
    if _ARCHIVE_TODAY.fullmatch(host):
        found = _ARCHIVED_TODAY.match(behind)
        return _readable(found[1]) if found else ""
    asked = dict(parse_qsl(parts.query))
    if host == "webcache.googleusercontent.com" or (
        host.startswith("google.") and "cache:" in asked.get("q", "")
    ):
        cached = _CACHE.fullmatch(asked.get("q", ""))
        return cached[1] if cached else ""
    if host.startswith("google."):
        if parts.path.startswith("/amp/"):
            return re.sub(r"^/amp/(?:s/)?", "", behind)
        return asked.get("q") or asked.get("url") or "" if parts.path == "/url" else ""
    if host == "l.facebook.com" or (host.endswith("facebook.com") and parts.path == "/l.php"):
        return asked.get("u", "")
    if host.endswith(".cdn.ampproject.org"):
        found = re.match(r"/[cv]/(?:s/)?(.+)", behind)
        return found[1] if found else ""
    return ""


def _readable(inner: str) -> str:
    return unquote(inner) if re.match(r"https?%3a", inner, re.IGNORECASE) else inner
