import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexingError
from rag.index.local import build as build_module
from rag.index.local.arrays import save_array
from rag.index.local.generation import open_generation
from rag.index.local.layout import GenerationLayout, IndexLayout
from rag.index.local.manifest import (
    read_manifest,
    seal_files,
    write_manifest,
)
from rag.index.local.verification import verify
from tests.index.local.samples import CALCUL, CORPUS, CYBER, build, entry

FILES = [
    "manifest.json",
    "store.sqlite",
    "passages.faiss",
    "passage_keys.npy",
    "sentences.npy",
    "sentence_keys.npy",
    "passage_table.npy",
    "sentence_table.npy",
    "terms.npy",
    "terms_indptr.npy",
    "context_terms.npy",
    "context_indptr.npy",
    "surplus_terms.npy",
    "surplus_indptr.npy",
    "vocabulary.txt",
    "vocabulary_counts.npy",
    "surfaces.txt",
    "surface_counts.npy",
    "collections.npy",
    "collection_terms.npy",
    "collection_words.npy",
    "lexical/meta.json",
]


def opens(index: Path) -> bool:
    try:
        open_generation(index).close()
    except IndexingError:
        return False
    return True


@pytest.fixture
def layout(tmp_path: Path) -> GenerationLayout:
    build(tmp_path, CORPUS)
    (published,) = IndexLayout(tmp_path).present()
    return published


