import os
import shutil
from pathlib import Path

import faiss
import numpy as np
import pytest

from rag.errors import IndexCorruptError
from rag.index.local.arrays import save_array
from rag.index.local.vectors import (
    PassageVectors,
    SentenceVectors,
    VectorIndex,
    choose_vector_index,
    write_passage_vectors,
)
from rag.index.passage_index import best_of_groups
from rag.protocols import FloatMatrix


def unit(rows: int, width: int, seed: int = 0) -> FloatMatrix:
    matrix = np.random.default_rng(seed).standard_normal((rows, width))
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), np.float32)


def written(path: Path, kind: VectorIndex, matrix: FloatMatrix) -> PassageVectors:
    middle = len(matrix) // 2
    blocks = [matrix[:middle], matrix[middle:]]
    write_passage_vectors(path, kind, matrix.shape[1], blocks)
    return PassageVectors(path, *matrix.shape)


def test_the_choice_of_index() -> None:
    assert choose_vector_index(10, 10) == "flat"
    assert choose_vector_index(11, 10) == "hnsw"
    assert choose_vector_index(0, 0) == "flat"


def test_exact_search_is_a_sort_by_cosine(tmp_path: Path) -> None:
    matrix = unit(200, 16)
    vectors = written(tmp_path / "v", "flat", matrix)
    query = unit(1, 16, seed=1)[0]
    rows, cosines = vectors.search(query, 9)
    expected = np.argsort(-(matrix @ query))[:9]
    assert rows.tolist() == expected.tolist()
    np.testing.assert_allclose(cosines, (matrix @ query)[expected], rtol=1e-5)
    assert vectors.kind == "flat"


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
@pytest.mark.parametrize("admitted", [0, 3, 15, 1500, 3001])
def test_among_some_passages_search_is_a_sort_of_those(
    tmp_path: Path, kind: VectorIndex, admitted: int
) -> None:
    matrix = unit(3001, 16)
    vectors = written(tmp_path / "v", kind, matrix)
    there = np.sort(np.random.default_rng(2).permutation(3001)[:admitted])
    among = np.zeros(3001, np.bool_)
    among[there] = True
    # By the graph, one query in three would miss some of so few.
    for query in unit(20, 16, seed=1):
        rows, cosines = vectors.search(query, 9, among)
        expected = there[np.argsort(-(matrix[there] @ query))][:9]
        assert rows.tolist() == expected.tolist()
        np.testing.assert_allclose(cosines, (matrix @ query)[expected], rtol=1e-5)


