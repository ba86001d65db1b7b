from collections.abc import Iterator

import pytest

from rag.index.filters import EVERYTHING, Filters
from rag.index.local.generation import Generation, open_generation
from rag.index.local.scope import Scopes
from rag.index.local.term_statistics import TermStatistics
from rag.index.local.vocabulary import UNKNOWN
from tests.index.local.samples import build, entry

OPEN = Filters(collections=("ouverte",))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    folder = tmp_path_factory.mktemp("index")
    build(
        folder,
        [
            entry("a.md", "Le budget baisse. La grue tourne.", collection="ouverte"),
            entry("b.md", "Le budget monte et la gare aussi.", collection="ouverte"),
            entry("c.md", "Le budget secret, article L. 9-2.", collection="cachée"),
        ],
    )
    with open_generation(folder) as generation:
        yield generation


def test_terms_are_counted_where_one_may_look(built: Generation) -> None:
    statistics = TermStatistics.within(
        built, built.by_collection.numbers(OPEN.collections) or ()
    )
    assert (statistics.passages, statistics.sentences) == (2, 3)
    ids = statistics.ids(["budget", "secret", "licorn", "gar"], ["l9-2"])
    assert (ids != UNKNOWN).tolist() == [True, False, False, True, False]
    assert statistics.passage_counts[ids[[0, 3]]].tolist() == [2, 1]
    counts = statistics.counts(ids)
    assert (counts.passages, counts.sentences) == (2, 3)
    assert counts.in_passages.tolist() == [2, 0, 0, 1, 0]
    assert counts.in_sentences.tolist() == [2, 0, 0, 1, 0]
    assert statistics.counts(ids[:0]).known.tolist() == []


def test_the_whole_is_the_vocabulary_itself(built: Generation) -> None:
    statistics = TermStatistics.whole(built)
    assert statistics.passage_counts is built.vocabulary.passage_counts
    assert statistics.lengths is None
    assert (statistics.ids(["secret"], ["l9-2"]) != UNKNOWN).all()


def test_a_scope_counts_its_collections_whatever_else_it_asks(built: Generation) -> None:
    scopes = Scopes(built)
    dated = Filters(collections=OPEN.collections, documents=(scopes.headers[0].id,))
    scope = scopes.scope(dated)
    assert scope is not None
    assert scope.documents.sum() == 1
    assert scope.statistics is scopes.statistics(OPEN)
    alone = scopes.scope(Filters(documents=(scopes.headers[0].id,)))
    assert alone is not None
    assert alone.statistics is scopes.statistics(EVERYTHING)
    assert alone.statistics.lengths is None
