"""Writing a sentence-transformers folder from the bundled weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import AddedToken

from rag.embedding.folders import as_json
from rag.embedding.safetensors_file import Chunks, write_float32
from rag.embedding.vocabulary import build_tokenizer, special_tokens
from rag.embedding.weights import Dimensions, QuantisedModel
from rag.protocols import Progress

PROMPTS = {"query": "query: ", "passage": "passage: "}
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_MODULES = "sentence_transformers.models"

_Tensors = dict[str, tuple[tuple[int, ...], Chunks]]


def write_model_folder(
    folder: Path, source: QuantisedModel, progress: Progress | None = None
) -> None:
    """Fill an empty folder with everything that sentence-transformers reads.

    Args:
        folder: exists and is empty.
        source: the parsed weights.
        progress: called with tensors written and their number.

    Raises:
        ModelCorruptError: a tensor is absent or truncated.
        OSError: the folder cannot be written.
    """
    for name, content in _configuration(source).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(as_json(content))
    _write_tokenizer(folder, source)
    write_float32(folder / "model.safetensors", _counted(_tensors(source), progress))


def _write_tokenizer(folder: Path, source: QuantisedModel) -> None:
    roles = special_tokens(source.vocabulary)
    tokenizer = build_tokenizer(source.vocabulary)
    tokenizer.add_special_tokens(
        [
            AddedToken(piece, special=True, normalized=False)
            for piece in dict.fromkeys(roles.values())
        ]
    )
    (folder / "tokenizer.json").write_bytes(tokenizer.to_str().encode())


def _configuration(source: QuantisedModel) -> dict[str, Any]:
    size, vocabulary = source.dimensions, source.vocabulary
    roles = special_tokens(vocabulary)
    return {
        "config.json": _model_configuration(size, vocabulary.pad),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": size.positions,
            "clean_up_tokenization_spaces": False,
            **roles,
        },
        "special_tokens_map.json": roles,
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{_MODULES}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{_MODULES}.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": size.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {
            "max_seq_length": size.positions,
            "do_lower_case": False,
        },
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _model_configuration(size: Dimensions, pad: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": size.hidden,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "intermediate_size": size.feed_forward,
        "vocab_size": size.vocabulary,
        "max_position_embeddings": size.positions,
        "type_vocab_size": size.token_types,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "position_embedding_type": "absolute",
        "pad_token_id": pad,
        "torch_dtype": "float32",
    }


def _tensors(source: QuantisedModel) -> _Tensors:
    size = source.dimensions
    hidden, tables = size.hidden, "embeddings"
    tensors: _Tensors = {}

    def add(name: str, origin: str, shape: tuple[int, ...]) -> None:
        tensors[name] = (shape, source.rows(origin, shape))

    add(f"{tables}.word_embeddings.weight", "emb.word", (size.vocabulary, hidden))
    add(f"{tables}.position_embeddings.weight", "emb.pos", (size.positions, hidden))
    add(f"{tables}.token_type_embeddings.weight", "emb.type", (size.token_types, hidden))
    add(f"{tables}.LayerNorm.weight", "emb.ln.w", (hidden,))
    add(f"{tables}.LayerNorm.bias", "emb.ln.b", (hidden,))
    for layer in range(size.layers):
        for part, name in _LAYER_PARTS.items():
            rows, columns = _matrix(part, size)
            there = f"encoder.layer.{layer}.{name}"
            shape = (rows, columns) if columns else (rows,)
            add(f"{there}.weight", f"l{layer}.{part}.w", shape)
            add(f"{there}.bias", f"l{layer}.{part}.b", (rows,))
    # Unused by mean pooling; without it transformers makes one up at random and says so.
    tensors["pooler.dense.weight"] = ((hidden, hidden), [np.zeros((hidden, hidden), "f4")])
    tensors["pooler.dense.bias"] = ((hidden,), [np.zeros(hidden, "f4")])
    return tensors


def _matrix(part: str, size: Dimensions) -> tuple[int, int]:
    """Rows and columns of a layer's weight; no columns for a layer norm."""
    if part in ("aln", "oln"):
        return size.hidden, 0
    if part == "fi":
        return size.feed_forward, size.hidden
    if part == "fo":
        return size.hidden, size.feed_forward
    return size.hidden, size.hidden


def _counted(tensors: _Tensors, progress: Progress | None) -> _Tensors:
    if progress is None:
        return tensors

    def tell(done: int, chunks: Chunks, report: Callable[[int, int], None]) -> Chunks:
        yield from chunks
        report(done, len(tensors))

    return {
        name: (shape, tell(done, chunks, progress))
        for done, (name, (shape, chunks)) in enumerate(tensors.items(), start=1)
    }
