"""What stands in a collection that may not be seen changes nothing to what is seen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from rag.answering.confidence import confidence
from rag.index.documents import Entry
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.local_index import open_local_index
from rag.retrieval.fusion import Method
from rag.service import Searcher
from rag.types import Answer, Hit, Signals
from rag.weights import load_weights
from tests.drawn_documents import documents
from tests.index.local.samples import CountingEmbedder, build, entry
from tests.uploading import settings

OPEN: Final = Filters(collections=("ouverte",))
BOTH: Final = Filters(collections=("ouverte", "voisine"))
QUESTIONS: Final = (
    "Qui garde l'épée Durandil ?",
    "Que dit Durandal de la cantine ?",
    "Quel est le budget du service des archives en 2026 ?",
    "budget archives",
    "Où est la cantine, et que prévoit l'article L. 121-1 du code ?",
    "L121-1",
    "cantine cantyne",
    "le la les",
    "archives service budget congé cantine direction réunion courrier",
)


class Speller(CountingEmbedder):
    """Knows no word, so that every slip is one."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


SEEN: Final = documents("ouverte", 90, 1, (3, 6, 12, 24))
NEXT: Final = documents("voisine", 20, 2, (5, 50))
BEFORE: Final = [
    entry("épée.md", "Roland garde Durandal. L'épée Durandal brille.", collection="cachée"),
    *documents("cachée", 40, 3, (1, 2)),
]
AFTER: Final = [
    entry("cantyne.md", "La cantyne, dit Durandil.", title="Cantyne", collection="secrète"),
    *documents("secrète", 40, 4, (90,)),
]


@contextmanager
def opened(folder: Path, entries: Sequence[Entry]) -> Iterator[Searcher]:
    build(folder, entries)
    shipped = load_weights()
    with Searcher(settings(folder), open_local_index(folder), Speller(), shipped) as searcher:
        yield searcher


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    with opened(tmp_path_factory.mktemp("alone"), [*SEEN, *NEXT]) as searcher:
        yield searcher


@pytest.fixture(scope="module", params=["before", "after", "around"])
def beside(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Searcher]:
    hidden = {"before": BEFORE, "after": AFTER, "around": [*AFTER, *BEFORE]}[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    with opened(folder, [*hidden, *SEEN, *NEXT]) as searcher:
        yield searcher


def bare(hit: Hit) -> Hit:
    return replace(hit, score=0.0, signals=Signals(0.0, 0.0, 0.0))


def numbers(hits: Sequence[Hit]) -> list[float]:
    return [
        number
        for hit in hits
        for number in (hit.score, hit.signals.cosine, hit.signals.bm25, hit.signals.sentence)
    ]


def assert_same_hits(first: Sequence[Hit], second: Sequence[Hit]) -> None:
    assert [bare(hit) for hit in first] == [bare(hit) for hit in second]
    # Sums of single precision numbers may differ in their last digit.
    assert numbers(first) == pytest.approx(numbers(second), rel=1e-5, abs=1e-6)


def assert_same_answer(first: Answer, second: Answer) -> None:
    assert first.text == second.text
    assert first.answered == second.answered
    assert first.citations == second.citations
    assert first.confidence == pytest.approx(second.confidence, abs=2e-4)
    assert_same_hits(first.hits, second.hits)


@pytest.mark.parametrize("filters", [OPEN, BOTH], ids=["one", "two"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_hidden_documents_change_no_answer_and_no_hit(
    alone: Searcher, beside: Searcher, question: str, filters: Filters
) -> None:
    read = alone.read(question, filters=filters)
    assert beside.read(question, filters=filters) == read
    vectors = CountingEmbedder().embed_queries(read.texts)
    for method in Method:
        assert_same_hits(
            beside.rank(read, vectors, 100, filters, method),
            alone.rank(read, vectors, 100, filters, method),
        )
    assert_same_answer(
        beside.ask(question, filters=filters), alone.ask(question, filters=filters)
    )


def test_the_lists_are_longer_than_what_is_taken(alone: Searcher) -> None:
    """Otherwise what is left out of the lists could not show."""
    most = settings(Path()).retrieval.candidates
    found = alone.search("budget archives", 2 * most, OPEN)
    assert most < len(found) <= 2 * most


def test_a_word_of_a_hidden_collection_repairs_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, [*BEFORE, *SEEN]) as searcher:
        everywhere = searcher.read("Qui garde l'épée Durandil ?")
        assert everywhere.search_text == "Qui garde l'épée durandal ?"
        for filters in (OPEN, Filters(collections=())):
            scoped = searcher.read("Qui garde l'épée Durandil ?", filters=filters)
            assert scoped.search_text == "Qui garde l'épée Durandil ?"
        own = searcher.read("Où est Durandil ?", filters=Filters(collections=("cachée",)))
        assert own.search_text == "Où est durandal ?"


def test_a_hidden_word_and_one_that_stands_nowhere_are_alike(beside: Searcher) -> None:
    shown = []
    for word in ("durandal", "durandil", "zzyzxa"):
        read = beside.read(f"budget des archives {word}", filters=OPEN)
        vectors = CountingEmbedder().embed_queries(["la même chose"])
        found = beside.find(read, vectors, 100, OPEN)
        hits = beside.rank(read, vectors, 100, OPEN, Method.LEXICAL)
        shown.append((found.hits, confidence(found, load_weights()), found.features, hits))
    assert shown[0] == shown[1] == shown[2]


def test_all_collections_together_are_everything(beside: Searcher) -> None:
    names = tuple(beside.index.revision.collections)
    for question in QUESTIONS:
        every, named = (
            beside.ask(question, filters=filters)
            for filters in (EVERYTHING, Filters(collections=(*names, "autre")))
        )
        assert replace(every, id="", timings_ms=named.timings_ms) == replace(named, id="")
