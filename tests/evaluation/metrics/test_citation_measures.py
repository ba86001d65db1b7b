from dataclasses import replace

import pytest

from rag.errors import IndexingError
from rag.evaluation.metrics.citation_measures import citation_values, is_right, quote_fidelity
from rag.types import Answer, Document, Span
from rag.types import Place as Copy
from tests.evaluation.metrics.made import (
    DATE,
    DURATION,
    answer,
    citation,
    outcome,
    place,
    query,
    read,
)

TWO = answer([citation(0, 25), citation(26, 45, number=2)])


def test_every_quote_read_anew() -> None:
    assert quote_fidelity(TWO, read) == 1.0


def _with_first(changed: object) -> Answer:
    return replace(TWO, citations=(changed, TWO.citations[1]))


@pytest.mark.parametrize(
    "broken",
    [
        _with_first(replace(TWO.citations[0], quote="Le salon ouvre le 4 mars.")),
        _with_first(replace(TWO.citations[0], start=1)),
        _with_first(replace(TWO.citations[0], document_version="sha256:0")),
        _with_first(replace(TWO.citations[0], document_id="z")),
        replace(TWO, text=TWO.text.replace("3 mars", "4 mars")),
        replace(TWO, segments=(replace(TWO.segments[0], start=1), TWO.segments[1])),
        replace(TWO, segments=(replace(TWO.segments[1], citations=(1,)),)),
    ],
)
def test_one_of_two_quotes_is_not_exact(broken: Answer) -> None:
    assert quote_fidelity(broken, read) == 0.5


def test_an_index_without_the_document_is_not_exact() -> None:
    def fail(name: str) -> Document:
        raise IndexingError(name)

    assert quote_fidelity(TWO, fail) == 0.0


def test_fidelity_is_there_for_unanswerable_questions_too() -> None:
    assert citation_values(outcome(query(facts=()), composed=TWO), read) == {
        "quote_fidelity": 1.0
    }


def test_precision_by_hand() -> None:
    # Of three citations, those of the date touch the gold: one wholly, one by a character.
    composed = answer([citation(0, 25), citation(23, 30, number=2), citation(24, 45, number=3)])
    found = citation_values(outcome(places=(place(DATE),), composed=composed), read)
    assert found["citation_precision"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("spans", "recall"),
    [
        ([(18, 24)], 1.0),
        ([(0, 21)], 1.0),  # 3 of the 6 characters of the date
        ([(0, 20)], 0.0),  # 2 of 6
        ([(0, 20), (23, 30)], 1.0),  # 2 + 1 of 6, together
        ([(0, 20), (17, 20)], 0.0),  # the same 2, twice
    ],
)
def test_half_of_a_gold_is_enough(spans: list[tuple[int, int]], recall: float) -> None:
    cited = [citation(start, end, number=n) for n, (start, end) in enumerate(spans, start=1)]
    found = citation_values(outcome(places=(place(DATE),), composed=answer(cited)), read)
    assert found["citation_recall"] == recall


def test_recall_is_by_fact() -> None:
    asked, places = query(facts=(1, 2)), (place(DATE, 1), place(DURATION, 2))
    one = answer([citation(0, 25)])
    assert citation_values(outcome(asked, places, one), read)["citation_recall"] == 0.5
    assert citation_values(outcome(asked, places, TWO), read)["citation_recall"] == 1.0
    assert not is_right(asked, places, one, read)
    assert is_right(asked, places, TWO, read)


def test_a_fact_that_was_not_located_is_not_cited() -> None:
    assert citation_values(outcome(composed=TWO), read)["citation_recall"] == 0.0


def test_nothing_is_right_without_a_quote_to_cite() -> None:
    assert not is_right(query(facts=()), (), TWO, read)
    assert not is_right(query(quote=None), (place(DATE),), TWO, read)


def test_a_citation_counts_for_its_copies_and_only_its_own_characters() -> None:
    composed = answer([citation(0, 25, also_in=(Copy("b", "b", 0, 49),))])
    date, other = place(Span(29, 35), 1, "b"), place(Span(37, 48), 1, "b")
    found = citation_values(outcome(places=(date,), composed=composed), read)
    assert (found["citation_precision"], found["citation_recall"]) == (1.0, 1.0)
    found = citation_values(outcome(places=(other,), composed=composed), read)
    assert (found["citation_precision"], found["citation_recall"]) == (0.0, 0.0)


def test_verbosity_by_hand() -> None:
    # Cited: 0–25 and 20–45, 45 characters together, and 5 of the other document.
    composed = answer(
        [citation(0, 25), citation(20, 45, number=2), citation(0, 5, "b", number=3)]
    )
    # Gold: the shorter of 6 and 25 characters for the first fact, 10 for the second.
    places = (place(DATE, 1), place(Span(0, 25), 1), place(DURATION, 2))
    found = citation_values(outcome(query(facts=(1, 2)), places, composed), read)
    assert found["verbosity"] == pytest.approx(50 / 16)


def test_an_answer_that_cites_nothing() -> None:
    found = citation_values(outcome(places=(place(DATE),)), read)
    assert found == {"citation_precision": 0.0, "citation_recall": 0.0}
    assert citation_values(outcome(places=(place(DATE),), put=False), read) == found


def test_without_quotes_only_fidelity_applies() -> None:
    found = citation_values(outcome(query(quote=None), (place(DATE),), TWO), read)
    assert found == {"quote_fidelity": 1.0}
