"""Addresses: unwrapping proxies and web archives, resolving relative ones, and comparing whether two name the
same article."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .encoding import folded

_WAYBACK = re.compile(
    r"(?:https?:)?(?://web\.archive\.org)?/(?:web/(\d{4,14})(?:[a-z]{2}_)?|save(?=/http))/(.+)",
    re.DOTALL | re.IGNORECASE,
)
# archive.today under its names: archive.ph/2021.11.17-101010/https://…, archive.is/20211117101010/…,
# archive.today/o/AbCdE/https://…; and other web archives: host/…/20211117101010/https://…
_ARCHIVE_TODAY = re.compile(
    r"https?://(?:www\.)?archive\.(?:today|ph|is|li|vn|fo|md|ec)/(?:o/\w+/|newest/|oldest/|timegate/|(?P<stamp>[\d.-]{4,17})/)"
    r"(?P<url>(?:https?:|//|www\.).+)",
    re.IGNORECASE,
)
_ARCHIVE_TODAY_SHORT = re.compile(
    r"https?://(?:www\.)?archive\.(?:today|ph|is|li|vn|fo|md|ec)/\w{4,8}/?$|https?://perma\.cc/[\w-]+/?$"
    r"|https?://ghostarchive\.org/\w+/\w+$",
    re.IGNORECASE,
)
_OTHER_ARCHIVE = re.compile(
    r"https?://[^/?#]+/(?:[\w.-]+/){0,3}(?P<stamp>(?:19|20)\d{12})(?:[a-z]{2}_)?/(?P<url>https?:/.+)",
    re.IGNORECASE,
)
_GOOGLE_CACHE = re.compile(
    r"https?://(?:webcache\.googleusercontent\.com|www\.google\.[a-z.]+)/search\?(?:[^#]*&)?q=cache(?::|%3A)(?P<rest>[^&#]+)",
    re.IGNORECASE,
)
_AMP = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[cv])/(?P<secure>s/)?(?P<url>[\w-]+(?:\.[\w-]+)+/.*)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_HOST_FIRST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\"<>\\\u2028\u2029]")
_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})+\.?")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}")
# Browsers ignore these characters: "java\nscript:" is javascript:
_IGNORED_IN_SCHEME = re.compile(r"[\x00-\x1f\x7f]")
_PHOTON = re.compile(r"i\d\.wp\.com$")
_TWO_SCHEMES = re.compile(r"https?://[^/]*?(https?://.+)$", re.IGNORECASE)
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|yclid|ocid|at_(?:medium|campaign|custom\w*)|spm)$",
    re.IGNORECASE,
)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_HKCNEWS = re.compile(r"(?:www\.)?hkcnews\.com$", re.IGNORECASE)
_HKCNEWS_ID = re.compile(r"/article/(\d{1,9})(?:/|$)")
_HKCNEWS_SLUG_ID = re.compile(r"/article/\d+/[^/]*-(\d{1,9})(?:/|$)")
# A path segment that selects a language version of the site: /zh/, /zh-hans/, /zhongwen/simp. It is removed
# before the rest of the path is judged.
_LANGUAGE_SEGMENT = re.compile(r"(?:zh|en|cn|tw|hk|big5|gb|zhongwen|chinese|simp|trad)(?:[-_]\w{2,4})*")
_FRONT_PAGE = re.compile(r"(?:index|default|home|main)(?:\.\w{2,5})?")
_FEED_FILE = re.compile(r"(?:rss2?|atom|feeds?)(?:\.(?:xml|json|php|rdf|rss))?|index\.(?:xml|rdf|rss)")
# First path segments of sections, with the number of segments that a section's address has at most.
_SECTIONS = (
    dict.fromkeys(("tag", "tags", "category", "categories"), 3)
    | dict.fromkeys(("author", "authors", "section", "sections", "channel", "channels", "topic", "topics"), 2)
    | {"search": 1}
)
# Characters; the longest real one, percent-encoded twice, has about 4,000. Longer ones count as no address.
_MAX_LENGTH = 16_384


def unwrap(url: str) -> str:
    """The original address inside proxies and web archives, at most five levels deep; "" when it is no
    http(s) address."""
    url = _IGNORED_IN_SCHEME.sub("", url).strip()
    if not url or len(url) > _MAX_LENGTH:
        return ""
    for _ in range(5):
        inner = _inside(url)
        if inner is None:
            break
        url = inner
    return _checked(url)


def _inside(url: str) -> str | None:
    """The address that `url` is a proxy of, made absolute; None when it is no proxy."""
    wayback = _WAYBACK.match(url)
    if wayback:
        return _with_scheme(wayback[2])
    if url.startswith("//"):
        return "https:" + url
    parts = _split(url)
    if parts is None:
        return None
    host, path, query = parts
    if host in ("images.weserv.nl", "wsrv.nl"):
        return _with_scheme(dict(parse_qsl(query)).get("url", ""))
    if host == "cors.zfour.workers.dev":
        return _with_scheme(query)
    if _PHOTON.match(host):
        return "https://" + path.lstrip("/")
    if host.endswith("facebook.com") and path.startswith("/plugins/"):
        return _with_scheme(dict(parse_qsl(query)).get("href", ""))
    # https://www.bbc.comhttps://… : a base concatenated with an absolute address.
    doubled = _TWO_SCHEMES.match(url)
    return doubled[1] if doubled else None


def _in_other_archive(url: str) -> tuple[str, str] | None:
    """(original address, time of the capture as digits) of a copy in another archive than the Wayback
    Machine."""
    for pattern in (_ARCHIVE_TODAY, _OTHER_ARCHIVE):
        match = pattern.match(url)
        if match:
            return match["url"], re.sub(r"\D", "", match["stamp"] or "")
    cached = _GOOGLE_CACHE.match(url)
    if cached:  # cache:ID:https://…+words of the query
        original = re.sub(r"^[\w-]{8,16}:(?=\w)(?!//)", "", unquote(cached["rest"]).partition("+")[0])
        return original, ""
    amp = _AMP.match(url)
    return (f"http{'s' if amp['secure'] else ''}://{amp['url']}", "") if amp else None


def _with_scheme(url: str) -> str:
    if re.match(r"https?%3a", url, re.IGNORECASE):
        url = unquote(url)
    if url.startswith("//"):
        return "https:" + url
    match = re.match(r"(https?):/{1,2}(?=[^/])", url, re.IGNORECASE)
    if match:  # a proxy may reduce the two slashes to one
        return f"{match[1].lower()}://{url[match.end() :]}"
    return url if _SCHEME.match(url) and not _HOST_FIRST.match(url) else "https://" + url


def _split(url: str) -> tuple[str, str, str] | None:
    """(host, path, query) of an http(s) address; None for anything else."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:  # a bracket that is no IPv6 address, a port that is no number
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    return host.lower(), parts.path, parts.query


