from hypothesis import given
from hypothesis import strategies as st

from rag.answering.arrangement import Quote, arranged
from rag.answering.quote_context import Unit
from rag.types import Document, Span
from tests.answering.documents import document, hit, question, results

ONE = document("· Un. Deux. Trois.\n= A | B\n| a | b\n| c | d", name="one")
TWO = document("· Quatre. Cinq. Six.", name="two")


def quote(held: Document, start: int, end: int) -> Quote:
    where = Span(start, end)
    found = results(question("?"), held)
    return Quote(found, hit(held), held, Unit(where), where)


def told(quotes: list[Quote], *, best_first: bool = False) -> list[str]:
    return [
        each.document.text[each.span.start : each.span.end]
        for each in arranged(quotes, best_first)
    ]


def words(held: Document, text: str) -> Quote:
    start = held.text.index(text)
    return quote(held, start, start + len(text))


def test_documents_as_first_named_and_each_in_its_order() -> None:
    quotes = [words(TWO, "Six."), words(ONE, "Trois."), words(TWO, "Cinq."), words(ONE, "Un.")]
    assert told(quotes) == ["Cinq.", "Six.", "Un.", "Trois."]


def test_what_overlaps_is_one_and_what_lies_inside_is_gone() -> None:
    quotes = [words(ONE, "Deux."), words(ONE, "Un. Deux."), words(ONE, "Deux. Trois.")]
    assert told(quotes) == ["Un. Deux. Trois."]


def test_the_best_leads_with_its_table_before_the_rest() -> None:
    quotes = [words(ONE, "c | d"), words(ONE, "Un."), words(ONE, "a | b")]
    assert told(quotes, best_first=True) == ["c | d", "a | b", "Un."]


@given(
    st.lists(
        st.tuples(st.sampled_from([ONE, TWO]), st.integers(0, 17), st.integers(1, 18)).map(
            lambda each: quote(each[0], each[1], each[1] + each[2])
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_every_character_is_quoted_once(quotes: list[Quote], best_first: bool) -> None:
    def characters(of: tuple[Quote, ...] | list[Quote]) -> list[tuple[str, int]]:
        return [
            (each.document.id, at)
            for each in of
            for at in range(each.span.start, each.span.end)
        ]

    kept = characters(arranged(quotes, best_first))
    assert len(kept) == len(set(kept))
    assert set(kept) == set(characters(quotes))
