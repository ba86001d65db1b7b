import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import IndexingError
from rag.index.local.embedding_plan import (
    KEY_DTYPE,
    VectorPool,
    copy_known,
    copy_repeated,
    embed_missing,
    plan_embedding,
)
from rag.index.search_texts import vector_key


def keys(*texts: str) -> np.ndarray:
    return np.array([vector_key(text) for text in texts], KEY_DTYPE)


def vectors(texts: list[str]) -> np.ndarray:
    angles = np.array([vector_key(text)[0] for text in texts], np.float32)
    return np.stack((np.cos(angles), np.sin(angles)), axis=1).astype(np.float32)


def test_a_plan_by_hand() -> None:
    pool = VectorPool(keys("b", "x"), vectors(["b", "x"]))
    plan = plan_embedding(keys("a", "b", "a", "c", "b"), pool)
    assert plan.missing.tolist() == [0, 3]
    assert plan.reused.tolist() == [1]
    assert plan.sources.tolist() == [0]
    assert plan.repeated.tolist() == [2, 4]
    assert plan.originals.tolist() == [0, 1]


def test_digests_that_end_in_zeros_are_told_apart() -> None:
    ends = [b"x" * 15 + b"\x00", b"x" * 15 + b"\x01", b"x" * 14 + b"\x00\x00"]
    plan = plan_embedding(np.array(ends, KEY_DTYPE), None)
    assert plan.missing.tolist() == [0, 1, 2]


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=20)


@given(WORDS, WORDS, st.integers(1, 5))
def test_every_row_gets_the_vector_of_its_text(
    texts: list[str], known: list[str], size: int
) -> None:
    pool = VectorPool(keys(*known), vectors(known) if known else np.empty((0, 2), np.float32))
    plan = plan_embedding(keys(*texts), pool)
    target = np.full((len(texts), 2), np.nan, np.float32)
    asked: list[str] = []
    starts: list[int] = []

    def embed(some: list[str], before: int) -> np.ndarray:
        starts.append(before)
        asked.extend(some)
        return vectors(some)

    copy_known(target, plan, pool)
    embed_missing(target, plan, lambda rows: [texts[row] for row in rows], embed, size)
    copy_repeated(target, plan)
    if texts:
        assert np.array_equal(target, vectors(texts))
    assert sorted(asked) == sorted(set(texts) - set(known))
    assert starts == list(range(0, len(asked), size))


@pytest.mark.parametrize(
    "given_vectors",
    [
        np.array([[2, 0]], np.float32),
        np.array([[np.nan, 0]], np.float32),
        np.array([[0, 0]], np.float32),
        np.array([[1, 0, 0]], np.float32),
        np.array([[1, 0], [1, 0]], np.float32),
    ],
)
def test_other_vectors_than_unit_ones_are_refused(given_vectors: np.ndarray) -> None:
    plan = plan_embedding(keys("a"), None)
    target = np.zeros((1, 2), np.float32)
    with pytest.raises(IndexingError, match=r"embedding\.model"):
        embed_missing(target, plan, lambda rows: ["a"], lambda *_: given_vectors, 8)
