from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import IndexingError
from rag.evaluation.datasets.dataset import Gold
from rag.evaluation.metrics.span_measures import (
    copies_of,
    covered,
    length,
    look_up,
    places_by_fact,
    span_values,
)
from rag.evaluation.runs import Extent
from rag.types import Document, Span
from rag.types import Place as Copy
from tests.evaluation.metrics.made import (
    DATE,
    DOCUMENTS,
    DURATION,
    FIRST,
    SECOND,
    answer,
    document,
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
    sentences = (Extent("a", 46, 50), Extent("a", 26, 45), Extent("a", 0, 25))
    found = span_values(outcome(TWO_FACTS, TWO_PLACES, sentences=sentences), read)
    assert [found[f"sentence_hit@{k}"] for k in (1, 2, 3)] == [0.0, 0.5, 1.0]


def test_a_sentence_that_cuts_the_gold_does_not_hold_it() -> None:
    for start, end, expected in [(18, 24, 1.0), (19, 24, 0.0), (18, 23, 0.0)]:
        cut = outcome(places=(place(DATE),), sentences=(Extent("a", start, end),))
        assert span_values(cut, read)["sentence_hit@1"] == expected


def test_a_fourth_sentence_is_not_looked_at() -> None:
    sentences = (*(Extent("a", 46, 50) for _ in range(3)), Extent("a", 0, 25))
    found = span_values(outcome(places=(place(DATE),), sentences=sentences), read)
    assert found["sentence_hit@3"] == 0.0


def test_a_sentence_counts_for_its_copies() -> None:
    whole = hit(1, 0, 45, "a", Copy("b", "b", 11, 49))
    date, duration = place(Span(29, 35), 1, "b"), place(Span(37, 48), 2, "b")
    found = span_values(
        outcome(TWO_FACTS, (date, duration), answer(hits=(whole,)), (Extent("a", 0, 25),)),
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


PLACE = place(Span(10, 20))


@pytest.mark.parametrize(
    ("start", "end", "contains", "overlaps"),
    [
        (10, 20, True, True),
        (0, 30, True, True),
        (11, 20, False, True),
        (10, 19, False, True),
        (19, 25, False, True),
        (20, 25, False, False),
        (0, 10, False, False),
    ],
)
def test_extents_are_half_open(start: int, end: int, contains: bool, overlaps: bool) -> None:
    extent = Extent("a", start, end)
    assert (extent.contains(PLACE), extent.overlaps(PLACE)) == (contains, overlaps)
    elsewhere = Extent("b", start, end)
    assert not elsewhere.contains(PLACE)
    assert not elsewhere.overlaps(PLACE)


def test_covered_counts_each_character_once() -> None:
    # 5–13 covers 10, 11, 12; 12–15 adds 13, 14; 18–40 adds 18, 19.
    extents = [Extent("a", 5, 13), Extent("a", 12, 15), Extent("a", 18, 40), Extent("b", 0, 99)]
    assert covered(PLACE, extents) == 7


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=6))
def test_length_is_that_of_the_set_of_characters(pairs: list[list[int]]) -> None:
    characters = {at for start, end in pairs for at in range(start, end)}
    assert length(Span(start, end) for start, end in pairs) == len(characters)


def test_a_copy_is_found_word_for_word() -> None:
    text = "Le salon ouvre le 3 mars."
    assert FIRST[0:25] == SECOND[11:36] == text
    whole = Copy("b", "b", 11, 49)
    assert copies_of(text, [whole], ["b"], read) == [Extent("b", 11, 36)]
    assert copies_of("3 mars", [whole], ["b"], read) == [Extent("b", 29, 35)]


def test_a_copy_is_found_nearly() -> None:
    # One letter of 25 differs: a likeness of 96.
    found = copies_of("Le Salon ouvre le 3 mars.", [Copy("b", "b", 0, 49)], ["b"], read)
    assert found == [Extent("b", 11, 36)]


def test_what_is_too_unlike_is_no_copy() -> None:
    copy = Copy("b", "b", 0, 49)
    assert copies_of("Rien de tel ici, vraiment rien", [copy], ["b"], read) == []
    assert copies_of("", [copy], ["b"], read) == []


def test_documents_that_do_not_matter_are_not_read() -> None:
    def refuse(name: str) -> Document:
        raise AssertionError(name)

    assert copies_of("3 mars", [Copy("b", "b", 0, 49)], ["a"], refuse) == []


@pytest.mark.parametrize("error", [IndexingError("absent"), KeyError("absent")])
def test_an_unknown_document_is_none(error: Exception) -> None:
    def fail(_: str) -> Document:
        raise error

    assert look_up(fail, "z") is None
    assert copies_of("3 mars", [Copy("z", "z", 0, 9)], ["z"], fail) == []
    assert look_up(read, "a") == document("a", FIRST) == DOCUMENTS["a"]


def test_facts_are_those_with_a_quote() -> None:
    mixed = replace(query(), gold=(Gold("a", "x", 3), Gold("a", None, 2), Gold("b", "y", 1)))
    assert mixed.quoted_facts == (1, 3)


def test_judged_by_a_quote_or_by_having_no_answer() -> None:
    assert query().judged
    assert query(facts=()).judged
    assert not query(quote=None).judged


def test_places_stand_under_their_fact() -> None:
    one, other, alternative = place(DATE), place(DURATION, 2), place(DATE, 1, "b")
    found = places_by_fact(query(facts=(1, 2)), (other, one, alternative))
    assert found == {1: (one, alternative), 2: (other,)}


def test_a_fact_that_was_not_located_stays_asked_for() -> None:
    empty, unknown = place(Span(5, 5)), place(DATE, 7)
    assert places_by_fact(query(), (empty, unknown)) == {1: ()}
