"""The keys under which programs write title, date, author, source … of a text, from the most certain to the
least. They are compared by `front_matter.same_key`, so each spelling stands here once.

Jekyll, Hexo, Hugo, Zola, Pelican, Eleventy; Obsidian Web Clipper, MarkDownload, Joplin, Notion, SimpRead,
Cubox; trafilatura, newspaper, schema.org, Dublin Core and OpenGraph; and what Chinese users call them.
"""

from __future__ import annotations

from collections.abc import Iterable


def _listed(keys: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in keys.split(","))


TITLE = _listed("""
    title, headline, og:title, dc:title, 標題, 标题, 題目, 题目, 文章標題, 文章标题, post title,
    subject
""")
DATE = _listed("""
    published, publish date, published at, published on, published time, published date,
    date published, publication date, pub date, publishtime, pubtime, article:published_time,
    datetime published, date, dc:date, dcterms.issued, issued, posted, posted on, post date, posted at,
    date posted, 發佈日期, 發布日期, 发布日期, 发佈日期, 發表日期, 发表日期, 發佈時間, 發布時間,
    发布时间, 發表時間, 发表时间, 發佈於, 發布於, 发布于, 刊登日期, 出版日期, 刊出日期, 見報日期, 日期,
    時間, 时间, datetime, timestamp, time, date created, creation date, created date, create time
""")
# When the text was published, or when a clipper made the note: the latter where another key has the date.
CREATED = _listed("""
    created, created at, created on, created time, 建立日期, 建立時間, 创建日期, 创建时间, 創建日期,
    創建時間
""")
UPDATED = _listed("""
    last updated, updated, lastmod, last modified, last modified at, modified, date modified,
    modified date, date updated, updated at, updated date, updated time, article:modified_time, edited,
    revised, 更新日期, 更新時間, 更新时间, 修改日期, 修改時間, 修改时间, 最後更新, 最后更新
""")
CAPTURED = _listed("""
    captured, captured at, capture date, clipped, clipped at, clip date, date clipped, saved, saved at,
    date saved, saved date, accessed, access date, date accessed, retrieved, retrieved at, fetched,
    fetched at, crawled, crawled at, crawl time, crawl date, scraped, scraped at, archived at,
    archive date, date archived, imported, date added, added, added at, 剪藏時間, 剪藏时间, 收藏時間,
    收藏时间, 存檔日期, 存档日期, 擷取時間, 抓取時間, 抓取时间, 保存時間, 保存时间
""")
AUTHOR = _listed("""
    author, authors, creator, creators, byline, writer, writers, by, dc:creator, article:author,
    author name, post author, written by, reporter, reporters, columnist, contributor, contributors,
    作者, 撰文, 撰稿, 撰稿人, 文, 記者, 记者, 作者名, 作者名稱, 署名, 執筆, 采访, 採訪
""")
OUTLET = _listed("""
    outlet, newspaper, publication, publisher, site name, sitename, og:site_name, site, media,
    source name, provider, news source, website name, hostname, 媒體, 媒体, 媒體名稱, 報紙, 报纸, 報章,
    新聞來源, 新闻来源, 出處, 出处, 發佈媒體, 發布媒體, 网站, 網站, 網站名稱, 刊物, publishername
""")
# Addresses of the article. Where one holds no address, it names the outlet (`source: 某報`).
ADDRESS = _listed("""
    original url, url, source url, source, link, permalink, from, canonical, canonical url, original,
    original link, origin, article url, web url, page url, clipped from, external url, externallink,
    og:url, href, uri, website, source link, via, 原文, 原文地址, 原文鏈接, 原文链接, 原文連結,
    原文網址, 原文网址, 原文連接, 鏈接, 链接, 連結, 連接, 網址, 网址, 地址, 來源, 来源, 來源網址,
    来源网址, 來源連結, 来源链接, 文章鏈接, 文章链接, 文章連結, 文章網址, 转载自, 轉載自, 轉自, 转自,
    reference, syndicated from
""")
ARCHIVED = _listed("""
    archived url, archive url, archive, archived, archive link, archive.today, archive.org, wayback,
    wayback url, wayback machine, memento, cached, cache, 存檔, 存档, 存檔網址, 存档链接, 存檔連結,
    備份, 备份, 存檔地址, 存档地址
""")
CATEGORIES = _listed("""
    category, categories, section, sections, article:section, 分類, 分类, 類別, 类别, 欄目, 栏目, 版面,
    channel, taxonomies.categories, 專欄, 专栏, topic, topics
""")
TAGS = _listed("""
    tags, tag, keywords, keyword, news keywords, article:tag, 標籤, 标签, 關鍵詞, 关键词, 關鍵字,
    关键字, labels, subjects, hashtags, taxonomies.tags
""")

# Keys of the programs themselves: kept in `extra`, and no problem.
_OF_PROGRAMS = _listed("""
    layout, comments, comment, thumbnail, draft, slug, weight, toc, aliases, alias, id, uuid, guid,
    description, summary, excerpt, abstract, cover, image, images, banner, featured image,
    featuredimage, cover image, header img, header image, photos, top img, og:image, lang, language,
    locale, cssclass, cssclasses, type, status, sticky, top, pin, pinned, mathjax, katex, math,
    abbrlink, updated by, word count, wordcount, reading time, subtitle, 副標題, 副标题, 摘要, 語言,
    语言, license, copyright, rating, publish, hidden, private, template, path, series, share,
    favorite, read, highlights, parent, links, favicon, icon, version, index img, disablecomments,
    showtoc, noindex, robots, format, markup
""")


def _same(key: str) -> str:
    return "".join(char for char in key.casefold() if char not in " _.-")


_FIELDS = (TITLE, DATE, CREATED, UPDATED, CAPTURED, AUTHOR, OUTLET, ADDRESS, ARCHIVED, CATEGORIES, TAGS)
_KNOWN = frozenset(_same(key) for keys in _FIELDS for key in keys)
_PROGRAMS = frozenset(_same(key) for key in _OF_PROGRAMS)


def is_known(key: str) -> bool:
    """`key` as `front_matter.same_key` gives it."""
    return key in _KNOWN


def is_of_program(key: str) -> bool:
    return key in _PROGRAMS


def are_known(keys: Iterable[str]) -> bool:
    """Whether at least two of the keys are known, as in any article's front matter."""
    return sum(map(is_known, keys)) > 1