def _checked(url: str) -> str:
    url = url.replace(" ", "%20").replace("\u00a0", "%C2%A0")
    split = _split(url)
    return "" if split is None or _FORBIDDEN.search(url) or not _is_host(split[0]) else url


def _is_host(host: str) -> bool:
    """Whether it is a name with a dot, in any script, or an IPv4 address."""
    if not _HOST.fullmatch(host):
        return False
    if host.rpartition(".")[2].isdigit():
        return bool(_IPV4.fullmatch(host))
    try:
        return bool(host.isascii() and "xn--" not in host) or bool(host.encode("idna").decode("idna"))
    except UnicodeError:
        return False


def absolute(url: str, base: str = "") -> str:
    """`url` as an http(s) address, resolved against `base` when relative; "" when it is none."""
    url = _IGNORED_IN_SCHEME.sub("", url).strip()
    if not url or url.startswith("#"):
        return ""
    if url.startswith(("http://", "https://", "//", "HTTP", "/web/")):
        return unwrap(url)
    if _SCHEME.match(url) or not base:
        return ""
    origin = re.match(r"https?://[^/?#]+", base)
    if origin is None:
        return ""
    if url.startswith("/"):
        return unwrap(origin[0] + url)
    path = base[origin.end() :].partition("#")[0].partition("?")[0]
    return unwrap(origin[0] + (path.rpartition("/")[0] or "") + "/" + url.removeprefix("./"))


def legal(url: str) -> str:
    """An http(s) address with disallowed characters percent-encoded; "" for anything else."""
    if not url.lower().startswith(("http://", "https://")):
        return ""
    return _FORBIDDEN.sub(lambda found: quote(found[0]), url)


def host_of(url: str) -> str:
    """The host in lower case, without www.; "" when there is none."""
    split = _split(url)
    return split[0].removeprefix("www.") if split else ""


def host_and_path(url: str) -> tuple[str, str]:
    """(host, path) of the original that `url` is a copy or proxy of; two empty strings when that is no
    http(s) address."""
    split = _split(unwrap(url))
    return (split[0], split[1]) if split else ("", "")


def normalise(url: str) -> str:
    """A key that is equal for all spellings of one address: host, path and query, without the scheme.

    Differences in www., default ports, fragments, tracking parameters, a trailing slash and the case of
    percent-encoding are removed. "" when `url` is no http(s) address.
    """
    url = unwrap(url)
    split = _split(url)
    if split is None:
        return ""
    host, path, query = split
    try:
        port = urlsplit(url).port
    except ValueError:
        return ""
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    path = re.sub(r"/{2,}", "/", _encoded(path)).rstrip("/")
    pairs = [pair for pair in query.split("&") if pair and not _TRACKING.match(pair.partition("=")[0])]
    return host.removeprefix("www.") + path + ("?" + _encoded("&".join(pairs)) if pairs else "")


