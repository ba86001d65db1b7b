"""Puts every question of a dataset to an index, and keeps what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from rag.errors import QuestionError
from rag.evaluation.datasets.dataset import Dataset, Query, Unit
from rag.evaluation.metrics.citation_measures import is_right
from rag.evaluation.metrics.question_measures import measured
from rag.evaluation.metrics.span_measures import touches
from rag.evaluation.runs import Examination, Line, Outcome, Place
from rag.protocols import Progress
from rag.retrieval.retriever import READ
from rag.types import Document, Hit, Turn

DEPTH: Final = 100
"""How deep a ranking is looked at."""

_PROGRESS_EVERY: Final = 20


class Examiner(Protocol):
    """What answers: a service over one index."""

    def examine(self, question: str, history: Sequence[Turn], depth: int) -> Examination:
        """The answer to a question whatever its confidence, with ``depth`` hits.

        Raises:
            QuestionError: the question cannot be put.
        """

    def document(self, document_id: str) -> Document:
        """A document of the index; raises ``IndexingError`` where there is none."""


def examine_all(
    dataset: Dataset,
    places: Mapping[str, tuple[Place, ...]],
    names: Mapping[str, str],
    examiner: Examiner,
    threshold: float,
    progress: Progress,
) -> tuple[Outcome, ...]:
    """Put all questions one after the other, as they would be asked, and measure.

    ``places`` are where each question's golds stand, by its id (`rag.evaluation.gold`),
    ``names`` the dataset's id of each document that it brings, by the index's id, and
    ``threshold`` is the least confidence at which an answer counts as given.
    """
    outcomes = []
    for number, query in enumerate(dataset.queries, start=1):
        outcomes.append(
            _outcome(dataset.unit, query, places[query.id], names, examiner, threshold)
        )
        if number % _PROGRESS_EVERY == 0 or number == len(dataset.queries):
            progress(number, len(dataset.queries))
    return measured(outcomes, examiner.document)


def _outcome(
    unit: Unit,
    query: Query,
    places: tuple[Place, ...],
    names: Mapping[str, str],
    examiner: Examiner,
    threshold: float,
) -> Outcome:
    examination = _examination(query, examiner)
    answer = None if examination is None else examination.answer
    hits = () if answer is None else answer.hits
    lines = (
        _by_document(hits, names) if unit is Unit.DOCUMENT else _by_fact(query, places, hits)
    )
    return Outcome(
        query=query,
        places=places,
        ranking=tuple(lines)[:DEPTH],
        relevant=_relevant(unit, query),
        examination=examination and _trimmed(examination),
        answered=answer is not None and answer.answered and answer.confidence >= threshold,
        right=answer is not None and is_right(query, places, answer, examiner.document),
    )


def _examination(query: Query, examiner: Examiner) -> Examination | None:
    try:
        return examiner.examine(query.question, query.history, DEPTH)
    except QuestionError:
        return None


def _trimmed(examination: Examination) -> Examination:
    """Without the hits, once they are ranked, that sentences cannot come from."""
    answer = examination.answer
    return replace(examination, answer=replace(answer, hits=answer.hits[:READ]))


def _relevant(unit: Unit, query: Query) -> dict[str, int]:
    if unit is Unit.DOCUMENT:
        return {gold.document: gold.grade for gold in query.gold}
    return {_fact_unit(query, gold.fact): gold.grade for gold in query.gold}


def _by_document(hits: Iterable[Hit], names: Mapping[str, str]) -> Iterator[Line]:
    seen: set[str] = set()
    for hit in hits:
        for identity in (hit.document_id, *(copy.document_id for copy in hit.also_in)):
            if identity not in seen:
                seen.add(identity)
                yield Line(names[identity], hit.score)


def _by_fact(query: Query, places: Sequence[Place], hits: Iterable[Hit]) -> Iterator[Line]:
    """A line a hit: the facts that it is the first to touch, else the passage itself."""
    found: set[int] = set()
    for hit in hits:
        touched = {place.fact for place in places if touches(hit, place)} - found
        found |= touched
        if not touched:
            yield Line(hit.passage_id, hit.score)
        for fact in sorted(touched):
            yield Line(_fact_unit(query, fact), hit.score)


def _fact_unit(query: Query, fact: int) -> str:
    return f"{query.id}#{fact}"
