import numpy as np
import pytest

from rag.index.documents import DocumentHeader, Order
from rag.index.local.local_documents import DocumentOrder
from rag.types import Metadata

ROWS = (
    ("Écoles", "b.md", "2025-03-01"),
    ("archives", "a.md", None),
    ("Cantine", "École/c.md", "2026-01-01"),
    ("Bureau", "z.md", "2024-12-31"),
)
ORDER = DocumentOrder(
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
    assert ORDER.ordered(order).tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ECOLE", [0, 2]), ("cantine école", [2]), ("z.md", [3]), ("absent", []), (" ", range(4))],
)
def test_words_are_looked_for_in_titles_and_paths(text: str, expected: list[int]) -> None:
    assert np.flatnonzero(ORDER.holding(text)).tolist() == list(expected)


@pytest.mark.parametrize("order", list(Order))
def test_nothing_is_in_order(order: Order) -> None:
    assert DocumentOrder(()).ordered(order).tolist() == []
    assert DocumentOrder(()).holding("mot").tolist() == []


def titled(*titles: str) -> DocumentOrder:
    return DocumentOrder(
        [
            DocumentHeader(at, f"id{at}", "documents", f"{9 - at}.md", "v", title, Metadata())
            for at, title in enumerate(titles)
        ]
    )


def test_titles_are_filed_by_their_letters_and_digits() -> None:
    titles = (
        "« Osez la donnée »",
        "<script>alert(1)</script>",
        "« École »",
        "\u202eB",
        "2024 en bref",
        "L'été",
        "Pont",
        "L’école",
        "…",
    )
    order = titled(*titles).ordered(Order.TITLE)

    assert [titles[at] for at in order] == [
        "2024 en bref",
        "\u202eB",
        "« École »",
        "L’école",
        "L'été",
        "« Osez la donnée »",
        "Pont",
        "<script>alert(1)</script>",
        "…",
    ]


def test_titles_that_differ_by_signs_alone_have_an_order_of_their_own() -> None:
    titles = ("Note", "« Note »", "Note !", "Note")
    found = titled(*titles).ordered(Order.TITLE).tolist()

    assert sorted(found) == [0, 1, 2, 3]
    # Two of one title are told apart by their paths: « 6.md » comes before « 9.md ».
    assert [at for at in found if titles[at] == "Note"] == [3, 0]
    assert titled(*titles).ordered(Order.TITLE).tolist() == found
