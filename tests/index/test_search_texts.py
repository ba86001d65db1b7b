import hashlib
from dataclasses import replace

from rag.index.search_texts import (
    contextual_header,
    lexical_fields,
    names_of,
    sentence_characters,
    sentence_text,
    sentence_vector_text,
    vector_key,
    vector_text,
)
from rag.text.terms import lexical_terms
from rag.types import BlockKind, Passage, Sentence
from tests.index.local.samples import entry

(PASSAGE,) = entry("a.md", "Agenda\nLe salon ouvre.").passages


def test_the_header_is_title_and_headings() -> None:
    passage = replace(PASSAGE, text="Le salon.", headings=("2026", "Paris"))
    assert contextual_header("Guide", passage) == "Guide — 2026 — Paris"
    assert vector_text("Guide", passage) == "Guide — 2026 — Paris\nLe salon."


def test_the_header_repeats_nothing() -> None:
    passage = replace(PASSAGE, headings=("Guide", "", "Agenda"))
    assert contextual_header("Guide", passage) == "Guide"
    assert contextual_header("", replace(PASSAGE, headings=("Agenda",))) == ""
    assert vector_text("", replace(PASSAGE, headings=("Agenda",))) == PASSAGE.text


def test_a_word_that_opens_the_text_is_no_heading() -> None:
    passage = replace(PASSAGE, text="Agenda du salon.", headings=("Agenda",))
    assert contextual_header("Guide", passage) == "Guide — Agenda"


def test_a_sentence_is_searched_by_its_search_text_and_cited_by_its_characters() -> None:
    plain = Sentence(7, 22, BlockKind.PARAGRAPH)
    assert sentence_text(PASSAGE, plain) == "Le salon ouvre."
    row = replace(plain, search_text="Salon : ouvert")
    assert sentence_text(PASSAGE, row) == "Salon : ouvert"
    assert sentence_characters(PASSAGE, row) == "Le salon ouvre."


def test_a_sentence_s_vector_knows_title_and_nearest_heading() -> None:
    passage = replace(PASSAGE, headings=("2026", "Paris"))
    plain = Sentence(7, 22, BlockKind.PARAGRAPH)
    assert sentence_vector_text("Guide", passage, plain) == "Guide — Paris — Le salon ouvre."
    assert sentence_vector_text("", PASSAGE, plain) == "Le salon ouvre."
    heading = Sentence(0, 6, BlockKind.HEADING)
    under = replace(PASSAGE, headings=("Agenda",))
    assert sentence_vector_text("Guide", under, heading) == "Guide — Agenda"


def test_offsets_count_from_the_document() -> None:
    shifted = replace(PASSAGE, start=100, end=122)
    assert sentence_characters(shifted, Sentence(107, 115, BlockKind.PARAGRAPH)) == "Le salon"


def fields(passage: Passage) -> list[tuple[str, ...]]:
    searched = [lexical_terms(sentence_text(passage, one)) for one in passage.sentences]
    found = lexical_fields("Guide NIS2", passage, searched)
    return [found.body, found.title, found.references]


def test_fields_hold_context_text_and_what_search_texts_add_once() -> None:
    rows = (
        Sentence(0, 6, BlockKind.TABLE_ROW, "Projet : Agenda ; article L. 121-1"),
        Sentence(7, 22, BlockKind.TABLE_ROW, "Projet : Le salon ouvre."),
    )
    body, title, references = fields(replace(PASSAGE, sentences=rows, headings=("Ligne",)))
    context = lexical_terms("Guide NIS2 — Ligne")
    added = lexical_terms("Projet article L 121 1")
    assert list(body) == context + lexical_terms(PASSAGE.text) + added
    assert list(title) == context
    assert "nis2" in references
    assert "l121-1" in references


def test_a_key_is_half_a_sha256() -> None:
    assert vector_key("é") == hashlib.sha256("passage|é".encode()).digest()[:16]
    assert vector_key("\ud800") != vector_key("\ud801")


def test_folders_and_file_say_what_the_title_does_not() -> None:
    told = {
        ("saint-aubin/cantine_2024.pdf", "Cantine"): "saint aubin",
        ("Écoles/Règlement%20int%C3%A9rieur.docx", "Le reglement"): "Écoles intérieur",
        ("a/b/2024-03-14/x.md", "Note"): "",
        ("cc0f3b12.md", ""): "",
        ("", ""): "",
    }
    assert {each: names_of(*each) for each in told} == told


def test_names_are_words_of_the_title_and_of_the_body_once() -> None:
    found = lexical_fields("Guide", PASSAGE, [], "salon aubin")
    plain = lexical_fields("Guide", PASSAGE, [])
    assert found.title == (*plain.title, *lexical_terms("salon aubin"))
    assert found.body == (*plain.body, *lexical_terms("aubin"))
