"""How much of its paragraph a sentence is quoted with, by the kind of question."""

import re
from typing import Final

from rag.answering.quote_context import Unit, block_at
from rag.text.sentences import split_sentences
from rag.types import BlockKind, Document, Kind, Span

_PARAGRAPH: Final = 600
"""Most characters of a paragraph that is quoted whole, for two sides stand in it."""

_LABEL: Final = 40
"""A sentence of no more characters says too little alone (« Ni l'un ni l'autre. »)."""

_VERDICT: Final = re.compile(r"\W*(?:oui|non|yes|no)(?![\w'’-])", re.IGNORECASE)


def widened(document: Document, unit: Unit, kind: Kind) -> Unit:
    """A unit with what its paragraph says besides that the answer needs.

    A short sentence comes with the one after it, yes or no at the head of a paragraph with
    what it decides, and two sides compared in one paragraph with one another. Only prose
    is widened, and never beyond its block.
    """
    block = document.blocks[block_at(document, unit.body.start)]
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.QUOTE) or unit.rows:
        return unit
    if unit.body.end > block.end:
        return unit
    whole = Span(block.start, block.end)
    if kind is Kind.COMPARISON and whole.end - whole.start <= _PARAGRAPH:
        return Unit(whole)
    start, end = unit.body.start, unit.body.end
    if kind is Kind.DECISION and _VERDICT.match(document.text, block.start):
        start = block.start if end - block.start <= _PARAGRAPH else start
    if end - start <= _LABEL:
        end = _next_end(document, Span(end, block.end))
    return Unit(Span(start, end))


def _next_end(document: Document, rest: Span) -> int:
    """Where the first sentence of the rest of a paragraph ends; its start if there is none."""
    following = split_sentences(document.text[rest.start : rest.end])
    return rest.start + following[0].end if following else rest.start