def test_among_too_many_to_compare_each_a_graph_gives_only_those(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.local.vectors._EXACT_AMONG", 100)
    matrix = unit(2000, 16)
    vectors = written(tmp_path / "v", "hnsw", matrix)
    among = np.random.default_rng(2).random(2000) < 0.3
    there = np.flatnonzero(among)
    shared = 0
    for query in unit(20, 16, seed=1):
        rows, _ = vectors.search(query, 10, among)
        assert among[rows].all()
        best = there[np.argsort(-(matrix[there] @ query))][:10]
        shared += len(np.intersect1d(rows, best))
    assert shared >= 0.95 * 200


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_the_vectors_come_back_as_they_were(tmp_path: Path, kind: VectorIndex) -> None:
    matrix = unit(50, 8)
    vectors = written(tmp_path / "v", kind, matrix)
    assert np.array_equal(vectors.matrix, matrix)
    rows = np.array([49, 0, 0])
    np.testing.assert_allclose(
        vectors.scores(matrix[3], rows), matrix[rows] @ matrix[3], rtol=1e-6
    )


def test_a_graph_finds_nearly_all_that_exhaustive_search_finds(tmp_path: Path) -> None:
    matrix, queries = unit(3000, 64), unit(30, 64, seed=1)
    exact = written(tmp_path / "e", "flat", matrix)
    graph = written(tmp_path / "g", "hnsw", matrix)
    assert graph.kind == "hnsw"
    found = [
        len(set(exact.search(query, 10)[0]) & set(graph.search(query, 10)[0]))
        for query in queries
    ]
    assert sum(found) / (10 * len(queries)) >= 0.95


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_no_more_rows_than_there_are(tmp_path: Path, kind: VectorIndex) -> None:
    vectors = written(tmp_path / "v", kind, unit(5, 8))
    rows, cosines = vectors.search(unit(1, 8)[0], 100)
    assert sorted(rows.tolist()) == [0, 1, 2, 3, 4]
    assert (np.diff(cosines) <= 0).all()
    assert vectors.search(unit(1, 8)[0], 0)[0].tolist() == []


def test_an_empty_index(tmp_path: Path) -> None:
    vectors = written(tmp_path / "v", "flat", unit(0, 8))
    assert vectors.matrix.shape == (0, 8)
    assert vectors.search(unit(1, 8)[0], 5)[0].tolist() == []
    save_array(tmp_path / "s.npy", np.empty((0, 8), np.float32))
    sentences = SentenceVectors(tmp_path / "s.npy", 0, 8)
    none = np.empty(0, np.int64)
    assert sentences.scores(unit(1, 8)[0], none).tolist() == []
    assert best_of_groups(sentences.scores(unit(1, 8)[0], none), np.array([0, 0])).tolist() == [
        -1.0
    ]


def test_searching_leaves_the_threads_alone(tmp_path: Path) -> None:
    before = faiss.omp_get_max_threads()
    written(tmp_path / "v", "hnsw", unit(40, 8)).search(unit(1, 8)[0], 3)
    assert faiss.omp_get_max_threads() == before


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_the_file_may_be_removed(tmp_path: Path, kind: VectorIndex) -> None:
    matrix = unit(3000, 64)
    vectors = written(tmp_path / "sub", kind, matrix)
    save_array(tmp_path / "s.npy", matrix.astype(np.float32))
    sentences = SentenceVectors(tmp_path / "s.npy", 3000, 64)
    shutil.rmtree(tmp_path)
    assert vectors.search(matrix[2999], 1)[0].tolist() == [2999]
    assert sentences.scores(matrix[7], np.array([7]))[0] == pytest.approx(1, abs=2e-3)


def test_the_best_sentence_of_each_passage(tmp_path: Path) -> None:
    matrix = np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]], np.float32)
    save_array(tmp_path / "s.npy", matrix)
    sentences = SentenceVectors(tmp_path / "s.npy", 4, 2)
    numbers, bounds = np.array([3, 1, 2, 0]), np.array([0, 1, 1, 3, 4])
    best = best_of_groups(sentences.scores(np.array([1, 0], np.float32), numbers), bounds)
    np.testing.assert_allclose(best, [-1, -1, 0.6, 1], atol=1e-3)


@pytest.mark.parametrize("size", [0, 3, 4, 12, 15])
def test_a_cut_file_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "v"
    written(path, "flat", unit(5, 8))
    os.truncate(path, size)
    with pytest.raises(IndexCorruptError):
        PassageVectors(path, 5, 8)


def test_other_numbers_than_announced_are_refused(tmp_path: Path) -> None:
    written(tmp_path / "v", "flat", unit(5, 8))
    save_array(tmp_path / "s.npy", np.zeros((5, 8), np.float32))
    for rows, width in ((4, 8), (5, 9)):
        with pytest.raises(IndexCorruptError):
            PassageVectors(tmp_path / "v", rows, width)
        with pytest.raises(IndexCorruptError):
            SentenceVectors(tmp_path / "s.npy", rows, width)


def test_an_object_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "s.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(IndexCorruptError):
        SentenceVectors(tmp_path / "s.npy", 1, 1)


def test_a_full_disk_is_an_os_error() -> None:
    with pytest.raises(OSError, match="No space left"):
        write_passage_vectors(Path("/dev/full"), "flat", 64, [unit(30_000, 64)])
