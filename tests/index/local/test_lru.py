from rag.index.local.lru import Kept


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    made: list[str] = []
    kept: Kept[str, str] = Kept(2)

    def get(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key.upper())  # type: ignore[func-returns-value]

    assert [get(key) for key in "abacab"] == list("ABACAB")
    assert made == list("abcb")


def test_none_is_kept_as_well() -> None:
    kept: Kept[int, None] = Kept(1)
    made: list[int] = []
    for _ in range(3):
        kept.get(1, lambda: made.append(1))
    assert made == [1]
