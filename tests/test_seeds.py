"""The real documents, from the folder to the cited answer, by the command itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.index.local.generation import Generation, open_generation
from tests.cli.test_app import run

SEEDS = Path(__file__).parent.parent.parent / "shared" / "seeds"

pytestmark = [
    pytest.mark.seeds,
    pytest.mark.skipif(
        not SEEDS.is_dir(), reason="the real documents are not beside the project"
    ),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    folder = tmp_path_factory.mktemp("seeds") / "index"
    done = run("index", SEEDS, "--index", folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def stored(index: Path) -> Iterator[Generation]:
    with open_generation(index) as generation:
        yield generation


def ask(index: Path, question: str) -> dict[str, Any]:
    done = run("ask", question, "--json", "--index", index)
    assert done.returncode == 0
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


CASES = [
    (
        "Quand et où se tient le Cyber-IA Expo 2026 ?",
        ["3 février 2026", "Palais des Congrès"],
        "3 février 2026",
    ),
    (
        "Qui est la secrétaire générale de Current AI ?",
        ["Ayah Bdeir", "Secrétaire générale"],
        "Ayah Bdeir",
    ),
    (
        "Quel est le secteur du projet MAGRITTE ?",
        ["Secteur d'application", "MAGRITTE | RAIDIUM | Conception industrielle"],
        "Conception industrielle",
    ),
]


@pytest.mark.parametrize(("question", "said", "highlighted"), CASES)
def test_a_question_is_answered_by_exact_quotes(
    index: Path, stored: Generation, question: str, said: list[str], highlighted: str
) -> None:
    answer = ask(index, question)
    assert answer["answered"]
    assert all(words in answer["text"] for words in said)
    assert answer["citations"]
    for citation in answer["citations"]:
        document = stored.store.document(citation["document_id"])
        assert document.text[citation["start"] : citation["end"]] == citation["quote"]
        assert document.version == citation["document_version"]
    marked = [answer["text"][h["start"] : h["end"]] for h in answer["highlights"]]
    assert any(highlighted in each for each in marked)


def test_front_matter_names_the_source(index: Path) -> None:
    (citation, *_) = ask(index, CASES[0][0])["citations"]
    assert citation["title"] == "Cyber-IA Expo 2026 : l’IA au cœur de la cybersécurité"
    assert citation["date"] == "2025-12-30"
    assert citation["source_url"].startswith("https://www.zataz.com/")


def test_what_the_documents_do_not_say_is_not_answered(index: Path) -> None:
    answer = ask(index, "Comment faire cuire une tarte aux pommes ?")
    assert not answer["answered"]
    assert answer["citations"] == []
    assert answer["confidence"] < 0.5
    assert len(answer["hits"]) == 10


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("QUI EST LA SECRETAIRE GENERALE DE CURRENT AI", "Ayah Bdeir"),
        ("quand et ou se tient le cyber ia expo 2026", "3 février 2026"),
        ("Combien de vistieurs et d'exposants au salon Miliopl 2025 ?", "30 000 visiteurs"),
        ("Who is the Secretary General of Current AI?", "Ayah Bdeir"),
    ],
)
def test_questions_as_people_type_them(index: Path, question: str, said: str) -> None:
    assert said in ask(index, question)["text"]


def test_every_hit_is_the_stored_text(index: Path, stored: Generation) -> None:
    for hit in ask(index, CASES[1][0])["hits"]:
        document = stored.store.document(hit["document_id"])
        assert document.text[hit["start"] : hit["end"]] == hit["text"]
