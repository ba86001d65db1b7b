"""What a document or one of its sections says in short: its headings, and how each begins."""

from collections.abc import Iterator, Sequence
from typing import Final

from rag.answering.answerer import DocumentOf
from rag.answering.paragraphs import widened
from rag.answering.quote_context import unit_of
from rag.answering.sections import Section, section_at, sections
from rag.retrieval.results import FoundSentence, Results
from rag.text.sentences import split_sentences
from rag.text.terms import lexical_terms
from rag.types import Block, BlockKind, Document, Kind, Sentence, Span

_LINES: Final = 12
"""Quotes of a summary: a heading and a sentence for each of six sections."""

_HITS: Final = 10
"""Hits among whose documents the one asked for is looked for."""

_BEST: Final = 3
"""Sentences found that a section's summary holds besides the beginnings."""

_LONGEST: Final = 400
"""Characters of the beginning of a section."""

_FINAL: Final = ".!…»)"
"""What a sentence ends with; a line of data under a title does not."""

_PROSE: Final = (BlockKind.PARAGRAPH, BlockKind.QUOTE)


def summary(
    results: Results, document_of: DocumentOf
) -> tuple[FoundSentence, Document, tuple[Span, ...]]:
    """What to quote of the document that the question names, or of its section.

    Returns:
        The best sentence found in that document, the document, and at most 12 spans to
        quote; none where it has no sections.
    """
    found = _named(results)
    document = document_of(found.hit.document_id)
    section = section_at(document, found.sentence.start)
    if section is not None and _about(section, results, found):
        spans = list(_of_section(section, results))[:_LINES]
        # A heading alone says nothing.
        return found, document, tuple(spans) if len(spans) > 1 else ()
    shown = _shown(list(sections(document)), results, document)
    spans = [span for each in shown for span in _opening(each)]
    return found, document, tuple(spans)


def _named(results: Results) -> FoundSentence:
    """The best sentence of the document whose title says the most of the question."""
    asked = set(results.question.terms)

    def named(found: FoundSentence) -> int:
        return len(asked & set(lexical_terms(found.hit.title)))

    return max(results.sentences[:_HITS], key=named)


def _about(section: Section, results: Results, found: FoundSentence) -> bool:
    """Whether the question names the section rather than the whole document."""
    asked = set(results.question.terms)
    title = set(lexical_terms(found.hit.title))
    heading = set(lexical_terms(section.title))
    opening = next(sections(section.document))
    return section != opening and bool(heading & asked - title)


def _of_section(section: Section, results: Results) -> Iterator[Span]:
    """A section's heading, how each of its paragraphs begins, and its best sentences."""
    yield Span(section.heading.start, section.heading.end)
    for place in section.body:
        block = section.document.blocks[place]
        if block.kind in _PROSE:
            yield from _beginning(section.document, block)
    for found in results.sentences[:_BEST]:
        if section_at(section.document, found.sentence.start) == section:
            if found.hit.document_id == section.document.id and found.sentence.kind in _PROSE:
                yield unit_of(section.document, found.sentence, whole_list=False).body


def _shown(
    found: Sequence[Section], results: Results, document: Document
) -> tuple[Section, ...]:
    """The sections to show, in order: those that answer first, then from the beginning."""
    answering = [
        section_at(document, each.sentence.start)
        for each in results.sentences
        if each.hit.document_id == document.id
    ]
    titled = {each.title: each for each in found if _opening(each)}
    with_text = list(titled.values())
    wanted = sorted(with_text, key=lambda each: each not in answering)[: _LINES // 2]
    return tuple(each for each in with_text if each in wanted)


def _opening(section: Section) -> tuple[Span, ...]:
    """A section's heading and how it begins; nothing where no prose of it stands alone."""
    for place in section.body:
        block = section.document.blocks[place]
        begun = _beginning(section.document, block) if block.kind in _PROSE else ()
        if begun:
            return Span(section.heading.start, section.heading.end), *begun
    return ()


def _beginning(document: Document, block: Block) -> tuple[Span, ...]:
    """A block's first sentence, with the list that it announces; none if that is long."""
    first = split_sentences(document.text[block.start : block.end])[0]
    sentence = Sentence(block.start + first.start, block.start + first.end, block.kind)
    body = widened(document, unit_of(document, sentence, False), Kind.SUMMARY).body
    whole = body.end > block.end or document.text[body.end - 1] in _FINAL
    return (body,) if whole and body.end - body.start <= _LONGEST else ()
