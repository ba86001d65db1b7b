from rag.answering.sections import asks_the_same, quotes_of, section_at, sections
from rag.types import Kind, Span
from tests.answering.documents import document, question, span

HELD = document(
    """
    · Avant tout titre.
    # Guide
    ## Montant de l'aide
    · Elle est de 10 €.
    · Elle est versée :
    - en mars
    - en mai
    = Mois | Part
    | mars | 5 €
    """
)


def test_sections_begin_at_each_heading_and_hold_what_stands_before_the_next() -> None:
    assert [(each.title, len(each.body), each.length > 0) for each in sections(HELD)] == [
        ("Guide", 0, False),
        ("Montant de l'aide", 6, True),
    ]


def test_sections_within_a_span_are_those_whose_heading_begins_there() -> None:
    second = span(HELD, "Montant de l'aide")
    assert [each.title for each in sections(HELD, second)] == ["Montant de l'aide"]
    assert list(sections(HELD, Span(second.start + 1, len(HELD.text)))) == []


def test_a_document_without_headings_has_no_section() -> None:
    held = document("· Une phrase.")
    assert list(sections(held)) == []
    assert section_at(held, 0) is None


def test_section_at() -> None:
    assert section_at(HELD, 0) is None
    found = section_at(HELD, span(HELD, "en mars").start)
    assert found is not None
    assert found.title == "Montant de l'aide"


def test_quotes_of_a_section_end_with_the_last_whole_block_that_fits() -> None:
    section = list(sections(HELD))[1]

    def quoted(most: int) -> list[str]:
        return [HELD.text[each.start : each.end] for each in quotes_of(section, most)]

    assert quoted(1000) == [
        "Elle est de 10 €.",
        "Elle est versée :\n\nen mars\n\nen mai",
        "Mois | Part",
        "mars | 5 €",
    ]
    assert quoted(42) == ["Elle est de 10 €.", "Elle est versée :\n\nen mars"]
    assert quoted(5) == []


def test_a_heading_asks_the_same_where_words_and_kind_agree() -> None:
    cases = [
        ("Quel est le montant de l'aide ?", Kind.VALUE, "Montant de l'aide", "Guide", True),
        ("Quand la cantine ouvre-t-elle ?", Kind.VALUE, "Horaires", "Guide", False),
        ("Qu'est-ce qu'Albert ?", Kind.DEFINITION, "Albert", "Guide", True),
        ("Où est Albert ?", Kind.VALUE, "Qu'est-ce qu'Albert ?", "Guide", False),
        ("Albert est-il ouvert ?", Kind.DECISION, "Est-il ouvert ?", "Albert", True),
        ("Albert est-il ouvert ?", Kind.DECISION, "Est-il ouvert ?", "Guide", False),
        ("", Kind.OTHER, "Albert", "Guide", False),
    ]
    wrong = [
        case
        for case in cases
        if asks_the_same(question(case[0], case[1]), case[2], case[3]) is not case[4]
    ]
    assert not wrong
