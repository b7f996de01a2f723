from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language import tokens
from search.language.tokens import fold, needle, segmenter

ROOT = Path(__file__).resolve().parents[3]
SEEDS = ROOT / "seeds"
SHARED = Path(os.environ.get("NEWSARCHIVE_SHARED", ROOT.parent / "shared")) / "corpus" / "other"


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_long_texts_fold_as_their_pieces_do(text: str) -> None:
    assert fold(text * 9) == "".join(fold(char) for char in text) * 9


@pytest.mark.parametrize(
    "forms",
    [
        *("裏裡里", "着著", "綫線线", "滙匯汇", "台臺", "卧臥", "羣群", "後后", "髮發发", "麼么", "衞衛卫"),
        *("了瞭", "复覆復", "画划畫劃", "坐座", "借藉", "余馀餘"),
        *("乾幹干", "籤簽签", "擡抬", "纔才", "覈核", "湧涌", "説說说", "Ａａ", "１1", "：:︰", "　 \u00a0"),
    ],
)
def test_every_spelling_of_a_character_is_one(forms: str) -> None:
    assert len({fold(form) for form in forms}) == 1


@pytest.mark.parametrize("text", ["𠝹", "👨‍👩‍👧", "e\u0301", "İ", "ﬁ", "ß", "ſ", "ﾊﾟ", "\u200c"])
def test_astral_characters_and_combining_marks_keep_their_offsets(text: str) -> None:
    folded = fold(f"前{text}习近平")

    assert folded.index("习近平") == 1 + len(text)


def test_latin_text_is_lowered_and_loses_its_accents() -> None:
    assert fold("SKU QKU naïve Łódź") == "sku qku naive lodz"


def test_words_point_into_the_text() -> None:
    folded = fold("國家安全局2021年與COVID-19")

    found = list(segmenter().tokens(folded))

    assert all(folded[token.start : token.end] == token.text for token in found)
    assert {"国家", "安全", "安全局", "2021", "covid", "19"} <= {token.text for token in found}


def test_single_characters_are_words_too() -> None:
    assert [token.text for token in segmenter().tokens(fold("和U盤"))] == ["和", "u", "盘"]


def test_words_of_the_archive_join_the_dictionary() -> None:
    try:
        before = segmenter().version
        tokens.use_words(["眾新聞"])

        assert "众新闻" in {token.text for token in segmenter().tokens(fold("眾新聞記者"))}
        assert segmenter().version != before
    finally:
        tokens.use_words([])


@given(
    st.text(
        alphabet="中國國家安全局香港特別行政區政府與習近平在會議上說明了一國兩制COVID-19，。 ", max_size=80
    )
)
def test_the_words_for_indexing_are_the_words_of_a_query(text: str) -> None:
    folded = fold(text)

    assert segmenter().words(folded) == [token.text for token in segmenter().tokens(folded)]


def test_on_real_text_at_most_one_word_in_ten_thousand_differ() -> None:
    texts = [fold(path.read_text(encoding="utf-8")) for path in sorted(SEEDS.glob("*.txt"))]
    texts += [fold(path.read_text(encoding="utf-8", errors="ignore")) for path in sorted(SHARED.glob("*.md"))]

    words = [word for text in texts for word in segmenter().words(text)]
    tokens_ = [token.text for text in texts for token in segmenter().tokens(text)]

    differing = sum((Counter(words) - Counter(tokens_)).values())
    assert len(tokens_) > 5_000
    assert differing <= len(tokens_) // 10_000


def test_words_of_the_archive_are_known_for_indexing_too() -> None:
    try:
        assert "众新闻" not in segmenter().words(fold("眾新聞記者"))
        tokens.use_words(["眾新聞"])

        assert "众新闻" in segmenter().words(fold("眾新聞記者"))
    finally:
        tokens.use_words([])


def test_frequent_words_stay_frequent_when_spellings_become_one() -> None:
    assert [token.text for token in segmenter().tokens(fold("與他人一起萬歲"))][:2] == ["与", "他人"]


def test_what_cuts_no_text_does_not_wait_for_the_dictionary() -> None:
    script = (
        "import sys; from search.language import tokens; tokens.segmenter().version; "
        "print('jieba' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def test_a_segmenter_that_learnt_before_it_was_needed_knows_the_words() -> None:
    early = tokens.Segmenter(["眾新聞記者會"])
    late = tokens.segmenter().untaught()
    late.learn(["眾新聞記者會"])

    text = fold("昨日的眾新聞記者會")
    assert early.pieces(text) == late.pieces(text)
    assert fold("眾新聞記者會") in early.pieces(text)
    assert early.share(fold("記者")) == late.share(fold("記者")) > 0
    assert early.version == late.version


def test_the_dictionary_is_not_cached_in_a_shared_folder(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: pytest.fail("jieba's marshal cache was asked for"))

    tokens.Segmenter().load()


@pytest.mark.parametrize(
    ("typed", "text", "stands"),
    [
        ("who", "the whole", False),
        ("who", "the who.", True),
        ("who", "世衛who說", True),
        ("14億", "114億", False),
        ("14億", "有14億人", True),
        ("5G網絡", "用5G网络的", True),
        ("carrie lam", "Carrie  Lam", True),
        ("carrie lam", "carrielam", False),
        ("香港政府", "香港，政府", False),
        ("a", "a", True),
        ("naïve", "naïvely", False),
        ("naive", "so naïve", True),
    ],
)
def test_bare_words(typed: str, text: str, stands: bool) -> None:
    sought = needle(typed)

    assert sought is not None
    assert sought.stands_in(fold(text)) is stands


def test_quoted_strings_are_found_anywhere_and_prefixes_at_the_start_of_a_word() -> None:
    exact, prefix = needle("who", exact=True), needle("who", prefix=True)

    assert exact is not None
    assert prefix is not None
    assert exact.stands_in("anywhom")
    assert prefix.stands_in("whole")
    assert not prefix.stands_in("anywho")


def test_blanks_alone_are_no_needle() -> None:
    assert needle(" \u3000\n") is None


@given(
    st.text(alphabet="中國国 aA1-。\n", max_size=30),
    st.text(alphabet="中國国 aA1-。", min_size=1, max_size=4),
)
def test_spans_are_occurrences_in_order_without_overlap(text: str, typed: str) -> None:
    sought = needle(typed)
    folded = fold(text)
    if sought is None:
        return

    spans = sought.spans(folded)

    assert bool(spans) == sought.stands_in(folded)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    assert all(re.sub(" +", " ", folded[start:end]) == sought.text for start, end in spans)


def test_a_segmenter_without_its_added_words_cuts_like_a_new_one_and_leaves_them_to_the_other() -> None:
    text = fold("林鄭月娥說國家安全局今日舉行記者會")
    taught = tokens.Segmenter(["林鄭月娥", "國家安全局"])
    before = taught.words(text)

    plain = taught.untaught()

    assert plain.words(text) == tokens.Segmenter().words(text) != before
    assert taught.words(text) == before
    assert (plain.extra_words, plain.version) == ((), tokens.Segmenter().version)
