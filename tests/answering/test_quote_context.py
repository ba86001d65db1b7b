from rag.answering.quote_context import block_at, unit_of
from rag.types import Block, BlockKind, Document, Sentence, Span

TEXT = (
    "Le Bureau existe. Il compte dix agents.\n\n"
    "La journée comprend :\n\n"
    "un atelier\nune visite\nun débat\n\n"
    "Projet | Secteur\nMAGRITTE | Santé\nORCHESTRO | Robotique"
)


def block(kind: BlockKind, words: str, level: int = 0) -> Block:
    start = TEXT.index(words)
    return Block(kind, start, start + len(words), level)


DOCUMENT = Document(
    id="d",
    collection="c",
    path="p",
    version="v",
    title="t",
    text=TEXT,
    blocks=(
        block(BlockKind.PARAGRAPH, "Le Bureau existe. Il compte dix agents."),
        block(BlockKind.PARAGRAPH, "La journée comprend :"),
        block(BlockKind.LIST_ITEM, "un atelier", 1),
        block(BlockKind.LIST_ITEM, "une visite", 1),
        block(BlockKind.LIST_ITEM, "un débat", 1),
        block(BlockKind.TABLE_HEADER, "Projet | Secteur"),
        block(BlockKind.TABLE_ROW, "MAGRITTE | Santé"),
        block(BlockKind.TABLE_ROW, "ORCHESTRO | Robotique"),
    ),
)


def sentence(words: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Sentence:
    start = TEXT.index(words)
    return Sentence(start, start + len(words), kind)


def quoted(words: str, kind: BlockKind, *, whole_list: bool = False) -> list[str]:
    unit = unit_of(DOCUMENT, sentence(words, kind), whole_list)
    return [TEXT[span.start : span.end] for span in unit.spans]


def test_a_sentence_stands_alone() -> None:
    assert quoted("Le Bureau existe.", BlockKind.PARAGRAPH) == ["Le Bureau existe."]


def test_a_pronoun_brings_the_sentence_before() -> None:
    assert quoted("Il compte dix agents.", BlockKind.PARAGRAPH) == [
        "Le Bureau existe. Il compte dix agents."
    ]


def test_an_introduction_brings_its_list() -> None:
    assert quoted("La journée comprend :", BlockKind.PARAGRAPH) == [
        "La journée comprend :\n\nun atelier\nune visite\nun débat"
    ]


def test_an_item_stands_alone_unless_several_are_asked_for() -> None:
    assert quoted("une visite", BlockKind.LIST_ITEM) == ["une visite"]
    assert quoted("une visite", BlockKind.LIST_ITEM, whole_list=True) == [
        "La journée comprend :\n\nun atelier\nune visite\nun débat"
    ]


def test_a_row_comes_with_its_header() -> None:
    assert quoted("ORCHESTRO | Robotique", BlockKind.TABLE_ROW) == [
        "Projet | Secteur",
        "ORCHESTRO | Robotique",
    ]


def test_a_list_too_long_is_quoted_to_its_last_whole_item() -> None:
    items = [f"article {number} " + "x" * 190 for number in range(10)]
    text = "Voici :\n\n" + "\n".join(items)
    blocks = [Block(BlockKind.PARAGRAPH, 0, 7)]
    for item in items:
        start = text.index(item)
        blocks.append(Block(BlockKind.LIST_ITEM, start, start + len(item), 1))
    document = Document("d", "c", "p", "v", "t", text, tuple(blocks))
    body = unit_of(document, Sentence(0, 7, BlockKind.PARAGRAPH), False).body
    assert body.end in {each.end for each in blocks}
    assert 1200 < body.end <= 1500


def test_a_row_without_header_stands_alone() -> None:
    document = Document("d", "c", "p", "v", "t", "a | b", (Block(BlockKind.TABLE_ROW, 0, 5),))
    unit = unit_of(document, Sentence(0, 5, BlockKind.TABLE_ROW), False)
    assert unit.spans == (Span(0, 5),)


def test_block_at() -> None:
    assert block_at(DOCUMENT, 0) == 0
    assert block_at(DOCUMENT, TEXT.index("visite")) == 3
    assert block_at(DOCUMENT, len(TEXT) - 1) == 7
