from dataclasses import replace

import pytest

from rag.answering.confidence import Level
from rag.types import (
    Answer,
    Citation,
    Hit,
    IndexIdentity,
    Segment,
    Signals,
    Span,
    Support,
    Timings,
    Verdict,
)
from rag.web.pages.answers import ShownTurn, show


def citation(number: int, quote: str, document: str = "a", **more: object) -> Citation:
    fields: dict[str, object] = {
        "document_version": "sha256:0",
        "title": f"Titre de {document}",
        "source": None,
        "source_url": None,
        "date": None,
        "page": None,
        "headings": ("Titre",),
        "start": number,
        "end": number + len(quote),
        **more,
    }
    return Citation(number=number, document_id=document, quote=quote, **fields)  # type: ignore[arg-type]


def hit(rank: int, text: str = "x", *headings: str) -> Hit:
    signals = Signals(0.0, 0.0, 0.0)
    end = len(text)
    return Hit(f"a-{rank}", "a", "Titre", 0, end, text, headings, None, rank, 0.0, signals)


def shown(
    *quotes: str,
    documents: str = "",
    highlights: tuple[Span, ...] = (),
    hits: tuple[Hit, ...] = (),
    **more: object,
) -> ShownTurn:
    text, segments, citations = "", [], []
    for number, quote in enumerate(quotes, 1):
        start = len(text) + bool(text)
        text += f"{chr(10) if text else ''}{quote} [{number}]"
        segments.append(Segment(quote, start, start + len(quote), (number,), Support.VERBATIM))
        document = documents[number - 1] if documents else "a"
        citations.append(citation(number, quote, document, **more))
    answer = Answer(
        "id",
        "q",
        None,
        bool(quotes),
        Verdict.ANSWERED if quotes else Verdict.NONE,
        0.75,
        "extractive",
        text,
        tuple(segments),
        highlights,
        tuple(citations),
        hits,
        IndexIdentity("g", "m"),
        Timings(0, 0, 0, 0, 0),
    )
    return show("Quoi ?", answer, {"a": "fr", "b": "en"})


def words(turn: ShownTurn) -> list[list[list[str]]]:
    return [
        ["".join(piece.text for piece in cell) for line in each.lines for cell in line.cells]
        for each in turn.groups
    ]


def test_the_words_asked_for_are_marked_to_the_code_point() -> None:
    turn = shown("𝄞 le 3 février", "à Paris", highlights=(Span(5, 14), Span(21, 26)))
    marked = [
        piece.text
        for each in turn.groups
        for line in each.lines
        for cell in line.cells
        for piece in cell
        if piece.marked
    ]
    assert marked == ["3 février", "Paris"]
    assert words(turn) == [["𝄞 le 3 février"], ["à Paris"]]


def test_marks_that_touch_and_overlap_lose_no_character() -> None:
    turn = shown("abcdef", highlights=(Span(0, 2), Span(2, 4), Span(3, 5), Span(5, 40)))
    assert words(turn) == [["abcdef"]]


def test_a_header_and_its_rows_make_a_table() -> None:
    turn = shown("Projet | Porteur", "A | B", "C | D", "Fin.", highlights=(Span(25, 26),))
    assert [each.is_table for each in turn.groups] == [True, False]
    table = turn.groups[0]
    assert [len(line.cells) for line in table.lines] == [2, 2, 2]
    assert [line.numbers for line in table.lines] == [(1,), (2,), (3,)]
    assert [p.text for line in table.lines for c in line.cells for p in c if p.marked] == ["B"]


def test_tables_of_two_places_are_two_tables() -> None:
    turn = shown("Projet | Porteur", "A | B", "Poste | Prix", "C | D")
    cited = tuple(
        replace(each, headings=("Un" if each.number < 3 else "Deux",))
        for each in turn.answer.citations
    )
    turn = show("Quoi ?", replace(turn.answer, citations=cited), {})
    assert [len(each.lines) for each in turn.groups if each.is_table] == [2, 2]
    assert [each.read.number for card in turn.cards for each in card.sections] == [2, 4]


def test_what_only_looks_like_one_does_not() -> None:
    for quotes, documents in (
        (("a | b", "c"), "aa"),
        (("a | b", "c | d | e"), "aa"),
        (("a | b", "c | d"), "ab"),
        (("a | b",), "a"),
    ):
        turn = shown(*quotes, documents=documents)
        assert not any(each.is_table for each in turn.groups)
        assert ["".join(each) for each in words(turn)] == list(quotes)


def test_a_card_holds_the_citations_of_one_document() -> None:
    turn = shown("un", "deux", "trois", documents="aba")
    assert [card.numbers for card in turn.cards] == [(1, 3), (2,)]
    assert [card.language for card in turn.cards] == ["fr", "en"]
    assert [turn.language(each) for each in turn.groups] == ["fr", "en", "fr"]
    assert turn.title(2) == "Titre de b"
    assert turn.level is Level.HIGH


def test_a_card_has_a_section_for_each_place() -> None:
    places = (("A",), 1), (("B",), 1), (("A",), 1), (("A",), 2)
    cited = [
        citation(number, "x", headings=headings, page=page)
        for number, (headings, page) in enumerate(places, 1)
    ]
    answer = replace(shown("x").answer, citations=tuple(cited))
    (card,) = show("Quoi ?", answer, {}).cards
    assert [section.numbers for section in card.sections] == [(1, 3), (2,), (4,)]
    assert card.numbers == (1, 3, 2, 4)


def test_one_begins_to_read_under_the_header_of_a_table() -> None:
    def read(*quotes: str) -> list[int]:
        return [each.read.number for card in shown(*quotes).cards for each in card.sections]

    assert read("Poste | Prix", "Entrée | 12 €") == [2]
    assert read("Un.", "Poste | Prix", "Entrée | 12 €") == [1]
    assert read("Poste | Prix") == [1]


def test_a_first_cell_as_short_as_a_date_is_brief() -> None:
    (table,) = shown("Date | Quoi", "30 septembre 2026 | Fin", f"{'x' * 21} | y").groups
    assert [line.is_brief for line in table.lines] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "shown_text"),
    [
        ("Et B\u00a0?\n\nOui.\n\n\n- non", "Oui.\n- non"),
        ("Et B ?", "Et B ?"),
        ("A\n\nEt B ?\n\nOui.", "A\nEt B ?\nOui."),
        ("Oui.\n\nEt B ?", "Oui.\nEt B ?"),
    ],
)
def test_an_excerpt_does_not_repeat_the_heading_above_it(text: str, shown_text: str) -> None:
    turn = shown()
    assert turn.excerpt(hit(1, text, "A", "Et B ?")) == shown_text
    assert turn.excerpt(hit(1, "Oui.\n\nNon.")) == "Oui.\nNon."


def test_silence_offers_the_nearest_passages() -> None:
    turn = shown(hits=tuple(map(hit, range(1, 6))))
    assert [each.rank for each in turn.nearest] == [1, 2, 3]
    assert not turn.cards
    assert not shown("un", hits=(hit(1),)).nearest
