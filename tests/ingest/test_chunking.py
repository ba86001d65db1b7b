from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import CorruptDocumentError
from rag.ingest.chunking import chunk
from rag.settings import ChunkingSettings
from rag.types import Block, BlockKind, Document, Passage, Span

H, P, LI = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM
TH, TR, CODE = BlockKind.TABLE_HEADER, BlockKind.TABLE_ROW, BlockKind.CODE
QUOTE, NOTE = BlockKind.QUOTE, BlockKind.FOOTNOTE

Draft = tuple[BlockKind, str | list[str], int]


class Words:
    """Counts words, and how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.calls += 1
        return [len(text.split()) for text in texts]


def make(*drafts: Draft, title: str = "Titre", between: str = "\n\n") -> Document:
    text = ""
    blocks = []
    for kind, content, level in drafts:
        text += between if text else ""
        start = len(text)
        cells = []
        if isinstance(content, list):
            for place, cell in enumerate(content):
                text += " | " if place else ""
                cells.append(Span(len(text), len(text) + len(cell)))
                text += cell
        else:
            text += content
        blocks.append(Block(kind, start, len(text), level, None, tuple(cells)))
    return Document("doc", "c", "p.md", "sha256:0", title, text, tuple(blocks))


def cut(document: Document, max_tokens: int = 32, min_tokens: int = 0) -> tuple[Passage, ...]:
    settings = ChunkingSettings(max_tokens=max_tokens, min_tokens=min_tokens)
    return chunk(document, Words(), settings)


def sentences(document: Document, passage: Passage) -> list[str]:
    return [document.text[each.start : each.end] for each in passage.sentences]


def prose(words: int, mark: str = "mot") -> str:
    return " ".join(["Le", *[mark] * (words - 1)]) + "."


def test_a_section_is_a_passage_that_begins_with_its_heading() -> None:
    document = make((H, "Partie", 1), (P, "Une phrase. Une autre.", 0))
    (passage,) = cut(document)
    assert passage.text == document.text == document.text[passage.start : passage.end]
    assert passage.headings == ("Partie",)
    assert sentences(document, passage) == ["Une phrase.", "Une autre."]
    assert (passage.id, passage.ordinal, passage.document_id) == ("doc-0000", 0, "doc")


def test_the_title_is_left_out_of_the_path() -> None:
    document = make((H, "TITRE", 1), (H, "Partie", 2), (H, "Point", 3), (P, "Texte.", 0))
    (passage,) = cut(document)
    assert passage.headings == ("Partie", "Point")
    assert passage.text == document.text
    assert sentences(document, passage) == ["Texte."]


def test_paths_follow_levels() -> None:
    document = make(
        (H, "A", 2), (P, "Un.", 0), (H, "B", 3), (P, "Deux.", 0), (H, "C", 2), (P, "Trois.", 0)
    )
    assert [passage.headings for passage in cut(document)] == [("A",), ("A", "B"), ("C",)]


def test_a_heading_alone_is_its_own_sentence() -> None:
    document = make((P, "Texte.", 0), (H, "Fin", 1))
    passages = cut(document)
    assert [each.text for each in passages] == ["Texte.", "Fin"]
    assert passages[1].sentences[0].kind is H


def test_short_sections_join_the_next_of_their_rank() -> None:
    document = make(
        (H, "A", 2), (H, "A1", 3), (P, "Un.", 0), (H, "A2", 3), (P, "Deux.", 0), (H, "B", 2)
    )
    first, second = cut(document, min_tokens=8)[0], cut(document, min_tokens=3)[0]
    assert first.text == document.text
    assert first.headings == ("A",)
    assert second.text == document.text[: document.text.index("\n\nA2")]


def test_a_short_section_does_not_join_one_above() -> None:
    document = make((H, "A", 3), (P, "Un.", 0), (H, "B", 1), (P, "Deux.", 0))
    assert [passage.headings for passage in cut(document, min_tokens=20)] == [("A",), ("B",)]


def test_what_stands_before_the_headings_joins_what_follows() -> None:
    document = make((P, "Un.", 0), (H, "A", 2), (P, "Deux.", 0))
    (passage,) = cut(document, min_tokens=20)
    assert passage.headings == ()
    assert sentences(document, passage) == ["Un.", "Deux."]


def test_a_paragraph_that_fits_is_not_split() -> None:
    first = f"{prose(20)} {prose(4)}"
    second = f"{prose(10)} {prose(10)}"
    document = make((P, first, 0), (P, second, 0))
    assert [passage.text for passage in cut(document)] == [first, second]


def test_a_long_paragraph_is_split_between_sentences() -> None:
    document = make((P, " ".join([prose(10)] * 7), 0))
    passages = cut(document)
    assert [len(passage.sentences) for passage in passages] in ([3, 3, 1], [3, 2, 2], [2, 3, 2])
    assert all(len(passage.text.split()) <= 32 for passage in passages)


def test_passages_are_evened_out() -> None:
    document = make(*[(P, prose(4), 0)] * 9)
    assert [len(passage.sentences) for passage in cut(document)] == [5, 4]


def test_a_sentence_that_is_too_long_stands_alone() -> None:
    document = make((P, f"Un. {prose(50)} Deux.", 0))
    assert [len(passage.sentences) for passage in cut(document)] == [1, 1, 1]


def test_a_list_stays_with_the_sentence_that_announces_it() -> None:
    paragraph = f"{prose(20)} Voici les axes :"
    items = [prose(6, mark) for mark in ("un", "deux", "trois")]
    document = make((P, paragraph, 0), *[(LI, item, 1) for item in items])
    first, second = cut(document)
    assert sentences(document, first) == [prose(20)]
    assert sentences(document, second) == ["Voici les axes :", *items]
    assert [each.search_text for each in second.sentences] == [
        None,
        *[f"Voici les axes : {item}" for item in items],
    ]


def test_a_list_that_is_too_long_keeps_its_first_item_with_the_announcement() -> None:
    items = [prose(12, mark) for mark in ("un", "deux", "trois", "quatre")]
    document = make((P, f"{prose(28)} Voici :", 0), *[(LI, item, 1) for item in items])
    passages = cut(document)
    assert sentences(document, passages[0]) == [prose(28)]
    assert sentences(document, passages[1])[:2] == ["Voici :", items[0]]
    assert all(
        each.search_text is not None and each.search_text.startswith("Voici : Le ")
        for passage in passages
        for each in passage.sentences
        if each.kind is LI
    )


def test_items_without_announcement_are_searched_as_they_stand() -> None:
    document = make((P, "Rien.", 0), (LI, "un", 1), (LI, "deux", 1))
    (passage,) = cut(document)
    assert [each.search_text for each in passage.sentences] == [None, None, None]


def test_a_nested_list_is_announced_by_its_item() -> None:
    document = make(
        (P, "Voici :", 0), (LI, "Les lieux :", 1), (LI, "Paris", 2), (LI, "Le reste", 1)
    )
    (passage,) = cut(document)
    assert [each.search_text for each in passage.sentences[1:]] == [
        "Voici : Les lieux :",
        "Les lieux : Paris",
        "Voici : Le reste",
    ]


def test_a_long_announcement_is_shortened() -> None:
    document = make((P, "Voici " + "tout " * 100 + ":", 0), (LI, "un", 1))
    searched = cut(document, max_tokens=200)[0].sentences[1].search_text
    assert searched is not None
    assert searched.endswith(" … un")
    assert len(searched) <= 150 + len(" un")


def test_an_item_is_whole_unless_it_is_too_long() -> None:
    short, long = f"{prose(10)} {prose(10)}", f"{prose(20)} {prose(20)}"
    document = make((LI, short, 1), (LI, long, 1))
    found = [each for passage in cut(document) for each in sentences(document, passage)]
    assert found == [short, prose(20), prose(20)]


def test_a_row_is_searched_with_its_columns_names() -> None:
    document = make(
        (TH, ["Projet", "Porteurs", "Secteur"], 0),
        (TR, ["MAGRITTE", "RAIDIUM", "Santé"], 0),
        (TR, ["", "CHU", ""], 0),
        (TR, ["", "", "Climat"], 0),
        (TR, ["LIBRE", "", ""], 0),
    )
    (passage,) = cut(document)
    assert [each.kind for each in passage.sentences] == [TH, TR, TR, TR, TR]
    assert [each.search_text for each in passage.sentences] == [
        None,
        "Projet : MAGRITTE ; Porteurs : RAIDIUM ; Secteur : Santé",
        "Projet : MAGRITTE ; Porteurs : CHU",
        "Projet : MAGRITTE ; Porteurs : CHU ; Secteur : Climat",
        "Projet : LIBRE",
    ]


def test_a_header_serves_its_own_table_only() -> None:
    document = make(
        (TH, ["A", "B"], 0), (TR, ["1", "2", "3"], 0), (P, "Texte.", 0), (TR, ["4", "5"], 0)
    )
    (passage,) = cut(document)
    assert [each.search_text for each in passage.sentences] == [
        None,
        "A : 1 ; B : 2 ; 3",
        None,
        None,
    ]


def test_a_long_table_is_cut_between_rows_and_its_header_keeps_a_row() -> None:
    rows = [[prose(7), prose(7)] for _ in range(6)]
    document = make((P, prose(20), 0), (TH, ["Un", "Deux"], 0), *[(TR, row, 0) for row in rows])
    passages = cut(document)
    with_header = next(each for each in passages if each.sentences[-1].kind is not P)
    assert [each.kind for each in with_header.sentences][:2] == [TH, TR]
    assert all(
        each.search_text is not None
        for passage in passages
        for each in passage.sentences
        if each.kind is TR
    )


def test_code_is_cut_between_lines() -> None:
    document = make((CODE, "  a = 1\n\n  b = 2. C\n", 0))
    assert sentences(document, cut(document)[0]) == ["a = 1", "b = 2. C"]


def test_quotes_and_footnotes_are_sentences() -> None:
    document = make((QUOTE, "Un. Deux.", 0), (NOTE, "1 Note.", 0))
    (passage,) = cut(document)
    assert [each.kind for each in passage.sentences] == [QUOTE, QUOTE, NOTE]


def test_a_page_is_that_of_the_first_block() -> None:
    document = make((H, "A", 1), (P, prose(20), 0), (P, prose(20), 0))
    blocks = tuple(
        replace(block, page=page)
        for block, page in zip(document.blocks, (2, 3, 4), strict=True)
    )
    assert [each.page for each in cut(replace(document, blocks=blocks))] == [2, 4]


def test_tokens_are_counted_in_one_call() -> None:
    words = Words()
    chunk(make((P, "Un. Deux.", 0), (LI, "Trois", 1)), words, ChunkingSettings())
    assert words.calls == 1


@pytest.mark.parametrize("blocks", [(), (Block(P, 0, 2),)])
def test_a_document_of_white_space_has_no_passage(blocks: tuple[Block, ...]) -> None:
    assert cut(Document("d", "c", "p", "v", "t", "  ", blocks)) == ()


def test_overlapping_blocks_are_refused() -> None:
    blocks = (Block(P, 0, 5), Block(P, 3, 8))
    with pytest.raises(CorruptDocumentError, match="se chevauchent"):
        cut(Document("d", "c", "p", "v", "t", "Un deux.", blocks))


WRITTEN = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(list("aé. :;\n«»?!"))),
    max_size=60,
)
BLOCK = st.one_of(
    st.tuples(st.sampled_from([P, P, CODE, QUOTE, NOTE]), WRITTEN, st.just(0)),
    st.tuples(st.just(H), WRITTEN, st.integers(1, 6)),
    st.tuples(st.just(LI), WRITTEN, st.integers(1, 3)),
    st.tuples(st.sampled_from([TH, TR]), st.lists(WRITTEN, min_size=1, max_size=4), st.just(0)),
)


@given(
    st.lists(BLOCK, max_size=12),
    st.integers(32, 40),
    st.integers(0, 40),
    st.sampled_from(["", "\n", "\n\n"]),
)
def test_every_character_is_in_one_sentence_of_one_passage(
    drafts: list[Draft], max_tokens: int, min_tokens: int, between: str
) -> None:
    document = make(*drafts, between=between)
    passages = cut(document, max_tokens, min_tokens)
    held = [0] * len(document.text)
    end = 0
    for ordinal, passage in enumerate(passages):
        assert passage.ordinal == ordinal
        assert end <= passage.start < passage.end
        assert (
            passage.text == document.text[passage.start : passage.end] == passage.text.strip()
        )
        assert passage.sentences
        for sentence in passage.sentences:
            assert max(end, passage.start) <= sentence.start < sentence.end <= passage.end
            end = sentence.end
            for place in range(sentence.start, sentence.end):
                held[place] += 1
        words = [len(document.text[s.start : s.end].split()) for s in passage.sentences]
        assert sum(words) <= max_tokens or len(words) == 1
    for block in document.blocks:
        for place in range(block.start, block.end):
            expected = block.kind is not H and not document.text[place].isspace()
            assert held[place] <= 1
            assert not expected or held[place] == 1


def test_a_passage_does_not_begin_with_a_headings_white_space() -> None:
    (passage,) = cut(make((H, "\r A", 1), (P, "Un.", 0)))
    assert passage.text.startswith("A")


@given(st.lists(BLOCK, max_size=12))
def test_cutting_is_repeatable(drafts: list[Draft]) -> None:
    document = make(*drafts)
    assert cut(document, 40, 10) == cut(document, 40, 10)
