from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.index.local.generation import Generation
from rag.index.local.local_index import LocalIndex
from rag.retrieval.reranking import Reranking
from rag.service import Searcher
from rag.settings import RerankingSettings
from tests.little_embedder import LittleEmbedder
from tests.retrieval.made import Made, asked, candidates
from tests.uploading import BUREAU, SALON, eager, generation, settings

QUESTION = "Qui préside le Bureau des cartes ?"


class Says:
    """A reranker that gives the scores it was made with, and keeps what it was shown."""

    def __init__(self, *scores: float) -> None:
        self.scores = scores
        self.shown: list[tuple[str, list[str]]] = []

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.shown.append((question, list(texts)))
        scores = self.scores or range(len(texts))
        return np.asarray(scores[: len(texts)], dtype=np.float32)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    files = {"salon.md": SALON, "bureau.md": BUREAU}
    with generation(tmp_path_factory.mktemp("library"), files) as opened:
        yield opened


PASSAGES = tuple(Made(f"Titre {name}", (f"Texte {name}.",)) for name in "abcd")
FOUND = candidates(asked(QUESTION), *PASSAGES)


def reranking(says: Says, passages: int, weight: float) -> Reranking:
    return Reranking(says, RerankingSettings(passages=passages, weight=weight))


def test_scores_by_hand() -> None:
    says = Says(5.0, 9.0)
    fused = np.array([1.0, 3.0, 2.0, 0.0])
    rescored = reranking(says, 2, 0.5).rescored(QUESTION, FOUND, fused)
    # The best two are 1 then 2; 5 and 9 standardise to -1 and 1; those that were not read
    # count as the worst, -1.
    assert rescored.tolist() == [1.0 - 0.5, 3.0 - 0.5, 2.0 + 0.5, -0.5]
    # Each is read as its vector was made: its title, then its text.
    assert says.shown == [(QUESTION, ["Titre b\nTexte b.", "Titre c\nTexte c."])]


def test_what_was_not_read_never_overtakes() -> None:
    fused = np.linspace(1.0, 0.9, 4)
    rescored = reranking(Says(), 2, 50.0).rescored(QUESTION, FOUND, fused)
    assert rescored[:2].min() > rescored[2:].max()
    assert rescored[1] > rescored[0]


def test_equal_scores_change_nothing() -> None:
    fused = np.array([1.0, 3.0, 2.0, 0.0])
    rescored = reranking(Says(*[4.0] * 4), 4, 9.0).rescored(QUESTION, FOUND, fused)
    assert rescored.tolist() == fused.tolist()


def test_nothing_found_is_not_read() -> None:
    says = Says()
    empty = reranking(says, 20, 1.0).rescored(
        QUESTION, candidates(asked(QUESTION)), np.array([])
    )
    assert empty.shape == (0,)
    assert says.shown == []


def searching(
    built: Generation, tmp_path: Path, reranker: Says | None, **chosen: float
) -> Searcher:
    plain = settings(tmp_path)
    used = plain.model_copy(update={"reranking": RerankingSettings(**chosen)})
    return Searcher(used, LocalIndex(built), LittleEmbedder(), eager(), reranker)


def test_a_reranker_that_reverses_the_order_reverses_the_hits(
    built: Generation, tmp_path: Path
) -> None:
    plain = searching(built, tmp_path, None).search(QUESTION)
    says = Says()
    turned = searching(built, tmp_path, says, weight=100.0).search(QUESTION)
    assert len(plain) > 1
    assert [hit.passage_id for hit in turned] == [hit.passage_id for hit in plain][::-1]
    assert [hit.rank for hit in turned] == list(range(1, len(turned) + 1))
    scores = [hit.score for hit in turned]
    assert scores == sorted(scores, reverse=True)
    by_passage = {hit.passage_id: hit.signals for hit in plain}
    assert all(hit.signals == by_passage[hit.passage_id] for hit in turned)


def test_only_the_first_are_shown_to_it(built: Generation, tmp_path: Path) -> None:
    says = Says()
    answer = searching(built, tmp_path, says, passages=2).ask(QUESTION)
    ((question, texts),) = says.shown
    assert (question, len(texts)) == (QUESTION, 2)
    assert answer.hits


def test_a_weight_of_nothing_changes_nothing(built: Generation, tmp_path: Path) -> None:
    plain = searching(built, tmp_path, None).search(QUESTION)
    assert searching(built, tmp_path, Says(), weight=0.0).search(QUESTION) == plain
