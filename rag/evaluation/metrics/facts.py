"""Which questions are judged by characters, and where those characters stand."""

from collections.abc import Iterable, Mapping

from rag.evaluation.records import Place, Query


def quoted_facts(query: Query) -> tuple[int, ...]:
    """The facts that have a gold quote, ascending; none where whole documents are relevant."""
    return tuple(sorted({gold.fact for gold in query.gold if gold.quote is not None}))


def is_judged(query: Query) -> bool:
    """Whether an answer can be told right or wrong: nothing answers, or a quote does."""
    return not query.answerable or bool(quoted_facts(query))


def places_by_fact(query: Query, places: Iterable[Place]) -> Mapping[int, tuple[Place, ...]]:
    """The gold places of each quoted fact; an empty tuple where none was located.

    An empty place is left out: it would be wholly inside anything.
    """
    found: dict[int, list[Place]] = {fact: [] for fact in quoted_facts(query)}
    for place in places:
        if place.fact in found and place.span.start < place.span.end:
            found[place.fact].append(place)
    return {fact: tuple(each) for fact, each in found.items()}
