from rag.evaluation.metrics.spans import span_values
from rag.evaluation.records import Candidate
from rag.types import Place as Copy
from rag.types import Span
from tests.evaluation.metrics.made import (
    DATE,
    DURATION,
    answer,
    hit,
    outcome,
    place,
    query,
    read,
)

TWO_FACTS = query(facts=(1, 2))
TWO_PLACES = (place(DATE, 1), place(DURATION, 2))


def test_span_recall_by_hand() -> None:
    # The second passage holds the date, the sixth the duration; the first cuts the date.
    hits = (
        hit(1, 0, 20),
        hit(2, 0, 25),
        *(hit(rank, 0, 5, "b") for rank in (3, 4, 5)),
        hit(6, 26, 45),
    )
    found = span_values(outcome(TWO_FACTS, TWO_PLACES, answer(hits=hits)), read)
    recalls = [found[f"span_recall@{k}"] for k in (1, 5, 10)]
    assert recalls == [0.0, 0.5, 1.0]


def test_the_ranks_decide_not_the_order_of_the_tuple() -> None:
    hits = (hit(2, 0, 5), hit(1, 0, 25))
    found = span_values(outcome(places=(place(DATE),), composed=answer(hits=hits)), read)
    assert found["span_recall@1"] == 1.0


def test_alternatives_are_each_enough() -> None:
    places = (place(Span(29, 35), 1, "b"), place(DATE, 1))
    found = span_values(outcome(places=places, composed=answer(hits=(hit(1, 0, 25),))), read)
    assert found["span_recall@1"] == 1.0


def test_a_passage_counts_for_its_copies() -> None:
    copied = hit(1, 0, 25, "a", Copy("b", "b", 11, 36))
    composed = answer(hits=(copied,))
    inside, beyond = place(Span(29, 35), 1, "b"), place(Span(30, 40), 1, "b")
    assert span_values(outcome(places=(inside,), composed=composed), read)["span_recall@1"] == 1
    assert span_values(outcome(places=(beyond,), composed=composed), read)["span_recall@1"] == 0


def test_sentence_hit_by_hand() -> None:
    # First a sentence of neither fact, then that of the duration, then that of the date.
    sentences = (Candidate("a", 46, 50), Candidate("a", 26, 45), Candidate("a", 0, 25))
    found = span_values(outcome(TWO_FACTS, TWO_PLACES, sentences=sentences), read)
    assert [found[f"sentence_hit@{k}"] for k in (1, 2, 3)] == [0.0, 0.5, 1.0]


def test_a_sentence_that_cuts_the_gold_does_not_hold_it() -> None:
    for start, end, expected in [(18, 24, 1.0), (19, 24, 0.0), (18, 23, 0.0)]:
        cut = outcome(places=(place(DATE),), sentences=(Candidate("a", start, end),))
        assert span_values(cut, read)["sentence_hit@1"] == expected


def test_a_fourth_sentence_is_not_looked_at() -> None:
    sentences = (*(Candidate("a", 46, 50) for _ in range(3)), Candidate("a", 0, 25))
    found = span_values(outcome(places=(place(DATE),), sentences=sentences), read)
    assert found["sentence_hit@3"] == 0.0


def test_a_sentence_counts_for_its_copies() -> None:
    whole = hit(1, 0, 45, "a", Copy("b", "b", 11, 49))
    date, duration = place(Span(29, 35), 1, "b"), place(Span(37, 48), 2, "b")
    found = span_values(
        outcome(TWO_FACTS, (date, duration), answer(hits=(whole,)), (Candidate("a", 0, 25),)),
        read,
    )
    # The passage's copy holds both; the sentence's own copy holds the date alone.
    assert (found["span_recall@1"], found["sentence_hit@1"]) == (1.0, 0.5)


def test_nothing_found_and_nothing_put_are_zero() -> None:
    for missing in (outcome(places=(place(DATE),)), outcome(places=(place(DATE),), put=False)):
        found = span_values(missing, read)
        assert set(found.values()) == {0.0}
        assert len(found) == 6


def test_without_quotes_nothing_applies() -> None:
    assert span_values(outcome(query(facts=())), read) == {}
    assert span_values(outcome(query(quote=None), places=(place(DATE),)), read) == {}
