"""What an answer quotes, by the kind of question: whole units, sections, lists, outlines."""

from collections.abc import Iterator, Sequence
from typing import Final

from rag.answering.answerer import DocumentOf
from rag.answering.arrangement import Quote, arranged, quotes_of_unit
from rag.answering.enumerations import enumeration
from rag.answering.paragraphs import widened
from rag.answering.quote_context import Unit, unit_of
from rag.answering.sections import asks_the_same, quotes_of, section_at, sections
from rag.answering.selection import asks_for_several
from rag.answering.summary import summary
from rag.retrieval.results import FoundSentence, Results
from rag.types import Kind, Question, Span

_SECTION: Final = 700
"""Most characters of the section under a heading that is the question."""

_PROCEDURE: Final = 1500
"""The same where steps are asked for."""

_FAQ_READ: Final = 5
"""Passages of which the headings are looked at for the question itself."""

_STEPS_READ: Final = 4
_STEPS: Final = 3
"""Of the four best sentences, how many make their section the procedure asked for."""

Chosen = Sequence[tuple[Results, FoundSentence]]
"""The sentences to quote, each with the results that it is of."""


def composed(results: Results, chosen: Chosen, document_of: DocumentOf) -> tuple[Quote, ...]:
    """What to quote for the results, in reading order: one quote at least, none twice.

    A question that asks several at once is answered by the sentences chosen for each.
    """
    if not results.parts:
        for whole in (_under_its_heading, _summary, _listed, _steps):
            quotes = arranged(tuple(whole(results, document_of)))
            if quotes:
                return quotes
    return _of_sentences(results, chosen, document_of)


def wants_whole_list(question: Question) -> bool:
    """Whether an item of a list answers only with the others."""
    return question.kind in (Kind.SEVERAL, Kind.PROCEDURE) or asks_for_several(question)


def _of_sentences(
    results: Results, chosen: Chosen, document_of: DocumentOf
) -> tuple[Quote, ...]:
    """Each sentence chosen, with what it needs to be understood; the best one leads."""
    quotes: list[Quote] = []
    for part, found in chosen:
        document = document_of(found.hit.document_id)
        unit = unit_of(document, found.sentence, wants_whole_list(part.question))
        unit = widened(document, unit, results.question.kind)
        quotes.extend(quotes_of_unit(part, found.hit, document, unit))
    return arranged(quotes, best_first=results.question.kind is not Kind.PROCEDURE)


def _under_its_heading(results: Results, document_of: DocumentOf) -> Iterator[Quote]:
    """The section whose heading is the question, where a good passage holds its beginning."""
    question = results.question
    most = _PROCEDURE if question.kind is Kind.PROCEDURE else _SECTION
    for hit in results.hits[:_FAQ_READ]:
        document = document_of(hit.document_id)
        for section in sections(document, Span(hit.start, hit.end)):
            if not asks_the_same(question, section.title, hit.title):
                continue
            spans = quotes_of(section, most)
            yield from (Quote(results, hit, document, Unit(span), span) for span in spans)
            if spans:
                return


def _summary(results: Results, document_of: DocumentOf) -> Iterator[Quote]:
    """The outline of what the question names, where a summary is asked for."""
    if results.question.kind is not Kind.SUMMARY:
        return
    found, document, spans = summary(results, document_of)
    for span in spans:
        yield Quote(results, found.hit, document, Unit(span), span)


def _listed(results: Results, document_of: DocumentOf) -> Iterator[Quote]:
    """The list or the table that holds the several things asked for."""
    if not wants_whole_list(results.question):
        return
    best = results.sentences[0]
    document = document_of(best.hit.document_id)
    for unit in enumeration(results.question, document, results.sentences):
        yield from quotes_of_unit(results, best.hit, document, unit)


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
            yield Quote(results, best.hit, document, Unit(span), span)
