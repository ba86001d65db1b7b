from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexCorruptError
from rag.index.local.arrays import save_array
from rag.index.local.collection_statistics import open_collection_statistics
from rag.index.local.generation import Generation, open_generation
from rag.index.local.layout import IndexLayout
from tests.index.local.samples import build, entry

ENTRIES = [
    entry("z.md", "Le salon ouvre. Le salon ferme.", title="Salon", collection="beta"),
    entry("a.md", "Une grue travaille au port.", title="Port", collection="gamma"),
    entry("vide.md", title="Rien", collection="alpha"),
    entry("b.md", "Le port ouvre.", "Le salon est au port.", title="Ville", collection="beta"),
]
NAMES = ("alpha", "beta", "gamma")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    folder = tmp_path_factory.mktemp("index")
    build(folder, ENTRIES)
    with open_generation(folder) as generation:
        yield generation


def test_rows_and_sentences_of_each_collection(built: Generation) -> None:
    by_collection = built.by_collection
    assert by_collection.names == NAMES
    assert [by_collection.rows([number]).tolist() for number in range(3)] == [
        [],
        [0, 1, 2],
        [3],
    ]
    assert [by_collection.sentences_of([number]) for number in range(3)] == [0, 4, 1]
    assert by_collection.rows([0, 2]).tolist() == [3]
    assert by_collection.rows([]).tolist() == []
    assert by_collection.sentences_of([1, 2]) == by_collection.sentences == 5
    assert by_collection.passages == 4


def test_counts_are_those_of_the_collections_alone(built: Generation, tmp_path: Path) -> None:
    terms, words = built.vocabulary.terms, built.surfaces.words
    for numbers in ([], [0], [1], [2], [0, 2], [1, 2], [0, 1, 2]):
        kept = [NAMES[number] for number in numbers]
        folder = tmp_path / "-".join(["index", *kept])
        build(folder, [each for each in ENTRIES if each.document.collection in kept])
        with open_generation(folder) as alone:
            own = alone.vocabulary
            expected = {
                term: (int(passages), int(sentences))
                for term, passages, sentences in zip(
                    own.terms, own.passage_counts, own.sentence_counts, strict=True
                )
            }
            spelled = dict(
                zip(alone.surfaces.words, alone.surfaces.counts.tolist(), strict=True)
            )
        counts = built.by_collection.term_counts(numbers, len(terms)).T.tolist()
        assert {
            term: tuple(held) for term, held in zip(terms, counts, strict=True) if any(held)
        } == expected
        found = built.by_collection.word_counts(numbers, len(words)).tolist()
        assert +Counter(dict(zip(words, found, strict=True))) == spelled


def test_collections_by_name(built: Generation) -> None:
    by_collection = built.by_collection
    assert by_collection.numbers(None) is None
    assert by_collection.numbers(("gamma", "autre", "alpha", "beta")) is None
    assert by_collection.numbers(("gamma", "alpha")) == (0, 2)
    assert by_collection.numbers(("Gamma", "")) == by_collection.numbers(()) == ()


def test_an_index_without_collections_holds_nothing(tmp_path: Path) -> None:
    build(tmp_path, [])
    with open_generation(tmp_path) as empty:
        assert empty.by_collection.names == ()
        assert empty.by_collection.numbers(()) is None
        assert empty.by_collection.passages == empty.by_collection.sentences == 0


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    build(tmp_path, ENTRIES)
    (layout,) = IndexLayout(tmp_path).present()
    open_collection_statistics(layout, NAMES)
    with pytest.raises(IndexCorruptError):
        open_collection_statistics(layout, NAMES[:2])
    bounds = np.load(layout.collections)
    for spoiled in (bounds[:3], bounds[:, ::-1], bounds + 1):
        save_array(layout.collections, spoiled)
        with pytest.raises(IndexCorruptError):
            open_collection_statistics(layout, NAMES)
    save_array(layout.collections, bounds)
    save_array(layout.collection_terms, np.zeros((2, bounds[2, -1]), np.int32))
    with pytest.raises(IndexCorruptError):
        open_collection_statistics(layout, NAMES)
