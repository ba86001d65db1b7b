from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.evaluation.datasets.dataset import Dataset, Gold, Query, Unit
from rag.evaluation.runner import examine_all
from rag.evaluation.runs import Examination, Extent, Line, Outcome, Place
from rag.retrieval.retriever import READ
from rag.types import Answer, Document, Hit, Span, Turn
from rag.types import Place as Copy
from tests.evaluation.metrics.made import (
    DATE,
    DURATION,
    FIRST,
    answer,
    citation,
    hit,
    place,
    query,
    read,
)

END = (46, 50)
"""« Fin. », the last word of the first document, which answers nothing."""

DATE_COPIED = Span(29, 35)
"""« 3 mars » in the second document."""


class Fake:
    """Gives the examination of each question by its words; refuses those it has none of."""

    def __init__(self, given: Mapping[str, Examination]) -> None:
        self._given = given
        self.asked: list[tuple[str, tuple[Turn, ...], int]] = []

    def examine(self, question: str, history: Sequence[Turn], depth: int) -> Examination:
        self.asked.append((question, tuple(history), depth))
        if question not in self._given:
            raise QuestionError("La question est vide.")
        return self._given[question]

    def document(self, document_id: str) -> Document:
        return read(document_id)


def run(
    query: Query,
    *hits: Hit,
    places: tuple[Place, ...] = (),
    unit: Unit = Unit.FACT,
    names: Mapping[str, str] | None = None,
    composed: Answer | None = None,
    sentences: tuple[Extent, ...] = (),
    threshold: float = 0.5,
) -> Outcome:
    given = replace(composed or answer(), hits=hits)
    fake = Fake({query.question: Examination(given, sentences)})
    (outcome,) = examine(fake, [query], {query.id: places}, unit, names, threshold)
    return outcome


def examine(
    fake: Fake,
    queries: Iterable[Query],
    places: Mapping[str, tuple[Place, ...]],
    unit: Unit = Unit.FACT,
    names: Mapping[str, str] | None = None,
    threshold: float = 0.5,
) -> tuple[Outcome, ...]:
    dataset = Dataset("set", unit, tuple(queries), (), "sha256:0")
    return examine_all(dataset, places, names or {}, fake, threshold, lambda *told: None)


def asking(name: str) -> Query:
    """A question whose words are its id."""
    return replace(query(name), question=name)


def test_a_hit_touching_two_facts_gives_two_lines_and_a_second_touch_its_own() -> None:
    outcome = run(
        query(facts=(1, 2)),
        hit(1, *END),
        hit(2, 0, 45),
        hit(3, 10, 30),
        places=(place(DURATION, fact=2), place(DATE, fact=1)),
    )
    assert outcome.ranking == (
        Line("a-1", 1.0),
        Line("q#1", 1 / 2),
        Line("q#2", 1 / 2),
        Line("a-3", 1 / 3),
    )
    assert outcome.relevant == {"q#1": 1, "q#2": 1}
    # Both facts among the first five, at ranks 2 and 3, none at rank 1.
    assert outcome.values["recall@1"] == 0
    assert outcome.values["recall@5"] == 1
    assert outcome.values["mrr@10"] == 1 / 2
    gain, ideal = 1 / log2(3) + 1 / log2(4), 1 / log2(2) + 1 / log2(3)
    assert outcome.values["ndcg@10"] == pytest.approx(gain / ideal)


def test_alternatives_of_one_fact_are_found_once() -> None:
    outcome = run(
        query(),
        hit(1, 11, 36, "b"),
        hit(2, 0, 25),
        places=(place(DATE), place(DATE_COPIED, document_id="b")),
    )
    assert outcome.ranking == (Line("q#1", 1.0), Line("a-2", 1 / 2))
    assert outcome.relevant == {"q#1": 1}


