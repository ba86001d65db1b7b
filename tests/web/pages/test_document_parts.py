from rag.types import BlockKind
from rag.web.pages.document_parts import part_of, parts
from tests.web.pages.made import document


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
