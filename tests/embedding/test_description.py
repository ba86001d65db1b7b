import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from rag.embedding.bundled import prepare_bundled
from rag.embedding.description import Prompts, describe_encoder, supports
from rag.errors import ModelCorruptError, ModelError

CONFIG = {
    "model_type": "bert",
    "vocab_size": 6,
    "hidden_size": 4,
    "max_position_embeddings": 16,
    "pad_token_id": 1,
}
POOLING = {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kinds = ("Transformer", "Pooling", "Normalize")
    write(
        tmp_path, "modules.json", [{"type": f"sentence_transformers.models.{k}"} for k in kinds]
    )
    write(tmp_path, "config.json", CONFIG)
    write(tmp_path, "1_Pooling/config.json", POOLING)
    write(tmp_path, "tokenizer.json", {})
    table = np.zeros((6, 4), np.float32)
    save_file({"bert.embeddings.word_embeddings.weight": table}, tmp_path / "model.safetensors")
    return tmp_path


def test_the_bundled_model_is_described(model_cache: Path) -> None:
    description = describe_encoder(prepare_bundled(model_cache))
    assert (description.dimensions, description.max_tokens, description.pad) == (384, 512, 1)
    assert description.words.shape == (250037, 384)
    assert description.prompts == Prompts("query: ", "passage: ")


def test_a_folder_without_prompts_or_limit(folder: Path) -> None:
    description = describe_encoder(folder)
    assert description.prompts == Prompts("", "")
    assert description.max_tokens == 16
    assert supports(folder)


def test_positions_of_the_roberta_family_start_after_padding(folder: Path) -> None:
    write(folder, "config.json", CONFIG | {"model_type": "xlm-roberta"})
    write(folder, "sentence_bert_config.json", {"max_seq_length": 512})
    assert describe_encoder(folder).max_tokens == 14


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"query": "q: ", "document": "d: "}, Prompts("q: ", "d: ")),
        ({"query": "q: ", "document": "", "passage": "p: "}, Prompts("q: ", "p: ")),
        ({"query": "", "document": ""}, Prompts("", "")),
        ({"clustering": "c: "}, Prompts("", "")),
    ],
)
def test_prompts_by_the_names_in_use(named: dict[str, str], expected: Prompts) -> None:
    assert Prompts.among(named) == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "modules.json",
            [{"type": "x.Transformer"}, {"type": "x.Pooling"}, {"type": "x.Dense"}],
        ),
        ("config.json", CONFIG | {"model_type": "qwen3"}),
        ("config.json", CONFIG | {"position_embedding_type": "relative_key"}),
        ("config.json", CONFIG | {"vocab_size": 7}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"pooling_mode": "lasttoken"}),
        ("1_Pooling/config.json", POOLING | {"pooling_mode_max_tokens": True}),
        ("1_Pooling/config.json", POOLING | {"include_prompt": False}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
    ],
)
def test_other_models_are_for_the_other_runtime(
    folder: Path, name: str, content: dict[str, Any]
) -> None:
    write(folder, name, content)
    assert not supports(folder)
    with pytest.raises(ModelError, match="sentence-transformers"):
        describe_encoder(folder)


@pytest.mark.parametrize(
    "name", ["modules.json", "config.json", "1_Pooling/config.json", "tokenizer.json"]
)
def test_a_file_that_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert not supports(folder)


@pytest.mark.parametrize("content", ["{", "3", "[]", "null", '"x"', "[[]]"])
@pytest.mark.parametrize(
    "name",
    ["modules.json", "config.json", "1_Pooling/config.json", "sentence_bert_config.json"],
)
def test_hostile_configuration_is_an_error_of_ours(
    folder: Path, name: str, content: str
) -> None:
    (folder / name).write_text(content)
    assert not supports(folder)
    with pytest.raises(ModelError):
        describe_encoder(folder)


def test_weights_cut_short(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ModelCorruptError):
        describe_encoder(folder)
