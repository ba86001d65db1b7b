from rag.answering.quote_context import block_at, run_around, unit_of
from rag.types import Block, BlockKind, Document, Sentence, Span
from tests.answering.documents import document, found, span

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


def test_an_item_comes_with_its_introduction_or_its_list_where_several_are_asked_for() -> None:
    assert quoted("une visite", BlockKind.LIST_ITEM) == ["La journée comprend :", "une visite"]
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


NESTED = document(
    """
    # Accès
    · Le dossier est simple. Cette démarche est gratuite. Il faut une adresse.
    · Les pièces sont les suivantes.
    - une identité :
    -- la carte
    -- le passeport
    - un justificatif
    · Voir le tableau ci-dessous.
    = Pièce | Copie
    | Carte | oui
    · Ce qui suit ?
    · La réponse vient.
    """
)


def taken(words: str, *, whole_list: bool = False) -> list[str]:
    unit = unit_of(NESTED, found(NESTED, words).sentence, whole_list)
    return [NESTED.text[each.start : each.end] for each in unit.spans]


def test_what_does_not_name_its_subject_brings_what_does_unless_impersonal() -> None:
    assert taken("Cette démarche est gratuite.") == [
        "Le dossier est simple. Cette démarche est gratuite."
    ]
    assert taken("Il faut une adresse.") == ["Il faut une adresse."]


def test_an_item_under_another_comes_with_it_and_an_item_that_announces_with_its_own() -> None:
    intro = "Les pièces sont les suivantes."
    assert taken("le passeport") == [intro, "une identité :", "le passeport"]
    assert taken("une identité :") == [intro, "une identité :\n\nla carte\n\nle passeport"]
    assert taken("un justificatif", whole_list=True) == taken(intro)


def test_what_announces_a_table_comes_with_it() -> None:
    assert taken("Voir le tableau ci-dessous.") == [
        "Voir le tableau ci-dessous.",
        "Pièce | Copie",
        "Carte | oui",
    ]


def test_a_question_is_no_answer_but_what_follows_it_is() -> None:
    assert taken("Ce qui suit ?") == ["La réponse vient."]


def test_a_run_is_a_whole_table_or_list_and_else_the_block() -> None:
    run = run_around(NESTED, span(NESTED, "la carte").start)
    assert NESTED.text[run.start : run.end].endswith("un justificatif")
    row = run_around(NESTED, span(NESTED, "Carte | oui").start)
    assert NESTED.text[row.start : row.end] == "Pièce | Copie\n\nCarte | oui"
    assert run_around(NESTED, 0) == Span(0, len("Accès"))
