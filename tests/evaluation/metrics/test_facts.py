from dataclasses import replace

from rag.evaluation.metrics.facts import is_judged, places_by_fact, quoted_facts
from rag.evaluation.records import Gold
from rag.types import Span
from tests.evaluation.metrics.made import DATE, DURATION, place, query


def test_facts_are_those_with_a_quote() -> None:
    mixed = replace(query(), gold=(Gold("a", "x", 3), Gold("a", None, 2), Gold("b", "y", 1)))
    assert quoted_facts(mixed) == (1, 3)


def test_judged_by_a_quote_or_by_having_no_answer() -> None:
    assert is_judged(query())
    assert is_judged(query(facts=()))
    assert not is_judged(query(quote=None))


def test_places_stand_under_their_fact() -> None:
    one, other, alternative = place(DATE), place(DURATION, 2), place(DATE, 1, "b")
    found = places_by_fact(query(facts=(1, 2)), (other, one, alternative))
    assert found == {1: (one, alternative), 2: (other,)}


def test_a_fact_that_was_not_located_stays_asked_for() -> None:
    empty, unknown = place(Span(5, 5)), place(DATE, 7)
    assert places_by_fact(query(), (empty, unknown)) == {1: ()}
