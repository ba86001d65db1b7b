from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.index.local.local_index import LocalIndex
from rag.retrieval.fusion import Method
from rag.retrieval.results import Results
from rag.service import Searcher
from rag.types import BlockKind, Hit, Mention
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, eager, generation, searcher, settings


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("library")
    with searcher(folder, {"salon.md": SALON, "bureau.md": BUREAU}) as opened:
        yield opened


def found(asked: Searcher, question: str, k: int = 10) -> Results:
    read = asked.read(question)
    return asked.find(read, asked.embed([read])[0], k)


def test_hits_are_ranked_with_their_signals(asked: Searcher) -> None:
    hits = found(asked, "Qui préside le Bureau des cartes ?").hits
    assert hits[0].title == "Bureau des cartes"
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert hits[0].signals.bm25 > 0
    assert -1 <= hits[0].signals.cosine <= 1.0001
    assert hits[0].signals.sentence > 0


def test_k_bounds_the_hits(asked: Searcher) -> None:
    assert len(found(asked, "le salon", k=1).hits) == 1


def test_the_sentence_that_answers_comes_first(asked: Searcher) -> None:
    sentences = found(asked, "Quand ouvre le salon de la donnée ?").sentences
    assert "3 février 2026" in sentences[0].text
    assert Mention.DATE in sentences[0].mentions


def test_headings_never_answer_before_prose(asked: Searcher) -> None:
    sentences = found(asked, "dates et lieu du salon").sentences
    kinds = [each.sentence.kind for each in sentences]
    assert kinds[0] not in (BlockKind.HEADING, BlockKind.TABLE_HEADER)


def test_features_are_finite_and_the_same_for_every_question(asked: Searcher) -> None:
    names = set()
    for question in ("le salon", "zzz yyy", "Where is the salon?", "3"):
        features = found(asked, question).features
        names.add(frozenset(features))
        assert all(np.isfinite(value) for value in features.values())
    assert len(names) == 1


def test_a_question_far_from_everything_covers_less(asked: Searcher) -> None:
    near = found(asked, "Qui préside le Bureau des cartes ?").features
    far = found(asked, "Comment cuire une tarte aux pommes ?").features
    assert near["passage_coverage"] > far["passage_coverage"]
    assert near["unknown"] < far["unknown"]


def ranked(asked: Searcher, question: str, method: Method, k: int = 10) -> tuple[Hit, ...]:
    read = asked.read(question)
    return asked.rank(read, asked.embed([read])[0], k, method=method)


QUESTION = "Quel est le budget du Bureau des cartes en 2024 ?"


def test_a_hit_has_the_same_signals_by_every_method(asked: Searcher) -> None:
    by_method = {
        method: {hit.passage_id: hit.signals for hit in ranked(asked, QUESTION, method)}
        for method in Method
    }
    assert by_method[Method.DENSE] == by_method[Method.HYBRID]
    assert by_method[Method.LEXICAL].items() < by_method[Method.DENSE].items()


def test_by_cosine_alone(asked: Searcher) -> None:
    hits = ranked(asked, QUESTION, Method.DENSE)
    assert len(hits) == asked.index.revision.passages
    assert [hit.score for hit in hits] == [hit.signals.cosine for hit in hits]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert ranked(asked, QUESTION, Method.DENSE, k=2) == hits[:2]


def test_by_bm25_alone_only_what_shares_a_term_is_found(asked: Searcher) -> None:
    hits = ranked(asked, QUESTION, Method.LEXICAL)
    assert 0 < len(hits) < asked.index.revision.passages
    assert [hit.score for hit in hits] == [hit.signals.bm25 for hit in hits]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert min(hit.score for hit in hits) > 0
    assert ranked(asked, "zzz yyy", Method.LEXICAL) == ()


def test_more_hits_than_candidates_can_be_asked_for_by_one_signal(tmp_path: Path) -> None:
    built = generation(tmp_path, {"salon.md": SALON, "bureau.md": BUREAU})
    plain = settings(tmp_path / "index")
    shallow = plain.model_copy(
        update={"retrieval": plain.retrieval.model_copy(update={"candidates": 1})}
    )
    with Searcher(shallow, LocalIndex(built), LittleEmbedder(), eager()) as opened:
        hits = ranked(opened, QUESTION, Method.DENSE)
    assert len(hits) == built.manifest.passages


def test_by_all_signals_it_is_the_search(asked: Searcher) -> None:
    assert ranked(asked, QUESTION, Method.HYBRID) == asked.search(QUESTION)


@pytest.mark.parametrize("method", Method)
def test_an_empty_index_has_no_hits(tmp_path: Path, method: Method) -> None:
    with searcher(tmp_path, {}) as opened:
        assert ranked(opened, "le salon", method) == ()


def test_an_empty_index_gives_no_results(tmp_path: Path) -> None:
    with searcher(tmp_path, {}) as opened:
        nothing = found(opened, "le salon")
    assert nothing.hits == ()
    assert nothing.sentences == ()
    assert nothing.features == {}
