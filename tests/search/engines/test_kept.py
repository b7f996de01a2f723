"""What an index keeps in memory is bounded by bytes."""

from __future__ import annotations

from search.engines.embedded.kept import Kept


def test_the_answer_used_last_is_kept_and_the_oldest_goes_when_there_is_no_room() -> None:
    asked: list[str] = []

    def find(key: str) -> bytes:
        asked.append(key)
        return key.encode() * 1_000

    kept = Kept(find, size_of=len, most=3_000)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert kept(key) == key.encode() * 1_000

    assert asked == ["a", "b", "c", "b"]
    assert len(kept) == 2
    assert kept.bytes <= 3_000


def test_what_is_larger_than_all_the_room_is_answered_and_not_kept() -> None:
    kept = Kept(lambda key: bytes(10_000), size_of=len, most=3_000)

    assert len(kept("long")) == 10_000
    assert len(kept) == 0
