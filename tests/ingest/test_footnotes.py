from rag.ingest.footnotes import mark_footnotes, settle_footnotes

from .helpers import FOOTNOTE, heading, item, outline, paragraph


def settle(*blocks: object) -> list[tuple[str, str]]:
    return outline(settle_footnotes(mark_footnotes(blocks)))  # type: ignore[arg-type]


def test_a_note_follows_its_caller_and_the_signs_go() -> None:
    assert settle(
        paragraph("Le rapport sur l'IA¹, porté en 2018."),
        paragraph("Un autre paragraphe de 11 000 m²."),
        paragraph("¹ Un éclairage a été porté en 2024."),
    ) == [
        ("paragraph", "Le rapport sur l'IA, porté en 2018."),
        ("footnote", "Un éclairage a été porté en 2024."),
        ("paragraph", "Un autre paragraphe de 11 000 m²."),
    ]


def test_a_note_of_an_item_follows_the_whole_list() -> None:
    assert settle(
        item("un[^a] ;"),
        item("deux ;"),
        item("trois."),
        heading("Suite"),
        paragraph("[^a] Note."),
    ) == [
        ("list_item", "un ;"),
        ("list_item", "deux ;"),
        ("list_item", "trois."),
        ("footnote", "Note."),
        ("heading", "Suite"),
    ]


def test_a_note_without_caller_stays() -> None:
    assert settle(paragraph("Un."), paragraph("⁴ Note."), paragraph("Deux.")) == [
        ("paragraph", "Un."),
        ("footnote", "Note."),
        ("paragraph", "Deux."),
    ]


def test_units_and_powers_stay_even_when_a_note_has_that_number() -> None:
    text = settle(paragraph("2 km² pour 10² € en 2025²."), paragraph("² Note."))[0][1]
    assert text == "2 km² pour 10² € en 2025."


def test_signs_without_note_stay() -> None:
    assert settle(paragraph("La regex [^abc] et CO².")) == [
        ("paragraph", "La regex [^abc] et CO².")
    ]


def test_numbers_that_start_again_find_the_nearest_caller() -> None:
    assert settle(
        paragraph("Un¹."), paragraph("¹ A."), paragraph("Deux¹."), paragraph("¹ B.")
    ) == [("paragraph", "Un."), ("footnote", "A."), ("paragraph", "Deux."), ("footnote", "B.")]


def test_only_paragraphs_with_letters_are_notes() -> None:
    marked = mark_footnotes([paragraph("²⁰"), paragraph("³<https://exemple.fr>"), item("¹ a")])
    assert [block.kind is FOOTNOTE for block in marked] == [False, True, False]
