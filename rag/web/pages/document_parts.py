"""Long documents in parts, so that a page stays one that a browser shows at once."""

from collections.abc import Sequence
from typing import Final

from rag.types import Block, BlockKind

LONGEST: Final = 200_000
"""Characters of a part, give or take the section that reaches that far."""

_NEAR: Final = 0.9


def parts(blocks: Sequence[Block], longest: int = LONGEST) -> tuple[range, ...]:
    """Ranges of blocks, one at least; a part ends before a heading where one is near."""
    found = []
    first = 0
    for index, block in enumerate(blocks):
        length = block.start - blocks[first].start
        heading = block.kind is BlockKind.HEADING
        if index > first and (length >= longest or (heading and length >= _NEAR * longest)):
            found.append(range(first, index))
            first = index
    return (*found, range(first, len(blocks)))


def part_of(ranges: Sequence[range], blocks: Sequence[Block], offset: int) -> int:
    """Which of the parts shows a character: the last that begins at it or before."""
    begun = (at for at, each in enumerate(ranges) if each and blocks[each[0]].start <= offset)
    return max(begun, default=0)
