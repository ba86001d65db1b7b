"""Whether a line feed is where a line was full, or where its author ended it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_SHORTEST_WRAPPED = 50
_LONGEST_WRAPPED = 110
_SLACK = 10
_FULL = 0.75
_STRUCTURE = re.compile(r"\s*(?:[#>|*•+-]|\d{1,3}[.)]\s|```|~~~|---|===|.{0,200}\t)")


def wrap_width(lines: Sequence[str]) -> int | None:
    """The width at which an editor wrapped these lines, or None if none did.

    Only a line that another line of running text follows says anything. Lines that go on
    for a paragraph's length were not wrapped, nor were lines of all lengths: their line
    feeds end paragraphs.
    """
    lengths = sorted(
        len(line.rstrip())
        for line, following in pairwise(lines)
        if line.strip() and following.strip()
        if not _STRUCTURE.match(line) and not _STRUCTURE.match(following)
    )
    if not lengths:
        return None
    width = lengths[min(len(lengths) - 1, len(lengths) * 9 // 10)]
    full = sum(length >= _FULL * width for length in lengths)
    in_reach = _SHORTEST_WRAPPED <= width <= _LONGEST_WRAPPED
    return width if in_reach and (full >= 2 or full == len(lengths)) else None


def unwrap(lines: Sequence[str], width: int | None) -> Iterator[str]:
    """The lines as their author meant them, those that were only full joined by a space.

    ``width`` None keeps every line. A line whose follower's first word would have fitted
    was ended on purpose.
    """
    joined = ""
    previous = ""
    for line in lines:
        if previous and (width is None or _ended_early(previous, line, width)):
            yield joined
            joined = ""
        joined = f"{joined} {line.strip()}" if joined else line.strip()
        previous = line
    if joined:
        yield joined


def _ended_early(line: str, following: str, width: int) -> bool:
    word = following.strip().split(" ", 1)[0]
    return len(line.rstrip()) + 1 + len(word) <= width - _SLACK