def _encoded(part: str) -> str:
    def escape(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else "%" + match[1].upper()

    return _ESCAPE.sub(escape, quote(part, safe="%/:@!$&'()*+,;=~?-._"))


def wayback_address(url: str) -> str:
    """`url`, made absolute, when it is an address of the Wayback Machine; "" otherwise."""
    url = url.strip()
    if not _WAYBACK.match(url):
        return ""
    if url.startswith("/"):
        url = "https:" + url if url.startswith("//") else "https://web.archive.org" + url
    return legal(url)


def wayback(url: str) -> tuple[str, datetime | None]:
    """(original address, time of the capture in UTC) of a Wayback Machine address; ("", None) for any
    other."""
    address = wayback_address(url)
    match = _WAYBACK.match(address)
    if match is None:
        return "", None
    try:
        return address, datetime.strptime(match[1] or "", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return address, None


def archived(url: str) -> tuple[str, datetime | None]:
    """(address, time of the capture in UTC) of a copy in any web archive; ("", None) for any other
    address."""
    address, at = wayback(url)
    if address:
        return address, at
    address = legal(_IGNORED_IN_SCHEME.sub("", url).strip())
    found = _in_other_archive(address)
    if found is None or _AMP.match(address):
        return (address, None) if _ARCHIVE_TODAY_SHORT.match(address) else ("", None)
    try:
        return address, datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return address, None


def original(url: str) -> str:
    """The address of which `url` is a copy, in any web archive or cache; else `url` unwrapped. Unlike
    `unwrap`, it is for the address of the article itself: a text may well cite an archived copy."""
    for _ in range(3):
        found = _in_other_archive(url)
        if found is None:
            break
        url = _with_scheme(found[0])
    return unwrap(url)


def is_bare_address(text: str) -> bool:
    """Whether it is an address without its scheme: www.example.org/news/1."""
    return (
        bool(_HOST_FIRST.match(text))
        and " " not in text
        and "/" in text.rstrip("/")
        and bool(absolute(f"https://{text}"))
    )


def hkcnews_id(url: str) -> str:
    """The id of a 眾新聞 article: the slug in its addresses is often missing, the id never."""
    split = _split(unwrap(url))
    if split is None or not _HKCNEWS.match(split[0]):
        return ""
    match = _HKCNEWS_ID.match(split[1])
    return match[1].lstrip("0") or "0" if match else ""


def canonical(url: str) -> str:
    """The form of `url` that a reader can open."""
    number = hkcnews_id(url)
    return f"https://www.hkcnews.com/article/{number}" if number else unwrap(url)


def identity(url: str, *, outlet: str, title: str, day: date | None) -> str:
    """The identity: files with the same one may be captures of one article. Without an article's own address
    it is made of outlet, title and day."""
    number = hkcnews_id(url)
    if number:
        return "hkcnews:" + number
    normal = normalise(url)
    if normal and not is_listing(url):
        return "url:" + normal
    key = "\n".join((outlet, folded(title), day.isoformat() if day else ""))
    return "feed:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def is_listing(url: str) -> bool:
    """Whether an address is that of a front page, a section or a feed, which many articles share."""
    address, _, query = normalise(url).partition("?")
    if not address:
        return False
    segments = [unquote(segment).lower() for segment in address.split("/")[1:]]
    while segments and _LANGUAGE_SEGMENT.fullmatch(segments[0]):
        del segments[0]
    if segments and _FEED_FILE.fullmatch(segments[-1]):
        return True
    if len(segments) > 1 and segments[-2] == "page" and segments[-1].isdigit():  # /tag/world/page/3
        del segments[-2:]
    if not segments or (len(segments) == 1 and _FRONT_PAGE.fullmatch(segments[0])):
        return not query  # /?p=123 is an article
    return len(segments) <= _SECTIONS.get(segments[0], 0)


def canonical_identity(url: str) -> str:
    """Identity of the article that a 眾新聞 slug points to at its end: /article/32194/…-32201/… is a copy of
    32201."""
    number = hkcnews_id(url)
    match = _HKCNEWS_SLUG_ID.search(unwrap(url)) if number else None
    other = match[1].lstrip("0") if match else ""
    return "hkcnews:" + other if other and other != number else ""


def is_broken(url: str) -> bool:
    """Whether characters of the address were lost, so that it can't be opened."""
    return "%EF%BF%BD" in url.upper() or "\ufffd" in url


def title_from_slug(url: str) -> str:
    """A title made of the last path segment; "" when it holds no readable words."""
    split = _split(unwrap(url))
    slug = unquote(split[1].rstrip("/").rpartition("/")[2]) if split else ""
    slug = re.sub(r"-?\d+$", "", slug)
    if not slug or "\ufffd" in slug or re.search(r"\.\w{2,4}$|[\x80-\xff]{4}", slug) or slug.isdigit():
        return ""
    return slug.replace("-", " ").replace("_", " ").strip()
