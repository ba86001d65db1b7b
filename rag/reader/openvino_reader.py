"""The reader at work on a processor: weights shipped with the package, run by OpenVINO."""

import hashlib
import threading
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.embedding.batches import Batch, plan_batches
from rag.embedding.bundled_model import prepare_bundled
from rag.embedding.compiled_form import Precision, compile_once
from rag.embedding.model_folder import TOKENIZER_FILE, describe_encoder
from rag.embedding.safetensors_file import WordEmbeddings
from rag.embedding.tokenizer import ModelTokenizer, encodable
from rag.errors import ModelCorruptError
from rag.protocols import PassageReading, Progress, Reader, ReaderPassage
from rag.reader.graph import build
from rag.reader.sequences import CONTEXT, LONGEST, SequenceMaker, TokenSequence
from rag.settings import EmbeddingSettings, ReadingSettings

WEIGHTS: Final = "reader.safetensors"
"""The file of the weights, in this package; ``python -m eval.reader.export`` writes it."""

_BATCH_TOKENS: Final = 2048
_UNITS: Final = 8
"""Units of a batch are filled up to a multiple of it, so that shapes are few."""

_FAR: Final = np.float32(-1e4)
"""What padding weighs in attention, as a logit."""

_OPTIONS: Final = MappingProxyType({"DYNAMIC_QUANTIZATION_GROUP_SIZE": "384"})
"""What goes into an eight-bit matrix is quantised on the fly, a row at a time."""


def open_reader(
    settings: ReadingSettings, embedding: EmbeddingSettings, progress: Progress | None = None
) -> Reader | None:
    """The shipped reader; None where the settings have it read nothing.

    It shares the word embeddings of the bundled model, which is prepared on first use
    whatever model embeds; ``progress`` is called meanwhile.

    Raises:
        ModelNotFoundError: the bundled model is not installed.
        ModelCorruptError: its weights, or the reader's, cannot be used.
        ModelError: the cache cannot be written.
    """
    if not settings.passages:
        return None
    cache = embedding.cache.expanduser()
    folder = prepare_bundled(cache, progress)
    weights = files("rag.reader").joinpath(WEIGHTS).read_bytes()
    return OpenVinoReader(folder, weights, cache, precision=embedding.precision)


class OpenVinoReader:
    """A `Reader` on the CPU; safe among threads, one batch at a time.

    Args:
        folder: the bundled model's folder.
        weights: a safetensors file of the reader's tensors, whole.
        cache: the compiled network is kept in ``<cache>/openvino/``.
        precision: of what is computed beside its eight-bit matrices.

    Raises:
        ModelCorruptError: the weights are not the reader's.
    """

    def __init__(
        self, folder: Path, weights: bytes, cache: Path, *, precision: Precision = "auto"
    ) -> None:
        description = describe_encoder(folder)
        tensors = _loaded(weights)
        kept = cache / "openvino" / f"reader-{hashlib.sha256(weights).hexdigest()[:16]}"
        self._request = _compiled(kept, tensors, precision).create_infer_request()
        self._computing = threading.Lock()
        self._words = WordEmbeddings(description.weights, description.words)
        self._positions: NDArray[np.float32] = (
            tensors["embeddings.position_embeddings.weight"]
            + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._pad = description.pad
        tokenizer = ModelTokenizer(folder / TOKENIZER_FILE, description.max_tokens, None)
        (framed,) = tokenizer.encode([""])
        opening, closing = framed
        self._maker = SequenceMaker(
            lambda text: tokenizer.encode([encodable(text)])[0][1:-1], opening, closing
        )

    def read(
        self, question: str, passages: Sequence[ReaderPassage]
    ) -> tuple[PassageReading, ...]:
        """What each passage, read with the question, is worth; in order."""
        made = [self._maker.make(question, each) for each in passages]
        found: list[PassageReading | None] = [None] * len(made)
        ids = [each.ids for each in made]
        for batch in plan_batches(ids, _BATCH_TOKENS, self._pad, LONGEST):
            units, answers = self._infer(batch, [made[row] for row in batch.rows])
            for line, row in enumerate(batch.rows.tolist()):
                own = units[line, : len(made[row].units)].copy()
                own[[start == end for start, end in made[row].units]] = -np.inf
                found[row] = PassageReading(float(answers[line]), own)
        return tuple(each for each in found if each is not None)

    def _infer(
        self, batch: Batch, sequences: Sequence[TokenSequence]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        lines, tokens = batch.ids.shape
        roles = np.full((lines, tokens), CONTEXT, np.int64)
        most = max(1, *(len(each.units) for each in sequences))
        pool = np.zeros((lines, -(-most // _UNITS) * _UNITS, tokens), np.float32)
        for line, each in enumerate(sequences):
            roles[line, : len(each.roles)] = each.roles
            for place, (start, end) in enumerate(each.units):
                pool[line, place, start:end] = 1 / max(end - start, 1)
        given = {
            "words": self._words.rows(batch.ids) + self._positions[:tokens],
            "roles": roles,
            "mask": np.where(batch.mask, np.float32(0), _FAR)[:, None, None, :],
            "pool": pool,
        }
        with self._computing:
            told = self._request.infer(given)
            return told[0].copy(), told[1].copy()


def _loaded(weights: bytes) -> dict[str, NDArray[Any]]:
    # A third of a second with torch's part of it; numpy's alone is quick.
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(weights)
    except SafetensorError as error:
        raise _corrupt() from error


def _compiled(folder: Path, tensors: dict[str, NDArray[Any]], precision: Precision) -> Any:  # noqa: ANN401
    try:
        return compile_once(folder, lambda: build(tensors), precision, _OPTIONS)
    except (KeyError, RuntimeError) as error:
        raise _corrupt() from error


def _corrupt() -> ModelCorruptError:
    return ModelCorruptError(
        f"Les poids du lecteur ({WEIGHTS}) sont abîmés : réinstallez Sourcier, ou "
        "passez-vous du lecteur (SOURCIER_READING__PASSAGES=0)."
    )
