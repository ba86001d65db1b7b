"""A build that is killed, or that the system refuses, leaves the former index answering."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import IndexWriteError
from rag.index.build_stages import Stage
from rag.index.local.generation import open_generation
from rag.index.local.layout import IndexLayout
from rag.index.local.lexical import LexicalQuery
from rag.index.local.store_writer import SCHEMA
from rag.index.local.verification import verify
from rag.text.terms import lexical_terms
from tests.index.local.samples import CORPUS, CYBER, build
from tests.index.local.wide_build import BIG

ROOT = Path(__file__).parents[2]
POINTS = [*(str(stage) for stage in Stage), "before replace", "after replace"]
AFTER = {"published", "cleaned", "after replace"}


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(tmp_path: Path, point: str) -> None:
    build(tmp_path, [CYBER])
    with open_generation(tmp_path) as reader:
        died = subprocess.run(
            [sys.executable, "-m", "tests.index.local.dying_build", str(tmp_path), point],
            cwd=ROOT,
            check=False,
            capture_output=True,
            timeout=120,
        )
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()
        assert reader.store.document(CYBER.document.id) == CYBER.document
    expected = 2 if point in AFTER else 1
    with open_generation(tmp_path) as generation:
        assert generation.manifest.documents == expected
        terms = LexicalQuery(tuple(lexical_terms("directive")))
        assert generation.lexical.search(terms, 1)[0].size == 1
        assert generation.store.document(CYBER.document.id) == CYBER.document
    only_leftovers = {problem.path for problem in verify(tmp_path)}
    published = generation.manifest.generation
    assert only_leftovers == {
        f"generations/{one.id}"
        for one in IndexLayout(tmp_path).present()
        if one.id != published
    }
    build(tmp_path, CORPUS)
    assert verify(tmp_path) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".lock",
        "CURRENT",
        "generations",
    ]


def limited(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


# The store needs 225 kB, the passages' vectors 1.6 MB, the sentences' .8 MB.
@pytest.mark.parametrize("size", [2_000, 100_000, 300_000, 1_700_000])
def test_files_that_may_not_grow(tmp_path: Path, size: int) -> None:
    build(tmp_path, [CYBER])
    done = subprocess.run(
        [sys.executable, "-m", "tests.index.local.wide_build", str(tmp_path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        preexec_fn=limited(size),
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    if size > 1_640_000:
        assert done.stdout == "built\n"
        return
    assert "Impossible d'écrire l'index" in done.stdout
    assert str(tmp_path) in done.stdout
    assert len(IndexLayout(tmp_path).present()) == 1
    assert verify(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Libérez de la place"),
        (errno.EACCES, "--index"),
        (errno.EROFS, "lecture seule"),
        (errno.EIO, "Vérifiez"),
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        "rag.index.local.arrays.np.lib.format.write_array",
        "rag.index.local.vectors.faiss.write_index",
        "rag.index.local.store_writer.StoreWriter.add",
        "rag.index.local.manifest.sync",
        "os.replace",
    ],
)
def test_a_refusal_of_the_system(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
    advice: str,
) -> None:
    build(tmp_path, [CYBER])

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(call, refuse)
        with pytest.raises(IndexWriteError, match=advice):
            build(tmp_path, CORPUS)
    assert len(IndexLayout(tmp_path).present()) == 1
    assert sorted(path.name for path in tmp_path.glob("CURRENT*")) == ["CURRENT"]
    assert verify(tmp_path) == []


def test_a_full_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, [CYBER])
    monkeypatch.setattr(
        "rag.index.local.store_writer.SCHEMA",
        "PRAGMA max_page_count = 20;" + SCHEMA,
    )
    with pytest.raises(IndexWriteError, match="disque est plein"):
        build(tmp_path, BIG)
    assert verify(tmp_path) == []
