from rag.text.confidence import Level
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


def hit(rank: int) -> Hit:
    signals = Signals(0.0, 0.0, 0.0)
    return Hit(f"a-{rank}", "a", "Titre", 0, 1, "x", (), None, rank, 0.0, signals)


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
        bool(quotes),
        0.75,
        "extractive",
        text,
        tuple(segments),
        highlights,
        tuple(citations),
        hits,
        IndexIdentity("g", "m"),
        Timings(0, 0, 0, 0),
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


def test_a_card_holds_the_citations_of_one_place() -> None:
    turn = shown("un", "deux", "trois", documents="aba")
    assert [[each.number for each in card.citations] for card in turn.cards] == [[1, 3], [2]]
    assert [card.language for card in turn.cards] == ["fr", "en"]
    assert [turn.language(each) for each in turn.groups] == ["fr", "en", "fr"]
    assert turn.title(2) == "Titre de b"
    assert turn.level is Level.HIGH


def test_silence_offers_the_nearest_passages() -> None:
    turn = shown(hits=tuple(map(hit, range(1, 6))))
    assert [each.rank for each in turn.nearest] == [1, 2, 3]
    assert not turn.cards
    assert not shown("un", hits=(hit(1),)).nearest
