from rag.ingest.headings import take_contents, title_key

from .helpers import PROSE, heading, item, outline, paragraph, row


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
    contents = take_contents(blocks)
    assert outline(contents.blocks) == [("paragraph", "Éditorial"), ("paragraph", PROSE)]
    assert contents.depths == {
        title_key("Éditorial"): 1,
        title_key("Des actions durables"): 2,
        title_key("1. Des actions pour tous"): 2,
        title_key("L'IA au G7 en 2026"): 1,
    }


def test_leader_dots_are_entries_wherever_they_stand() -> None:
    blocks = [paragraph("Introduction ......... 4"), paragraph("1.2 Méthode. . . . . 12")]
    contents = take_contents([*blocks, paragraph(PROSE)])
    assert outline(contents.blocks) == [("paragraph", PROSE)]
    assert contents.depths[title_key("Méthode")] == 3


def test_a_web_page_s_list_of_its_headings_goes() -> None:
    blocks = [
        heading("Sommaire", 2),
        item("Qui est concerné"),
        item("Que faire"),
        heading("Qui est concerné", 2),
        paragraph(PROSE),
        heading("Que faire", 2),
    ]
    assert outline(take_contents(blocks).blocks) == outline(blocks[3:])


def test_text_that_ends_with_a_number_stays() -> None:
    blocks = [
        paragraph("Le budget passe à 30"),
        row("Projet", "2025"),
        paragraph("Et puis... 2026"),
        paragraph("Sommaire"),
        paragraph(PROSE),
    ]
    assert list(take_contents(blocks).blocks) == blocks
