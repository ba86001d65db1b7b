import os
from pathlib import Path, PurePath

import pytest

from rag.errors import InputPathError
from rag.index.local.generation import Generation, open_generation
from rag.ingest.reading import read_document
from rag.types import Document
from rag.updating.folder_sync import FolderSync, SyncRequest
from tests.ingest.readers.files import lines_pdf
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, raise_version, settings, update, write


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    write(folder, {"salon.md": SALON, "bureau.md": BUREAU})
    return folder


def titles(generation: Generation) -> set[str]:
    return {header.title for header in generation.store.headers()}


def again(
    index: Path, embedder: LittleEmbedder, *paths: Path, prune: bool = False
) -> tuple[set[str], FolderSync]:
    with open_generation(index) as previous:
        _, sync = update(
            index, SyncRequest(list(paths), "documents", prune), embedder, previous
        )
    with open_generation(index) as current:
        return titles(current), sync


def test_unchanged_files_are_neither_read_nor_embedded_again(index: Path, files: Path) -> None:
    embedder = LittleEmbedder()
    update(index, SyncRequest([files], "documents"), embedder)
    before = embedder.embedded
    # Unreadable now, so that reading it would be seen.
    (files / "bureau.md").chmod(0)
    status = (files / "bureau.md").stat()
    with open_generation(index) as previous:
        report, sync = update(index, SyncRequest([files], "documents"), embedder, previous)
    assert (report.unchanged, report.added, report.changed) == (2, 0, 0)
    assert embedder.embedded == before
    assert sync.skipped == []
    assert status.st_size > 0


def test_a_better_reader_reads_the_files_of_its_format_alone(
    index: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(files, {"page.html": "<html><p>Une page.</p></html>", "note.txt": "Une note."})
    pdf = lines_pdf(["Une ligne."])
    (files / "ligne.pdf").write_bytes(pdf)
    (files / "autre.txt").write_bytes(pdf)
    embedder = LittleEmbedder()
    update(index, SyncRequest([files], "documents"), embedder)
    read: set[str] = set()

    def reading(data: bytes, path: PurePath, *others: object) -> Document:
        read.add(path.name)
        return read_document(data, path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr("rag.updating.folder_sync.read_document", reading)
    for media_type, better in (
        ("text/markdown", {"salon.md", "bureau.md"}),
        ("text/html", {"page.html"}),
        ("text/plain", {"note.txt"}),
        ("application/pdf", {"ligne.pdf", "autre.txt"}),
        ("none/at-all", set()),
    ):
        with monkeypatch.context() as raised:
            raise_version(raised, media_type)
            again(index, embedder, files)
            assert read == better, media_type
            read.clear()
            again(index, embedder, files)
            assert read == set(), media_type
            with open_generation(index) as current:
                stamps = current.store.source_stamps()
                stamped = {
                    header.path: stamps[header.id].reader for header in current.store.headers()
                }
            assert {path for path, version in stamped.items() if version == "2"} == better
        # As it was before, so that the next format alone is ahead.
        again(index, embedder, files)
        assert read == better
        read.clear()


def test_only_what_changed_is_embedded_again(index: Path, files: Path) -> None:
    embedder = LittleEmbedder()
    update(index, SyncRequest([files], "documents"), embedder)
    before = embedder.embedded
    text = BUREAU.replace("12 M€", "15 M€")
    write(files, {"bureau.md": text})
    with open_generation(index) as previous:
        report, _ = update(index, SyncRequest([files], "documents"), embedder, previous)
    assert (report.unchanged, report.changed) == (1, 1)
    # The passage and the one sentence that say the amount.
    assert embedder.embedded - before == 2


def test_a_removed_file_disappears(index: Path, files: Path) -> None:
    embedder = LittleEmbedder()
    update(index, SyncRequest([files], "documents"), embedder)
    (files / "bureau.md").unlink()
    found, _ = again(index, embedder, files)
    assert found == {"Salon de la donnée 2026"}


def test_other_paths_stay_unless_pruned(index: Path, files: Path, tmp_path: Path) -> None:
    embedder = LittleEmbedder()
    update(index, SyncRequest([files], "documents"), embedder)
    write(tmp_path / "more", {"autre.md": "# Autre\n\nUn autre texte.\n"})
    both, _ = again(index, embedder, tmp_path / "more")
    assert both == {"Salon de la donnée 2026", "Bureau des cartes", "Autre"}
    one, _ = again(index, embedder, tmp_path / "more", prune=True)
    assert one == {"Autre"}


def test_other_collections_stay(index: Path, files: Path, tmp_path: Path) -> None:
    embedder = LittleEmbedder()
    update(index, SyncRequest([files], "documents"), embedder)
    write(tmp_path / "more", {"salon.md": "# Autre\n\nUn autre texte.\n"})
    with open_generation(index) as previous:
        update(
            index, SyncRequest([tmp_path / "more"], "archives", prune=True), embedder, previous
        )
    with open_generation(index) as current:
        assert current.manifest.collections == {"archives": 1, "documents": 2}


def test_an_unreadable_file_is_left_out_with_its_reason(index: Path, files: Path) -> None:
    (files / "vide.md").write_text("")
    (files / "faux.pdf").write_bytes(b"%PDF-1.7 tronqu")
    (files / "photo.jpg").write_bytes(b"\xff\xd8")
    report, sync = update(index, SyncRequest([files], "documents"), LittleEmbedder())
    assert report.documents == 2
    left_out = {Path(each.path).name: each.reason for each in sync.skipped}
    assert left_out.keys() == {"vide.md", "faux.pdf", "photo.jpg"}
    assert all(reason.endswith(".") for reason in left_out.values())
    with open_generation(index) as current:
        assert len(current.store.skipped()) == 3


def test_the_index_inside_the_folder_is_not_looked_into(files: Path) -> None:
    inside = files / "index"
    request = SyncRequest([files], "documents", apart=inside)
    update(inside, request, LittleEmbedder())
    with open_generation(inside) as previous:
        report, sync = update(inside, request, LittleEmbedder(), previous)
    assert report.documents == 2
    assert sync.skipped == []


def test_two_files_with_one_id_are_refused(index: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, {"note.md": f"# {name}\n\nTexte {name}.\n"})
    with pytest.raises(InputPathError, match="--collection"):
        update(
            index, SyncRequest([tmp_path / "a", tmp_path / "b"], "documents"), LittleEmbedder()
        )


def test_a_missing_path_is_refused_before_anything_is_written(
    index: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputPathError, match="nulle-part"):
        update(index, SyncRequest([tmp_path / "nulle-part"], "documents"), LittleEmbedder())
    assert not index.exists()


def test_another_chunking_cuts_stored_documents_again(index: Path, files: Path) -> None:
    embedder = LittleEmbedder()
    update(index, SyncRequest([files], "documents"), embedder)
    chosen = settings(index)
    finer = chosen.chunking.model_copy(update={"max_tokens": 32, "min_tokens": 0})
    with open_generation(index) as previous:
        sync = FolderSync(SyncRequest([files], "documents"), embedder, finer, chosen.limits)
        passages = sum(len(entry.passages) for entry in sync.entries(previous))
        assert passages > previous.manifest.passages


@pytest.mark.skipif(
    os.geteuid() != 0, reason="needs a name that is not UTF-8 on any file system"
)
def test_a_name_that_is_not_utf8(index: Path, files: Path) -> None:
    os.rename(files / "bureau.md", os.fsencode(files) + b"/bur\xe9au \xff.md")
    report, sync = update(index, SyncRequest([files], "documents"), LittleEmbedder())
    assert report.documents == 2
    assert sync.skipped == []
