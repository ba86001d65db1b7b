from dataclasses import replace
from pathlib import Path

import pytest

from rag.cli.display import print_answer, print_hits
from rag.types import Answer, Citation, Place
from tests.uploading import BUREAU, SALON, searcher


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    folder = tmp_path_factory.mktemp("library")
    with searcher(folder, {"salon.md": SALON, "bureau.md": BUREAU}) as opened:
        return opened.ask("Quel est le secteur du projet MAGRITTE ?")


def printed(answer: Answer, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_answer(answer)
    return capsys.readouterr().out.splitlines()


def test_citations_of_one_source_share_its_lines(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(answer, capsys)
    assert "MAGRITTE | RAIDIUM | Santé [2]" in lines
    (source,) = [line for line in lines if line.startswith("[1]")]
    assert source == "[1] [2] Salon de la donnée 2026, Agence du numérique, 2026-01-12"
    assert "    https://agence.example/salon" in lines


def test_a_page_and_the_other_places_are_named(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    citation: Citation = replace(
        answer.citations[0], page=7, also_in=(Place("x", "Annuaire", 0, 3),)
    )
    lines = printed(replace(answer, citations=(citation,)), capsys)
    assert any(line.endswith("p.\u00a07") for line in lines)
    assert "    également dans\u00a0: Annuaire" in lines


@pytest.mark.parametrize(
    ("confidence", "said"), [(0.95, "très haute"), (0.75, "haute"), (0.51, "moyenne")]
)
def test_confidence_is_said_in_words(
    answer: Answer, capsys: pytest.CaptureFixture[str], confidence: float, said: str
) -> None:
    last = printed(replace(answer, confidence=confidence), capsys)[-1]
    assert last == f"Confiance {said} ({confidence * 100:.0f}\u00a0%)"


def test_markup_in_a_document_is_only_text(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = replace(answer, text="[bold red]rien[/] :smile: [link=x]", highlights=())
    assert printed(hostile, capsys)[0] == "[bold red]rien[/] :smile: [link=x]"


def test_no_hit_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    print_hits(())
    assert capsys.readouterr().out == "Aucun passage.\n"
