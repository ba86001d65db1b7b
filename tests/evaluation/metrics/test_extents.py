import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import IndexingError
from rag.evaluation.metrics.extents import Extent, copies_of, covered, length, look_up
from rag.types import Document, Span
from rag.types import Place as Copy
from tests.evaluation.metrics.made import DOCUMENTS, FIRST, SECOND, document, place, read

PLACE = place(Span(10, 20))


@pytest.mark.parametrize(
    ("start", "end", "contains", "overlaps"),
    [
        (10, 20, True, True),
        (0, 30, True, True),
        (11, 20, False, True),
        (10, 19, False, True),
        (19, 25, False, True),
        (20, 25, False, False),
        (0, 10, False, False),
    ],
)
def test_extents_are_half_open(start: int, end: int, contains: bool, overlaps: bool) -> None:
    extent = Extent("a", start, end)
    assert (extent.contains(PLACE), extent.overlaps(PLACE)) == (contains, overlaps)
    elsewhere = Extent("b", start, end)
    assert not elsewhere.contains(PLACE)
    assert not elsewhere.overlaps(PLACE)


def test_covered_counts_each_character_once() -> None:
    # 5–13 covers 10, 11, 12; 12–15 adds 13, 14; 18–40 adds 18, 19.
    extents = [Extent("a", 5, 13), Extent("a", 12, 15), Extent("a", 18, 40), Extent("b", 0, 99)]
    assert covered(PLACE, extents) == 7


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=6))
def test_length_is_that_of_the_set_of_characters(pairs: list[list[int]]) -> None:
    characters = {at for start, end in pairs for at in range(start, end)}
    assert length(Span(start, end) for start, end in pairs) == len(characters)


def test_a_copy_is_found_word_for_word() -> None:
    text = "Le salon ouvre le 3 mars."
    assert FIRST[0:25] == SECOND[11:36] == text
    whole = Copy("b", "b", 11, 49)
    assert copies_of(text, [whole], ["b"], read) == [Extent("b", 11, 36)]
    assert copies_of("3 mars", [whole], ["b"], read) == [Extent("b", 29, 35)]


def test_a_copy_is_found_nearly() -> None:
    # One letter of 25 differs: a likeness of 96.
    found = copies_of("Le Salon ouvre le 3 mars.", [Copy("b", "b", 0, 49)], ["b"], read)
    assert found == [Extent("b", 11, 36)]


def test_what_is_too_unlike_is_no_copy() -> None:
    copy = Copy("b", "b", 0, 49)
    assert copies_of("Rien de tel ici, vraiment rien", [copy], ["b"], read) == []
    assert copies_of("", [copy], ["b"], read) == []


def test_documents_that_do_not_matter_are_not_read() -> None:
    def refuse(name: str) -> Document:
        raise AssertionError(name)

    assert copies_of("3 mars", [Copy("b", "b", 0, 49)], ["a"], refuse) == []


@pytest.mark.parametrize("error", [IndexingError("absent"), KeyError("absent")])
def test_an_unknown_document_is_none(error: Exception) -> None:
    def fail(_: str) -> Document:
        raise error

    assert look_up(fail, "z") is None
    assert copies_of("3 mars", [Copy("z", "z", 0, 9)], ["z"], fail) == []
    assert look_up(read, "a") == document("a", FIRST) == DOCUMENTS["a"]
