"""Word embeddings read row by row from the model's own weights file.

They are 80 % of a small multilingual model's bytes, and a text needs a few rows: reading
those leaves the rest on disk (in the system's page cache), where a memory map would soon
count most of the table as resident.
"""

import os
import weakref
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.embedding.safetensors_file import TensorPlace
from rag.errors import ModelCorruptError, ModelNotFoundError
from rag.storage.disk_errors import refusal

_DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
}

_KEPT_ROWS: Final = 8192
"""Words whose rows are kept in memory: about 6 MiB, and nearly every word of a question.

Each read lets go of the interpreter, which under load comes back milliseconds later.
"""


class WordTable:
    """Rows of a ``(vocabulary, hidden)`` table in a file; safe among threads.

    Raises:
        ModelNotFoundError: the file cannot be opened.
    """

    def __init__(self, path: Path, place: TensorPlace) -> None:
        self._path = path
        self._dtype = _DTYPES[place.kind]
        self._offset = place.offset
        self._height, self._width = place.shape
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ModelNotFoundError(
                f"Le fichier de poids {path} est illisible ({refusal(error)}) : "
                "vérifiez le dossier du modèle et ses droits."
            ) from error
        weakref.finalize(self, os.close, self._descriptor)
        self._row = lru_cache(_KEPT_ROWS)(
            partial(
                _read_row, self._descriptor, self._offset, self._width * self._dtype.itemsize
            )
        )

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The embeddings of ids of any shape, float32, shape ``(*ids.shape, hidden)``.

        Raises:
            ModelCorruptError: the file has been cut short since it was opened, or
                an id is not in the table.
        """
        distinct, where = np.unique(ids, return_inverse=True)
        size = self._width * self._dtype.itemsize
        raw = b"".join(map(self._row, distinct.tolist()))
        if len(raw) != size * len(distinct) or distinct[-1] >= self._height:
            raise ModelCorruptError(
                f"Le fichier de poids {self._path} a été tronqué ou ne va pas avec son "
                "découpage en tokens : copiez de nouveau le modèle, ou supprimez ce dossier "
                "du cache."
            )
        table = np.frombuffer(raw, self._dtype).reshape(-1, self._width)
        return _as_float32(table)[where.reshape(ids.shape)]


def _read_row(descriptor: int, offset: int, size: int, row: int) -> bytes:
    return os.pread(descriptor, size, offset + row * size)


def _as_float32(table: NDArray[np.generic]) -> NDArray[np.float32]:
    """The table's values; bfloat16, which numpy lacks, is a float32's upper half."""
    if table.dtype == np.dtype("<u2"):
        return (table.astype(np.uint32) << 16).view(np.float32)
    return table.astype(np.float32, copy=False)
