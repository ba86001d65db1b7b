"""Setting the model up, and tokens per second of each runtime on the same texts."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from statistics import median

from sentence_transformers import SentenceTransformer

from eval.bench.machine import heading
from rag.embedding.bundled_model import prepare_bundled
from rag.embedding.openvino import OpenVinoEmbedder
from rag.index.local.generation import open_generation
from rag.index.search_texts import sentence_vector_text, vector_text
from rag.settings import Settings

_SET_UP = (
    "from pathlib import Path; import sys; from rag.settings import EmbeddingSettings; "
    "from rag.embedding.factory import open_embedder; "
    "open_embedder(EmbeddingSettings(cache=Path(sys.argv[1])))"
)


def measure_set_up() -> None:
    """Time the preparation of the bundled model in an empty cache, then its reopening."""
    heading("Model set-up, in a process of its own")
    with tempfile.TemporaryDirectory() as cache:
        for name in ("empty cache", "prepared"):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", _SET_UP, cache], check=True)
            print(f"  {name:12} {time.perf_counter() - started:7.1f} s")


def measure_embedding(settings: Settings, rounds: int) -> None:
    """Embed the index's passages and sentences with each runtime in turn."""
    texts = _texts(settings)
    folder = prepare_bundled(settings.embedding.cache)
    plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    cache = settings.embedding.cache
    single = OpenVinoEmbedder(folder, cache, precision="f32")
    auto = OpenVinoEmbedder(folder, cache, batch_tokens=settings.embedding.batch_tokens)
    tokens = sum(auto.count_tokens(texts))
    runtimes: dict[str, Callable[[], object]] = {
        "sentence-transformers float32": lambda: plain.encode(
            texts, prompt_name="passage", normalize_embeddings=True
        ),
        "OpenVINO float32": lambda: single.embed_passages(texts),
        "OpenVINO default": lambda: auto.embed_passages(texts),
    }
    heading(f"Indexing: {len(texts)} texts, {tokens} tokens, {rounds} rounds")
    seconds: dict[str, list[float]] = {name: [] for name in runtimes}
    for _ in range(rounds):
        for name, run in runtimes.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    _print(seconds, tokens)


def _print(seconds: dict[str, list[float]], tokens: int) -> None:
    (_, reference), *_ = seconds.items()
    for name, taken in seconds.items():
        ratio = median(a / b for a, b in zip(reference, taken, strict=True))
        print(f"  {name:30} {tokens / median(taken):8.0f} tokens/s   × {ratio:.2f}")


def _texts(settings: Settings) -> Sequence[str]:
    texts: dict[str, None] = {}
    with open_generation(settings.index.directory) as generation:
        for header in generation.store.headers():
            for passage in generation.store.passages(header.id):
                texts[vector_text(header.title, passage)] = None
                for sentence in passage.sentences:
                    texts[sentence_vector_text(header.title, passage, sentence)] = None
    return list(texts)
