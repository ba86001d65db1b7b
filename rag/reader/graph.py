"""The reader's network as an OpenVINO graph, built from its shipped weights.

The body is that of multilingual-e5-small (BERT; Devlin et al., 2019) and three heads. The
weights of its matrices are eight-bit integers with a scale for each output; the runtime
multiplies them as such, quantising what goes in on the fly.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.embedding.offline import quietly

HEADS: Final = 12
ROLES_AT: Final = 4
"""The first layer that is told what each token is."""

SCALE: Final = ".scale"
"""Ends the name of the scales of a matrix of eight-bit integers."""

_EPSILON: Final = 1e-12
_AHEAD: Final = np.array([0, 2, 1, 3], np.int64)
"""From ``(n, tokens, heads, width)`` to heads first, and back."""

Tensors = Mapping[str, NDArray[Any]]
Node = Any


def build(tensors: Tensors) -> Any:  # noqa: ANN401
    """The graph of these weights.

    It takes ``words`` (float32, ``(n, tokens, hidden)``: embeddings of words and positions,
    summed), ``roles`` (int64, ``(n, tokens)``), ``mask`` (float32, ``(n, 1, 1, tokens)``:
    0 for tokens, far below 0 for padding) and ``pool`` (float32, ``(n, units, tokens)``,
    each row a mean); it gives two outputs of logits, ``(n, units)`` and ``(n,)``: how much
    each unit belongs to the answer, and whether the passage answers.

    Raises:
        KeyError: a tensor is missing.
    """
    return _Builder(tensors).build()


class _Builder:
    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._openvino = quietly("openvino")
        self._op = self._openvino.opset13
        self._hidden = int(tensors["embeddings.LayerNorm.weight"].shape[0])

    def build(self) -> Any:  # noqa: ANN401
        op, hidden = self._op, self._hidden
        words = op.parameter([-1, -1, hidden], np.float32, name="words")
        roles = op.parameter([-1, -1], np.int64, name="roles")
        mask = op.parameter([-1, 1, 1, -1], np.float32, name="mask")
        pool = op.parameter([-1, -1, -1], np.float32, name="pool")
        states = self._normalised(words, "embeddings.LayerNorm")
        for layer in range(self._layers()):
            if layer == ROLES_AT:
                table = op.constant(self._tensors["roles.weight"])
                states = op.add(states, op.gather(table, roles, np.int64(0)))
            states = self._layer(states, mask, f"layers.{layer}")
        first = op.slice(states, _ints(0), _ints(1), _ints(1), _ints(1))
        means = op.matmul(pool, states, False, False)
        beside = op.broadcast(first, op.shape_of(means))
        units = self._head(op.concat([means, beside], 2), "unit")
        passage = op.squeeze(self._head(first, "passage"), _ints(1))
        results = [op.result(units, name="units"), op.result(passage, name="passage")]
        return self._openvino.Model(results, [words, roles, mask, pool], "reader")

    def _layers(self) -> int:
        numbers = {name.split(".")[1] for name in self._tensors if name.startswith("layers.")}
        return len(numbers)

    def _layer(self, states: Node, mask: Node, name: str) -> Node:
        op = self._op
        query, key, value = (
            self._parted(self._linear(states, f"{name}.attention.self.{part}"))
            for part in ("query", "key", "value")
        )
        attended = op.scaled_dot_product_attention(query, key, value, mask)
        together = op.reshape(op.transpose(attended, _AHEAD), _ints(0, 0, self._hidden), True)
        told = self._linear(together, f"{name}.attention.output.dense")
        states = self._normalised(op.add(states, told), f"{name}.attention.output.LayerNorm")
        inner = op.gelu(self._linear(states, f"{name}.intermediate.dense"), "erf")
        told = self._linear(inner, f"{name}.output.dense")
        return self._normalised(op.add(states, told), f"{name}.output.LayerNorm")

    def _parted(self, states: Node) -> Node:
        shape = _ints(0, 0, HEADS, self._hidden // HEADS)
        return self._op.transpose(self._op.reshape(states, shape, True), _AHEAD)

    def _head(self, states: Node, name: str) -> Node:
        inner = self._op.gelu(self._linear(states, f"{name}.inner"), "erf")
        return self._op.squeeze(self._linear(inner, f"{name}.outer"), _ints(2))

    def _linear(self, states: Node, name: str) -> Node:
        op = self._op
        weight = op.constant(self._tensors[f"{name}.weight"])
        if f"{name}.weight{SCALE}" in self._tensors:
            scale = op.constant(self._tensors[f"{name}.weight{SCALE}"])
            weight = op.multiply(op.convert(weight, np.float32), scale)
        bias = op.constant(self._tensors[f"{name}.bias"].reshape(1, 1, -1))
        return op.add(op.matmul(states, weight, False, True), bias)

    def _normalised(self, states: Node, name: str) -> Node:
        op = self._op
        centred = op.mvn(states, _ints(-1), True, _EPSILON, "INSIDE_SQRT")
        weight, bias = (
            op.constant(self._tensors[f"{name}.{part}"].reshape(1, 1, -1))
            for part in ("weight", "bias")
        )
        return op.add(op.multiply(centred, weight), bias)


def _ints(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)
