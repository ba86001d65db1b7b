import pytest

from rag.ingest.metadata import dateline

from .helpers import PROSE, paragraph


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("Paris, le 12 février 2026", "2026-02-12"),
        ("Publié le 3 mars 2026", "2026-03-03"),
        ("2026-02-17", "2026-02-17"),
        ("Direction générale des entreprises, 2026-03-05", "2026-03-05"),
        ("Le lundi 1er juin 2026", "2026-06-01"),
    ],
)
def test_a_line_that_dates_the_document(line: str, iso: str) -> None:
    assert dateline([paragraph("Titre"), paragraph(line)]) == iso


@pytest.mark.parametrize(
    "line",
    [
        "Paris – Espace Champerret les 30 juin & 1er juillet 2026",
        "Le salon se tiendra le 3 février 2026",
        "Réunion du 12 mars 2026",
    ],
)
def test_the_date_of_an_event_does_not(line: str) -> None:
    assert dateline([paragraph(line)]) is None


def test_only_the_first_lines_count() -> None:
    assert dateline([*[paragraph(PROSE)] * 6, paragraph("Paris, le 12 février 2026")]) is None
