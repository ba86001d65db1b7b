from hypothesis import given
from hypothesis import strategies as st

from rag.types import BlockKind, Span
from rag.web.pages.marking import Marker, marker
from tests.web.pages.documents import document

TEXT = document(
    (BlockKind.PARAGRAPH, "Été 🌞 à Paris."),
    (BlockKind.TABLE_ROW, "un | deux"),
    (BlockKind.PARAGRAPH, "Fin."),
)


def test_the_marked_piece_is_the_cited_characters_counted_in_code_points() -> None:
    marks = marker(TEXT, Span(4, 7))
    pieces = marks.pieces(0, 14)
    assert [(piece.text, piece.marked) for piece in pieces] == [
        ("Été ", False),
        ("🌞 à", True),
        (" Paris.", False),
    ]
    assert pieces[1].first
    assert pieces[1].last


def test_a_citation_over_several_blocks_begins_in_the_first_and_ends_in_the_last() -> None:
    marks = marker(TEXT, Span(8, len(TEXT.text)))
    runs = [
        marks.pieces(span.start, span.end)
        for block in TEXT.blocks
        for span in block.cells or (Span(block.start, block.end),)
    ]
    marked = [piece for pieces in runs for piece in pieces if piece.marked]
    assert [piece.text for piece in marked] == ["Paris.", "un", "deux", "Fin."]
    assert [piece.first for piece in marked] == [True, False, False, False]
    assert [piece.last for piece in marked] == [False, False, False, True]


def test_blanks_and_bars_at_the_ends_are_no_characters_of_the_page() -> None:
    row = TEXT.blocks[1]
    marks = marker(TEXT, Span(row.start - 2, row.start + 4))
    assert (marks.begin, marks.end) == (row.start, row.start + 2)


def test_nothing_is_marked_where_the_document_has_no_such_place() -> None:
    beyond = len(TEXT.text) + 1
    for cited in (None, Span(3, 3), Span(5, 2), Span(0, beyond), Span(14, 16)):
        assert not marker(TEXT, cited).marks


@given(
    st.text(max_size=30),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_joined_pieces_are_the_very_characters(
    text: str, begin: int, end: int, start: int, stop: int
) -> None:
    pieces = Marker(text, begin, end).pieces(start, stop)
    assert "".join(piece.text for piece in pieces) == text[start:stop]
    marked = "".join(piece.text for piece in pieces if piece.marked)
    assert marked == text[max(begin, start) : min(end, stop)] or not marked
