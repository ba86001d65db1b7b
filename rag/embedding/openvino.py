"""The OpenVINO runtime: the fast one on a CPU.

It starts without torch, transformers or sentence_transformers, which it needs once only,
to convert the model.
"""

import hashlib
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np

from rag.embedding.batches import Batch, plan_batches
from rag.embedding.model_cache import alone_in, publish
from rag.embedding.model_folder import (
    TOKENIZER_FILE,
    EncoderFolder,
    describe_encoder,
    weights_digest,
)
from rag.embedding.offline import quietly
from rag.embedding.safetensors_file import WordEmbeddings
from rag.embedding.tokenizer import ModelTokenizer, model_inputs
from rag.embedding.unigram_tokenizer import load_unigram
from rag.errors import ModelCorruptError
from rag.protocols import FloatMatrix, Progress
from rag.storage.files import write_whole
from rag.types import ModelIdentity

_LOG = logging.getLogger(__name__)
GRAPH_FILE = "encoder.xml"
_MADE_BY = "sourcier openvino 2"
_DRAFT = ".blob-"
_COMPILED = "compiled-*.blob"
_KEPT_COMPILED = 3
"""A folder shared by unlike machines needs several; each version of OpenVINO adds some."""

Precision = Literal["auto", "bf16", "f32"]


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
        self._request = _compile(converted / GRAPH_FILE, precision).create_infer_request()
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


def _compile(graph: Path, precision: Precision) -> Any:  # noqa: ANN401
    """The graph ready to run on the CPU, in one stream over all cores.

    The compiled form is kept beside the graph, one for each version of OpenVINO, processor
    and precision, for it opens four times as fast; whatever goes wrong with it, the graph
    is compiled again.
    """
    openvino = quietly("openvino")
    core = openvino.Core()
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": best_precision(core, precision),
    }
    kept = graph.with_name(_compiled_name(core, options, openvino.get_version()))
    if kept.is_file():
        try:
            blob = np.memmap(kept, dtype=np.uint8, mode="r")
            return core.import_model(openvino.Tensor(blob), "CPU", options)
        except (RuntimeError, OSError, ValueError) as error:
            _LOG.info("compiled form not used: %s", error)
    try:
        compiled = core.compile_model(graph, "CPU", options)
    except RuntimeError as error:
        raise ModelCorruptError(
            f"Le modèle préparé dans {graph.parent} est inutilisable : supprimez ce "
            "dossier, il sera préparé de nouveau."
        ) from error
    _keep(kept, compiled)
    return compiled


def best_precision(core: Any, wanted: Precision) -> str:  # noqa: ANN401
    """bfloat16 where the processor multiplies in it; elsewhere it would be emulated."""
    if wanted != "auto":
        return wanted
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _compiled_name(core: Any, options: dict[str, str], version: str) -> str:  # noqa: ANN401
    parts = [
        version,
        core.get_property("CPU", "FULL_DEVICE_NAME"),
        " ".join(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")),
        repr(sorted(options.items())),
    ]
    return f"compiled-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}.blob"


def _keep(path: Path, compiled: Any) -> None:  # noqa: ANN401
    """Write the compiled form whole or not at all; a full or read-only disk is no matter."""
    with suppress(OSError, RuntimeError), alone_in(path.parent):
        for leftover in path.parent.glob(_DRAFT + "*"):
            leftover.unlink()
        blob = compiled.export_model().getbuffer()
        write_whole(path, blob, draft=path.with_name(_DRAFT + path.name), mode=0o600)
        forms = sorted(path.parent.glob(_COMPILED), key=lambda form: form.stat().st_mtime)
        for old in forms[:-_KEPT_COMPILED]:
            old.unlink()
