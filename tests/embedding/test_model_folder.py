import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from rag.embedding.bundled_model import prepare_bundled
from rag.embedding.model_folder import (
    Prompts,
    describe_encoder,
    runs_on_openvino,
    weights_digest,
)
from rag.errors import ModelCorruptError, ModelError, ModelNotFoundError

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
    assert runs_on_openvino(folder)


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
    assert not runs_on_openvino(folder)
    with pytest.raises(ModelError, match="sentence-transformers"):
        describe_encoder(folder)


@pytest.mark.parametrize(
    "name", ["modules.json", "config.json", "1_Pooling/config.json", "tokenizer.json"]
)
def test_a_file_that_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert not runs_on_openvino(folder)


def test_hostile_configuration_is_an_error_of_ours(folder: Path) -> None:
    taken = []
    for name in (
        *("modules.json", "config.json"),
        *("1_Pooling/config.json", "sentence_bert_config.json"),
    ):
        path = folder / name
        before = path.read_bytes() if path.exists() else None
        for content in ("{", "3", "[]", "null", '"x"', "[[]]"):
            path.write_text(content)
            if runs_on_openvino(folder):
                taken.append((name, content))
            with pytest.raises(ModelError):
                describe_encoder(folder)
        path.unlink() if before is None else path.write_bytes(before)
    assert taken == []


def test_weights_cut_short(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ModelCorruptError):
        describe_encoder(folder)


@pytest.fixture
def weighed(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"w" * 2_000_000)
    (folder / "tokenizer.json").write_text("{}")
    (folder / "README.md").write_text("bonjour")
    return folder


def test_it_depends_on_weights_and_tokenizer_only(weighed: Path, tmp_path: Path) -> None:
    first = weights_digest(weighed, tmp_path)
    (weighed / "README.md").write_text("autre")
    assert weights_digest(weighed, tmp_path) == first
    (weighed / "tokenizer.json").write_text("[]")
    second = weights_digest(weighed, tmp_path)
    assert second != first
    (weighed / "model.safetensors").write_bytes(b"x" * 2_000_001)
    assert weights_digest(weighed, tmp_path) not in (first, second)


def test_a_copy_elsewhere_is_the_same_model(weighed: Path, tmp_path: Path) -> None:
    first = weights_digest(weighed, tmp_path)
    assert weights_digest(weighed.rename(tmp_path / "moved"), tmp_path) == first


def test_a_large_file_is_read_once(weighed: Path, tmp_path: Path) -> None:
    first = weights_digest(weighed, tmp_path)
    weights = weighed / "model.safetensors"
    status = weights.stat()
    weights.write_bytes(b"y" * 2_000_000)
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert weights_digest(weighed, tmp_path) == first
    os.utime(weights, ns=(0, 0))
    assert weights_digest(weighed, tmp_path) != first


@pytest.mark.parametrize("kept", ["{", "[]", '{"a": 1}', "\0"])
def test_a_damaged_cache_is_ignored(weighed: Path, tmp_path: Path, kept: str) -> None:
    first = weights_digest(weighed, tmp_path / "other")
    (tmp_path / "digests.json").write_text(kept)
    assert weights_digest(weighed, tmp_path) == first


def test_a_cache_that_cannot_be_written_is_no_matter(weighed: Path) -> None:
    assert weights_digest(weighed, weighed / "README.md").startswith("sha256:")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        weights_digest(tmp_path, tmp_path)