def test_the_list_of_files_is_whole(layout: GenerationLayout) -> None:
    names = {
        path.relative_to(layout.folder).as_posix()
        for path in layout.folder.rglob("*")
        if path.is_file() and path.parent == layout.folder
    }
    assert names == {name for name in FILES if "/" not in name}


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("damage", [cut, Path.unlink])
def test_a_damaged_file_is_named(
    layout: GenerationLayout, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    unnoticed = []
    for name in FILES:
        path = layout.folder / name
        whole = path.read_bytes()
        damage(path)
        named = [problem.path for problem in verify(tmp_path)]
        if named != [f"generations/{layout.id}/{name}"] or opens(tmp_path):
            unnoticed.append((name, named))
        path.write_bytes(whole)
    assert unnoticed == []
    assert verify(tmp_path) == []


def test_any_flipped_bit_is_found(layout: GenerationLayout, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    for path in sorted(layout.folder.rglob("*")):
        if path.is_dir() or not path.stat().st_size:
            continue
        whole = path.read_bytes()
        for _ in range(4):
            flipped = bytearray(whole)
            flipped[rng.integers(len(whole))] ^= 1 << int(rng.integers(8))
            path.write_bytes(flipped)
            name = path.relative_to(layout.folder).as_posix()
            assert [problem.path for problem in verify(tmp_path)] == [
                f"generations/{layout.id}/{name}"
            ]
        path.write_bytes(whole)
    assert verify(tmp_path) == []


def test_flipped_bits_at_the_beginning_are_found_on_opening(
    layout: GenerationLayout, tmp_path: Path
) -> None:
    rng = np.random.default_rng(4)
    for path in sorted(layout.folder.rglob("*")):
        if path.is_dir() or not path.stat().st_size:
            continue
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[rng.integers(min(len(whole), 4096))] ^= 1 << int(rng.integers(8))
        path.write_bytes(flipped)
        with pytest.raises(IndexingError):
            open_generation(tmp_path)
        path.write_bytes(whole)


def test_a_damaged_pointer(tmp_path: Path) -> None:
    build(tmp_path, CORPUS)
    current = tmp_path / "CURRENT"
    unnoticed = []
    for content in (
        b"",
        b"x",
        b"../../etc sha256:00\n",
        b"\xff\xfe",
        b"20260101T000000000000Z-aaaaaaaa\n",
    ):
        current.write_bytes(content)
        named = [problem.path for problem in verify(tmp_path)]
        refused = not opens(tmp_path)
        build(tmp_path, CORPUS)
        if named != ["CURRENT"] or not refused or verify(tmp_path):
            unnoticed.append((content, named))
    assert unnoticed == []


def test_a_pointer_to_nowhere(layout: GenerationLayout, tmp_path: Path) -> None:
    other = layout.folder.with_name("20260101T000000000000Z-aaaaaaaa")
    layout.folder.rename(other)
    assert {problem.path for problem in verify(tmp_path)} == {
        f"generations/{layout.id}/manifest.json",
        f"generations/{other.name}",
    }


def test_files_that_do_not_belong_are_named(layout: GenerationLayout, tmp_path: Path) -> None:
    (layout.folder / "store.sqlite-wal").write_bytes(b"x")
    assert [problem.path for problem in verify(tmp_path)] == [
        f"generations/{layout.id}/store.sqlite-wal"
    ]


def reseal(layout: GenerationLayout) -> None:
    """Make what is on disk what was published, as a faulty build would."""
    index = layout.folder.parent.parent
    digest = (index / "CURRENT").read_text().split()[1]
    manifest = read_manifest(layout, digest)
    layout.manifest.unlink()
    sealed = replace(manifest, files=seal_files(layout))
    (index / "CURRENT").write_bytes(write_manifest(layout, sealed).encoded())


def change_array(path: Path, change: Callable[[np.ndarray], None]) -> None:
    array = np.load(path)
    change(array)
    save_array(path, array)


def change_store(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_vectors_of_another_length_are_found(layout: GenerationLayout, tmp_path: Path) -> None:
    def spoil(array: np.ndarray) -> None:
        array[2] = np.nan
        array[3] *= 2

    change_array(layout.sentences, spoil)
    reseal(layout)
    (problem,) = verify(tmp_path)
    assert problem.path.endswith("sentences.npy")
    assert problem.message.startswith("2 vecteurs")


def test_sentences_that_moved_are_found(layout: GenerationLayout, tmp_path: Path) -> None:
    whole = layout.sentence_table.read_bytes()
    unnoticed = []
    for field in ("start", "end", "passage", "kind"):

        def spoil(array: np.ndarray, field: str = field) -> None:
            array[field][1] += 1

        change_array(layout.sentence_table, spoil)
        reseal(layout)
        named = [Path(problem.path).name for problem in verify(tmp_path)]
        if named != ["sentence_table.npy"]:
            unnoticed.append((field, named))
        layout.sentence_table.write_bytes(whole)
    assert unnoticed == []


def test_terms_out_of_the_vocabulary_are_found(
    layout: GenerationLayout, tmp_path: Path
) -> None:
    def spoil(array: np.ndarray) -> None:
        array[0] = 10_000

    change_array(layout.terms, spoil)
    reseal(layout)
    (problem,) = verify(tmp_path)
    assert problem.path.endswith("terms.npy")


def test_collections_that_do_not_add_up_are_found(tmp_path: Path) -> None:
    build(tmp_path, [*CORPUS, entry("a.md", "Une autre collection.", collection="autre")])
    assert verify(tmp_path) == []
    (layout,) = IndexLayout(tmp_path).present()

    def move_a_row(bounds: np.ndarray) -> None:
        bounds[0, 1] += 1

    def count_once_more(entries: np.ndarray) -> None:
        entries[1, 0] += 1

    def name_no_term(entries: np.ndarray) -> None:
        entries[0, 0] = -1

    for path, change in (
        (layout.collections, move_a_row),
        (layout.collection_terms, count_once_more),
        (layout.collection_words, count_once_more),
        (layout.collection_words, name_no_term),
    ):
        whole = path.read_bytes()
        change_array(path, change)
        reseal(layout)
        assert {problem.path for problem in verify(tmp_path)} == {
            f"generations/{layout.id}/{path.name}"
        }
        path.write_bytes(whole)


def test_keys_of_other_texts_are_found(layout: GenerationLayout, tmp_path: Path) -> None:
    def spoil(array: np.ndarray) -> None:
        array[[0, 1]] = array[[1, 0]]

    change_array(layout.passage_keys, spoil)
    reseal(layout)
    assert {problem.path for problem in verify(tmp_path)} == {
        f"generations/{layout.id}/passage_keys.npy"
    }


def test_a_store_that_disagrees_is_found(layout: GenerationLayout, tmp_path: Path) -> None:
    whole = layout.store.read_bytes()
    unnoticed = []
    for statement, word in (
        ("UPDATE texts SET text = CAST(text || x'2e' AS BLOB)", "version"),
        ('UPDATE passages SET start = start + 1, "end" = "end" + 1', "décalé"),
        ("UPDATE passages SET sentences = '[[0,999,1]]' WHERE key = 0", "décalé"),
        ("DELETE FROM canonical WHERE row = 1", "magasin"),
        ("DELETE FROM documents WHERE ordinal = 0", "magasin"),
        ("UPDATE passages SET sentences = '[[0' WHERE key = 0", "endommagé"),
        ("UPDATE texts SET text = CAST(text AS TEXT)", "endommagé"),
        ("DROP TABLE texts", "endommagé"),
    ):
        change_store(layout.store, statement)
        reseal(layout)
        found = verify(tmp_path)
        if not any(
            problem.path.endswith("store.sqlite") and word in problem.message
            for problem in found
        ):
            unnoticed.append((statement, found))
        layout.store.write_bytes(whole)
    assert unnoticed == []


def test_a_build_that_gives_wrong_counts_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, [CYBER])
    honest = build_module.Manifest

    def lying(**fields):  # noqa: ANN003, ANN202
        return replace(honest(**fields), passages=fields["passages"] + 1)

    monkeypatch.setattr(build_module, "Manifest", lying)
    with pytest.raises(IndexingError):
        build(tmp_path, CORPUS)
    with open_generation(tmp_path) as generation:
        assert generation.manifest.documents == 1
    assert verify(tmp_path) == []


def test_a_passage_outside_its_document_is_found(tmp_path: Path) -> None:
    lost = entry("a.md", "Un texte.")
    (passage,) = lost.passages
    wrong = replace(lost, passages=(replace(passage, start=3, end=12),))
    build(tmp_path, [wrong, CALCUL])
    (problem,) = verify(tmp_path)
    assert "a.md" in problem.message
