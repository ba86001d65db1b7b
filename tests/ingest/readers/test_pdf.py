import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.platypus import ListFlowable, PageBreak, Paragraph, Table

from rag.errors import CorruptDocumentError, EncryptedError, NoTextLayerError, ReadError
from rag.ingest.readers.pdf import read_pdf
from tests.ingest.helpers import outline

from .files import (
    STYLES,
    encrypted_pdf,
    flowing_pdf,
    lines_pdf,
    picture_pdf,
    placed_pdf,
    ruled_table,
)

BODY = STYLES["BodyText"]
SENTENCE = "La souveraineté numérique est devenue un enjeu stratégique pour les organisations. "


def test_headings_paragraphs_and_lists() -> None:
    data = flowing_pdf(
        [
            Paragraph("Le titre du rapport", STYLES["Title"]),
            Paragraph("1. Une partie", STYLES["Heading2"]),
            Paragraph(SENTENCE * 3, BODY),
            Paragraph("<b>Un intertitre en gras</b>", BODY),
            Paragraph(SENTENCE, BODY),
            ListFlowable(
                [Paragraph("un ;", BODY), Paragraph("deux.", BODY)],
                bulletType="bullet",
                start="•",
            ),
            ListFlowable(
                [Paragraph("choisir ;", BODY), Paragraph("payer.", BODY)], bulletType="1"
            ),
        ]
    )
    draft = read_pdf(data)
    assert outline(draft.blocks) == [
        ("heading", "Le titre du rapport"),
        ("heading", "1. Une partie"),
        ("paragraph", (SENTENCE * 3).strip()),
        ("heading", "Un intertitre en gras"),
        ("paragraph", SENTENCE.strip()),
        ("list_item", "un ;"),
        ("list_item", "deux."),
        ("list_item", "choisir ;"),
        ("list_item", "payer."),
    ]
    assert [b.level for b in draft.blocks if b.kind.value == "heading"] == [1, 2, 3]


def test_running_lines_go_and_pages_are_known() -> None:
    story = [
        Paragraph(SENTENCE, BODY),
        PageBreak(),
        Paragraph("Fin du rapport.", BODY),
        PageBreak(),
    ]
    draft = read_pdf(
        flowing_pdf([*story, Paragraph("Annexe.", BODY)], running="Rapport annuel")
    )
    assert [(block.text, block.page) for block in draft.blocks] == [
        (SENTENCE.strip(), 1),
        ("Fin du rapport.", 2),
        ("Annexe.", 3),
    ]


def test_a_paragraph_goes_on_over_the_page() -> None:
    story = [Paragraph(SENTENCE * 120, BODY)]
    draft = read_pdf(flowing_pdf(story, running="Rapport"))
    assert outline(draft.blocks) == [("paragraph", (SENTENCE * 120).strip())]


def test_words_cut_at_line_ends_are_mended() -> None:
    lines = [
        "Une information sûre : c’est ce que demande la Cyber-",
        "IA, qui traite toute infor-",
        "mation, et le porte-",
        "parole du salon, celui-",
        "ci venu en sous-préfecture ; la sous-",
        "préfecture en fut fière, en 2025-",
        "2026, et la plate-",
        "forme aussi.",
    ]
    text = outline(read_pdf(lines_pdf(lines)).blocks)[0][1]
    assert text == (
        "Une information sûre : c’est ce que demande la Cyber-IA, qui traite toute "
        "information, et le porte-parole du salon, celui-ci venu en sous-préfecture ; la "
        "sous-préfecture en fut fière, en 2025-2026, et la plateforme aussi."
    )


def test_a_ruled_table_is_read_cell_by_cell() -> None:
    rows = [
        ["Projet", "Porteurs", "Secteur"],
        ["MAGRITTE", "RAIDIUM, une jeune société de radiologie assistée", "Santé"],
        ["NOESIS", "", "Sécurité"],
    ]
    draft = read_pdf(
        flowing_pdf([Paragraph(SENTENCE, BODY), ruled_table(rows), Paragraph("Fin.", BODY)])
    )
    assert outline(draft.blocks)[1:] == [
        ("table_header", "Projet | Porteurs | Secteur"),
        ("table_row", "MAGRITTE | RAIDIUM, une jeune société de radiologie assistée | Santé"),
        ("table_row", "NOESIS |  | Sécurité"),
        ("paragraph", "Fin."),
    ]


