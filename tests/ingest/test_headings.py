from rag.ingest.headings import recognise_headings, take_contents, title_key

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


def test_what_a_title_opens_goes_and_tells_the_depth() -> None:
    blocks = [
        paragraph("Sommaire"),
        paragraph("Éditorial\t3"),
        item("Des actions durables.....22"),
        item("Des actions pour tous24"),
        paragraph("L'IA au G7 en 2026\t35"),
        paragraph("Éditorial"),
        paragraph(PROSE),
    ]
    kept, depths = take_contents(blocks)
    assert outline(kept) == [("paragraph", "Éditorial"), ("paragraph", PROSE)]
    assert depths == {
        title_key("Éditorial"): 1,
        title_key("Des actions durables"): 2,
        title_key("1. Des actions pour tous"): 2,
        title_key("L'IA au G7 en 2026"): 1,
    }


def test_leader_dots_are_entries_wherever_they_stand() -> None:
    blocks = [paragraph("Introduction ......... 4"), paragraph("1.2 Méthode. . . . . 12")]
    kept, depths = take_contents([*blocks, paragraph(PROSE)])
    assert outline(kept) == [("paragraph", PROSE)]
    assert depths[title_key("Méthode")] == 3


def test_a_web_page_s_list_of_its_headings_goes() -> None:
    blocks = [
        heading("Sommaire", 2),
        item("Qui est concerné"),
        item("Que faire"),
        heading("Qui est concerné", 2),
        paragraph(PROSE),
        heading("Que faire", 2),
    ]
    assert outline(take_contents(blocks)[0]) == outline(blocks[3:])


def test_text_that_ends_with_a_number_stays() -> None:
    blocks = [
        paragraph("Le budget passe à 30"),
        row("Projet", "2025"),
        paragraph("Et puis... 2026"),
        paragraph("Sommaire"),
        paragraph(PROSE),
    ]
    assert take_contents(blocks)[0] == blocks
