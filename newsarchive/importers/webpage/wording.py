"""What lines that pages add to their articles say: labels, appeals, editors, rights. Only whole short lines
count."""

from __future__ import annotations

import re

from newsarchive.importers.html.related import is_label

_OPEN, _CLOSE = r"[\s（(【\[〔<＜■●◆▶►▌│|*＊※\-—–#＃>》]*", r"[\s）)】\]〕>＞。！!：:.…»>]*"
_HAN = "\u4e00-\u9fff"
_EDITORS = (
    r"(?:責任|责任|本文|本期|网页|網頁|值班|新媒体|微信|图文|文字|美术|實習|实习|执行|主|核稿)?"
    r"(?:編輯|编辑|責編|责编|編審|编审|校對|校对|审核|審核|监制|監製|排版|主编|美编|运营)(?:[：:／/]"
    r"|\s*[|｜]).{0,40}"
    rf"|[{_HAN}]{{2,4}}[／/](?:核稿)?(?:編輯|编辑)|核稿編輯.{{1,12}}"
)
_SOURCES = (
    r"(?:文章|本文|信息|资料|新闻|原文|稿件|內容|内容)?(?:来源|來源|稿源|出处|出處)(?:於"
    r"|于)?\s*[：:].{1,40}|(?:原标题|原標題|原题|原文标题)\s*[：:].{1,100}"
    r"|(?:發佈|發布|发布|發表|刊登|更新|最後更新|出版|上架)(?:時間|时间|日期|於"
    r"|于)?\s*(?:\(HKT\))?\s*[：:].{4,40}"
)
_BUTTONS = (
    r"分享|转发|轉發|收藏|点赞|點讚|打印|列印|打印本页|关闭窗口|關閉視窗|字[体體號号級级](?:大小)?(?:設定)?(?:\s*[：:][\sTtAa大中小|｜/+＋-]*)?|放大"
    r"|缩小|[大中小]|我要反馈|举报|舉報|纠错|糾錯|不感兴趣|阅读原文|閱讀原文"
    r"|[▼▲（(【]?\s*(?:[点點][击擊][图圖]片|[点點][图圖]|按[图圖])(?:可)?(?:放大|看大[图圖])\s*[】）)]?"
    r"|[-–—\s]*(?:閱讀|阅读)更多[-–—\s]*|往下看更多.{0,8}|[（(]?\s*接下一?[頁页]\s*[）)]?|接上[頁页]|推[薦荐]|[赞讚]助商?"
    r"|返回.{1,8}[，,]\s*查看更多"
    r"|展开全文|查看全文|返回.{0,8}首页|回首頁|回到首頁|上一[篇頁页]|下一[篇頁页]|(?:阅读|閱讀)下一[篇頁页]"
    r"|微博|微信|QQ空间|WhatsApp|Facebook|Twitter|LINE|Telegram|复制链接|複製連結|加入書籤"
    r"|聽新聞|转播到.{2,8}|分享(?:到|給|给|至|本文|此文|文章|這篇)?.{0,10}[：:]?|图集|圖集|组图|組圖"
    r"|[+＋]\s?\d{1,4}"
    r"|(?:网友|網友|全部|查看|发表|發表|我要|热门|最新)?(?:评论|評論|留言|跟贴|跟帖)(?:规则|規則|区"
    r"|區)?[\s\d()（）]*|\d+\s*(?:条评论|則留言|评论|人参与|人评论|次阅读|阅读|閱讀|讚|赞|收藏|转发|浏览"
    r"|likes?|shares?|comments?)"
    r"|正文已结束.{0,30}|正文结束|全文完|本文完|完|END|The End|—?\s*完\s*—?"
)
_ADVERTS = (
    r"請?繼續往下閱讀.{0,6}|请继续往下阅读.{0,6}|繼續瀏覽後續|廣告(?:\s*[（(]請繼續閱讀本文[）)])?"
    r"|广告|ADVERTISEMENT|Advertisement|Sponsored"
)
_RIGHTS = (
    r"(?:版權所有|版权所有|著作權所有|©|Copyright|copyright|\(c\)).{0,100}|.{0,60}(?:版權所有|版权所有"
    r"|著作權所有).{0,40}"
    r"|.{0,80}(?:[未非][經经].{0,6}(?:授權|许可|許可|同意|批准|授权).{0,8}[不勿禁]|禁止[轉转][載载]"
    r"|[请請]勿[轉转][載载]|[严嚴]禁[轉转][載载]|[请請][註注]明出[處处]|[转轉][载載][请請]|侵[权權]必究"
    r"|如有侵[权權]|版[权權]归.{0,12}所有|权益归.{0,20}所有).{0,80}"
    r"|凡(?:注明|註明|本[网網報报站]|[来來]源).{0,200}|.{0,20}(?:[转轉][載载]自|[来來]源)其[他它]媒[体體].{0,200}"
    r"|(?:免责声明|免責聲明|版权声明|版權聲明|特别声明|特別聲明|郑重声明|鄭重聲明|声明"
    r"|聲明)(?:[：:].{0,300})?"
    r"|.{0,40}(?:[仅僅]代表作者|不代表本[网網站报報台刊平]|纯属个人观点|仅供参考，不构成).{0,80}"
    r"|本(?:文|内容|文章)?(?:为|為|系|由).{0,24}(?:原创|作者|号|平台|授權|授权)(?:.{0,30}(?:发布|發布|立场"
    r"|立場|观点|上传))?"
)
_APPEALS = (
    r"(?:点击|點擊|點選|戳|按)(?:进入|進入|下方|查看|這裡|此處|此处|阅读|閱讀|关注|下载|链接|圖片|图片|播放"
    r"|收聽|看|下載|订阅|我).{0,40}"
    r"|.{0,24}(?:扫一扫|掃一掃|扫描|掃描|长按|長按|扫码|掃碼).{0,16}(?:二维码|二維碼|QR ?[Cc]ode|关注|關注"
    r"|打开|手机|下载|识别).{0,40}"
    r"|.{0,30}(?:下載|下载).{0,14}(?:APP|App|app|客户端|客戶端|應用程式|應用程序).{0,30}|.{0,30}(?:APP|App"
    r"|客户端)看新[聞闻].{0,60}"
    r"|.{0,12}(?:[关關]注|追蹤|追踪|[订訂][阅閱]|加入|按讚|按赞|Follow|follow|Like).{0,16}(?:公众号|公眾號"
    r"|微信|微博|粉絲|粉丝|專頁|专页|頻道|频道|LINE|Instagram|Facebook|臉書|Telegram|YouTube|電子報|电子报"
    r"|newsletter|會員|会员).{0,60}"
    r"|.{0,30}用?手[机機].{0,10}看新[聞闻].{0,20}"
    r"|.{0,80}(?:立即|請按此|请按此|可按此)(?:收看|收聽|下載|下载|查閱|查阅|瀏覽|浏览|訂閱|订阅).{0,20}|.{0,80}(?:訂閱|订阅|查閱)?[請请]按此"
    r"|.{0,30}(?:報料|爆料|报料).{0,60}(?:獎|奖|https?:|熱線|热线|WhatsApp|採用|采用).{0,60}|立即(?:報料|爆料|报料).{0,60}"
    r"|.{0,20}[载載][点點]\s*[：:]?\s*https?:.{4,120}|活[动動](?:辦法|办法|[詳详]情)\s*[：:]\s*https?:.{4,120}"
    r"|[請请]您?[对對].{0,10}[评評]分.{0,4}|/?\s*\d+\s*人[已己][评評][价價分]?"
    r"|.{0,40}(?:請訂閱|请订阅|請加入|訂閱我們|立即加入會員|成為.{0,6}月費訂戶|免費索票|限時優惠|請贊助"
    r"|請支持我們).{0,40}"
    r"|(?:標籤|标签|關鍵字|关键字|关键词|關鍵詞|Tags?|TAGS?|文章標籤|新聞關鍵字)\s*[：:].{0,100}"
)
_NEVER = re.compile(rf"(?:{_OPEN}(?:{_EDITORS}|{_SOURCES}|{_BUTTONS}|{_ADVERTS}){_CLOSE})+$")
_AT_ENDS = re.compile(rf"{_OPEN}(?:{_RIGHTS}|{_APPEALS}){_CLOSE}$")
_RIGHTS_ONLY = re.compile(rf"{_OPEN}(?:{_RIGHTS}){_CLOSE}")
# Inside a line: an element with these words goes, whatever stands beside it.
_INLINE = re.compile(
    rf"{_OPEN}(?:返回.{{0,8}}首页|返回.{{1,8}}[，,]\s*查看更多|纠错|糾錯|(?:责任|責任)?(?:编辑|編輯)\s*[：:].{{0,12}}"
    rf"|点击进入专题.{{0,10}}|我要反馈){_CLOSE}$"
)
_WHAT = (
    r"(?:點閱|点阅|閱讀|阅读|新聞|新闻|報導|报道|報道|报导|文章|推薦|推荐|喜歡|喜欢|感興趣|感兴趣|愛看|爱看|在看"
    r"|影片|視頻|视频|专题|專題|回顾|回顧|内容|內容|連結|链接|主題|主题|焦點|话题|話題)"
)
_LABELS = re.compile(
    rf"{_OPEN}(?:(?:更多|其他|其它|精彩|精选|熱門|热门|今日|最新|編輯|编辑|小编|為你|为你|为您|為您|猜你"
    rf"|也許|你可能|您可能|大家都|同場|同场|此前|往期|早前|上期|推薦|推荐|推介|實時|实时|相關|相关|延伸|看更多|看了又看"
    rf"|本周|本週|拓展)"
    rf"[{_HAN}／/‧·&\sA-Za-z]{{0,12}}{_WHAT}|.{{2,10}}熱門新聞|繼續閲讀相同主題|同一主題"
    rf"|點我看更多.{{0,12}}|人人做[記记]者|(?:爆料|報料|报料)[方渠熱热]?[法道線线]?|更多[关關][于於]|省錢大作戰.{{0,20}}|Related|Read more|See also|Recommended|More from"
    rf" .{{1,20}}){_CLOSE}$"
)
_BEFORE_LINK = re.compile(
    rf"{_OPEN}(?:(?:更多|此前|往期|早前|相關|相关|延伸|推薦|推荐|推介|拓展|参考|參考|Related|See also|Read"
    rf" more)[{_HAN}\s]{{0,6}}|[点點][击擊選](?:进入|進入|查看|阅读)?[{_HAN}]{{0,4}}|详见"
    rf"|詳見)?\s*[：:︰>▸▶➤|｜]+\s*"
)
_PAYWALL = re.compile(
    r"(?:[订訂][阅閱]|登[录錄入]|加入會員|成為會員|付費|付费|購買|购买).{0,12}(?:繼續[閱阅]讀|继续阅读"
    r"|[閱阅][讀读]全文|看全文|解鎖|解锁|全文內容|剩[餘余])"
    r"|(?:[此本]文|本篇|全文|完整內容).{0,8}(?:僅限|仅限|只限|限).{0,8}(?:會員|会员|訂戶|订户)"
    r"|剩[餘余].{0,8}%|本(?:網|站).{0,10}(?:只|僅)保留.{0,12}(?:新聞|報導)"
)


def is_never_text(line: str) -> bool:
    """Whether a line is none of the article's wherever it stands: an editor, a source note, a button, an
    advert."""
    return bool(_NEVER.match(line))


def is_end_note(line: str) -> bool:
    """Whether a line at the beginning or end is none of the article's: rights, disclaimers, appeals."""
    return bool(_AT_ENDS.match(line))


def is_rights(line: str) -> bool:
    """Whether a long line is about rights or responsibility."""
    return bool(_RIGHTS_ONLY.match(line))


def is_button(words: str) -> bool:
    """Whether an element inside a line is a button."""
    return len(words) <= 40 and bool(_INLINE.match(words))


def is_related_label(line: str) -> bool:
    """Whether it is a label after which other articles are listed."""
    return len(line) <= 40 and (is_label(line) or bool(_LABELS.match(line)))


def after_label(line: str) -> str:
    """The line without a label such as 此前报道： at its beginning."""
    return _BEFORE_LINK.sub("", line, count=1)


def is_paywall(line: str) -> bool:
    return len(line) <= 120 and bool(_PAYWALL.search(line))
