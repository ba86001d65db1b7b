"""What an answer quotes, by the kind of question: whole units, sections, tables, outlines."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rag.answering.answerer import DocumentOf
from rag.answering.arrangement import Quote, arranged, quotes_of_unit
from rag.answering.enumerations import enumeration
from rag.answering.paragraphs import widened
from rag.answering.quote_context import Unit, unit_of
from rag.answering.sections import Section, asks_the_same, quotes_of, section_at
from rag.answering.selection import asks_for_several
from rag.answering.summary import summary
from rag.retrieval.results import FoundSentence, Results
from rag.types import BlockKind, Document, Kind, Question, Span

_SECTION: Final = 700
"""Most characters of the section under a heading that is the question."""

_PROCEDURE: Final = 1500
"""The same where steps are asked for."""

_FAQ_READ: Final = 5
"""Sentences whose headings are looked at for the question itself."""

_STEPS_READ: Final = 4
_STEPS: Final = 3
"""Of the four best sentences, how many make their section the procedure asked for."""

_IN_ORDER: Final = (Kind.SUMMARY, Kind.PROCEDURE)
"""Kinds of which the answer is read as the document tells it; others begin with the best."""

Chosen = Sequence[tuple[Results, FoundSentence]]
"""The sentences to quote, each with the results that it is of."""


def composed(results: Results, chosen: Chosen, document_of: DocumentOf) -> tuple[Quote, ...]:
    """What to quote for the results, in reading order, at least one quote, none twice."""
    if not results.parts:
        for whole in (_summary, _under_its_heading, _listed, _steps):
            quotes = tuple(whole(results, document_of))
            if quotes:
                return quotes
    return _of_sentences(results, chosen, document_of)


def _of_sentences(
    results: Results, chosen: Chosen, document_of: DocumentOf
) -> tuple[Quote, ...]:
    """Each sentence chosen, with what it needs to be understood."""
    quotes: list[Quote] = []
    for part, found in chosen:
        document = document_of(found.hit.document_id)
        whole_list = wants_whole_list(part.question)
        unit = unit_of(document, found.sentence, whole_list)
        unit = widened(document, unit, results.question.kind)
        quotes.extend(quotes_of_unit(part, found, document, unit))
    return arranged(quotes, results.question.kind not in _IN_ORDER)


def _listed(results: Results, document_of: DocumentOf) -> tuple[Quote, ...]:
    """The list or the table that holds the several things asked for."""
    if not wants_whole_list(results.question):
        return ()
    best = results.sentences[0]
    document = document_of(best.hit.document_id)
    units = enumeration(results.question, document, results.sentences)
    return arranged(
        [each for unit in units for each in quotes_of_unit(results, best, document, unit)]
    )


def _steps(results: Results, document_of: DocumentOf) -> Iterator[Quote]:
    """The section that the best sentences stand in, where steps are asked for."""
    if results.question.kind is not Kind.PROCEDURE:
        return
    best = results.sentences[0]
    document = document_of(best.hit.document_id)
    section = section_at(document, best.sentence.start)
    if section is None or section.length > _PROCEDURE:
        return
    inside = sum(
        each.hit.document_id == document.id
        and section_at(document, each.sentence.start) == section
        for each in results.sentences[:_STEPS_READ]
    )
    if inside >= _STEPS:
        for span in quotes_of(section, _PROCEDURE):
            yield Quote(results, best, document, Unit(span), span)


def wants_whole_list(question: Question) -> bool:
    """Whether an item of a list answers only with the others."""
    return question.kind in (Kind.SEVERAL, Kind.PROCEDURE) or asks_for_several(question)


def _summary(results: Results, document_of: DocumentOf) -> Iterator[Quote]:
    """The outline of what the question names, where a summary is asked for."""
    if results.question.kind is not Kind.SUMMARY:
        return
    found, document, spans = summary(results, document_of)
    quotes = [Quote(results, found, document, Unit(span), span) for span in spans]
    yield from arranged(quotes)


def _under_its_heading(results: Results, document_of: DocumentOf) -> Iterator[Quote]:
    """The section whose heading is the question, where the best sentences stand in one."""
    most = _PROCEDURE if results.question.kind is Kind.PROCEDURE else _SECTION
    for found in results.sentences[:_FAQ_READ]:
        document = document_of(found.hit.document_id)
        section = section_at(document, found.sentence.start)
        if section is None or not asks_the_same(results.question, section.title):
            continue
        for span in quotes_of(section, most):
            yield Quote(results, found, document, Unit(span), span)
        return
