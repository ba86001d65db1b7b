import numpy as np
import pytest

from rag.indexing.records import DocumentHeader
from rag.service.register import Order, Register
from rag.types import Metadata

ROWS = (
    ("Écoles", "b.md", "2025-03-01"),
    ("archives", "a.md", None),
    ("Cantine", "École/c.md", "2026-01-01"),
    ("Bureau", "z.md", "2024-12-31"),
)
REGISTER = Register(
    [
        DocumentHeader(at, f"id{at}", "documents", path, "v", title, Metadata(date=date))
        for at, (title, path, date) in enumerate(ROWS)
    ]
)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.TITLE, [1, 3, 2, 0]),
        (Order.NAME, [1, 0, 2, 3]),
        (Order.OLDEST, [3, 0, 2, 1]),
        (Order.NEWEST, [2, 0, 3, 1]),
    ],
)
def test_orders_know_french_and_put_the_undated_last(order: Order, expected: list[int]) -> None:
    assert REGISTER.ordered(order).tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ECOLE", [0, 2]), ("cantine école", [2]), ("z.md", [3]), ("absent", []), (" ", range(4))],
)
def test_words_are_looked_for_in_titles_and_paths(text: str, expected: list[int]) -> None:
    assert np.flatnonzero(REGISTER.holding(text)).tolist() == list(expected)


@pytest.mark.parametrize("order", list(Order))
def test_nothing_is_in_order(order: Order) -> None:
    assert Register(()).ordered(order).tolist() == []
    assert Register(()).holding("mot").tolist() == []
