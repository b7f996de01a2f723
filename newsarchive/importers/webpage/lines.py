"""Lines at the ends of an article's text, and between its paragraphs, that pages add: labels, appeals, editors, rights.

They are recognised by their wording, and only as whole short lines; what follows a label such as 延伸閱讀 to the end of
the text goes too when it is nothing but headlines.
"""

from __future__ import annotations

import re
from dataclasses import replace

from newsarchive.importers.html.body import Body, text_of
from newsarchive.importers.html.related import is_label, only_link
from newsarchive.importers.html.safe_subset import plain_text

_OPEN, _CLOSE = r"^[\s（(【\[〔<＜■●◆▶►▌│|*＊※\-—–#＃>》]*", r"[\s）)】\]〕>＞。！!：:.…»>]*$"
# Lines that are never the article's, wherever they stand. At most _LONGEST characters long.
_NEVER = re.compile(
    _OPEN + r"(?:"
    r"(?:責任|责任|本文|本期|网页|網頁|值班|新媒体|微信|图文|文字|美术|實習|实习|执行|主)?(?:編輯|编辑|責編|责编|編審|编审|校對|校对|審核|审核|监制|監製|排版|主编|美编|运营|运维)(?:[：:／/]|\s*[|｜]).{1,40}|"
    r"[\u4e00-\u9fff]{2,4}[／/](?:核稿)?(?:編輯|编辑)|核稿編輯.{1,12}|"
    r"(?:来源|來源|稿源|文章来源|本文来源|信息来源|资料来源|新闻来源|來源於|来源于|出处|原文出处|原文来源)\s*[：:].{1,40}|"
    r"(?:原标题|原標題|原题|标题|原文标题)\s*[：:].{1,100}|"
    r"(?:發佈|發布|发布|發表|刊登|更新|最後更新|出版|上架)(?:時間|时间|日期|於|于)?\s*(?:\(HKT\))?\s*[：:].{4,40}|"
    r"(?:分享|转发|轉發|收藏|点赞|點讚|打印|列印|打印本页|关闭窗口|關閉視窗|字[体體號号級级](?:設定)?|放大|缩小|大|中|小|我要反馈|举报|舉報|纠错|糾錯|不感兴趣|阅读原文|閱讀原文|展开全文|查看全文|返回.{0,8}首页.{0,3}|回首頁|回到首頁|上一[篇頁页]|下一[篇頁页]|微博|微信|QQ空间|WhatsApp|Facebook|Twitter|LINE|Telegram|复制链接|複製連結|加入書籤|聽新聞)(?:到.{0,8}|给.{0,6}|給.{0,6})?|"
    r"分享(?:到|給|给|至|本文|此文|文章|這篇|:|：).{0,20}|"
    r"請?繼續往下閱讀.{0,6}|请继续往下阅读.{0,6}|繼續瀏覽後續|廣告(?:\s*[（(]請繼續閱讀本文[）)])?|广告|ADVERTISEMENT|Advertisement|Sponsored|廣告 .{0,20}|"
    r"(?:点击|點擊|點選|戳|按)(?:进入|進入|下方|查看|這裡|此處|此处|阅读|閱讀|关注|下载|链接|圖片|图片|播放|收聽|看|下載|订阅).{0,40}|"
    r".{0,24}(?:扫一扫|扫描|掃描|掃一掃|长按|長按)(?:上方|下方|左侧|右侧|图中|圖中|下图|以上|上图|本|识别|識別|此)?.{0,10}(?:二维码|二維碼|QR ?[Cc]ode|条码|关注|關注|打开|手机).{0,40}|"
    r".{0,30}(?:下載|下载)\s*(?:.{0,14})?(?:APP|App|app|客户端|客戶端|應用程式|應用程序)(?:.{0,30})|.{0,30}(?:APP|App|客户端)看新[聞闻].{0,40}|"
    r"(?:欢迎|歡迎|敬請|敬请|请|請|快來|记得|立即|馬上|搶先|即刻)?(?:关注|關注|追蹤|訂閱|订阅|加入|按讚|按赞|追踪|Follow|follow|Like)(?:我们|我們|本|蘋果|.{0,12}(?:公众号|公眾號|微信|微博|粉絲|粉丝|專頁|专页|頻道|频道|LINE|Instagram|Facebook|臉書|Telegram|YouTube|電子報|电子报|newsletter|會員|会员)).{0,60}|"
    r".{0,40}(?:請訂閱|请订阅|訂閱我們|加入會員|成為會員|付費訂閱|月費訂戶|免費索票|限時優惠).{0,40}|"
    r"(?:版權所有|版权所有|著作權所有|©|Copyright|copyright|\(c\)|（c）).{0,100}|.{0,60}(?:版權所有|版权所有|著作權所有)(?:.{0,40})|"
    r".{0,80}(?:未經(?:.{0,6})(?:授權|許可|同意|批准)|未经(?:.{0,6})(?:授权|许可|同意|批准)|非經授權|禁止轉載|禁止转载|不得轉載|不得转载|请勿转载|請勿轉載|严禁转载|嚴禁轉載|請註明出處|请注明出处|注明来源|转载请|轉載請|侵权必究|侵權必究|如有侵权|如有侵權|版权归.{0,12}所有|權利歸.{0,12}所有|权益归.{0,20}所有).{0,80}|"
    r"(?:免责声明|免責聲明|版权声明|版權聲明|特别声明|特別聲明|郑重声明|鄭重聲明|声明|聲明|风险提示|本文为|本文為|本文系|本内容为)(?:[：:]|.{0,10}(?:原创|作者|立场|观点|立場|觀點|发布|平台)).{0,160}|"
    r".{0,40}(?:仅代表作者|僅代表作者|不代表本[网網站报報台刊平]|不代表.{0,10}立[场場]|纯属个人观点|仅供参考，不构成).{0,80}|"
    r"(?:正文已结束|正文结束|全文完|本文完|完|END|The End|the end|—?\s*完\s*—?|- ?END ?-)(?:，?您?可?以?按.{0,30})?|"
    r"(?:网友评论|網友評論|留言|评论|評論|我要评论|發表評論|发表评论|跟贴|留言规则|留言規則|查看评论|查看全部评论|\d+\s*(?:条评论|則留言|评论|人参与|人评论|次阅读|阅读|閱讀|讚|赞|likes?|shares?|comments?))(?:.{0,24})?|"
    r"(?:標籤|标签|關鍵字|关键字|关键词|關鍵詞|Tags?|TAGS?|文章標籤|新聞關鍵字)\s*[：:].{0,100}|"
    r"(?:责任|責任)?编辑[：:].{0,20}|\d{1,5}\s*(?:收藏|转发|阅读|浏览)|相关推荐|推荐阅读"
    r")" + _CLOSE
)
# Labels after which nothing but other articles follows.
_LABELS = re.compile(
    _OPEN + r"(?:(?:更多|其他|其它|精彩|精选|熱門|热门|今日|最新|編輯|编辑|小编|為你|为你|为您|為您|猜你|也許|你可能|您可能|大家都|同場|同场|此前|往期|早前|之前|上期|推薦|推荐|相關|相关|延伸|看更多|看了又看|本周|本週)"
    r"[\u4e00-\u9fff／/‧·&\sA-Za-z]{0,12}(?:閱讀|阅读|新聞|新闻|報導|报道|報道|报导|文章|推薦|推荐|喜歡|喜欢|感興趣|感兴趣|愛看|爱看|在看|影片|視頻|视频|专题|專題|加映|回顾|回顧|内容|內容|連結|链接|主題|主题|焦點|话题|話題)|"
    r"延伸閱讀|相關新聞|推荐阅读|推薦閱讀|相关阅读|相关链接|拓展阅读|更多.{0,12}(?:報導|报道|新聞|新闻|內容|内容)|繼續閲讀相同主題|同一主題|Related|Read more|See also|Recommended|More from .{1,20}|"
    r".{2,10}熱門新聞|点击进入专题|精彩推荐|精彩视频推荐|热点新闻|今日热点|省錢大作戰.{0,20}|此前报道|往期.{0,6})" + _CLOSE
)
_BYLINES = re.compile(
    r"^(?:[\s（(【\[〔]*(?:\S{0,10}(?:記者|记者|特派員|特派员|編譯|编译|作者|撰文|執筆|执笔|撰稿|文|图文|圖文|中心|新聞網|报|報|社|网|網))?[\s：:／/|｜]*\S{1,24}[\s）)】\]〕]*)$"
)
_DATE = re.compile(r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_MANY_LABELS = re.compile(r"来源|來源|作者|阅读|閱讀|浏览|字[体體號]|编辑|編輯|评论|評論|分享|发布|發布|發佈")
_LONGEST = 180  # characters of a line that can be none of the article's
_HEADLINES = 8  # lines after a label; more are a text of their own
_LONGEST_HEADLINE = 60
_BREAK = re.compile(r"<br>")


def prune(body: Body, title: str) -> list[str]:
    """Removes them, and moves links among them to the related ones. Returns the removed lines."""
    removed: list[str] = []
    blocks: list[str] = []
    kept_text = 0
    for at, block in enumerate(body.blocks):
        if block.startswith("<figure"):
            blocks.append(block)
            continue
        words = plain_text(block)
        if _is_label(words) and _only_headlines(body.blocks[at + 1 :]):
            removed.append(words)
            removed += _relate_all(body, body.blocks[at + 1 :])
            break
        left, gone = _without_lines(block, first=kept_text < 40, title=title)
        removed += gone
        if left:
            blocks.append(left)
            kept_text += len(plain_text(left))
    body.blocks = blocks
    _renumber(body)
    return removed


def _is_label(words: str) -> bool:
    first = words.split("\n", 1)[0].strip()
    return len(first) <= 40 and (is_label(first) or bool(_LABELS.match(first)))


def _only_headlines(blocks: list[str]) -> bool:
    """Whether no paragraph of a text is among the blocks: the rest of the page is a list of other articles."""
    texts = [plain_text(block) for block in blocks if not block.startswith("<figure")]
    return all(len(line) <= _LONGEST_HEADLINE or _NEVER.match(line) for text in texts for line in text.split("\n"))


def _relate_all(body: Body, blocks: list[str]) -> list[str]:
    removed = []
    for block in blocks:
        for href, words in re.findall(r'<a href="([^"]+)">(.*?)</a>', block):
            body.relate(href.replace("&amp;", "&"), text_of(words).strip())
        if words := plain_text(block):
            removed.append(words)
    return removed


def _without_lines(block: str, *, first: bool, title: str) -> tuple[str, list[str]]:
    """(the block without them, the removed lines). `first`: nothing of the text has come yet."""
    if not block.startswith("<p>"):
        words = plain_text(block)
        single = not block.startswith(("<ul", "<ol", "<table", "<blockquote"))
        gone = single and _goes(words, first=first, title=title)
        return ("", [words]) if gone else (block, [])
    lines = _BREAK.split(block[3:-4])
    kept = [line for line in lines if not _goes(text_of(line).strip(), first=first, title=title)]
    if len(kept) == len(lines):
        return block, []
    gone = [text_of(line).strip() for line in lines if line not in kept]
    inner = "<br>".join(kept).strip()
    while inner.startswith("<br>") or inner.endswith("<br>"):
        inner = inner.removeprefix("<br>").removesuffix("<br>").strip()
    balanced = all(inner.count(f"<{tag}") == inner.count(f"</{tag}>") for tag in ("a ", "strong", "em"))
    if not balanced and not text_of(inner).strip():
        return "", gone
    return (f"<p>{inner}</p>" if balanced and text_of(inner).strip() else block if inner and not balanced else ""), gone


def _goes(line: str, *, first: bool, title: str) -> bool:
    line = " ".join(line.split())
    if not line or len(line) > _LONGEST:
        return False
    if _NEVER.match(line):
        return True
    if first and (line == title or (_DATE.search(line) and len(line) <= 60) or len(_MANY_LABELS.findall(line)) > 1):
        return not line.endswith(("。", "！", "？"))
    return False


def _renumber(body: Body) -> None:
    """Pictures and embeds whose placeholder was removed are forgotten; the others are counted anew."""
    for kind, items in (("image", body.images), ("embed", body.embeds)):
        pattern = re.compile(rf'<figure data-{kind}="(\d+)"></figure>')
        order = [int(match[1]) for block in body.blocks for match in [pattern.fullmatch(block)] if match]
        if order == list(range(len(items))):
            continue
        new = {old: number for number, old in enumerate(order)}
        body.blocks = [pattern.sub(lambda match: f'<figure data-{kind}="{new[int(match[1])]}"></figure>', block) for block in body.blocks]  # noqa: B023
        items[:] = [replace(items[old]) for old in order]  # type: ignore[type-var]


__all__ = ["only_link", "prune"]
