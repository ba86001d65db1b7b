"""The OpenVINO runtime: the fast one on a CPU.

It starts without torch, transformers or sentence_transformers, which it needs once only,
to convert the model.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.batches import Batch, plan_batches
from rag.embedding.compiled_form import Precision, compile_once
from rag.embedding.model_cache import publish
from rag.embedding.model_folder import (
    TOKENIZER_FILE,
    EncoderFolder,
    describe_encoder,
    weights_digest,
)
from rag.embedding.safetensors_file import WordEmbeddings
from rag.embedding.tokenizer import ModelTokenizer, model_inputs
from rag.embedding.unigram_tokenizer import load_unigram
from rag.errors import ModelCorruptError
from rag.protocols import FloatMatrix, Progress
from rag.types import ModelIdentity

GRAPH_FILE = "encoder.xml"
_MADE_BY = "sourcier openvino 2"


class OpenVinoEmbedder:
    """A BERT-like encoder with mean pooling, on the CPU; safe among threads.

    A batch holds the processor alone, so a question asked while passages are indexed waits
    for one batch and no more.

    Args:
        folder: a sentence-transformers folder.
        cache: the converted model is kept in ``<cache>/openvino/``.
        precision: ``auto`` takes bfloat16 where the processor computes in it.
        batch_tokens: most tokens in one batch, padding included.
        name: the model's name in its identity; the folder's by default.

    Raises:
        ModelError: the model is of a kind for the other runtime, or the cache cannot be
            written.
        ModelCorruptError: a file of the model cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        cache: Path,
        *,
        precision: Precision = "auto",
        batch_tokens: int = 2048,
        name: str | None = None,
    ) -> None:
        description = describe_encoder(folder)
        digest = weights_digest(folder, cache)
        self._identity = ModelIdentity(
            name or folder.name, digest, description.dimensions, description.max_tokens
        )
        converted = _converted(description, cache / "openvino" / digest.removeprefix("sha256:"))
        self._request = _compiled(converted / GRAPH_FILE, precision).create_infer_request()
        self._computing = threading.Lock()
        self._words = WordEmbeddings(description.weights, description.words)
        self._tokenizer = ModelTokenizer(
            folder / TOKENIZER_FILE, description.max_tokens, load_unigram(converted)
        )
        self._prompts = description.prompts
        self._pad = description.pad
        self._batch_tokens = batch_tokens

    @property
    def identity(self) -> ModelIdentity:
        """The same for both runtimes."""
        return self._identity

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, without prompt and special tokens."""
        return self._tokenizer.count(texts)

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of questions; shape ``(len(texts), dimensions)``."""
        return self._embed(texts, self._prompts.query, None)

    def embed_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> FloatMatrix:
        """Vectors of passages; ``progress`` counts texts embedded, after each batch."""
        return self._embed(texts, self._prompts.passage, progress)

    def _embed(
        self, texts: Sequence[str], prompt: str, progress: Progress | None
    ) -> FloatMatrix:
        vectors = np.empty((len(texts), self._identity.dimensions), dtype=np.float32)
        inputs = model_inputs(texts, prompt, self._identity.max_tokens)
        done = 0
        for batch in plan_batches(
            self._tokenizer.encode(inputs),
            self._batch_tokens,
            self._pad,
            self._identity.max_tokens,
        ):
            vectors[batch.rows] = self._infer(batch)
            done += len(batch.rows)
            if progress is not None:
                progress(done, len(texts))
        # The graph's own normalisation is in the precision of the graph.
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def _infer(self, batch: Batch) -> Any:  # noqa: ANN401
        words = self._words.rows(batch.ids)
        with self._computing:
            lines = self._request.infer({"words": words, "mask": batch.mask})[0]
        return lines[: len(batch.rows)]


def _converted(description: EncoderFolder, target: Path) -> Path:
    """The folder with the graph, converted now if that was never done."""

    def fill(draft: Path) -> None:
        # torch and transformers take seconds to import, and are needed here only.
        from rag.embedding.openvino_conversion import convert

        convert(description, draft / GRAPH_FILE)

    return publish(target, _MADE_BY, fill)


def _compiled(graph: Path, precision: Precision) -> Any:  # noqa: ANN401
    try:
        return compile_once(graph.parent, lambda: graph, precision)
    except RuntimeError as error:
        raise ModelCorruptError(
            f"Le modèle préparé dans {graph.parent} est inutilisable : supprimez ce "
            "dossier, il sera préparé de nouveau."
        ) from error
