from rag.types import BlockKind, Document, Span
from rag.web.pages.document_layout import (
    Element,
    Heading,
    Item,
    Listing,
    PageStart,
    Prose,
    Table,
    elements,
    outline,
    part_of,
    parts,
    sections,
)
from rag.web.pages.marking import marker
from tests.web.pages.documents import document

HEADING, PARAGRAPH, ITEM = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM
HEADER, ROW = BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW


def shown(made: Document, cited: Span | None = None) -> list[Element]:
    blocks = range(len(made.blocks))
    return list(elements(made, blocks, marker(made, cited), outline(made)))


def words(item: Item) -> object:
    text = "".join(piece.text for piece in item.pieces)
    return (text, *map(words, item.items)) if item.items else text


def test_the_heading_that_says_the_title_again_is_left_to_the_page() -> None:
    made = document((HEADING, "  TITRE ", 1), (PARAGRAPH, "Un."))
    assert [type(each) for each in shown(made)] == [Prose]
    assert outline(made) == ()


def test_headings_go_down_one_level_at_a_time() -> None:
    made = document(
        (HEADING, "A", 2),
        (HEADING, "B", 5),
        (HEADING, "C", 4),
        (HEADING, "D", 6),
        (HEADING, "E", 1),
    )
    assert [entry.level for entry in outline(made)] == [1, 2, 2, 3, 1]
    headings = [each for each in shown(made) if isinstance(each, Heading)]
    assert [each.level for each in headings] == [2, 3, 3, 4, 2]
    assert [each.anchor for each in headings] == [entry.anchor for entry in outline(made)]


def test_a_first_heading_over_all_the_others_parts_nothing() -> None:
    over_all = document((HEADING, "En bref", 1), (HEADING, "A", 2), (HEADING, "B", 3))
    found = sections(over_all, outline(over_all))
    assert [(entry.text, entry.level) for entry in found] == [("A", 1), ("B", 2)]
    assert [each.level for each in shown(over_all) if isinstance(each, Heading)] == [2, 3, 4]


def test_the_title_said_again_after_some_text_parts_nothing() -> None:
    made = document((PARAGRAPH, "Journal, 2025."), (HEADING, "TITRE", 1), (HEADING, "A", 2))
    found = sections(made, outline(made))
    assert [(entry.text, entry.level) for entry in found] == [("A", 1)]


def test_a_heading_among_its_equals_or_after_some_text_is_a_section() -> None:
    for blocks in (
        [(HEADING, "A", 1), (HEADING, "B", 2), (HEADING, "C", 1)],
        [(PARAGRAPH, "Avant."), (HEADING, "A", 1), (HEADING, "B", 2)],
        [(HEADING, "A", 1)],
    ):
        made = document(*blocks)
        assert sections(made, outline(made)) == outline(made)


def test_items_are_nested_by_level_whatever_the_first() -> None:
    made = document((ITEM, "a", 2), (ITEM, "b", 3), (ITEM, "c", 5), (ITEM, "d", 1))
    (listing,) = shown(made)
    assert isinstance(listing, Listing)
    assert [words(item) for item in listing.items] == [("a", ("b", "c")), "d"]


def test_items_nested_without_end_are_still_set() -> None:
    made = document(*[(ITEM, str(level), level) for level in range(1, 3000)])
    (listing,) = shown(made)
    assert isinstance(listing, Listing)
    depth, at = 0, listing.items
    while at:
        depth, at = depth + 1, at[-1].items
    assert depth < 20


def test_a_list_whose_items_bring_their_signs_gets_no_others() -> None:
    signed = document((ITEM, "1. un", 1), (ITEM, "b) deux", 1))
    plain = document((ITEM, "1. un", 1), (ITEM, "deux", 1))
    for made, numbered in ((signed, True), (plain, False)):
        (listing,) = shown(made)
        assert isinstance(listing, Listing)
        assert listing.numbered is numbered


def test_a_header_opens_a_table_of_its_own() -> None:
    made = document((HEADER, "a | b"), (ROW, "1 | 2"), (HEADER, "c"), (ROW, "3"))
    first, second = shown(made)
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert (first.width, len(first.head), len(first.body)) == (2, 1, 1)
    assert (second.width, second.body[0][0][0].text) == (1, "3")


def test_pages_begin_where_they_do_even_within_a_table() -> None:
    made = document(
        (HEADER, "a", 0, 1), (ROW, "1", 0, 1), (ROW, "2", 0, 2), (PARAGRAPH, "x", 0, 2)
    )
    assert [type(each) for each in shown(made)] == [PageStart, Table, PageStart, Table, Prose]


def test_every_kind_of_prose_keeps_its_name_and_its_very_characters() -> None:
    kinds = (PARAGRAPH, BlockKind.QUOTE, BlockKind.CODE, BlockKind.FOOTNOTE)
    made = document(*[(kind, f"<b>{kind}</b>\n  x") for kind in kinds])
    for kind, each in zip(kinds, shown(made), strict=True):
        assert isinstance(each, Prose)
        assert each.kind == kind.value
        assert "".join(piece.text for piece in each.pieces) == f"<b>{kind}</b>\n  x"


def test_a_short_document_is_one_part_even_without_a_block() -> None:
    assert parts(document((BlockKind.PARAGRAPH, "Un.")).blocks) == (range(1),)
    assert parts(()) == (range(0),)


def test_every_block_is_in_exactly_one_part() -> None:
    blocks = document(*[(BlockKind.PARAGRAPH, "x" * 40)] * 50).blocks
    ranges = parts(blocks, longest=200)
    assert len(ranges) > 1
    assert [index for each in ranges for index in each] == list(range(50))


def test_a_part_ends_before_a_heading_where_one_is_near() -> None:
    lines = [(BlockKind.PARAGRAPH, "x" * 99)] * 10
    lines[7] = (BlockKind.HEADING, "Ici")
    ranges = parts(document(*lines).blocks, longest=750)
    assert ranges == (range(7), range(7, 10))


def test_a_character_is_in_the_last_part_that_begins_before_it() -> None:
    blocks = document(*[(BlockKind.PARAGRAPH, "x" * 40)] * 50).blocks
    ranges = parts(blocks, longest=200)
    for at, each in enumerate(ranges):
        assert part_of(ranges, blocks, blocks[each[0]].start) == at
        assert part_of(ranges, blocks, blocks[each[-1]].end - 1) == at
    assert part_of(parts(()), (), 3) == 0