@pytest.mark.parametrize(
    ("start", "end", "unit"),
    [(0, 18, "a-1"), (0, 19, "q#1"), (23, 30, "q#1"), (24, 30, "a-1")],
)
def test_one_character_in_common_is_enough(start: int, end: int, unit: str) -> None:
    outcome = run(query(), hit(1, start, end), places=(place(DATE),))
    assert outcome.ranking == (Line(unit, 1.0),)


def test_the_same_characters_of_another_document_touch_nothing() -> None:
    outcome = run(query(), hit(1, 0, 45, "b"), places=(place(DATE),))
    assert outcome.ranking == (Line("b-1", 1.0),)


def test_a_fact_is_touched_through_a_copy_of_the_passage() -> None:
    copied = hit(1, 11, 36, "b", Copy("a", "a", 0, 25))
    outcome = run(query(), copied, hit(2, 0, 25), places=(place(DATE),))
    assert outcome.ranking == (Line("q#1", 1.0), Line("a-2", 1 / 2))
    elsewhere = hit(1, 11, 36, "b", Copy("a", "a", 25, 45))
    outcome = run(query(), elsewhere, places=(place(DATE),))
    assert outcome.ranking == (Line("b-1", 1.0),)


def test_a_question_that_nothing_answers_ranks_passages_and_is_not_ranked_by() -> None:
    outcome = run(query(facts=()), hit(1, 0, 25), hit(2, *END))
    assert outcome.ranking == (Line("a-1", 1.0), Line("a-2", 1 / 2))
    assert outcome.relevant == {}
    assert "recall@1" not in outcome.values


def test_a_document_counts_once_where_its_first_passage_stands() -> None:
    asked = replace(query(), gold=(Gold("le second", None, grade=2),))
    outcome = run(
        asked,
        hit(1, 0, 25),
        hit(2, 25, 45),
        hit(3, 0, 11, "b"),
        hit(4, 11, 36, "b"),
        places=(place(Span(0, 49), document_id="b"),),
        unit=Unit.DOCUMENT,
        names={"a": "le premier", "b": "le second"},
    )
    assert outcome.ranking == (Line("le premier", 1.0), Line("le second", 1 / 3))
    assert outcome.relevant == {"le second": 2}
    # Second of the documents, though third of the passages.
    assert outcome.values["mrr@10"] == 1 / 2
    assert "right" not in outcome.values


def test_the_documents_that_a_passage_also_stands_in_count_with_it() -> None:
    outcome = run(
        replace(query(), gold=(Gold("B", None),)),
        hit(1, 0, 25, "a", Copy("b", "b", 11, 36)),
        hit(2, 36, 49, "b"),
        unit=Unit.DOCUMENT,
        names={"a": "A", "b": "B"},
    )
    assert outcome.ranking == (Line("A", 1.0), Line("B", 1.0))
    assert outcome.values["recall@1"] == 0
    assert outcome.values["recall@5"] == 1


def test_a_question_that_cannot_be_put_counts_zero_and_the_others_as_they_are() -> None:
    queries = [asking("lost"), asking("put")]
    composed = answer([citation(18, 24)], hits=(hit(1, 0, 25),))
    fake = Fake({"put": Examination(composed, (Extent("a", 0, 25),))})
    lost, put = examine(fake, queries, {each.id: (place(DATE),) for each in queries})
    assert (lost.query.id, put.query.id) == ("lost", "put")
    assert lost.examination is None
    assert lost.ranking == ()
    assert not lost.answered
    assert not lost.right
    assert lost.values["recall@1"] == lost.values["answered"] == 0
    assert set(lost.values.values()) == {0.0}
    assert put.answered
    assert put.right
    assert put.values["recall@1"] == put.values["sentence_hit@1"] == 1


@pytest.mark.parametrize(("threshold", "answered"), [(0.0, True), (0.5, True), (0.51, False)])
def test_the_threshold_decides_what_is_answered_and_not_what_is_right(
    threshold: float, answered: bool
) -> None:
    outcome = run(
        query(),
        places=(place(DATE),),
        composed=answer([citation(18, 24)], confidence=0.5),
        threshold=threshold,
    )
    assert outcome.answered is answered
    assert outcome.right
    assert outcome.values["right"] == 1
    assert outcome.values["given_right"] == float(answered)


