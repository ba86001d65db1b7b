import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.embedding.bundled_model import prepare_bundled
from rag.embedding.openvino import OpenVinoEmbedder
from rag.errors import ModelCorruptError, ModelError

WATCHED = """
import socket, sys, threading
def refuse(*arguments, **options):
    print("NETWORK", arguments[:2], file=sys.stderr)
    raise SystemExit(9)
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = refuse
threading.excepthook = lambda args: print("THREAD", args.exc_value, file=sys.stderr)
from pathlib import Path
from rag.settings import EmbeddingSettings
from rag.embedding.factory import open_embedder
embedder = open_embedder(EmbeddingSettings(cache=Path(sys.argv[1]), runtime=sys.argv[2]))
embedder.embed_queries(["Qui ?"])
embedder.embed_passages(["Lui."])
loaded = [n for n in sys.argv[3:] if sys.modules.get(n) is not None]
assert not loaded, loaded
threads = {thread.name for thread in threading.enumerate()} - {"MainThread", "tqdm_monitor"}
assert not threads, threads
import subprocess
children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
assert not children.exists() or not children.read_text().strip()
print("quiet")
"""
HEAVY = ("torch", "transformers", "sentence_transformers", "tokenizers", "openvino_telemetry")


def watched(cache: Path, runtime: str, *unloaded: str) -> "subprocess.CompletedProcess[str]":
    # Some libraries keep quiet in continuous integration only, and that must not help.
    environment = {n: v for n, v in os.environ.items() if n not in ("CI", "HF_HUB_OFFLINE")}
    return subprocess.run(
        [sys.executable, "-c", WATCHED, str(cache), runtime, *unloaded],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=Path(__file__).parents[2],
    )


@pytest.fixture
def other_cache(model_cache: Path, tmp_path: Path) -> Path:
    """The prepared model, without anything that OpenVINO made of it."""
    (tmp_path / "models").mkdir()
    folder = prepare_bundled(model_cache)
    (tmp_path / "models" / folder.name).symlink_to(folder)
    return tmp_path


def test_a_start_is_light_and_opens_no_connection(
    model_cache: Path, embedder: OpenVinoEmbedder
) -> None:
    assert embedder.identity.dimensions == 384
    result = watched(model_cache, "openvino", *HEAVY)
    assert (result.returncode, result.stdout) == (0, "quiet\n"), result.stderr
    assert result.stderr == ""


def test_the_first_conversion_opens_no_connection(other_cache: Path) -> None:
    result = watched(other_cache, "openvino", "openvino_telemetry")
    assert (result.returncode, result.stdout) == (0, "quiet\n"), result.stderr
    (converted,) = (path for path in (other_cache / "openvino").iterdir() if path.is_dir())
    kept = {path.suffix for path in converted.iterdir()}
    assert {".xml", ".bin", ".blob"} <= kept
    shutil.rmtree(converted)


def test_the_other_runtime_opens_no_connection(model_cache: Path) -> None:
    result = watched(model_cache, "sentence-transformers")
    assert (result.returncode, result.stdout) == (0, "quiet\n"), result.stderr


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"half"])
def test_a_damaged_compiled_form_is_made_again(
    model_cache: Path, embedder: OpenVinoEmbedder, tmp_path: Path, content: bytes
) -> None:
    digest = embedder.identity.weights.removeprefix("sha256:")
    shutil.copytree(model_cache / "openvino" / digest, tmp_path / "openvino" / digest)
    blobs = list((tmp_path / "openvino" / digest).glob("*.blob"))
    assert blobs
    for blob in blobs:
        whole = blob.read_bytes()
        blob.write_bytes(whole[: len(whole) // 2] if content == b"half" else content)
    again = OpenVinoEmbedder(prepare_bundled(model_cache), tmp_path)
    vectors = again.embed_queries(["Qui ?"])
    assert (vectors * embedder.embed_queries(["Qui ?"])).sum() > 0.9999
    shutil.rmtree(tmp_path / "openvino")


@pytest.fixture
def uncompiled(model_cache: Path, embedder: OpenVinoEmbedder, tmp_path: Path) -> Iterator[Path]:
    """A converted model that was never compiled, under ``tmp_path`` as a cache."""
    digest = embedder.identity.weights.removeprefix("sha256:")
    folder = tmp_path / "openvino" / digest
    ignored = shutil.ignore_patterns("*.blob")
    shutil.copytree(model_cache / "openvino" / digest, folder, ignore=ignored)
    yield folder
    shutil.rmtree(tmp_path / "openvino")


def test_compiled_forms_of_long_ago_are_removed(
    model_cache: Path, uncompiled: Path, tmp_path: Path
) -> None:
    for age in range(1, 6):
        former = uncompiled / f"compiled-{age}.blob"
        former.write_bytes(b"x")
        os.utime(former, (1_700_000_000 - age, 1_700_000_000 - age))
    OpenVinoEmbedder(prepare_bundled(model_cache), tmp_path)
    kept = {path.name for path in uncompiled.glob("*.blob")}
    assert len(kept) == 3
    assert {"compiled-1.blob", "compiled-2.blob"} < kept


def test_a_damaged_graph_is_named(model_cache: Path, uncompiled: Path, tmp_path: Path) -> None:
    graph = uncompiled / "encoder.xml"
    graph.write_bytes(b"<" * graph.stat().st_size)
    with pytest.raises(ModelCorruptError, match="préparé"):
        OpenVinoEmbedder(prepare_bundled(model_cache), tmp_path)


def test_the_batch_budget_does_not_change_the_vectors(
    model_cache: Path, embedder: OpenVinoEmbedder
) -> None:
    texts = [f"Phrase {'très ' * n}longue." for n in range(60)]
    small = OpenVinoEmbedder(prepare_bundled(model_cache), model_cache, batch_tokens=64)
    cosines = (small.embed_passages(texts) * embedder.embed_passages(texts)).sum(axis=1)
    assert cosines.min() > 0.9999


def test_short_and_long_work_give_the_same_vectors(model_cache: Path) -> None:
    """Before and after the tokenizers library takes over from the light tokenizer."""
    fresh = OpenVinoEmbedder(prepare_bundled(model_cache), model_cache)
    texts = ["Qui est là ?", "L'été 2026 à Évry — 1,7 Md€", "🦜 perroquet"]
    before, counted = fresh.embed_queries(texts), fresh.count_tokens(texts)
    fresh.count_tokens(["un mot de plus " * 5000])
    np.testing.assert_array_equal(fresh.embed_queries(texts), before)
    assert fresh.count_tokens(texts) == counted


def test_a_model_without_its_tokenizer(model_cache: Path, tmp_path: Path) -> None:
    source = prepare_bundled(model_cache)
    copy = tmp_path / "model"
    copy.mkdir()
    for path in source.iterdir():
        if path.name != "tokenizer.json":
            (copy / path.name).symlink_to(path)
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        OpenVinoEmbedder(copy, tmp_path)
