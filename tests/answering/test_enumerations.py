from rag.answering.enumerations import enumeration
from rag.types import Kind
from tests.answering.documents import document, found, question

HELD = document(
    """
    # Prix
    · Les prix changent.
    · Voici les offres :
    - la base
    - la pleine
    = Offre | Prix
    | Base | 10
    | Pro | 20
    | Max | 30
    # Suite
    - la suite
    - la fin
    """
)


def told(asked: str, *sentences: tuple[str, float]) -> list[str]:
    each = [found(HELD, words, score) for words, score in sentences]
    units = enumeration(question(asked, Kind.SEVERAL), HELD, each)
    return [HELD.text[unit.body.start : unit.body.end] for unit in units]


def test_a_list_stands_out_where_its_items_are_close_or_its_introduction_named() -> None:
    best, items = ("Les prix changent.", 9.0), ("la base", "la pleine")
    whole = ["Voici les offres :\n\nla base\n\nla pleine"]
    assert told("Quels tarifs ?", best, *((each, 8.0) for each in items)) == whole
    assert told("Quelles offres ?", best, *((each, 1.0) for each in items)) == whole
    assert told("Quels tarifs ?", best, *((each, 1.0) for each in items)) == []
    assert told("Quelles offres ?", best, ("la base", 8.0)) == []


def test_a_list_of_another_section_does_not() -> None:
    assert told("Quelles suites ?", ("Les prix changent.", 9.0), ("la suite", 9.0)) == []


def test_a_table_stands_out_where_three_of_its_rows_are_close() -> None:
    rows = ("Base | 10", "Pro | 20", "Max | 30")
    assert told("Quels prix ?", *((each, 5.0) for each in rows)) == list(rows)
    assert told("Quels prix ?", *((each, 5.0) for each in rows[:2])) == []
