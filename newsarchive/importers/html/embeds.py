"""Videos, posts and frames of other sites: kept as a link with a title, never as their markup."""

from __future__ import annotations

import re

from newsarchive.importers.fields import urls
from newsarchive.importers.types import ParsedEmbed

_VIDEO_HOST = re.compile(
    r"(?:^|\.)(?:youtube\.com|youtube-nocookie\.com|youtu\.be|vimeo\.com|dailymotion\.com|dai\.ly|roundme\.com|"
    r"bilibili\.com|youku\.com|v\.qq\.com|tiktok\.com|twitch\.tv|streamable\.com|brightcove\.net)$"
)
_VIDEO_PATH = re.compile(r"/av-embeds/|/videos?/|/plugins/video|/embed/video|\.(?:mp4|m3u8|webm|mov)(?:$|\?)")
_EMPTY_TITLE = re.compile(
    r"多媒体播放器|多媒體播放器|YouTube video player|Vimeo video player|Facebook|Twitter (?:Tweet|Widget)|"
    r"Embedded post|video|iframe|player",
    re.IGNORECASE,
)
_NOT_CONTENT = re.compile(
    r"(?:^|\.)(?:googletagmanager\.com|doubleclick\.net|googlesyndication\.com|addtoany\.com|likes\.wp\.com|widgets\.wp\.com)$"
)


def parse(
    src: str, *, base: str = "", kind: str = "", title: str = "", caption: str = "", poster: str = ""
) -> ParsedEmbed | None:
    """None when there is no address that a reader could open. `kind` "" is derived from the address."""
    url = urls.absolute(src, base)
    if not url or _NOT_CONTENT.search(urls.host_of(url)):
        return None
    if _EMPTY_TITLE.fullmatch(title.strip()):
        title = ""
    return ParsedEmbed(
        url=url,
        kind=kind or ("video" if is_video(url) else "embed"),
        title=title.strip(),
        caption=caption,
        poster=urls.absolute(poster, base),
    )


def is_video(url: str) -> bool:
    return bool(_VIDEO_HOST.search(urls.host_of(url)) or _VIDEO_PATH.search(url))
