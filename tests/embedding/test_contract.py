"""What every embedder promises, whichever it is."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag.embedding.bundled_model import NAME, prepare_bundled
from rag.embedding.openvino import OpenVinoEmbedder
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from rag.protocols import Embedder
from tests.embedding.texts import ALL, ORDINARY
from tests.little_embedder import LittleEmbedder


@pytest.fixture(scope="module", params=["little", "openvino", "sentence-transformers"])
def subject(request: pytest.FixtureRequest, model_cache: Path) -> Embedder:
    if request.param == "little":
        return LittleEmbedder()
    folder = prepare_bundled(model_cache)
    if request.param == "openvino":
        return OpenVinoEmbedder(folder, model_cache, batch_tokens=512, name=NAME)
    return SentenceTransformerEmbedder(
        folder, model_cache, device="cpu", batch_tokens=2048, name=NAME
    )


def test_rows_are_unit_float32_and_contiguous(subject: Embedder) -> None:
    for vectors in (subject.embed_queries(ALL), subject.embed_passages(ALL)):
        assert vectors.shape == (len(ALL), subject.identity.dimensions)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_nothing_in_gives_no_rows(subject: Embedder) -> None:
    shape = (0, subject.identity.dimensions)
    assert subject.embed_queries([]).shape == shape
    assert subject.embed_passages([]).shape == shape
    assert subject.count_tokens([]) == []


def test_order_is_kept_whatever_the_batch(subject: Embedder) -> None:
    together = subject.embed_passages(ORDINARY)
    alone = np.concatenate([subject.embed_passages([text]) for text in ORDINARY])
    assert (together * alone).sum(axis=1).min() > 0.999


def test_same_input_gives_same_vectors(subject: Embedder) -> None:
    once = subject.embed_passages(ORDINARY)
    np.testing.assert_array_equal(once, subject.embed_passages(ORDINARY))


def test_related_texts_are_nearer_than_unrelated(subject: Embedder) -> None:
    query = subject.embed_queries(["À quelle date a lieu le salon de la cybersécurité ?"])
    passages = subject.embed_passages(
        [
            "Le salon de la cybersécurité a lieu à une date fixée en mars.",
            "Pétrissez la farine avec du beurre puis enfournez trente minutes.",
        ]
    )
    near, far = (passages @ query[0]).tolist()
    assert near > far


def test_tokens_are_counted_without_frame_or_prompt(subject: Embedder) -> None:
    assert subject.count_tokens([""]) == [0]
    assert subject.count_tokens(["Paris"]) == [1]
    one, two = subject.count_tokens(["Le ministre parle.", "Le ministre parle. " * 2])
    assert two == 2 * one


def test_tokens_beyond_the_model_length_are_counted(subject: Embedder) -> None:
    (count,) = subject.count_tokens(["le " * 5000])
    assert count == 5000


def test_a_million_characters_are_embedded(subject: Embedder) -> None:
    vectors = subject.embed_passages(["x" * 1_000_000, "mot " * 250_000])
    assert np.isfinite(vectors).all()


def test_lone_surrogates_are_replaced(subject: Embedder) -> None:
    broken, mended = "mot \ud800 suite", "mot \ufffd suite"
    vectors = subject.embed_passages([broken, mended])
    assert vectors[0] @ vectors[1] > 0.999
    assert subject.count_tokens([broken]) == subject.count_tokens([mended])


def test_progress_ends_at_the_total(subject: Embedder) -> None:
    calls: list[tuple[int, int]] = []
    subject.embed_passages(ORDINARY, lambda done, total: calls.append((done, total)))
    assert calls[-1] == (len(ORDINARY), len(ORDINARY))
    assert calls == sorted(calls)


def test_threads_get_their_own_vectors(subject: Embedder) -> None:
    expected = np.concatenate([subject.embed_queries([text]) for text in ORDINARY])
    with ThreadPoolExecutor(4) as pool:
        got = np.concatenate(list(pool.map(lambda t: subject.embed_queries([t]), ORDINARY)))
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_identity_is_complete(subject: Embedder) -> None:
    identity = subject.identity
    assert identity.name
    assert identity.weights.startswith("sha256:")
    assert len(identity.weights) == len("sha256:") + 64
    assert identity.max_tokens == 512
