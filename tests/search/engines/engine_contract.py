"""What every engine must do. One class; an engine's test module subclasses it with its own `engine`.

A feature that an engine lacks is skipped there with its reason in words.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import date

import pytest

from search.engines.base import Completions, Engine, Facet, Filters, Hits, Request, Sort
from search.engines.document import IndexDocument
from search.engines.embedded.stored_text import printed_sections, sections
from search.language.tokens import fold
from search.query import semantics
from search.query.fields import SECTIONS
from search.query.parser import Query, Same, Term, in_typed_characters, parse, unbroken


def doc(story_id: int, title: str = "", body: str = "", **fields: object) -> IndexDocument:
    return IndexDocument(story_id, title, body, **fields)  # type: ignore[arg-type]


def ask(engine: Engine, words: str, **options: object) -> Hits:
    return engine.search(Request(parse(words).tree, **options))  # type: ignore[arg-type]


def found(engine: Engine, words: str, **options: object) -> set[int]:
    """The stories that match as asked: partial matches of what stands nowhere are not counted."""
    hits = ask(engine, words, limit=1000, **options)
    return set() if hits.partial else {hit.story_id for hit in hits.hits}


def order(engine: Engine, words: str, **options: object) -> list[int]:
    return [hit.story_id for hit in ask(engine, words, **options).hits]


def random_document(rng: random.Random, letters: str, number: int) -> IndexDocument:
    def text(most: int) -> str:
        return "".join(rng.choices(letters, k=rng.randint(0, most)))

    body = "\n".join(text(12) for _ in range(3))
    return doc(number, text(8), body, captions=(text(6),), tags=(text(4),), other=(text(4),))


def reading(tree: Query, documents: Iterable[IndexDocument]) -> set[int]:
    """The stories that match by the plain truth."""
    found_by_reading = set()
    for document in documents:
        parts = dict(zip(SECTIONS, sections(document), strict=True))
        printed = dict(zip(SECTIONS, printed_sections(document), strict=True))
        if semantics.matches(tree, parts, document.day, printed=printed):
            found_by_reading.add(document.story_id)
    return found_by_reading


class EngineContract:
    """`engine` has an empty index."""

    @pytest.fixture
    def engine(self) -> Engine:
        raise NotImplementedError

    @pytest.fixture(params=["rebuilt", "upserted"])
    def filled(self, request: pytest.FixtureRequest, engine: Engine) -> object:
        """Fills the engine in either of the two ways: a test that uses it proves both."""

        def fill(*documents: IndexDocument) -> Engine:
            if request.param == "rebuilt":
                engine.rebuild(lambda: documents)
            else:
                engine.upsert(documents)
            return engine

        return fill

    # -- pictures, columns, photographers -----------------------------------------------------------

    @pytest.mark.parametrize(
        ("query", "stories"),
        [
            ("caption:林鄭 credit:何君健", {1}),
            ("credit:何君健 caption:林鄭", {1}),
            ("caption:林鄭 caption:記者會", {1, 2}),
            ("caption:林鄭 caption:遊行", set()),
            ("caption:(林鄭 OR 遊行) credit:何君健", {1, 2}),
            ("caption:林鄭 credit:(何君健 OR 美聯社)", {1, 2}),
            ("caption:林鄭 -credit:何君健", {3}),
            ("caption:林鄭 title:甲 credit:何君健", {1}),
            ("caption:林鄭 photographer:何君健", {1}),
            ('caption:"林鄭 會"~9 credit:何君健', {1}),
            ("caption:林 credit:何", {1}),
            ("caption:林鄭記者會 credit:何君健", {1}),
            ("(caption:林鄭 credit:何君健) OR title:丙", {1, 3}),
            ("caption:林鄭 何君健", {1, 2}),
        ],
    )
    def test_terms_of_captions_and_credits_mean_the_same_picture(
        self, filled: Callable[..., Engine], query: str, stories: set[int]
    ) -> None:
        engine = filled(
            doc(
                1,
                "甲",
                captions=("林鄭・記者會。何君健攝", "遊行"),
                credits=("何君健攝", "美聯社"),
                further={"photographer": ("何君健",)},
            ),
            doc(2, "乙", captions=("林鄭出席記者會", "遊行"), credits=("美聯社", "何君健攝")),
            doc(3, "丙", captions=("林鄭",)),
        )

        assert found(engine, query) == stories
        assert engine.count(parse(query).tree) == len(stories)

    def test_a_picture_in_the_characters_that_were_typed(self, filled: Callable[..., Engine]) -> None:
        engine = filled(
            doc(1, "甲", captions=("后海", "後記"), credits=("甲社", "乙社")),
            doc(2, "乙", captions=("后記", "後記"), credits=("乙社", "甲社")),
        )
        tree = in_typed_characters(parse("caption:後記 credit:乙社").tree)

        assert {hit.story_id for hit in engine.search(Request(tree)).hits} == {1}

    def test_random_queries_of_pictures_find_what_reading_finds(self, filled: Callable[..., Engine]) -> None:
        rng = random.Random(7)

        def text(most: int) -> str:
            return "".join(rng.choices("甲乙a ", k=rng.randint(0, most)))

        stories = [
            doc(
                n,
                captions=tuple(text(5) for _ in range(3)),
                credits=tuple(text(3) for _ in range(rng.randint(0, 4))),
            )
            for n in range(1, 60)
        ]
        engine = filled(*stories)

        for _ in range(30):
            query = (
                f"caption:{rng.choice(['甲', '乙甲', 'a'])} credit:{rng.choice(['甲', '乙', '甲乙', 'a'])}"
            )
            tree = parse(query).tree
            assert tree
            assert found(engine, query) == reading(tree, stories), query

    def test_columns_and_photographers_are_found_and_counted(self, filled: Callable[..., Engine]) -> None:
        engine = filled(
            doc(1, "【圖輯】甲", further={"column": ("圖輯", "一悠・到此一遊"), "photographer": ("何君健",)}),
            doc(
                2,
                "乙",
                "到此一遊的人",
                further={"column": ("圖輯",), "photographer": ("何君健", "Kin Cheung")},
            ),
            doc(3, "丙"),
        )

        hits = ask(engine, "")
        assert hits.facets[Facet.COLUMN] == [("圖輯", 2), ("一悠・到此一遊", 1)]
        assert hits.facets[Facet.PHOTOGRAPHER] == [("何君健", 2), ("Kin Cheung", 1)]
        assert found(engine, "column:到此一遊") == found(engine, "專欄：到此一遊") == {1}
        assert found(engine, "到此一遊") == {1, 2}
        assert found(engine, "一悠到此一遊") == {1}
        assert found(engine, "photographer:cheung") == found(engine, "攝影記者：Cheung") == {2}
        only = Filters(include={Facet.COLUMN: ("圖輯",)}, exclude={Facet.PHOTOGRAPHER: ("Kin Cheung",)})
        assert found(engine, "", filters=only) == {1}

    # -- punctuation never hides -------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("typed", "printed"),
        [
            ("光復香港時代革命", "高呼光復香港，時代革命。"),
            ("光復香港時代革命", "寫着「光復香港」，「時代革命」"),
            ("光復香港時代革命", "光復香港\v時代革命"),
            ("蘋果日報停刊", "《蘋果日報》停刊後"),
            ("《蘋果日報》停刊", "蘋果日報停刊後"),
            ("唐納德·川普", "唐納德川普說"),
            ("喬拜登", "喬·拜登"),
            ("王丹", "學者 王　丹 說"),
            ("反送中", "反「送中」的人"),
            ("民主自由", "民主、自由"),
            ("2019年", "在2019 年"),
            ("美國CNN", "美國 CNN 報道"),
            ("國安法、影響", "國安法的影響"),
        ],
    )
    def test_a_bare_string_is_found_across_punctuation(
        self, filled: Callable[..., Engine], typed: str, printed: str
    ) -> None:
        engine = filled(doc(1, "題", printed), doc(2, "別的", "閒話"))

        assert found(engine, typed) == {1}

    @pytest.mark.parametrize(
        ("typed", "printed"),
        [
            ("市民", "一座城市，民主牆"),
            ("市民", "城市、民間"),
            ("香港政府", "他在香港，政府卻不知"),
            ("光復香港時代革命", "光復香港\n時代革命"),
            ("光復香港時代革命", "光復香港----------時代革命"),
            ('"光復香港時代革命"', "光復香港，時代革命"),
            ("title:光復香港時代革命", "光復香港，時代革命"),
            ("therapist", "the rapist"),
            ("1234", "12，34"),
        ],
    )
    def test_but_not_where_it_would_be_another_thing(
        self, filled: Callable[..., Engine], typed: str, printed: str
    ) -> None:
        engine = filled(doc(1, "題", printed), doc(2, "別的", "閒話"))

        assert found(engine, typed) == set()

    def test_what_is_parted_comes_last_and_is_counted(self, filled: Callable[..., Engine]) -> None:
        parted = [doc(n, "光復香港，時代革命", "光復香港，時代革命。" * n) for n in range(1, 6)]
        engine = filled(*parted, doc(9, "題", "閒話" * 50 + "光復香港時代革命"))

        hits = ask(engine, "光復香港時代革命", limit=10)

        assert hits.hits[0].story_id == 9
        assert (hits.total, hits.loosened) == (6, 5)
        assert all(hit.score > 0 for hit in hits.hits[:1])
        assert all(hit.score >= 0 for hit in hits.hits)

    def test_of_several_terms_any_may_be_parted(self, filled: Callable[..., Engine]) -> None:
        engine = filled(
            doc(1, "遊行", "光復香港，時代革命"),
            doc(2, "遊行", "光復香港時代革命"),
            doc(3, "光復香港，時代革命"),
        )

        both = ask(engine, "遊行 光復香港時代革命")
        other = ask(engine, "遊行 OR 光復香港時代革命")
        without = ask(engine, "遊行 -光復香港時代革命")

        assert ([hit.story_id for hit in both.hits], both.loosened) == ([2, 1], 1)
        assert (other.total, other.loosened) == (3, 1)
        assert other.hits[-1].story_id == 3
        assert without.partial or without.total == 0

    def test_without_the_parted_ones(self, filled: Callable[..., Engine]) -> None:
        engine = filled(doc(1, "光復香港，時代革命"), doc(2, "光復香港時代革命"))

        hits = engine.search(Request(unbroken(parse("光復香港時代革命").tree)))

        assert ([hit.story_id for hit in hits.hits], hits.loosened) == ([2], 0)

    def test_the_filters_count_what_is_shown(self, filled: Callable[..., Engine]) -> None:
        engine = filled(
            doc(1, "光復香港，時代革命", outlet="甲報"),
            doc(2, "光復香港，時代革命", outlet="乙報"),
            doc(3, "光復香港時代革命", outlet="甲報"),
        )

        hits = ask(engine, "光復香港時代革命", filters=Filters(include={Facet.OUTLET: ("甲報",)}))

        assert (hits.total, hits.loosened) == (2, 1)
        assert engine.count(parse("光復香港時代革命").tree) == 3

    def test_a_name_with_a_blank_in_it_is_found_in_its_field(self, filled: Callable[..., Engine]) -> None:
        engine = filled(doc(1, "題", authors=("王　丹",)), doc(2, "題", authors=("王丹",)))

        hits = ask(engine, "author:王丹")

        assert [hit.story_id for hit in hits.hits] == [2, 1]
        assert hits.loosened == 1

    @pytest.mark.parametrize("seed", range(3))
    def test_the_parted_are_those_that_reading_finds(self, filled: Callable[..., Engine], seed: int) -> None:
        rng = random.Random(seed)
        documents = [random_document(rng, "光復香港時代，、「」。 \va1", number) for number in range(1, 60)]
        engine = filled(*documents)

        for _ in range(40):
            text = "".join(rng.choices("光復香港時代a1、", k=rng.randint(2, 8)))
            tree = parse(f"光 {text}" if rng.random() < 0.3 else text).tree
            assert tree
            hits = engine.search(Request(tree, limit=100))
            if hits.partial:
                continue
            whole, strict = reading(tree, documents), reading(unbroken(tree), documents)
            assert {hit.story_id for hit in hits.hits} == whole, text
            assert hits.loosened == len(whole - strict), text
            assert {hit.story_id for hit in hits.hits[: len(strict)]} == strict, text

    # -- characters as typed -----------------------------------------------------------------------

    @pytest.mark.parametrize("seed", range(3))
    def test_as_typed_is_what_reading_the_printed_text_finds(
        self, filled: Callable[..., Engine], seed: int
    ) -> None:
        rng = random.Random(seed)
        documents = [random_document(rng, "后後系係Aaée㎏kg，　 ", number) for number in range(1, 60)]
        engine = filled(*documents)

        for _ in range(30):
            one, two = ("".join(rng.choices("后後系係Aaéek", k=rng.randint(1, 3))) for _ in range(2))
            longer = rng.choice("后後系") + one
            for text in (
                *(one, f'"{one}"', f"title:{one}", f"body:{one}", f"tag:{one}", f"{one} -{two}"),
                *(f"{one} OR {two}", f'"{one} {two}"~3', f'"{one}" without "{longer}"'),
            ):
                tree = in_typed_characters(parse(text).tree)
                assert tree
                hits = engine.search(Request(tree, limit=100))
                assert {hit.story_id for hit in hits.hits} == reading(tree, documents), text
                assert engine.count(tree) == hits.total
                assert not hits.partial

    # -- writing -----------------------------------------------------------------------------------

    def test_upsert_twice_keeps_the_second(self, engine: Engine) -> None:
        engine.upsert([doc(1, "旧", "旧文")])
        engine.upsert([doc(1, "新闻", "图书馆")])

        assert engine.state().documents == 1
        assert found(engine, "图书馆") == {1}
        assert found(engine, "旧文") == set()

    def test_a_deleted_story_is_found_by_nothing(self, filled) -> None:
        engine = filled(doc(1, "圖書館", tags=("閱讀",)), doc(2, "圖書館"))

        engine.delete([1])

        assert found(engine, "圖書館") == {2}
        assert ask(engine, "").facets[Facet.TAG] == []
        assert engine.story_ids() == {2}

    def test_deleting_what_is_not_there_is_no_error(self, filled) -> None:
        engine = filled(doc(1, "圖書館"))

        engine.delete([7])

        assert engine.story_ids() == {1}

    def test_a_deleted_story_can_come_back(self, filled) -> None:
        engine = filled(doc(1, "圖書館"))

        engine.delete([1])
        engine.upsert([doc(1, "圖書館")])

        assert found(engine, "圖書館") == {1}

    def test_rebuild_replaces_everything(self, engine: Engine) -> None:
        engine.upsert([doc(1, "舊聞")])

        assert engine.rebuild(lambda: [doc(2, "新聞")]) == 1

        assert engine.story_ids() == {2}

    def test_changes_made_while_a_rebuild_reads_are_kept(self, engine: Engine) -> None:
        def documents() -> Iterable[IndexDocument]:
            yield doc(1, "甲報道")
            engine.upsert([doc(1, "甲報道更正"), doc(3, "丙報道")])
            engine.delete([2])
            yield doc(2, "乙報道")

        engine.rebuild(documents)

        assert engine.story_ids() == {1, 3}
        assert found(engine, "更正") == {1}

    def test_a_failed_rebuild_leaves_the_index_as_it_was(self, engine: Engine) -> None:
        def documents() -> Iterable[IndexDocument]:
            yield doc(2, "新聞")
            raise RuntimeError("the database went away")

        engine.upsert([doc(1, "舊聞")])
        with pytest.raises(RuntimeError, match="went away"):
            engine.rebuild(documents)

        assert engine.story_ids() == {1}

    def test_an_empty_archive_has_an_empty_index(self, engine: Engine) -> None:
        assert engine.rebuild(list) == 0

        hits = ask(engine, "習近平")
        assert (hits.total, hits.hits, hits.timeline) == (0, (), [])

    def test_reading_goes_on_during_a_rebuild(self, engine: Engine) -> None:
        engine.upsert([doc(1, "舊聞")])
        seen = []

        def documents() -> Iterable[IndexDocument]:
            seen.append(found(engine, "舊聞"))
            yield doc(1, "新聞")

        engine.rebuild(documents)

        assert seen == [{1}]
        assert found(engine, "新聞") == {1}

    # -- what matches ------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "words",
        [
            *("習近平", "习近平", "習近", "近平", "平", "“習近平”", "「习近平」", "近平訪"),
            *("國家安全", "国家安全局", "家安", "訪問 國家", "訪問　國家", "title:訪問", "標題：访问"),
        ],
    )
    def test_a_string_that_stands_in_the_title_is_found(self, filled, words: str) -> None:
        engine = filled(doc(1, "習近平訪問國家安全局"), doc(2, "天氣晴朗"))

        assert found(engine, words) == {1}

    @pytest.mark.parametrize(
        ("written", "typed"),
        [
            *(("簽證", "签证"), ("裏面", "里面"), ("裡面", "裏面"), ("看着", "看著"), ("滙豐", "匯豐")),
            *(("港島綫", "港岛线"), ("台灣", "臺灣"), ("臺灣", "台湾"), ("王后", "王後"), ("系統", "系统")),
            *(("ＡＢＣ公司", "abc公司"), ("皇后大道", "皇后大道"), ("卧室", "臥室"), ("羣眾", "群众")),
        ],
    )
    def test_every_spelling_finds_every_other(self, filled, written: str, typed: str) -> None:
        engine = filled(doc(1, "無關", f"前文{written}後文"), doc(2, "別的"))

        assert found(engine, typed) == {1}
        assert found(engine, f'"{typed}"') == {1}

    def test_astral_and_compatibility_characters_are_found(self, filled) -> None:
        engine = filled(doc(1, "", "佢𠝹咗一刀，\uf9dc陸"), doc(2, "別的"))

        assert found(engine, "𠝹咗") == {1}
        assert found(engine, "𠝹") == {1}
        assert found(engine, "隆陸") == {1}

    def test_neighbours_matter_across_punctuation(self, filled) -> None:
        engine = filled(doc(1, "", "在香港，政府說"), doc(2, "", "香港政府說"))

        assert found(engine, "香港政府") == {2}
        assert found(engine, '"香港，政府"') == {1}

    def test_pairs_that_occur_apart_do_not_make_a_string(self, filled) -> None:
        engine = filled(doc(1, "", "中國人和國人銀及人銀行"), doc(2, "", "中國人銀行"))

        assert found(engine, "中國人銀行") == {2}

    def test_nothing_is_found_across_fields_or_paragraphs(self, filled) -> None:
        engine = filled(doc(1, "香港", "政府\n發言人", captions=("警察", "總部"), tags=("立法", "會議")))

        assert found(engine, "香港政府") == set()
        assert found(engine, "政府發言") == set()
        assert found(engine, "警察總部") == set()
        assert found(engine, "立法會議") == set()

    @pytest.mark.parametrize("words", ["COVID-19", "covid-19", "W-2", "3421", "14億", "5G網絡", "5G", "U.S."])
    def test_latin_and_numbers_with_punctuation_are_found(self, filled, words: str) -> None:
        engine = filled(doc(1, "", "因COVID-19，W-2表的「3421」使14億人的5G網絡與U.S.相連"), doc(2, "別的"))

        assert found(engine, words) == {1}
        assert found(engine, f'"{words}"') == {1}

    def test_a_bare_latin_word_is_whole_and_a_quoted_one_is_any_string(self, filled) -> None:
        engine = filled(doc(1, "WHO said so"), doc(2, "The whole truth"))

        assert found(engine, "who") == {1}
        assert found(engine, '"who"') == {1, 2}
        assert found(engine, "who*") == {1, 2}

    def test_a_number_is_not_found_inside_a_longer_one(self, filled) -> None:
        engine = filled(doc(1, "", "有14億人"), doc(2, "", "有114億元"))

        assert found(engine, "14億") == {1}

    @pytest.mark.parametrize(
        ("words", "stories"),
        [
            ("caption:美聯社", {1}),
            ("credit:美聯社", {1}),
            ("圖說:遊行", {1}),
            ("credit:遊行", set()),
            ("author:曾海琪", {2}),
            ("作者：海琪", {2}),
            ("outlet:眾新聞", {2}),
            ("tag:人權", {3}),
            ("category:眾聞", {3}),
            ("title:人權", set()),
            ("人權", {3}),
            ('"人權"', set()),  # a tag is not printed text
            ("曾海琪", {2}),
            ("遠景", {3}),
            ('"美聯社"', {1}),
        ],
    )
    def test_fields_search_where_they_say(self, filled, words: str, stories: set[int]) -> None:
        engine = filled(
            doc(1, "甲", captions=("遊行隊伍。美聯社",), credits=("美聯社",)),
            doc(2, "乙", authors=("曾海琪",), outlet="眾新聞"),
            doc(3, "丙", tags=("人權",), categories=("眾聞",), other=("遠景照片",)),
        )

        assert found(engine, words) == stories

    @pytest.mark.parametrize(
        ("words", "stories"),
        [
            ("東京 OR 大阪", {1, 2, 3}),
            ("東京 大阪", {3}),
            ("東京 -大阪", {1}),
            ("東京 NOT 大阪", {1}),
            ("(東京 -秘密) OR 票", {3, 4}),
            ("-東京", {2, 4}),
            ('"東京 大阪"~4', {3}),
            ('"大阪 東京"~4', {3}),
            ('"東京 秘密"~1', set()),
            ("京 without 東京", set()),
            ("阪 without 大阪城", {2, 3}),
        ],
    )
    def test_operators(self, filled, words: str, stories: set[int]) -> None:
        engine = filled(
            doc(1, "", "東京有一個很大的秘密"),
            doc(2, "", "大阪"),
            doc(3, "", "東京和大阪"),
            doc(4, "", "選票"),
        )

        assert found(engine, words) == stories

    def test_what_stands_nowhere_as_a_whole_falls_back_to_its_parts_and_says_so(self, filled) -> None:
        engine = filled(
            doc(1, "", "賀一誠當選澳門行政長官"), doc(2, "", "天氣晴朗的一天"), doc(3, "", "澳門的天空")
        )

        hits = ask(engine, "賀一誠是在甚麼時候當選澳門行政長官的？")

        assert hits.partial
        assert hits.hits[0].story_id == 1
        assert 2 not in {hit.story_id for hit in hits.hits}

    def test_nonsense_finds_nothing(self, filled) -> None:
        engine = filled(doc(1, "", "賀一誠當選澳門行政長官"))

        assert ask(engine, "zzzqq").total == 0
        assert ask(engine, "龘靐齉").total == 0

    # -- order, pages, counts ----------------------------------------------------------------------

    def test_a_title_weighs_more_than_a_caption_and_a_caption_more_than_the_body(self, filled) -> None:
        filler = "這是一段很普通的文字，說的是別的事情。" * 3
        engine = filled(
            doc(1, "天氣報告", filler + "颱風"),
            doc(2, "天氣報告", filler, captions=("颱風",)),
            doc(3, "颱風報告", filler),
            doc(4, "天氣報告", filler),
        )

        assert order(engine, "颱風") == [3, 2, 1]

    def test_words_that_stand_together_come_before_words_apart(self, filled) -> None:
        filler = "說的是別的事情，這一段很普通。" * 8
        engine = filled(
            doc(1, "", f"習近平說話。{filler}拜登走了。"),
            doc(2, "", f"{filler}習近平拜登會面了。走了"),
            doc(3, "", f"習近平說話。{filler}{filler}拜登走了。"),
        )

        assert order(engine, "習近平 拜登")[0] == 2

    def test_dates_sort_both_ways_and_the_undated_come_last(self, filled) -> None:
        engine = filled(
            doc(1, "新聞", day=date(2020, 1, 1)), doc(2, "新聞"), doc(3, "新聞", day=date(2021, 1, 1))
        )

        assert order(engine, "新聞", sort=Sort.NEWEST) == [3, 1, 2]
        assert order(engine, "新聞", sort=Sort.OLDEST) == [1, 3, 2]
        assert order(engine, "", sort=Sort.NEWEST) == [3, 1, 2]

    @pytest.mark.parametrize("sort", list(Sort))
    def test_pages_hold_every_hit_once(self, filled, sort: Sort) -> None:
        engine = filled(*(doc(n, "新聞", "文" * n, day=date(2020, 1, n % 5 + 1)) for n in range(1, 24)))

        pages = [order(engine, "新聞", sort=sort, offset=offset, limit=5) for offset in range(0, 30, 5)]

        assert [len(page) for page in pages] == [5, 5, 5, 5, 3, 0]
        assert sorted(number for page in pages for number in page) == list(range(1, 24))
        assert {ask(engine, "新聞", offset=offset, limit=5).total for offset in (0, 20, 500)} == {23}

    @pytest.mark.parametrize(
        ("words", "stories"),
        [
            ("date:2021-11", {1}),
            ("date:2021", {1, 2}),
            ("date:2021-11-17/2021-12-01", {1, 2}),
            ("date:2021-12/", {2, 3}),
            ("date:/2021-11-30", {1}),
            ("日期：2022 新聞", {3}),
            ("-date:2021", {3, 4}),
        ],
    )
    def test_dates_are_ranges(self, filled, words: str, stories: set[int]) -> None:
        days = {1: date(2021, 11, 17), 2: date(2021, 12, 1), 3: date(2022, 1, 1), 4: None}
        engine = filled(*(doc(number, "新聞", day=day) for number, day in days.items()))

        assert found(engine, words) == stories

    def test_the_undated_can_be_asked_for_alone(self, filled) -> None:
        engine = filled(doc(1, "新聞", day=date(2020, 1, 1)), doc(2, "新聞"), doc(3, "天氣"))
        undated = Filters(undated=True)

        hits = ask(engine, "新聞", filters=undated)

        assert [hit.story_id for hit in hits.hits] == [2]
        assert hits.total == engine.count(None, filters=undated) - 1 == 1
        assert hits.timeline == []

    def test_filters_are_ored_within_a_facet_and_anded_between_facets(self, filled) -> None:
        engine = filled(
            doc(1, "新聞", outlet="甲報", tags=("政治", "香港")),
            doc(2, "新聞", outlet="乙報", tags=("政治",)),
            doc(3, "新聞", outlet="丙報", tags=("體育",)),
        )

        both = Filters(include={Facet.OUTLET: ("甲報", "乙報"), Facet.TAG: ("香港", "體育")})
        without = Filters(exclude={Facet.TAG: ("香港",)}, include={Facet.TAG: ("政治",)})

        assert found(engine, "新聞", filters=both) == {1}
        assert found(engine, "新聞", filters=without) == {2}

    def test_a_facet_counts_what_ticking_one_more_value_would_add(self, filled) -> None:
        engine = filled(
            doc(1, "新聞", outlet="甲報", tags=("政治",)),
            doc(2, "新聞", outlet="乙報", tags=("政治",)),
            doc(3, "別的", outlet="乙報"),
        )

        hits = ask(engine, "新聞", filters=Filters(include={Facet.OUTLET: ("甲報",)}))

        assert hits.total == 1
        assert hits.facets[Facet.OUTLET] == [("乙報", 1), ("甲報", 1)]
        assert hits.facets[Facet.TAG] == [("政治", 1)]

    def test_facets_are_sorted_by_count_then_name_and_cut(self, filled) -> None:
        engine = filled(*(doc(n, "新聞", tags=("常", f"標{n}")) for n in range(1, 6)))

        assert ask(engine, "新聞", facet_size=3).facets[Facet.TAG] == [("常", 5), ("標1", 1), ("標2", 1)]

    def test_only_the_facets_that_were_asked_for_are_counted(self, filled) -> None:
        engine = filled(doc(1, "新聞", outlet="甲報", tags=("政治",), day=date(2021, 5, 1)))
        ticked = Filters(include={Facet.TAG: ("政治",)})

        assert ask(engine, "新聞", facets=(Facet.OUTLET,), filters=ticked).facets == {
            Facet.OUTLET: [("甲報", 1)]
        }
        nothing = ask(engine, "新聞", facets=())
        assert (nothing.total, dict(nothing.facets), nothing.timeline) == (1, {}, [("2021-05", 1)])

    def test_facets_cover_year_language_image_and_agency(self, filled) -> None:
        engine = filled(
            doc(1, "新聞", day=date(2021, 5, 1), language="zh-Hans", has_image=True, agencies=("路透社",)),
            doc(2, "新聞", language="zh-Hant-HK"),
        )

        facets = ask(engine, "新聞").facets

        assert facets[Facet.YEAR] == [("2021", 1)]
        assert facets[Facet.LANGUAGE] == [("zh-Hans", 1), ("zh-Hant-HK", 1)]
        assert facets[Facet.IMAGE] == [("1", 1)]
        assert facets[Facet.AGENCY] == [("路透社", 1)]

    def test_the_timeline_counts_hits_by_month(self, filled) -> None:
        days = [date(2021, 11, 1), date(2021, 11, 30), date(2021, 1, 31), None]
        engine = filled(*(doc(number, "新聞", day=day) for number, day in enumerate(days, 1)))

        assert ask(engine, "新聞").timeline == [("2021-01", 1), ("2021-11", 2)]

    def test_hidden_stories_are_in_no_count(self, filled) -> None:
        engine = filled(
            doc(1, "新聞", tags=("甲",), day=date(2021, 1, 1)), doc(2, "新聞", day=date(2021, 1, 2))
        )

        hits = ask(engine, "新聞", hidden=frozenset([1]))

        assert (hits.total, [hit.story_id for hit in hits.hits]) == (1, [2])
        assert hits.facets[Facet.TAG] == []
        assert hits.timeline == [("2021-01", 1)]

    def test_fresh_documents_count_in_place_of_what_the_index_has(self, filled) -> None:
        old = doc(2, "新聞", "渡輪", tags=("舊",), day=date(2021, 1, 2))
        engine = filled(doc(1, "新聞", tags=("甲",), day=date(2021, 1, 1)), old)
        fresh = (
            doc(2, "新聞", "停航", tags=("甲", "新"), day=date(2021, 3, 2)),
            doc(3, "新聞快訊", tags=("甲",), outlet="海報"),
        )
        overlay = {"hidden": frozenset([2, 3, 4]), "fresh": fresh}

        hits = ask(engine, "新聞", **overlay)
        of_one = Filters(include={Facet.TAG: ("甲",)}, exclude={Facet.OUTLET: ("海報",)})

        assert hits.total == 3
        assert {hit.story_id for hit in hits.hits} == {1, 2, 3}
        assert hits.facets[Facet.TAG] == [("甲", 3), ("新", 1)]
        assert hits.timeline == hits.archive == [("2021-01", 1), ("2021-03", 1)]
        assert ask(engine, '"渡輪"', **overlay).total == 0
        assert ask(engine, '"停航"', **overlay).total == 1
        assert ask(engine, "新聞", filters=of_one, **overlay).total == 2
        assert engine.count(parse("快訊 OR 停航").tree, **overlay) == 2
        assert engine.count(None, filters=of_one, **overlay) == 2
        assert ask(engine, "新聞").total == 2

    @pytest.mark.parametrize("sort", list(Sort))
    def test_pages_with_fresh_documents_have_each_story_once(self, filled, sort: Sort) -> None:
        days = [date(2021, 1, 1 + number) for number in range(20)]
        engine = filled(*(doc(number, "新聞", day=days[number]) for number in range(12)))
        fresh = tuple(doc(number, "新聞", day=days[(number * 7) % 20]) for number in (3, 15, 16, 17))
        overlay = {"hidden": frozenset(one.story_id for one in fresh), "fresh": fresh}

        pages = [
            [hit.story_id for hit in ask(engine, "新聞", sort=sort, offset=at, limit=4, **overlay).hits]
            for at in range(0, 20, 4)
        ]
        whole = [hit.story_id for hit in ask(engine, "新聞", sort=sort, limit=20, **overlay).hits]

        assert [story for page in pages for story in page] == whole
        assert sorted(whole) == [*range(12), 15, 16, 17]
        if sort is not Sort.RELEVANCE:
            day_of = {number: days[number] for number in range(12)}
            day_of |= {one.story_id: one.day for one in fresh}
            assert whole == sorted(
                whole, key=lambda story: (day_of[story], story), reverse=sort is Sort.NEWEST
            )

    def test_fresh_documents_are_parted_and_typed_by_the_same_rules(self, filled) -> None:
        engine = filled(
            doc(1, "題", "光復香港時代革命"), doc(2, "題", "光復香港時代革命，后來"), doc(3, "題", "后來")
        )
        fresh = (doc(2, "題", "光復香港，時代革命"), doc(3, "題", "光復香港時代革命"), doc(4, "後來"))
        overlay = {"hidden": frozenset([2, 3, 4]), "fresh": fresh}
        tree = parse("光復香港時代革命").tree
        later = in_typed_characters(parse("後來").tree)

        hits = ask(engine, "光復香港時代革命", **overlay)

        assert (hits.total, hits.loosened) == (3, 1)
        assert hits.hits[-1].story_id == 2
        assert engine.search(Request(unbroken(tree), **overlay)).total == 2
        assert engine.count(tree, **overlay) == 3
        assert [hit.story_id for hit in engine.search(Request(later, **overlay)).hits] == [4]
        assert engine.count(later, **overlay) == 1
        assert engine.search(Request(in_typed_characters(parse("后來").tree), **overlay)).total == 0
        assert engine.search(Request(in_typed_characters(parse("后來").tree))).total == 2

    @pytest.mark.parametrize("seed", range(2))
    def test_fresh_documents_are_found_as_reading_finds_them(
        self, filled: Callable[..., Engine], seed: int
    ) -> None:
        rng = random.Random(seed)
        letters = "光復香港後后，、「」。 \va1"
        indexed, now = ([random_document(rng, letters, number) for number in range(1, 30)] for _ in range(2))
        engine = filled(*indexed)
        fresh = tuple(document for document in now if document.story_id % 3 == 0)
        hidden = frozenset(document.story_id for document in now if document.story_id % 3 != 1)
        documents = [one for one in indexed if one.story_id not in hidden] + list(fresh)

        for _ in range(30):
            text = "".join(rng.choices("光復香港後a1、", k=rng.randint(2, 6)))
            tree = parse(text).tree
            assert tree
            typed, whole, strict = in_typed_characters(tree), reading(tree, documents), unbroken(tree)
            hits = engine.search(Request(tree, limit=100, hidden=hidden, fresh=fresh))
            if not hits.partial:
                assert {hit.story_id for hit in hits.hits} == whole, text
                assert hits.loosened == len(whole - reading(strict, documents)), text
            assert engine.count(typed, hidden=hidden, fresh=fresh) == len(reading(typed, documents)), text

    def test_names_and_titles_of_fresh_documents_are_completed(self, filled) -> None:
        engine = filled(
            doc(1, "渡輪停航", tags=("渡輪專題",)), doc(2, "渡海泳", tags=("渡輪專題",)), doc(3, "天氣")
        )
        fresh = (doc(2, "渡海小輪", tags=("渡輪專題", "渡船街"), day=date(2022, 1, 1)),)

        found = engine.complete("渡", hidden=frozenset([1, 2]), fresh=fresh)

        assert found == Completions(((Facet.TAG, "渡船街", 1), (Facet.TAG, "渡輪專題", 1)), (2,))
        assert engine.corrections("渡論專題", hidden=frozenset([1, 2]), fresh=()) == []

    def test_the_empty_query_has_everything(self, filled) -> None:
        engine = filled(doc(1, "甲"), doc(2, "乙"))

        assert ask(engine, "").total == 2

    # -- names that mean the same, counts, completions, corrections ------------------------------------

    def test_same_words_match_like_alternatives(self, filled) -> None:
        engine = filled(doc(1, "", "奧巴馬"), doc(2, "", "Obama"), doc(3, "", "拜登"))

        hits = engine.search(Request(Same((Term("奧巴馬"), Term("Obama")))))

        assert {hit.story_id for hit in hits.hits} == {1, 2}

    def test_same_words_are_ranked_as_one_word_however_rare_one_of_them_is(self, filled) -> None:
        common = [doc(number, "", "奧巴馬總統到訪，天氣晴朗。") for number in range(3, 30)]
        engine = filled(
            doc(1, "奧巴馬", "奧巴馬，奧巴馬。"), doc(2, "", "歐巴馬總統到訪，天氣晴朗。"), *common
        )

        hits = engine.search(Request(Same((Term("奧巴馬"), Term("歐巴馬")))))

        assert hits.hits[0].story_id == 1

    def test_what_is_searched_in_parts_may_be_another_tree_than_the_whole(self, filled) -> None:
        engine = filled(doc(1, "", "拜登到訪澳門"), *(doc(number, "", "天氣") for number in range(2, 9)))
        whole = parse("(拜登 OR Biden) 澳門回歸紀念").tree

        assert engine.search(Request(whole, partly=parse("拜登 澳門回歸紀念").tree)).partial
        assert engine.search(Request(parse("拜登").tree, partly=parse("澳門").tree)).partial == ()

    def test_a_count_is_the_total_of_the_whole_query(self, filled) -> None:
        engine = filled(
            doc(1, "新聞", outlet="甲報"), doc(2, "新聞", outlet="乙報"), doc(3, "別的", outlet="乙報")
        )
        other = Filters(include={Facet.OUTLET: ("乙報",)})

        assert engine.count(parse("新聞").tree) == 2
        assert engine.count(parse("新聞").tree, filters=other) == 1
        assert engine.count(parse("新聞").tree, hidden=frozenset([1])) == 1
        assert engine.count(None, filters=other) == 2
        assert engine.count(parse("新聞報道是什麼").tree) == 0

    def test_completions_are_names_by_frequency_and_titles_by_date(self, filled) -> None:
        engine = filled(
            doc(1, "習近平到訪", tags=("習近平",), day=date(2020, 1, 1)),
            doc(2, "會見習近平", tags=("習近平", "習仲勳"), day=date(2021, 1, 1)),
            doc(3, "天氣", authors=("陳習",), outlet="習作報"),
        )

        found = engine.complete("习")

        assert found.names[0] == (Facet.TAG, "習近平", 2)
        assert set(found.names[1:3]) == {(Facet.TAG, "習仲勳", 1), (Facet.OUTLET, "習作報", 1)}
        assert found.names[3:] == ((Facet.AUTHOR, "陳習", 1),)
        assert found.titles == (2, 1)
        assert engine.complete("習", names=1, titles=1).titles == (2,)

    def test_completions_of_latin_begin_words(self, filled) -> None:
        engine = filled(doc(1, "Joe Biden", tags=("Carrie Lam", "Islam")))

        assert [name for _, name, _ in engine.complete("lam").names] == ["Carrie Lam"]
        assert engine.complete("bid").titles == (1,)
        assert engine.complete("iden").titles == ()

    def test_completions_of_every_piece_that_was_typed(self, filled) -> None:
        engine = filled(doc(1, "中美峰會"), doc(2, "中美關係"))

        assert engine.complete("峰會 中").titles == (1,)

    def test_nothing_completes_nothing(self, filled) -> None:
        engine = filled(doc(1, "新聞", tags=("甲",)))

        for typed in ("", "  ", "\n", "龘"):
            assert engine.complete(typed) == Completions((), ())

    @pytest.mark.parametrize(
        ("typed", "likely"),
        [
            *(("習近乎", "习近平"), ("习近苹", "习近平"), ("近習平", "习近平"), ("習近近平", "习近平")),
            *(("Bidne", "biden"), ("Biden", ""), ("習近平", ""), ("zzzqq", ""), ("天", ""), ("", "")),
        ],
    )
    def test_corrections_are_strings_that_stand_somewhere(self, filled, typed: str, likely: str) -> None:
        engine = filled(doc(1, "習近平會見Joe Biden"), doc(2, "習近平", tags=("曾海琪",)))

        assert engine.corrections(typed)[:1] == ([likely] if likely else [])

    @pytest.mark.parametrize(
        ("typed", "likely"),
        [
            *(("Demossistto", "demosisto"), ("Demosito", "demosisto"), ("washingotn", "washington")),
            *(("Cambrideg", "cambridge"), ("Cambrxxe", ""), ("Bxxen", "")),
        ],
    )
    def test_two_slips_are_mended_in_a_long_latin_word_alone(self, filled, typed: str, likely: str) -> None:
        engine = filled(doc(1, "Demosisto", "Washington Cambridge"), doc(2, "Biden"))

        assert engine.corrections(typed)[:1] == ([likely] if likely else [])

    def test_names_are_corrected_too(self, filled) -> None:
        engine = filled(doc(1, "甲", authors=("曾海琪",)), doc(2, "乙"))

        assert engine.corrections("曾海旗") == ["曾海琪"]

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("我的暑假是由哪個公司發售的游戲", "我的暑假是由哪个公司发售的游细"),
            ('曾海琪（香港）[-]&"~@#.', '曾海旗（香港）[-]&"~@#.'),
            ("一二三四五六七八九十天地玄黃宇宙", "依二三四五六七八九十天地玄黃宇宙"),
        ],
    )
    def test_long_names_are_corrected_too(self, filled, name: str, typed: str) -> None:
        engine = filled(doc(1, "甲", authors=(name,)), doc(2, "乙", tags=(name[::-1],)))

        assert engine.corrections(typed)[:1] == [fold(name)]

    @pytest.mark.parametrize("typed", ["我的暑假》是由哪个公司发售的游戏", "一" * 16, "天" * 60, "天地" * 30])
    def test_long_strings_that_stand_nowhere_are_answered(self, filled, typed: str) -> None:
        engine = filled(doc(1, "甲", tags=("天地玄黃",)))

        assert engine.corrections(typed) == []
        assert engine.complete(typed) == Completions((), ())

    def test_what_is_gone_or_hidden_is_offered_nowhere(self, filled) -> None:
        engine = filled(
            doc(1, "習近平會見Biden", tags=("習近平思想",), authors=("曾海琪",)),
            doc(2, "天氣", tags=("習近平思想",)),
            doc(3, "天氣"),
        )

        hidden = frozenset([1])
        assert engine.complete("習", hidden=hidden) == Completions(((Facet.TAG, "習近平思想", 1),), ())
        assert engine.complete("曾", hidden=hidden) == Completions((), ())
        assert engine.corrections("會見Bidne", hidden=hidden) == []
        assert engine.corrections("Bidne", hidden=hidden) == []
        assert engine.corrections("曾海旗", hidden=hidden) == []

        engine.delete([1])

        assert engine.complete("習") == Completions(((Facet.TAG, "習近平思想", 1),), ())
        assert engine.complete("曾") == Completions((), ())
        assert engine.corrections("Bidne") == engine.corrections("曾海旗") == []
