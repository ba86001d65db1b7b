"""NumPy arrays on disk: never pickled, mapped rather than read where they are large."""

import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rag.errors import IndexCorruptError

_BLOCK = 1 << 24
_HEADERS: Final = threading.Lock()
"""Headers are literals of Python, which CPython 3.11 may fail to parse in two threads."""


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write an array as ``.npy``."""
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)


def reserve_array(path: Path, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """A mapped array of zeros to be filled, whose place on the disk is already taken.

    Without that, a disk that fills up would kill the process (SIGBUS) as it writes to the
    mapping, where it can now raise ``OSError`` before the first vector is computed.
    """
    kind = np.dtype(dtype)
    size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
    header = {
        "descr": np.lib.format.dtype_to_descr(kind),
        "fortran_order": False,
        "shape": shape,
    }
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        while size > 0:
            size -= file.write(bytes(min(size, _BLOCK)))
    return np.asarray(np.load(path, mmap_mode="r+", allow_pickle=False))


def map_array(path: Path, dtype: DTypeLike, dimensions: int = 1) -> NDArray[Any]:
    """A read-only mapped array; it stays readable after its file is removed.

    Raises:
        IndexCorruptError: the file is no array of this type and number of dimensions.
    """
    try:
        with _HEADERS:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise IndexCorruptError(f"Fichier d'index illisible : {path} ({error}).") from error
    if array.dtype != np.dtype(dtype) or array.ndim != dimensions:
        raise IndexCorruptError(
            f"Fichier d'index inattendu : {path} ({array.dtype}, {array.ndim} dimensions)."
        )
    return np.asarray(array)


def write_lines(path: Path, lines: list[str]) -> None:
    """Write lines of UTF-8, each ended by a line feed."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def read_lines(path: Path) -> list[str]:
    """The lines written by `write_lines`; what is not UTF-8 is refused."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise IndexCorruptError(f"Fichier d'index illisible : {path} ({error}).") from error
    return text.split("\n")[:-1]


def misfit(folder: Path, name: str) -> IndexCorruptError:
    """The error of files whose names begin alike, and that do not fit together."""
    return IndexCorruptError(
        f"Les fichiers {name}* de {folder} ne vont pas ensemble. Reconstruisez "
        "l'index : sourcier index CHEMIN…"
    )
