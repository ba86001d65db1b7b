from rag.ingest.headings import recognise_headings, title_key

from .helpers import PROSE, heading, item, names, outline, paragraph, row


def levels(blocks: object, depths: dict[str, int] | None = None) -> list[tuple[str, int]]:
    found = recognise_headings(blocks, depths or {})  # type: ignore[arg-type]
    return [(block.text, block.level) for block in found if block.kind.value == "heading"]


def test_a_title_and_its_sections() -> None:
    blocks = [
        paragraph("Un salon en expansion"),
        paragraph(PROSE),
        paragraph("Acteurs et innovations"),
        paragraph(PROSE + " Bis."),
        paragraph("Diplomatie"),
    ]
    assert levels(blocks) == [("Un salon en expansion", 1), ("Acteurs et innovations", 2)]


def test_the_table_of_contents_and_numbers_tell_levels() -> None:
    part, long = (
        "Un an après",
        "Le déploiement de l'IA au service de tous, " * 4 + "et de chacun",
    )
    blocks = [
        paragraph("Rapport"),
        paragraph(part),
        paragraph("1. " + long),
        paragraph(PROSE),
        paragraph("Une sous-partie"),
        item("un item ;"),
        paragraph("Annexe : les lauréats"),
        names("Projet", "Porteur"),
        row("A", "B"),
    ]
    assert levels(blocks, {title_key(part): 1, title_key(long): 2}) == [
        ("Rapport", 1),
        (part, 2),
        ("1. " + long, 3),
        ("Une sous-partie", 4),
        ("Annexe : les lauréats", 2),
    ]


def test_a_line_followed_by_no_text_is_none() -> None:
    blocks = [paragraph(PROSE), paragraph("Carte des projets"), paragraph("Source : DGE")]
    assert levels(blocks) == []


def test_a_caption_s_source_and_a_call_to_action_are_none() -> None:
    blocks = [
        paragraph(PROSE),
        paragraph("Plus d’information sur le site"),
        paragraph("Une convergence nécessaire"),
        paragraph(PROSE),
    ]
    assert levels(blocks) == [("Une convergence nécessaire", 2)]


def test_a_document_with_headings_of_its_own_is_left_alone() -> None:
    blocks = [heading("Titre"), paragraph("Une ligne seule"), paragraph(PROSE)]
    assert recognise_headings(blocks, {}) == blocks


def test_a_short_introduction_to_a_list_is_text_below_a_heading() -> None:
    blocks = [
        paragraph(PROSE),
        paragraph("À quoi sert la plateforme ?"),
        paragraph("Elle remplit deux fonctions :"),
        item("un ;"),
    ]
    assert outline(recognise_headings(blocks, {}))[1][0] == "heading"
