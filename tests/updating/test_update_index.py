"""Indexing folders beside a service: what was sent to it stays."""

from dataclasses import replace
from pathlib import Path, PurePath

import pytest

from rag.errors import UsageError
from rag.index.documents import SkippedFile
from rag.ingest.reading import document_id
from rag.library.job import JobFile, JobKind
from rag.library.uploads import UPLOADED
from rag.updating.folder_sync import SyncRequest
from rag.updating.update_index import IndexReport, Watcher, update_index
from tests.little_embedder import LittleEmbedder
from tests.service.desk import Desk
from tests.uploading import BUREAU, SALON, raise_version, write

NOTE = "# Note\n\nLe parking ouvre à sept heures.\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(
        "rag.updating.update_index.open_embedder", lambda settings, progress: LittleEmbedder()
    )
    desk = Desk(tmp_path)
    desk.add(note_md=NOTE)
    desk.work()
    write(tmp_path / "files", {"salon.md": SALON})
    return desk


def indexed(desk: Desk, *paths: Path, prune: bool = False) -> IndexReport:
    request = SyncRequest(list(paths), "documents", prune, apart=desk.index)
    return update_index(desk.settings, request, Watcher())


@pytest.mark.parametrize("prune", [False, True])
def test_uploads_stay_beside_folders(desk: Desk, prune: bool) -> None:
    report = indexed(desk, desk.folder / "files", prune=prune)
    assert (report.build.added, report.build.unchanged, report.skipped) == (1, 1, ())
    assert desk.texts().keys() == {"note.md", "salon.md"}
    assert desk.kept() == {"note.md"}


def test_uploads_come_back_when_the_index_is_made_anew(desk: Desk) -> None:
    (desk.index / "CURRENT").write_text("rien")
    warned: list[str] = []
    request = SyncRequest([desk.folder / "files"], "documents")
    update_index(desk.settings, request, Watcher(warning=warned.append))
    assert desk.texts().keys() == {"note.md", "salon.md"}
    assert "envoyés au service" in warned[0]


def test_no_path_is_needed_where_there_are_uploads(desk: Desk, tmp_path: Path) -> None:
    indexed(desk, desk.folder / "files")
    report = indexed(desk)
    assert (report.build.unchanged, report.build.removed) == (2, 0)
    (desk.index / "CURRENT").unlink()
    indexed(desk)
    assert desk.texts().keys() == {"note.md"}
    with pytest.raises(UsageError, match="CHEMIN"):
        indexed(desk, prune=True)
    with pytest.raises(UsageError, match="CHEMIN"):
        indexed(Desk(tmp_path / "autre"))


def test_a_file_does_not_take_an_upload_s_place(desk: Desk) -> None:
    write(desk.folder / "files", {"note.md": "# Autre note\n\nTout autre chose.\n"})
    report = indexed(desk, desk.folder / "files")
    ((path, reason),) = report.skipped
    assert path.endswith("note.md")
    assert "envoyé au service" in reason
    assert "sept heures" in desk.texts()["note.md"]
    desk.remove("note.md")
    desk.work()
    indexed(desk, desk.folder / "files")
    assert "Tout autre chose" in desk.texts()["note.md"]


def test_a_folder_s_document_that_was_replaced_stays_replaced(desk: Desk) -> None:
    indexed(desk, desk.folder / "files")
    sent = desk.sent("salon.md", BUREAU)
    identity = document_id("documents", PurePath("salon.md"))
    desk.queue(JobKind.REPLACE, JobFile(identity, "salon.md", sent.sha256, sent.media_type, 1))
    desk.work()
    report = indexed(desk, desk.folder / "files")
    assert len(report.skipped) == 1
    assert "Jeanne Martin" in desk.texts()["salon.md"]


def test_an_upload_whose_file_is_gone_is_told(desk: Desk) -> None:
    (desk.index / "CURRENT").unlink()
    for path in desk.layout.originals.iterdir():
        path.unlink()
    report = indexed(desk, desk.folder / "files")
    ((shown, reason),) = report.skipped
    assert shown == "note.md"
    assert "disparu" in reason
    assert desk.texts().keys() == {"salon.md"}
    with desk.opened() as generation:
        assert generation.store.skipped() == (
            SkippedFile("documents", UPLOADED, "note.md", reason),
        )


def test_better_readers_read_uploads_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.ingest import reading
    from rag.types import Document

    def read_better(*args: object, **named: object) -> Document:
        document = assemble(*args, **named)  # type: ignore[arg-type]
        return replace(document, title="Mieux lu")

    assemble = reading.assemble
    desk.add(page_html="<html><title>Page</title><p>Une page.</p></html>")
    desk.work()
    monkeypatch.setattr("rag.updating.uploaded_documents.assemble", read_better)

    def titles() -> list[str]:
        indexed(desk)
        with desk.opened() as generation:
            return sorted(each.title for each in generation.store.headers())

    assert titles() == ["Note", "Page"]
    raise_version(monkeypatch, "application/pdf")
    assert titles() == ["Note", "Page"]
    raise_version(monkeypatch, "text/markdown")
    assert titles() == ["Mieux lu", "Page"]
    raise_version(monkeypatch, "text/html")
    assert titles() == ["Mieux lu", "Mieux lu"]


def test_without_a_service_nothing_of_one_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "rag.updating.update_index.open_embedder", lambda settings, progress: LittleEmbedder()
    )
    desk = Desk(tmp_path)
    write(tmp_path / "files", {"salon.md": SALON})
    indexed(desk, tmp_path / "files")
    assert not desk.layout.root.exists()
