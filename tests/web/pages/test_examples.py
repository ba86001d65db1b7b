from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.index.filters import EVERYTHING, Filters
from rag.service.service import Service
from rag.updating.folder_sync import SyncRequest
from rag.web.pages.examples import Examples, is_question
from tests.little_embedder import LittleEmbedder
from tests.uploading import update, write

FILES = {
    f"{number}.md": f"""---
title: "Sujet {number} : la fiche"
language: {language}
---

# Fiche

## {number}. Qui peut {verb} une salle ?

Toute personne peut {verb} une salle, sans autre condition que d'en faire la demande.

## Et après ?

Rien.
"""
    for number, (verb, language) in enumerate(
        [
            ("louer", "fr"),
            ("peindre", "fr"),
            ("visiter", "fr"),
            ("fermer", "en"),
            ("bâtir", "fr"),
        ]
    )
}


@pytest.mark.parametrize(
    "heading",
    ["Qu’est-ce qu’Albert ?", "Que risque l'auteur ?", "Who investigates?", "À qui signaler ?"],
)
def test_a_heading_that_asks_is_a_question(heading: str) -> None:
    assert is_question(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Et après ?",
        "Qui la dirige-t-il ?",
        "Combien coûte ce salon ?",
        "Quelle différence avec l'autre ?",
        "Les objectifs pour 2030",
        "Déclaration ou autorisation ?",
        "Qui ?",
        "Que " + "très " * 40 + "?",
    ],
)
def test_what_leans_on_the_rest_is_not(heading: str) -> None:
    assert not is_question(heading)


class TestExamples:
    @pytest.fixture
    def index(self, tmp_path: Path) -> Path:
        write(tmp_path / "files", FILES)
        request = SyncRequest([tmp_path / "files"], "documents")
        update(tmp_path / "index", request, LittleEmbedder())
        return tmp_path / "index"

    def test_they_are_asked_of_the_documents_and_answered_by_them(
        self, client: TestClient, service: Service
    ) -> None:
        examples = Examples(service)
        found = client.portal.call(examples.find, EVERYTHING, "en")  # type: ignore[union-attr]
        assert 1 <= len(found) <= 4
        assert all(each.question.startswith("Sujet ") for each in found)
        assert all("\u00a0: qui peut " in each.question for each in found)
        again = client.portal.call(examples.find, EVERYTHING, "en")  # type: ignore[union-attr]
        assert again is found

    def test_nothing_is_drawn_from_what_may_not_be_seen(
        self, client: TestClient, service: Service
    ) -> None:
        nothing = Filters(collections=())
        assert client.portal.call(Examples(service).find, nothing, "fr") == ()  # type: ignore[union-attr]
