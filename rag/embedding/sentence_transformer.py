"""The sentence-transformers runtime: any model that it reads, on CPU or CUDA."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.batches import plan_rows
from rag.embedding.model_folder import Prompts, weights_digest
from rag.embedding.offline import quiet_transformers, quietly
from rag.embedding.tokenizer import encodable, model_inputs
from rag.errors import ModelCorruptError
from rag.protocols import FloatMatrix, Progress
from rag.types import ModelIdentity

_LONGEST = 1_000_000


class SentenceTransformerEmbedder:
    """A sentence-transformers folder, run by PyTorch in float32; safe among threads.

    Args:
        folder: the model's folder; nothing is looked for elsewhere.
        cache: where digests of large files are kept.
        device: ``cpu`` or ``cuda``; by default CUDA where it is there.
        batch_tokens: most tokens in one batch, padding included.
        name: the model's name in its identity; the folder's by default.

    Raises:
        ModelNotFoundError: the folder holds no model.
        ModelCorruptError: the model cannot be loaded.
    """

    def __init__(
        self,
        folder: Path,
        cache: Path,
        *,
        device: str | None = None,
        batch_tokens: int = 4096,
        name: str | None = None,
    ) -> None:
        digest = weights_digest(folder, cache)
        self._model = _load(folder, device)
        self._computing = threading.Lock()
        self._prompts = Prompts.among(self._model.prompts)
        self._batch_tokens = batch_tokens
        self._identity = ModelIdentity(
            name or folder.name,
            digest,
            int(self._model.get_embedding_dimension()),
            min(int(self._model.max_seq_length or _LONGEST), _LONGEST),
        )

    @property
    def identity(self) -> ModelIdentity:
        """The same for both runtimes."""
        return self._identity

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, without prompt and special tokens."""
        return self._lengths([encodable(text) for text in texts])

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
        lengths = [min(n + 2, self._identity.max_tokens) for n in self._lengths(inputs)]
        done = 0
        for rows in plan_rows(lengths, self._batch_tokens):
            vectors[rows] = self._encode([inputs[row] for row in rows])
            done += len(rows)
            if progress is not None:
                progress(done, len(texts))
        return vectors

    def _encode(self, inputs: list[str]) -> Any:  # noqa: ANN401
        with self._computing:
            return self._model.encode(
                inputs,
                # The prompt is there already; an empty one keeps a default one out.
                prompt="",
                batch_size=len(inputs),
                normalize_embeddings=True,
                show_progress_bar=False,
            )

    def _lengths(self, texts: list[str]) -> list[int]:
        if not texts:
            return []
        with self._computing:
            ids = self._model.tokenizer(
                texts, add_special_tokens=False, truncation=False, padding=False, verbose=False
            )["input_ids"]
        return [len(sequence) for sequence in ids]


def _load(folder: Path, device: str | None) -> Any:  # noqa: ANN401
    library = quietly("sentence_transformers")
    quiet_transformers()
    try:
        return library.SentenceTransformer(str(folder), device=device, local_files_only=True)
    except Exception as error:
        # Whatever a damaged or foreign folder sets off inside three libraries.
        raise ModelCorruptError(
            f"Le modèle {folder} ne peut pas être chargé par sentence-transformers "
            f"({error}). Vérifiez que le dossier est complet et copiez-le de nouveau."
        ) from error
