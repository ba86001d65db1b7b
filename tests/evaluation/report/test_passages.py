from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.records import Place
from rag.evaluation.report.passages import Piece, gold_ranks, passage, pieces
from rag.types import Place as Copy
from rag.types import Span
from tests.evaluation.metrics import made

RANGES = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=5)


@given(st.text("ab", max_size=30), RANGES, st.integers(0, 30), st.integers(0, 30))
def test_pieces_are_the_window_whole(
    text: str, marks: list[tuple[int, int]], one: int, other: int
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    cut = pieces(text, marks, start, end)
    inside = cut[1 if start > 0 else 0 : len(cut) - (1 if end < len(text) else 0)]
    assert "".join(piece.text for piece in inside) == text[start:end]
    marked = [piece.marked for piece in inside for _ in piece.text]
    wanted = [any(low <= at < high for low, high in marks) for at in range(start, end)]
    assert marked == wanted


def test_what_is_left_out_shows() -> None:
    assert pieces("abcdef", [(2, 3)], 1, 5) == (
        Piece("…", False),
        Piece("b", False),
        Piece("c", True),
        Piece("de", False),
        Piece("…", False),
    )


def test_the_gold_is_marked_where_it_lies() -> None:
    # The hit begins at 9 in "Le salon ouvre le 3 mars.", « 3 mars » at 18.
    shown = passage(made.hit(1, 9, 25), [made.place(made.DATE)], made.DOCUMENTS)
    assert shown.expected
    assert shown.pieces == (
        Piece("ouvre le ", False),
        Piece("3 mars", True),
        Piece(".", False),
    )


def test_a_gold_that_overhangs_is_marked_as_far_as_the_passage_goes() -> None:
    shown = passage(made.hit(1, 20, 30), [made.place(made.DATE)], made.DOCUMENTS)
    assert shown.pieces == (Piece("mars", True), Piece(". Il d", False))


def test_a_copy_is_marked_by_its_words() -> None:
    hit = made.hit(1, 11, 36, "b", Copy("a", "a", 0, 25))
    shown = passage(hit, [made.place(made.DATE)], made.DOCUMENTS)
    assert shown.expected
    assert [piece.text for piece in shown.pieces if piece.marked] == ["3 mars"]


def test_a_whole_document_is_told_but_not_marked() -> None:
    whole = Place("a", Span(0, len(made.FIRST)), 1)
    shown = passage(made.hit(1, 0, 25), [whole], made.DOCUMENTS)
    assert shown.expected
    assert not any(piece.marked for piece in shown.pieces)


def test_another_passage_is_not_expected() -> None:
    shown = passage(made.hit(1, 26, 45), [made.place(made.DATE)], made.DOCUMENTS)
    assert not shown.expected


def test_the_window_follows_the_gold_in_a_long_passage() -> None:
    text = "x" * 5000 + "OR" + "y" * 5000
    document = made.document("long", text)
    hit = replace(made.hit(1, 0, 1), document_id="long", end=len(text), text=text)
    shown = passage(hit, [Place("long", Span(5000, 5002), 1)], {"long": document})
    assert [piece.text for piece in shown.pieces if piece.marked] == ["OR"]
    assert sum(len(piece.text) for piece in shown.pieces) == 600 + len("……")


def test_ranks_are_by_fact() -> None:
    hits = [made.hit(1, 40, 50), made.hit(2, 30, 40), made.hit(3, 0, 30)]
    places = [made.place(made.DATE, 1), made.place(made.DURATION, 2), made.place(Span(0, 2), 3)]
    assert gold_ranks(hits, places) == {1: 3, 2: 1, 3: 3}
    assert gold_ranks(hits[:2], places) == {1: None, 2: 1, 3: None}
    assert gold_ranks([], places) == {1: None, 2: None, 3: None}
