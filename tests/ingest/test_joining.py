from rag.ingest.draft import DraftBlock
from rag.ingest.joining import rejoin, restore_lists

from .helpers import FOOTNOTE, PROSE, heading, item, outline, paragraph

LONG = "Un paragraphe assez long pour que sa fin soit celle d'une page, et non d'une phrase"


def test_lines_below_a_colon_that_begin_low_are_items() -> None:
    blocks = [
        paragraph("Plusieurs axes, dont :"),
        paragraph("la résilience des infrastructures"),
        paragraph("la gestion responsable des données"),
        paragraph("Le partenariat continue."),
    ]
    assert outline(restore_lists(blocks)) == [
        ("paragraph", "Plusieurs axes, dont :"),
        ("list_item", "la résilience des infrastructures"),
        ("list_item", "la gestion responsable des données"),
        ("paragraph", "Le partenariat continue."),
    ]


def test_so_are_short_lines_in_capitals_but_not_the_next_heading() -> None:
    blocks = [
        paragraph("Contacts presse :"),
        paragraph("Cabinet : presse@exemple.fr"),
        paragraph("Direction : 01 44 97 04 49"),
        paragraph("Le chapitre suivant"),
        paragraph(PROSE),
    ]
    kinds = [kind for kind, _ in outline(restore_lists(blocks))]
    assert kinds == ["paragraph", "list_item", "list_item", "paragraph", "paragraph"]


def test_one_line_alone_is_no_list() -> None:
    blocks = [paragraph("Il témoigne :"), paragraph("« Nous continuons. »"), paragraph(PROSE)]
    assert restore_lists(blocks) == blocks


def test_numbered_lines_in_a_row_are_a_list() -> None:
    blocks = [
        paragraph("1. Choisir une offre"),
        paragraph("2. La payer"),
        paragraph("1. Titre"),
    ]
    restored = restore_lists([*blocks[:2], paragraph(PROSE), blocks[2], paragraph(PROSE)])
    assert outline(restored)[:2] == [
        ("list_item", "Choisir une offre"),
        ("list_item", "La payer"),
    ]
    assert outline(restored)[3] == ("paragraph", "1. Titre")


def test_a_paragraph_cut_in_mid_phrase_is_whole_again() -> None:
    assert outline(rejoin([paragraph(LONG), paragraph("mais sans fin.")])) == [
        ("paragraph", f"{LONG} mais sans fin.")
    ]


def test_after_a_function_word_even_before_a_capital() -> None:
    first = paragraph("En présence du Ministre délégué et de la Ministre chargée de")
    assert (
        len(
            rejoin(
                [first, paragraph("L'Intelligence artificielle. Cette rencontre a eu lieu.")]
            )
        )
        == 1
    )


def test_across_a_footnote_that_stays_behind() -> None:
    note = DraftBlock(FOOTNOTE, "¹ Note.")
    first = item("Le transfert entre les tissus académiques, notamment via les 9 IA")
    joined = rejoin([first, note, paragraph("Clusters, successeurs des Instituts 3IA ;")])
    assert outline(joined) == [
        ("list_item", f"{first.text} Clusters, successeurs des Instituts 3IA ;"),
        ("footnote", "¹ Note."),
    ]


def test_not_across_a_footnote_into_a_heading() -> None:
    blocks = [
        paragraph(LONG),
        DraftBlock(FOOTNOTE, "¹ Note."),
        paragraph("IA Clusters, un bilan"),
    ]
    assert rejoin(blocks) == blocks


def test_a_figure_and_what_it_counts_are_one() -> None:
    assert outline(rejoin([paragraph("63 sites"), paragraph("identifiés par l'État")])) == [
        ("paragraph", "63 sites identifiés par l'État")
    ]


def test_what_is_finished_or_short_or_a_heading_is_left() -> None:
    for first in (
        paragraph("Fini."),
        paragraph("Contexte"),
        heading(LONG),
        paragraph(f"{LONG} :"),
    ):
        blocks = [first, paragraph("la suite.")]
        assert rejoin(blocks) == blocks