def test_aligned_columns_without_rules_are_a_table() -> None:
    rows = [
        ["Société", "Montant", "Domaine"],
        ["Mistral", "1,7 Md€", "modèles"],
        ["Wandercraft", "66 M€", "robotique"],
        ["Genesis", "90 M€", "robotique"],
    ]
    draft = read_pdf(flowing_pdf([Paragraph(SENTENCE, BODY), Table(rows, colWidths=[120] * 3)]))
    assert outline(draft.blocks)[1:] == [
        ("table_header", "Société | Montant | Domaine"),
        *[("table_row", " | ".join(row)) for row in rows[1:]],
    ]


def test_a_table_over_two_pages_has_one_header() -> None:
    rows = [["Nom", "Rang"]] + [[f"Élément {n}", f"{n}"] for n in range(60)]
    table = Table(
        rows,
        colWidths=[120] * 2,
        repeatRows=1,
        style=[("GRID", (0, 0), (-1, -1), 0.5, "black")],
    )
    blocks = read_pdf(flowing_pdf([table])).blocks
    assert [b.kind.value for b in blocks].count("table_header") == 1
    assert [b.cells[1] for b in blocks[1:]] == [str(n) for n in range(60)]


def test_two_columns_of_text_are_read_one_after_the_other() -> None:
    left = [(72.0, 100.0 + 12 * n, f"gauche {n} du texte") for n in range(4)]
    right = [(320.0, 100.0 + 12 * n, f"droite {n} du texte") for n in range(4)]
    text = " ".join(t for _, t in outline(read_pdf(placed_pdf(*left, *right)).blocks))
    assert text.index("gauche 3") < text.index("droite 0")


def test_raised_numbers_open_and_call_notes() -> None:
    small = "<super size=7>1</super>"
    story = [Paragraph(f"Le rapport{small} de 2018 est cité.", BODY)]
    text = outline(read_pdf(flowing_pdf(story)).blocks)[0][1]
    assert text == "Le rapport¹ de 2018 est cité."


def test_metadata_that_tells_something() -> None:
    story = [Paragraph("Direction générale, 2026-03-05", BODY), Paragraph(SENTENCE, BODY)]
    told = read_pdf(
        flowing_pdf(
            story, title="Le rapport", author="La direction", subject="https://exemple.fr/r"
        )
    ).metadata
    assert (told.title, told.author, told.date) == ("Le rapport", "La direction", "2026-03-05")
    assert told.source_url == "https://exemple.fr/r"
    mute = read_pdf(flowing_pdf(story[1:], title="rapport final.docx", invariant="1")).metadata
    assert (mute.title, mute.author, mute.date) == (None, None, None)


def test_a_password_is_told() -> None:
    with pytest.raises(EncryptedError, match="mot de passe"):
        read_pdf(encrypted_pdf())


def test_a_scan_is_told() -> None:
    with pytest.raises(NoTextLayerError, match="OCR"):
        read_pdf(picture_pdf())


def test_a_file_cut_short_is_told() -> None:
    data = flowing_pdf([Paragraph(SENTENCE * 50, BODY)])
    for share in (0.01, 0.3, 0.6, 0.9):
        with pytest.raises(CorruptDocumentError, match="endommagé"):
            read_pdf(data[: int(len(data) * share)])


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, 2500), st.binary(min_size=1, max_size=40))
def test_damaged_bytes_give_a_draft_or_our_error(at: int, noise: bytes) -> None:
    data = lines_pdf([SENTENCE])
    try:
        read_pdf(data[:at] + noise + data[at + len(noise) :])
    except ReadError:
        pass