def test_nothing_composed_is_not_answered_at_any_confidence() -> None:
    silent = replace(answer(confidence=1.0), answered=False)
    outcome = run(query(), places=(place(DATE),), composed=silent, threshold=0.0)
    assert not outcome.answered
    assert not outcome.right


def test_an_answer_that_cites_something_else_is_wrong_though_answered() -> None:
    outcome = run(query(), places=(place(DATE),), composed=answer([citation(*END)]))
    assert outcome.answered
    assert not outcome.right
    assert outcome.values["given_wrong"] == 1


def test_what_is_asked_is_the_question_its_history_and_a_hundred_hits() -> None:
    history = (Turn("Et avant ?", "Rien."),)
    fake = Fake({"Quand ?": Examination(answer(), ())})
    examine(fake, [replace(query(), history=history)], {"q": ()})
    assert fake.asked == [("Quand ?", history, 100)]


def test_the_outcome_keeps_a_hundred_lines_and_the_hits_that_sentences_come_from() -> None:
    hits = [hit(rank, *END) for rank in range(1, 121)]
    outcome = run(query(), *hits, places=(place(DATE),))
    assert [each.unit for each in outcome.ranking] == [f"a-{n}" for n in range(1, 101)]
    assert outcome.examination is not None
    assert outcome.examination.answer.hits == tuple(hits[:READ])


@pytest.mark.parametrize(("rank", "recall"), [(100, 1), (101, 0)])
def test_what_is_found_deeper_than_a_hundred_is_not_found(rank: int, recall: int) -> None:
    hits = [hit(each, *END) for each in range(1, rank)]
    outcome = run(query(), *hits, hit(rank, 0, 25), places=(place(DATE),))
    assert outcome.values["recall@100"] == recall
    assert outcome.values["recall@10"] == 0


def test_a_sentence_of_the_last_passage_read_counts_by_its_copy() -> None:
    hits = [hit(rank, *END) for rank in range(1, READ)]
    copied = hit(READ, 11, 36, "b", Copy("a", "a", 0, 25))
    outcome = run(
        query(), *hits, copied, places=(place(DATE),), sentences=(Extent("b", 11, 36),)
    )
    assert outcome.values["sentence_hit@1"] == 1


def test_progress_counts_questions_up_to_all() -> None:
    queries = [asking(str(number)) for number in range(45)]
    dataset = Dataset("set", Unit.FACT, tuple(queries), (), "sha256:0")
    told: list[tuple[int, int]] = []
    outcomes = examine_all(
        dataset,
        {each.id: () for each in queries},
        {},
        Fake({}),
        0.5,
        lambda done, total: told.append((done, total)),
    )
    assert [each.query.id for each in outcomes] == [each.id for each in queries]
    assert len(told) > 1
    assert told == sorted(set(told))
    assert {total for _, total in told} == {45}
    assert told[-1] == (45, 45)


spans = st.tuples(st.integers(0, len(FIRST) - 1), st.integers(1, len(FIRST))).filter(
    lambda span: span[0] < span[1]
)


@given(st.lists(spans, max_size=8))
def test_each_unit_stands_once_and_a_fact_where_it_is_first_touched(
    found: list[tuple[int, int]],
) -> None:
    places = {1: DATE, 2: DURATION}
    outcome = run(
        query(facts=places),
        *(hit(rank, *span) for rank, span in enumerate(found, start=1)),
        places=tuple(place(span, fact) for fact, span in places.items()),
    )
    units = [line.unit for line in outcome.ranking]
    assert len(units) == len(set(units))
    scores = {line.unit: line.score for line in outcome.ranking}
    for fact, gold in places.items():
        shared = [set(range(*span)) & set(range(gold.start, gold.end)) for span in found]
        first = next((rank for rank, each in enumerate(shared, start=1) if each), None)
        assert scores.get(f"q#{fact}") == (first and 1 / first)
