from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.cleaning import clean, without_boilerplate, without_repeats
from rag.ingest.draft import Draft, DraftBlock
from rag.types import BlockKind

from .helpers import CODE, PROSE, heading, item, outline, paragraph, row


def test_text_is_tidied_and_nothing_empty_stays() -> None:
    blocks = [
        heading("Un \n titre"),
        paragraph("d\u2019in\xadformation \n\n suite."),
        paragraph("\u200b"),
        row(" a ", "\n"),
        row("", " "),
        DraftBlock(CODE, "\n    def f():\n\n        return 1\n"),
    ]
    assert outline(clean(Draft(tuple(blocks))).blocks) == [
        ("heading", "Un titre"),
        ("paragraph", "d’information\nsuite."),
        ("table_row", "a | "),
        ("code", "def f():\n    return 1"),
    ]


def test_a_converted_report_comes_out_whole() -> None:
    blocks = [
        paragraph("GOUVERNEMENT"),
        paragraph("Le rapport annuel"),
        paragraph("Sommaire"),
        paragraph("La stratégie\t3"),
        item("Un chapitre 4"),
        paragraph("La stratégie"),
        paragraph("1. Un chapitre"),
        paragraph(
            "Depuis la remise du rapport sur l'intelligence artificielle¹, l'État porte une"
        ),
        paragraph("¹ Un éclairage a été donné en 2024."),
        paragraph("12"),
        paragraph("stratégie nationale."),
        paragraph("Elle est déclinée ainsi :"),
        paragraph("la formation"),
        paragraph("la recherche"),
        paragraph(PROSE),
        paragraph(PROSE),
    ]
    assert outline(clean(Draft(tuple(blocks))).blocks) == [
        ("heading", "Le rapport annuel"),
        ("heading", "La stratégie"),
        ("heading", "1. Un chapitre"),
        (
            "paragraph",
            "Depuis la remise du rapport sur l'intelligence artificielle, l'État porte une "
            "stratégie nationale.",
        ),
        ("footnote", "Un éclairage a été donné en 2024."),
        ("paragraph", "Elle est déclinée ainsi :"),
        ("list_item", "la formation"),
        ("list_item", "la recherche"),
        ("paragraph", PROSE),
    ]


def test_noise_goes() -> None:
    noise = (
        "The post L’INR partenaire first appeared on Institut du Numérique.",
        "The post Titre appeared first on Site.",
        "L’article Titre est apparu en premier sur Site.",
        "Cet article Titre est apparu en premier sur Site.",
        "Gaëlle GuillocheauGaëlle Guillocheau",
        "source",
        "GOUVERNEMENT",
        "Liberté",
        "Liberté Égalité Fraternité",
        "12",
        "- 12 -",
        "Page 3 sur 20",
    )
    around = [paragraph(PROSE), paragraph("Suite.")]
    stays = [
        text
        for text in noise
        if without_boilerplate([around[0], paragraph(text), around[1]]) != around
    ]
    assert stays == []


def test_what_resembles_it_stays() -> None:
    texts = (
        "Le Gouvernement a annoncé la Liberté.",
        "L’article 5 est apparu nécessaire.",
        "bonbon",
        "2026",
        "12 mars",
        "Tora ! Tora ! Tora ! Tora !",
    )
    goes = [
        text for text in texts if without_boilerplate([paragraph(text)]) != [paragraph(text)]
    ]
    assert goes == []


def test_a_figure_is_no_page_number() -> None:
    blocks = [paragraph("Bilan."), paragraph("63"), paragraph("sites identifiés")]
    assert without_boilerplate(blocks) == blocks


def test_a_page_number_inside_a_cut_paragraph_is() -> None:
    first = paragraph("Un paragraphe assez long que la fin de la page coupe au milieu de la")
    second = paragraph("phrase.")
    assert without_boilerplate([first, paragraph("63"), second]) == [first, second]


def test_a_line_that_comes_again_and_again_keeps_its_first_place() -> None:
    running = paragraph("Rapport annuel – Direction")
    blocks = [running, paragraph("Un."), running, paragraph("Deux."), running, running]
    assert outline(without_boilerplate(blocks)) == outline([running, blocks[1], blocks[3]])
    assert without_boilerplate([running] * 3) == [running] * 3


def test_repeated_paragraphs_keep_their_first_place() -> None:
    again = paragraph(PROSE.upper().replace(" ", "\xa0"))
    blocks = [
        heading("Titre"),
        paragraph(PROSE),
        again,
        item(PROSE),
        paragraph("Court."),
        paragraph("Court."),
    ]
    assert without_repeats(blocks) == [blocks[0], blocks[1], *blocks[3:]]


KINDS = st.sampled_from(list(BlockKind))
TEXTS = st.one_of(
    st.text(max_size=60), st.sampled_from([PROSE, "1. Titre", "¹ Note", "a :", "Sommaire"])
)


@st.composite
def drafts(draw: st.DrawFn) -> DraftBlock:
    kind = draw(KINDS)
    if kind in {BlockKind.TABLE_ROW, BlockKind.TABLE_HEADER}:
        return DraftBlock(kind, cells=tuple(draw(st.lists(TEXTS, max_size=4))))
    return DraftBlock(kind, draw(TEXTS), level=1)


@settings(deadline=None)
@given(st.lists(drafts(), max_size=12))
def test_any_blocks_come_out_fit_to_be_laid_out(blocks: list[DraftBlock]) -> None:
    for block in clean(Draft(tuple(blocks))).blocks:
        assert block.text == block.text.strip()
        assert block.text or any(block.cells)
        assert all(cell == cell.strip() and "\n" not in cell for cell in block.cells)
        assert block.kind is not BlockKind.HEADING or 1 <= block.level <= 6
