from collections.abc import Iterator

import numpy as np
import pytest

from rag.index.filters import EVERYTHING, Filters
from rag.index.local.generation import Generation, open_generation
from rag.index.local.scope import Shelves
from rag.index.local.term_statistics import Census
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
    census = Census.within(built, built.holdings.numbers(OPEN.collections) or ())
    assert (census.passages, census.sentences) == (2, 3)
    ids = census.ids(["budget", "secret", "licorn", "gar"], ["l9-2"])
    assert (ids != UNKNOWN).tolist() == [True, False, False, True, False]
    assert census.passage_counts[ids[[0, 3]]].tolist() == [2, 1]
    assert census.rarity(ids)[:2] == pytest.approx([np.log1p(0.5 / 2.5), np.log1p(2.5 / 0.5)])
    assert census.sentence_rarity(ids)[0] == pytest.approx(np.log1p(1.5 / 2.5))
    assert census.rarity(ids[:0]).tolist() == []


def test_the_whole_is_the_vocabulary_itself(built: Generation) -> None:
    census = Census.whole(built)
    assert census.passage_counts is built.vocabulary.passage_counts
    assert census.lengths is None
    assert (census.ids(["secret"], ["l9-2"]) != UNKNOWN).all()


def test_a_scope_counts_its_collections_whatever_else_it_asks(built: Generation) -> None:
    shelves = Shelves(built)
    dated = Filters(collections=OPEN.collections, documents=(shelves.headers[0].id,))
    scope = shelves.scope(dated)
    assert scope is not None
    assert scope.documents.sum() == 1
    assert scope.census is shelves.census(OPEN)
    alone = shelves.scope(Filters(documents=(shelves.headers[0].id,)))
    assert alone is not None
    assert alone.census is shelves.census(EVERYTHING)
    assert alone.census.lengths is None
