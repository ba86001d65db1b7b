"""The safetensors file format: writing it by streaming, reading one table's place.

Eight bytes of header length, a JSON header, then the tensors one after the other.
Streaming keeps a 470 MB file out of memory while it is written.
"""

import json
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelCorruptError

_LENGTH = struct.Struct("<Q")
_MOST_HEADER = 100_000_000
_ITEM = {"F32": 4, "F16": 2, "BF16": 2}

Chunks = Iterable[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where a tensor lies: ``kind`` is F32, F16 or BF16; ``offset`` is in the file."""

    kind: str
    shape: tuple[int, ...]
    offset: int


def write_float32(path: Path, tensors: Mapping[str, tuple[tuple[int, ...], Chunks]]) -> None:
    """Write float32 tensors, each given as its shape and its rows in chunks."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (shape, _) in tensors.items():
        size = 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(_LENGTH.pack(len(encoded)) + encoded)
        for _, chunks in tensors.values():
            for chunk in chunks:
                file.write(np.ascontiguousarray(chunk, dtype="<f4").data)


def places(path: Path) -> dict[str, TensorPlace]:
    """The place of every floating-point tensor, by name; its end is within the file.

    Raises:
        ModelCorruptError: the header cannot be read.
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_LENGTH.size)
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else _MOST_HEADER + 1
        if length > min(size, _MOST_HEADER):
            raise _corrupt(path)
        raw = file.read(length)
    start = _LENGTH.size + length
    try:
        header = json.loads(raw)
        return {
            name: _place(entry, start, size)
            for name, entry in header.items()
            if name != "__metadata__" and entry["dtype"] in _ITEM
        }
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _corrupt(path) from error


def _place(entry: dict[str, Any], start: int, size: int) -> TensorPlace:
    shape = tuple(int(side) for side in entry["shape"])
    first, last = (int(offset) for offset in entry["data_offsets"])
    expected = math.prod(shape) * _ITEM[entry["dtype"]]
    if first < 0 or last - first != expected or start + last > size:
        raise ValueError("offsets")
    return TensorPlace(entry["dtype"], shape, start + first)


def _corrupt(path: Path) -> ModelCorruptError:
    return ModelCorruptError(
        f"Le fichier de poids {path} est tronqué ou n'est pas au format safetensors : "
        "copiez de nouveau le modèle, ou supprimez ce dossier s'il est dans le cache."
    )
