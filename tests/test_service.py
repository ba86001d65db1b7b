from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import IndexingError, QuestionError
from rag.types import Answer
from rag.updating.folder_sync import SyncRequest
from rag.weights import Calibration
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, eager, searcher, update, write

NOTICE = (
    "## Carte professionnelle\n\n"
    "La notice commune rappelle que chaque agent reçoit une carte valable deux ans. "
    "Cette carte ouvre les portes du bâtiment, sert de badge à la cantine et permet "
    "d'imprimer à tous les étages. En cas de perte, l'agent prévient sans attendre le "
    "poste de garde, qui la désactive et en remet une nouvelle sous trois jours ouvrés, "
    "sans frais la première fois.\n"
)


def test_a_text_that_stands_twice_is_indexed_once_and_cited_everywhere(tmp_path: Path) -> None:
    intro = "Ce guide présente la vie quotidienne d'un service et ses usages. " * 8
    files = {
        "a.md": f"# Guide du nord\n\n{intro}\n\n{NOTICE}",
        "b.md": f"# Guide du sud\n\n{intro.replace('vie', 'marche')}\n\n{NOTICE}",
    }
    with searcher(tmp_path, files) as opened:
        answer = opened.ask("Combien de temps la carte est-elle valable ?")
        (citation, *_) = answer.citations
        assert answer.text.count(citation.quote) == 1
        assert [place.title for place in citation.also_in] == ["Guide du sud"]
        for place in citation.also_in:
            text = opened.document(place.document_id).text
            assert citation.quote in text[place.start : place.end]
    assert citation.title == "Guide du nord"


def test_a_generation_keeps_answering_while_a_newer_one_is_published(tmp_path: Path) -> None:
    with searcher(tmp_path, {"salon.md": SALON, "bureau.md": BUREAU}) as opened:
        (tmp_path / "files" / "bureau.md").unlink()
        write(tmp_path / "files", {"neuf.md": "# Neuf\n\nUn texte neuf.\n"})
        update(
            tmp_path / "index", SyncRequest([tmp_path / "files"], "documents"), LittleEmbedder()
        )
        answer = opened.ask("Qui préside le Bureau des cartes ?")
        assert "Jeanne Martin" in answer.text


def test_batches_answer_as_single_questions_do(tmp_path: Path) -> None:
    questions = ["Quand ouvre le salon ?", "Qui préside le Bureau des cartes ?"]
    with searcher(tmp_path, {"salon.md": SALON, "bureau.md": BUREAU}) as opened:
        together = opened.ask_all([opened.read(each) for each in questions])
        alone = [opened.ask(each) for each in questions]

    def said(answers: list[Answer]) -> list[tuple[object, ...]]:
        return [(each.text, each.citations, each.hits, each.confidence) for each in answers]

    assert said(together) == said(alone)


def test_a_confident_answer_below_the_threshold_is_silence(tmp_path: Path) -> None:
    shy = replace(eager(), calibration=Calibration(-3.0, {}, {}, {}))
    with searcher(tmp_path, {"salon.md": SALON}, shy) as opened:
        answer = opened.ask("Quand ouvre le salon ?")
    assert not answer.answered
    assert answer.confidence == pytest.approx(0.0474, abs=1e-4)
    assert answer.segments == answer.citations == answer.highlights == ()
    assert "pas trouvé" in answer.text
    assert answer.hits


def test_silence_in_english(tmp_path: Path) -> None:
    with searcher(tmp_path, {}) as opened:
        answer = opened.ask("When does the fair open?")
    assert answer.text.startswith("I did not find")
    assert answer.hits == ()
    assert answer.confidence == 0.0


def test_questions_and_documents_that_cannot_be(tmp_path: Path) -> None:
    with searcher(tmp_path, {"salon.md": SALON}) as opened:
        with pytest.raises(QuestionError):
            opened.ask("")
        with pytest.raises(IndexingError):
            opened.document("inconnu")
