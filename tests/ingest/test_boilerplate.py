import pytest

from rag.ingest.cleaning import without_boilerplate, without_repeats

from .helpers import PROSE, heading, item, outline, paragraph


@pytest.mark.parametrize(
    "noise",
    [
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
    ],
)
def test_noise_goes(noise: str) -> None:
    blocks = [paragraph(PROSE), paragraph(noise), paragraph("Suite.")]
    assert outline(without_boilerplate(blocks)) == outline([blocks[0], blocks[2]])


@pytest.mark.parametrize(
    "text",
    [
        "Le Gouvernement a annoncé la Liberté.",
        "L’article 5 est apparu nécessaire.",
        "bonbon",
        "2026",
        "12 mars",
        "Tora ! Tora ! Tora ! Tora !",
    ],
)
def test_what_resembles_it_stays(text: str) -> None:
    assert without_boilerplate([paragraph(text)]) == [paragraph(text)]


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
