"""Template tags of site generators as the HTML that they would print: Hugo's {{< figure … >}}, Jekyll's and
Hexo's {% asset_img … %}, WordPress's [caption]…[/caption].

A tag that is unknown leaves its pictures, addresses and captions, and whatever stands between its opening and
closing half; the tag itself is never text.
"""

from __future__ import annotations

import html
import re
import shlex

_HUGO = re.compile(
    r"\{\{[<%]-?\s*(?P<close>/)?\s*(?P<name>[\w./-]+)(?P<rest>(?:[^{}]|\{(?!\{)|\}(?!\})){0,4000}?)/?\s*-?[>%]\}\}"
)
_LIQUID = re.compile(
    r"\{%-?\s*(?P<close>end)?(?P<name>[\w./-]+)(?P<rest>(?:[^{}%]|%(?!\})|\{(?!%)|\}){0,4000}?)-?%\}"
)
_VARIABLE = re.compile(r"\{\{-?\s*(?P<rest>[^{}]*?)\s*-?\}\}")
_LITERAL = re.compile(r"[\"']([^\"']*)[\"']\s*(?:\||$)")
_WORDPRESS_CAPTION = re.compile(
    r"\[(?:wp_)?caption\b(?P<rest>[^\[\]]*)\](?P<inner>.{0,6000}?)\[/(?:wp_)?caption\]",
    re.DOTALL | re.IGNORECASE,
)
_WORDPRESS_EMBED = re.compile(
    r"\[(?P<name>embed|youtube|vimeo|video|audio|tweet|instagram|facebook)\b(?P<rest>[^\[\]]*)\]"
    r"(?:\s*(?P<url>https?://[^\s\[\]]+)\s*\[/(?P=name)\])?",
    re.IGNORECASE,
)
_WORDPRESS_OTHER = re.compile(
    r"\[/?(?:gallery|su_\w+|vc_\w+|et_pb_\w+|toc|ads?|adrotate|contact-form\w*|dropcap|column|row|spoiler|quote"
    r"|blockquote|button|pullquote|audio|playlist)(?:\s[^\[\]]*|=[^\[\]]*)?\](?!\()",
    re.IGNORECASE,
)
_IMG_WITH_TEXT = re.compile(
    r"(?P<picture>(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?|!\[[^\]]*\]\([^)]*\))(?P<words>.*)",
    re.DOTALL | re.IGNORECASE,
)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|heic|tiff?)(?:[?#!]\S*)?$", re.IGNORECASE)
_ALONE = re.compile(r"^[ \t]*(<(figure|iframe|video)\b.*</\2>)[ \t]*$", re.MULTILINE)
_SIZE = re.compile(r"\d{1,4}(?:px|%|em)?")
_URL = re.compile(r"(?:https?:)?//\S+")

_FIGURES = frozenset({
    "figure", "img", "image", "picture", "photo", "asset_img", "figure.html", "image.html", "fig", "img.html",
    "responsive-image", "imgcap", "imagecap", "fancybox", "gallery-item", "caption",
})  # fmt: skip
_BY_ID = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "youtube.html": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "bilibili": "https://www.bilibili.com/video/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "twitter": "https://twitter.com/i/status/{}",
    "x": "https://twitter.com/i/status/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "gist": "https://gist.github.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
}
_VIDEOS = frozenset(
    {"youtube", "youtube.html", "vimeo", "bilibili", "dailymotion", "video", "dplayer", "mp4"}
)
_QUOTES = frozenset({"blockquote", "quote", "pullquote", "cq", "centerquote"})
_WITHOUT_WORDS = frozenset({"link", "a", "post_link", "asset_link", "ref", "relref", "button", "btn"})


def to_html(text: str) -> str:
    before = text
    if "{{" in text:
        text = _VARIABLE.sub(_variable, _HUGO.sub(_tag, text))
    if "{%" in text:
        text = _LIQUID.sub(_tag, text)
    if "[" in text and "]" in text:
        text = _WORDPRESS_CAPTION.sub(_wordpress_caption, text)
        text = _WORDPRESS_OTHER.sub("", _WORDPRESS_EMBED.sub(_wordpress_embed, text))
    return text if text is before else _stand_alone(text)


def _stand_alone(text: str) -> str:
    """With blank lines around the HTML that was a tag on a line of its own, so that the next line is Markdown
    again."""
    return _ALONE.sub(r"\n\1\n", text)


def _variable(match: re.Match[str]) -> str:
    """{{ "/a.jpg" | relative_url }} is the address; {{ site.baseurl }} and others leave nothing."""
    literal = _LITERAL.match(match["rest"])
    return literal[1] if literal else ""


def _tag(match: re.Match[str]) -> str:
    name = match["name"].lower()
    if name in _QUOTES:
        return _quotation(name, match)
    if match["close"]:
        return ""
    given, bare = _arguments(match["rest"])
    if name in ("include", "partial", "render") and bare:
        name = bare.pop(0).rpartition("/")[2].lower()
    address = next(
        (
            given[key]
            for key in ("src", "url", "href", "link", "image", "image_path", "file", "path")
            if given.get(key)
        ),
        "",
    )
    if name in _FIGURES or _PICTURE_FILE.search(address):
        return _figure(name, address, given, bare)
    if name in _BY_ID and (given.get("id") or bare) and not _URL.match(address):
        address = bare[0] if bare and _URL.match(bare[0]) else _BY_ID[name].format(given.get("id") or bare[0])
    if name in _WITHOUT_WORDS:
        return _link(name, address, given, bare)
    address = address or next((value for value in bare if _URL.match(value)), "")
    if address and not address.startswith(("/", "#")) and ("//" in address):
        return _player(name, address, given)
    return ""


def _arguments(text: str) -> tuple[dict[str, str], list[str]]:
    """(named arguments by lower-case name, the others in order)."""
    lexer = shlex.shlex(text.replace("：=", "="), posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        parts = list(lexer)
    except ValueError:  # a quotation mark that is not closed
        parts = text.split()
    given: dict[str, str] = {}
    bare: list[str] = []
    for part in parts:
        key, sign, value = part.partition("=")
        if sign and re.fullmatch(r"[A-Za-z][\w-]*", key):
            given[key.lower()] = value.rstrip(",").strip("\"'")
        elif key_value := re.fullmatch(r"([a-z]{2,12}):(?!//)(\S.*)", part):
            given[key_value[1]] = key_value[2].rstrip(",")
        elif part.strip(",|-"):
            bare.append(part.strip(","))
    return given, bare


def _figure(name: str, address: str, given: dict[str, str], bare: list[str]) -> str:
    """A picture with what is printed below it. Hexo's tags give words without names: class, file, size,
    title, alternative text."""
    words: list[str] = []
    for value in bare:
        if not address and (_PICTURE_FILE.search(value) or _URL.match(value) or value.startswith("/")):
            address = value
        elif address and not _SIZE.fullmatch(value):
            words.append(value)
    alt = given.get("alt", "")
    if name in ("img", "asset_img") and len(words) == 1 and (quoted := _title_and_alt(words[0])):
        words, alt = [quoted[0]], alt or quoted[1]
    shown = [given.get("title", ""), given.get("caption", ""), " ".join(words)]
    caption = " ".join(dict.fromkeys(filter(None, shown)))
    credit = given.get("attr") or given.get("attribution") or given.get("credit") or given.get("source") or ""
    credit_tag = f"<cite>{html.escape(credit)}</cite>" if credit else ""
    inner = f"{_as_html(caption)}{credit_tag}"
    legend = f"<figcaption>{inner}</figcaption>" if inner else ""
    return f'<figure><img src="{html.escape(address)}" alt="{html.escape(alt)}">{legend}</figure>'


def _title_and_alt(words: str) -> tuple[str, str] | None:
    """Hexo's "title 'alt'" in one argument."""
    match = re.fullmatch(r"(.*\S)\s+['\"]([^'\"]*)['\"]", words)
    return (match[1], match[2]) if match else None


def _as_html(words: str) -> str:
    """Captions may hold HTML or Markdown links; only their words are kept."""
    words = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", html.unescape(words))
    return html.escape(re.sub(r"<[^<>]*>", "", words), quote=False)


def _player(name: str, address: str, given: dict[str, str]) -> str:
    tag = "video" if name in _VIDEOS else "iframe"
    poster = f' poster="{html.escape(given["poster"])}"' if given.get("poster") else ""
    title = html.escape(given.get("title", ""))
    player = f'<{tag} src="{html.escape(address)}" title="{title}"{poster}></{tag}>'
    caption = _as_html(given.get("caption", ""))
    return f"<figure>{player}<figcaption>{caption}</figcaption></figure>" if caption else player


def _link(name: str, address: str, given: dict[str, str], bare: list[str]) -> str:
    words = [value for value in bare if not _URL.match(value) and value not in ("true", "false")]
    address = address or next((value for value in bare if _URL.match(value)), "")
    if name in ("post_link", "asset_link", "ref", "relref") and words:
        words = words[1:]  # the first is the post's file
    shown = given.get("text") or given.get("title") or " ".join(words)
    if not shown:
        return ""
    return f'<a href="{html.escape(address)}">{_as_html(shown)}</a>' if address else _as_html(shown)


def _quotation(name: str, match: re.Match[str]) -> str:
    return "\n\n</blockquote>\n\n" if match["close"] else f"\n\n<blockquote>\n\n{_quoted(match['rest'])}"


def _quoted(rest: str) -> str:
    """Who is quoted: {% blockquote 陳大文, 書名 https://… %}."""
    words = " ".join(word for word in rest.split() if not _URL.match(word) and word not in ("left", "right"))
    words = re.sub(r"\b\w+=[\"']?([^\"']*)[\"']?", r"\1", words).strip(" ,")
    return f"{_as_html(words)}\n\n" if words else ""


def _wordpress_caption(match: re.Match[str]) -> str:
    given, _ = _arguments(match["rest"])
    inner = _IMG_WITH_TEXT.search(match["inner"])
    if inner is None:
        return match["inner"]
    caption = inner["words"].strip() or given.get("caption", "")
    picture = inner["picture"]
    if picture.startswith("!"):  # Markdown inside of HTML would be text
        parts = re.fullmatch(r"!\[([^\]]*)\]\((\S*).*\)", picture, re.DOTALL)
        picture = f'<img src="{html.escape(parts[2])}" alt="{html.escape(parts[1])}">' if parts else ""
    return f"\n\n<figure>{picture}<figcaption>{_as_html(' '.join(caption.split()))}</figcaption></figure>\n\n"


def _wordpress_embed(match: re.Match[str]) -> str:
    given, bare = _arguments(match["rest"].lstrip("= "))
    name = match["name"].lower()
    address = (
        match["url"] or given.get("src") or given.get("url") or given.get("mp4") or given.get("id") or ""
    )
    address = address or (bare[0] if bare else "")
    if not address:
        return match[0]
    if not _URL.match(address):
        if name not in _BY_ID:
            return match[0]
        address = _BY_ID[name].format(address)
    return _player(name, address, given)
