from pathlib import Path

import pytest

from rag.embedding import factory
from rag.embedding.bundled_model import prepare_bundled
from rag.embedding.factory import open_embedder
from rag.embedding.offline import looks_like_hub_name
from rag.embedding.openvino import OpenVinoEmbedder
from rag.embedding.sentence_transformer import SentenceTransformerEmbedder
from rag.errors import ModelCorruptError, ModelNotFoundError
from rag.settings import EmbeddingSettings


def test_bundled_on_a_cpu_runs_on_openvino(
    model_cache: Path, embedder: OpenVinoEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factory, "_NVIDIA", ())
    opened = open_embedder(EmbeddingSettings(cache=model_cache))
    assert isinstance(opened, OpenVinoEmbedder)
    assert opened.identity == embedder.identity
    assert opened.identity.name == "multilingual-e5-small"


def test_a_folder_by_path(
    model_cache: Path, embedder: OpenVinoEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factory, "_NVIDIA", ())
    folder = prepare_bundled(model_cache)
    opened = open_embedder(EmbeddingSettings(model=str(folder), cache=model_cache))
    assert opened.identity.name == folder.name
    assert opened.identity.weights == embedder.identity.weights


def test_a_model_for_the_other_runtime_only(
    model_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factory, "_NVIDIA", ())
    copy = tmp_path / "unnamed-modules"
    copy.mkdir()
    for path in prepare_bundled(model_cache).iterdir():
        if path.name not in ("modules.json", "checksums.json"):
            (copy / path.name).symlink_to(path)
    opened = open_embedder(EmbeddingSettings(model=str(copy), cache=tmp_path))
    assert isinstance(opened, SentenceTransformerEmbedder)
    assert opened.embed_queries(["Qui ?"]).shape == (1, 384)


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        open_embedder(EmbeddingSettings(model=str(tmp_path), cache=tmp_path / "cache"))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelCorruptError, match="sentence-transformers"):
        open_embedder(EmbeddingSettings(model=str(tmp_path), cache=tmp_path / "cache"))


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="n'existe pas"):
        open_embedder(EmbeddingSettings(model=str(tmp_path / "absent"), cache=tmp_path))


def test_a_hub_name_without_a_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(ModelNotFoundError) as caught:
        open_embedder(
            EmbeddingSettings(model="intfloat/multilingual-e5-nowhere", cache=tmp_path)
        )
    message = str(caught.value)
    assert "intfloat/multilingual-e5-nowhere" in message
    for way in ("bundled", "copié depuis une autre machine", "HF_HOME"):
        assert way in message


def test_what_looks_like_a_hub_name() -> None:
    names = ["intfloat/multilingual-e5-base", "all-MiniLM-L6-v2"]
    others = ["/srv/models/e5", "./e5", "a/b/c", "", "modèle/é", "a b", "x" * 100_000]
    assert [name for name in names + others if looks_like_hub_name(name)] == names
