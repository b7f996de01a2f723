"""What the columns of tables and the keys of records are usually called, and the field that each fills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .encoding import folded

FIELDS = (
    *("title", "body", "date", "updated", "author", "outlet", "url", "archived_url", "tags"),
    *("category", "language", "image", "caption", "credit", "summary"),
)
_NAMES: dict[str, str] = {  # parted by blanks
    "title": ("title headline head subject article_title news_title 標題 标题 題目 题目 題名 篇名"),
    "body": (
        "body content text article fulltext full_text article_text article_body maintext "
        "main_text content_html body_html story 內容 内容 正文 全文 內文 文章"
    ),
    "date": (
        "date time published published_at publish_date published_date pubdate pub_date "
        "publish_time publication_date datetime timestamp created_at date_published 日期 "
        "時間 时间 發佈日期 發布日期 发布日期 发布时间 發佈時間 發布時間 刊登日期 "
        "出版日期"
    ),
    "updated": ("updated updated_at last_updated modified date_modified 更新日期 更新時間 更新时间"),
    "author": "author authors byline writer reporter creator journalist 作者 記者 记者 撰文",
    "outlet": (
        "outlet source media publisher newspaper site site_name source_name platform 來源 "
        "来源 媒體 媒体 報紙 报纸 報章"
    ),
    "url": ("url link source_url article_url permalink href canonical_url 網址 网址 連結 链接 原址"),
    "archived_url": "archived_url archive_url wayback 存檔 存档",
    "tags": "tags tag keywords keyword 關鍵詞 关键词 關鍵字 关键字 標籤 标签",
    "category": "category categories section channel 分類 分类 版面 版別 版名 欄目 栏目",
    "language": "language lang 語言 语言",
    "image": "image image_url picture photo thumbnail top_image 圖片 图片",
    "caption": "caption image_caption 圖說 图说 圖片說明 图片说明",
    "credit": "credit image_credit photographer 攝影 摄影",
    "summary": "summary desc description abstract excerpt 摘要 提要",
}
_FIELD_OF = {folded(name): field for field, names in _NAMES.items() for name in names.split()}


def field_of(column: str, mapping: Mapping[str, str]) -> str:
    """The field that a column fills; "" for one that none knows. `mapping` is field -> column, as a person
    gave it: what it names counts before the usual names."""
    for field, named in mapping.items():
        if folded(named) == folded(column):
            return field
    field = _FIELD_OF.get(folded(column), "")
    return "" if field in mapping else field


def tell_an_article(columns: Iterable[str], mapping: Mapping[str, str]) -> bool:
    """Whether records with these columns can be articles: they have a title and a text."""
    found = {field_of(column, mapping) for column in columns}
    return {"title", "body"} <= found
