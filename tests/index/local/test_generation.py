import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import (
    IndexCorruptError,
    IndexingError,
    IndexMissingError,
    IndexStaleError,
)
from rag.index.local import generation as generation_module
from rag.index.local import manifest as manifest_module
from rag.index.local.generation import open_generation
from rag.index.local.layout import (
    FORMAT_VERSION,
    IndexLayout,
    is_generation_id,
    new_generation_id,
)
from rag.index.local.lexical import LexicalQuery
from rag.index.local.verification import verify
from rag.index.passage_index import best_of_groups
from rag.text.terms import lexical_terms
from tests.index.local.samples import (
    CALCUL,
    CHUNKING,
    CORPUS,
    CYBER,
    CountingEmbedder,
    build,
)


@pytest.mark.parametrize("below", ["", "nulle/part"])
def test_nothing_published(tmp_path: Path, below: str) -> None:
    with pytest.raises(IndexMissingError, match=r"sourcier index .*--index"):
        open_generation(tmp_path / below)
    with pytest.raises(IndexMissingError):
        verify(tmp_path / below)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(IndexMissingError):
        open_generation(tmp_path / "x")


def test_what_is_expected_is_opened(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    identity = CountingEmbedder().identity
    with open_generation(tmp_path, model=identity, chunking=CHUNKING) as generation:
        assert generation.manifest.model == identity


@pytest.mark.parametrize(
    "change",
    [
        {"name": "autre"},
        {"weights": "sha256:autre"},
        {"dimensions": 31},
        {"max_tokens": 256},
    ],
)
def test_another_model_is_stale(tmp_path: Path, change: dict[str, str]) -> None:
    build(tmp_path, CORPUS)
    other = replace(CountingEmbedder().identity, **change)
    with pytest.raises(IndexStaleError, match=r"sourcier index .*--index"):
        open_generation(tmp_path, model=other)


def test_another_chunking_is_stale(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    with pytest.raises(IndexStaleError, match="max_tokens 128"):
        open_generation(tmp_path, chunking={"max_tokens": 128, "min_tokens": 48})


def test_another_format_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, CORPUS)
    monkeypatch.setattr(manifest_module, "FORMAT_VERSION", FORMAT_VERSION + 1)
    with pytest.raises(IndexStaleError, match=f"format {FORMAT_VERSION}"):
        open_generation(tmp_path)
    with pytest.raises(IndexStaleError, match=f"format {FORMAT_VERSION}"):
        verify(tmp_path)


def test_an_open_generation_outlives_its_folder(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    with open_generation(tmp_path) as generation:
        shutil.rmtree(tmp_path)
        embedder = CountingEmbedder()
        query = embedder.embed_queries([CALCUL.passages[0].text])[0]
        rows, _ = generation.passages.search(query, 4)
        numbers, bounds = generation.tables.sentences_of(rows)
        best = best_of_groups(generation.sentences.scores(query, numbers), bounds)
        assert int(np.argmax(best)) == 0
        terms = LexicalQuery(tuple(lexical_terms("directive NIS2")))
        assert generation.lexical.search(terms, 1)[0].size == 1
        assert generation.store.document(CYBER.document.id) == CYBER.document
        assert generation.vocabulary.ids(lexical_terms("directive"))[0] >= 0
        place = generation.surfaces.words.index("directive")
        assert generation.surfaces.counts[place] == 1


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    with open_generation(tmp_path) as before:
        build(tmp_path, [CYBER], previous=before)
        assert before.store.document(CALCUL.document.id) == CALCUL.document
        with open_generation(tmp_path) as after, pytest.raises(IndexingError):
            after.store.document(CALCUL.document.id)


def test_opening_writes_nothing(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    before = _state(tmp_path)
    with open_generation(tmp_path) as generation:
        generation.store.headers()
        generation.lexical.search(LexicalQuery(("a",)), 3)
    assert verify(tmp_path) == []
    assert _state(tmp_path) == before


def _state(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_an_index_in_a_read_only_folder(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    paths = [tmp_path, *tmp_path.rglob("*")]
    for path in reversed(paths):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with open_generation(tmp_path) as generation:
            assert generation.manifest.documents == 2
        assert verify(tmp_path) == []
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_publisher_that_wins_the_race(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, [CYBER])
    read = generation_module.read_manifest
    calls = []

    def publish_meanwhile(*arguments):  # noqa: ANN002, ANN202
        calls.append(arguments)
        sealed = read(*arguments)
        if len(calls) == 1:
            build(tmp_path, CORPUS)
        return sealed

    monkeypatch.setattr(generation_module, "read_manifest", publish_meanwhile)
    with open_generation(tmp_path) as generation:
        assert generation.manifest.documents == 2
    assert len(calls) == 2


def test_a_missing_file_is_corruption_and_not_a_race(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    (layout,) = IndexLayout(tmp_path).present()
    layout.sentences.unlink()
    with pytest.raises(IndexCorruptError, match=r"sentences\.npy"):
        open_generation(tmp_path)


def test_reading_and_building_at_once(tmp_path: Path) -> None:
    build(tmp_path, [CYBER])
    faults: list[Exception] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                with open_generation(tmp_path) as generation:
                    assert generation.store.document(CYBER.document.id) == CYBER.document
            except Exception as error:
                faults.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(6):
        build(tmp_path, CORPUS if number % 2 else [CYBER])
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []


def test_one_generation_serves_many_threads(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    results: list[tuple[str, list[int]]] = []
    with open_generation(tmp_path) as generation:
        query = CountingEmbedder().embed_queries(["salon à Paris"])[0]

        def ask() -> None:
            for _ in range(50):
                rows, _ = generation.passages.search(query, 3)
                passages = generation.store.passages_at(rows.tolist())
                text = passages[int(rows[0])].text
                found = generation.lexical.search(LexicalQuery(("sal", "salon")), 2)[0]
                results.append((text, found.tolist()))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(results) == 200
    assert len({str(result) for result in results}) == 1


def test_names_of_generations() -> None:
    names = [new_generation_id() for _ in range(50)]
    assert len(set(names)) == 50
    assert [name[:22] for name in names] == sorted(name[:22] for name in names)
    assert all(map(is_generation_id, names))
    for other in ("", "..", "documents", names[0] + "x", names[0] + "\n", "20260101"):
        assert not is_generation_id(other)


def test_nothing_else_is_removed(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("à garder")
    (tmp_path / "generations" / "à-moi").mkdir(parents=True)
    build(tmp_path, CORPUS)
    build(tmp_path, CORPUS)
    assert (tmp_path / "README.md").read_text() == "à garder"
    assert (tmp_path / "generations" / "à-moi").is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_index_one_may_not_read(tmp_path: Path) -> None:
    build(tmp_path / "index", CORPUS)
    (tmp_path / "index" / "CURRENT").chmod(0)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from rag.index.local.generation import open_generation\n"
        "from rag.errors import IndexingError\n"
        "os.setuid(65534)\n"
        "try: open_generation(Path(sys.argv[1]))\n"
        "except IndexingError as error: print(type(error).__name__, error)\n"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "index")],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert done.stdout.startswith("IndexingError L'index de "), done.stderr


def test_scores_do_not_depend_on_row_order(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    with open_generation(tmp_path) as generation:
        query = CountingEmbedder().embed_queries(["salon"])[0]
        rows = np.array([3, 0, 2, 1])
        scores = generation.passages.scores(query, rows)
        found, cosines = generation.passages.search(query, 4)
        by_row = dict(zip(found.tolist(), cosines.tolist(), strict=True))
        expected = [by_row[row] for row in rows.tolist()]
        assert scores.tolist() == pytest.approx(expected, abs=1e-6)
