import numpy as np
import openvino
import torch
from numpy.typing import NDArray
from torch.nn.functional import gelu
from transformers import BertConfig, BertModel

from rag.reader.graph import HEADS, ROLES_AT, SCALE, build
from rag.reader.sequences import ROLES

HIDDEN, LAYERS, TOKENS = 2 * HEADS, ROLES_AT + 1, 7


def network() -> tuple[BertModel, dict[str, NDArray[np.float32]]]:
    torch.manual_seed(0)
    model = BertModel(
        BertConfig(
            vocab_size=11,
            hidden_size=HIDDEN,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            intermediate_size=40,
            layer_norm_eps=1e-12,
        ),
        add_pooling_layer=False,
    ).eval()
    tensors = {
        name.removeprefix("encoder.").replace("layer.", "layers."): each.numpy()
        for name, each in model.state_dict().items()
    }
    chance = np.random.default_rng(0)
    for name, shape in {
        "roles.weight": (ROLES, HIDDEN),
        "unit.inner.weight": (HIDDEN, 2 * HIDDEN),
        "unit.inner.bias": (HIDDEN,),
        "unit.outer.weight": (1, HIDDEN),
        "unit.outer.bias": (1,),
        "passage.inner.weight": (HIDDEN, HIDDEN),
        "passage.inner.bias": (HIDDEN,),
        "passage.outer.weight": (1, HIDDEN),
        "passage.outer.bias": (1,),
    }.items():
        tensors[name] = chance.normal(size=shape).astype(np.float32)
    return model, tensors


def given() -> dict[str, NDArray[np.generic]]:
    chance = np.random.default_rng(1)
    pool = np.zeros((2, 3, TOKENS), np.float32)
    pool[:, 0, 2:4] = pool[:, 1, 4:6] = 0.5
    mask = np.zeros((2, 1, 1, TOKENS), np.float32)
    mask[1, ..., -2:] = -1e4
    return {
        "words": chance.normal(size=(2, TOKENS, HIDDEN)).astype(np.float32),
        "roles": chance.integers(0, ROLES, (2, TOKENS)),
        "mask": mask,
        "pool": pool,
    }


def run(tensors: dict[str, NDArray[np.generic]]) -> tuple[NDArray[np.float32], ...]:
    compiled = openvino.Core().compile_model(
        build(tensors), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    told = compiled(given())
    return told[0], told[1]


@torch.no_grad()
def expected(
    model: BertModel, tensors: dict[str, NDArray[np.float32]]
) -> tuple[NDArray[np.float32], ...]:
    """The same by transformers' layers and torch's own functions."""
    values = {name: torch.from_numpy(each) for name, each in given().items()}
    states = model.embeddings.LayerNorm(values["words"])
    for number, layer in enumerate(model.encoder.layer):
        if number == ROLES_AT:
            states = states + torch.from_numpy(tensors["roles.weight"])[values["roles"]]
        states = layer(states, attention_mask=values["mask"])
        states = states[0] if isinstance(states, tuple) else states

    def head(inputs: torch.Tensor, name: str) -> torch.Tensor:
        weights = {
            part: torch.from_numpy(tensors[f"{name}.{part}"])
            for part in ("inner.weight", "inner.bias", "outer.weight", "outer.bias")
        }
        inner = gelu(inputs @ weights["inner.weight"].T + weights["inner.bias"])
        return (inner @ weights["outer.weight"].T + weights["outer.bias"]).squeeze(-1)

    means = values["pool"] @ states
    first = states[:, :1].expand_as(means)
    units = head(torch.cat([means, first], dim=-1), "unit")
    return units.numpy(), head(states[:, 0], "passage").numpy()


def test_the_graph_computes_what_the_trained_network_does() -> None:
    model, tensors = network()
    units, passage = run(dict(tensors))
    wanted = expected(model, tensors)
    assert units.shape == (2, 3)
    assert passage.shape == (2,)
    np.testing.assert_allclose(units, wanted[0], atol=1e-4)
    np.testing.assert_allclose(passage, wanted[1], atol=1e-4)


def test_eight_bits_give_nearly_the_same() -> None:
    model, tensors = network()
    held: dict[str, NDArray[np.generic]] = {}
    for name, values in tensors.items():
        held[name] = values
        if values.ndim == 2 and not name.startswith(("embeddings.", "roles.")):
            scale = np.abs(values).max(axis=1, keepdims=True) / 127
            held[name] = np.rint(values / scale).astype(np.int8)
            held[f"{name}{SCALE}"] = scale
    units, passage = run(held)
    wanted = expected(model, tensors)
    np.testing.assert_allclose(units, wanted[0], rtol=0.01, atol=0.2)
    np.testing.assert_allclose(passage, wanted[1], rtol=0.01, atol=0.2)
