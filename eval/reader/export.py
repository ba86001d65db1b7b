"""Write the weights that the package ships from a checkpoint of the training.

``python -m eval.reader.export build/reader/checkpoint.pt``

Matrices become eight-bit integers with a scale for each output, the rest float32; the word
embeddings, which are the bundled model's, and the head that nothing reads yet stay out.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from eval.indexes import ROOT
from rag.reader.graph import SCALE
from rag.reader.openvino_reader import WEIGHTS

_MOST = 127
_WHOLE = ("embeddings.", "roles.")
_LEFT = ("span.", "embeddings.position_ids", "embeddings.token_type_ids")


def main() -> None:
    """Export, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    arguments = parser.parse_args()
    learnt = torch.load(arguments.checkpoint, "cpu", weights_only=True)["network"]
    target = ROOT / "rag" / "reader" / WEIGHTS
    save_file(quantised({name: each.numpy() for name, each in learnt.items()}), target)
    print(f"wrote {target.relative_to(ROOT)}, {target.stat().st_size / 1e6:.1f} MB")


def quantised(learnt: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.generic]]:
    """The tensors as they are shipped; a matrix's greatest weight of each output is ±127."""
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, values in learnt.items():
        if name.startswith(_LEFT):
            continue
        if values.ndim < 2 or name.startswith(_WHOLE):
            tensors[name] = np.ascontiguousarray(values, np.float32)
            continue
        scale = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12) / _MOST
        tensors[name] = np.rint(values / scale).astype(np.int8)
        tensors[f"{name}{SCALE}"] = scale.astype(np.float32)
    return tensors


if __name__ == "__main__":
    main()
