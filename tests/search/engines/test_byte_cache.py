"""What an index keeps in memory is bounded by bytes."""

from __future__ import annotations

from search.engines.embedded.byte_cache import cached_within


def test_the_answer_used_last_is_kept_and_the_oldest_goes_when_there_is_no_room() -> None:
    asked: list[str] = []

    def find(key: str) -> bytes:
        asked.append(key)
        return key.encode() * 1_000

    cached = cached_within(3_000, find, size_of=len)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert cached(key) == key.encode() * 1_000

    assert asked == ["a", "b", "c", "b"]


def test_what_is_larger_than_all_the_room_is_answered_and_not_kept() -> None:
    asked: list[str] = []

    def find(key: str) -> bytes:
        asked.append(key)
        return bytes(10_000 if key == "long" else 10)

    cached = cached_within(3_000, find, size_of=len)

    assert [len(cached(key)) for key in ("short", "long", "long", "short")] == [10, 10_000, 10_000, 10]
    assert asked == ["short", "long", "long"]
