import hashlib
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import UnknownError
from rag.index.documents import SourceStamp
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.local_index import open_local_index
from rag.ingest.discovery import display_path
from rag.library.blob_store import Originals
from rag.library.database import Database
from rag.library.library import ServiceLayout
from rag.library.uploads import Uploads
from rag.service.catalogue import Catalogue, DocumentEntry, Order, find_source
from rag.service.searcher import Searcher
from tests.little_embedder import LittleEmbedder
from tests.service.changing import publish, send
from tests.uploading import BUREAU, SALON, eager, settings

DOCUMENTS = Filters(collections=("documents",))
NOTES = Filters(collections=("notes",))
NOTE = "# Note de service\n\nLa cantine ferme à quinze heures.\n"


class Shelf:
    """A catalogue over two documents of a folder and one that was uploaded."""

    def __init__(self, folder: Path) -> None:
        publish(folder, {"salon.md": SALON, "sous/bureau.md": BUREAU, "vide.md": ""})
        self.folder = folder
        chosen = settings(folder / "index")
        layout = ServiceLayout(chosen.service_directory)
        self.database = Database(layout.database)
        self.uploads = Uploads(self.database)
        self.originals = Originals(layout.originals)
        send(chosen, "notes", {"envoyé.md": NOTE})
        (self.sent,) = self.uploads.all()
        self.searcher = Searcher(
            chosen, open_local_index(folder / "index"), LittleEmbedder(), eager()
        )
        self.catalogue = Catalogue(self.searcher.index, self.uploads, self.originals)

    def entry(self, title: str) -> DocumentEntry:
        page = self.catalogue.page(EVERYTHING)
        return next(each for each in page.documents if each.title == title)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    yield shelf
    shelf.searcher.close()
    shelf.database.close()


def test_a_page_is_a_part_of_what_is_admitted(shelf: Shelf) -> None:
    def titles(*arguments: object) -> tuple[int, list[str]]:
        page = shelf.catalogue.page(*arguments)  # type: ignore[arg-type]
        return page.total, [each.title for each in page.documents]

    bureau, note, salon = "Bureau des cartes", "Note de service", "Salon de la donnée 2026"
    assert titles(EVERYTHING) == (3, [bureau, note, salon])
    assert titles(EVERYTHING, 1, 1) == (3, [note])
    assert titles(EVERYTHING, 2**53, 50) == (3, [])
    assert titles(EVERYTHING, 0, 0) == (3, [])
    assert titles(DOCUMENTS, 0, 50, Order.NEWEST) == (2, [salon, bureau])
    assert titles(EVERYTHING, 0, 50, Order.TITLE, "donnee") == (1, [salon])
    assert titles(NOTES, 0, 50, Order.TITLE, "donnee") == (0, [])
    assert titles(Filters(collections=())) == (0, [])
    assert titles(Filters(date_from="2026-01-01")) == (1, [salon])


def test_an_entry_says_where_the_document_comes_from(shelf: Shelf) -> None:
    found, sent = shelf.entry("Bureau des cartes"), shelf.entry("Note de service")
    assert (found.path, found.media_type, found.uploaded) == (
        "sous/bureau.md",
        "text/markdown",
        None,
    )
    assert found.size == len(BUREAU.encode())
    assert found.metadata.date == "2025-06-01"
    assert (sent.path, sent.collection, sent.media_type) == (
        "envoyé.md",
        "notes",
        "text/markdown",
    )
    assert sent.uploaded == shelf.sent.uploaded
    assert shelf.catalogue.entry(found.id, DOCUMENTS) == found


def test_an_upload_whose_record_is_late_is_still_an_upload(shelf: Shelf) -> None:
    shelf.uploads.remove([shelf.sent.document_id])
    try:
        entry = shelf.entry("Note de service")
    finally:
        shelf.uploads.put(shelf.sent)
    assert entry.uploaded == shelf.searcher.index.revision.created
    assert entry.media_type == "text/markdown"


def test_documents_and_passages_are_read_whole(shelf: Shelf) -> None:
    identity = shelf.entry("Salon de la donnée 2026").id
    document = shelf.catalogue.document(identity, DOCUMENTS)
    passages = shelf.catalogue.passages(identity, DOCUMENTS)
    assert passages
    assert all(document.text[each.start : each.end] == each.text for each in passages)


@pytest.mark.parametrize("reading", ["entry", "document", "passages", "original"])
def test_what_is_not_admitted_is_as_if_it_were_not_there(shelf: Shelf, reading: str) -> None:
    read = getattr(shelf.catalogue, reading)
    note = shelf.entry("Note de service").id
    assert read(note, NOTES)
    messages = set()
    for identity, filters in (
        (note, DOCUMENTS),
        (note, Filters(collections=())),
        ("inconnu", NOTES),
        ("\0", EVERYTHING),
        ("\ud800", EVERYTHING),
    ):
        with pytest.raises(UnknownError) as refused:
            read(identity, filters)
        messages.add(str(refused.value))
    assert len(messages) == 1


def test_the_original_of_an_upload_is_what_was_sent(shelf: Shelf) -> None:
    original = shelf.catalogue.original(shelf.sent.document_id, NOTES)
    assert original.path.read_bytes() == NOTE.encode()
    assert (original.name, original.media_type) == ("envoyé.md", "text/markdown")


def test_the_original_of_a_file_is_given_only_while_it_is_the_same(shelf: Shelf) -> None:
    identity = shelf.entry("Bureau des cartes").id
    path = shelf.folder / "documents" / "sous" / "bureau.md"
    original = shelf.catalogue.original(identity, DOCUMENTS)
    assert (original.path, original.name) == (path, "bureau.md")
    try:
        path.write_text(BUREAU.replace("2024", "2023"), encoding="utf-8")
        with pytest.raises(UnknownError, match="modifié"):
            shelf.catalogue.original(identity, DOCUMENTS)
        path.unlink()
        with pytest.raises(UnknownError, match="modifié"):
            shelf.catalogue.original(identity, DOCUMENTS)
    finally:
        path.write_text(BUREAU, encoding="utf-8")


def test_an_original_that_is_lost_is_told(shelf: Shelf) -> None:
    kept = shelf.originals.path(shelf.sent.sha256)
    aside = kept.with_name("aside")
    kept.rename(aside)
    try:
        with pytest.raises(UnknownError, match="supprimé"):
            shelf.catalogue.original(shelf.sent.document_id, NOTES)
    finally:
        aside.rename(kept)


def test_documents_are_found_by_their_text_where_they_are_admitted(shelf: Shelf) -> None:
    found, sent = shelf.entry("Bureau des cartes"), shelf.entry("Note de service")
    versions = {found.version, sent.version, "sha256:other"}
    by_version = shelf.catalogue.by_version(versions, EVERYTHING)
    assert {version: header.id for version, header in by_version.items()} == {
        found.version: found.id,
        sent.version: sent.id,
    }
    assert set(shelf.catalogue.by_version(versions, NOTES)) == {sent.version}
    assert shelf.catalogue.by_version((), EVERYTHING) == {}


def test_collections_and_files_left_out_are_counted(shelf: Shelf) -> None:
    assert shelf.catalogue.collections() == {"documents": 2, "notes": 1}
    (skipped,) = shelf.catalogue.skipped()
    assert skipped.path.endswith("vide.md")
    assert shelf.catalogue.skipped(("documents",)) == shelf.catalogue.skipped()
    assert shelf.catalogue.skipped(("notes",)) == ()


def test_where_nothing_is_published_there_is_nothing(shelf: Shelf) -> None:
    nothing = Catalogue(None, shelf.uploads, shelf.originals)
    page = nothing.page(EVERYTHING)
    assert (page.total, page.documents) == (0, ())
    assert (nothing.collections(), nothing.skipped()) == ({}, ())
    with pytest.raises(UnknownError):
        nothing.entry(shelf.sent.document_id, EVERYTHING)


DATA = b"contenu"


def _stamp(root: Path, data: bytes = DATA) -> SourceStamp:
    return SourceStamp(str(root), len(data), 0, hashlib.sha256(data).hexdigest(), "1")


def test_the_file_is_found_under_its_root_or_as_its_root(tmp_path: Path) -> None:
    path = tmp_path / "sous" / "a.md"
    path.parent.mkdir()
    path.write_bytes(DATA)
    assert find_source(_stamp(tmp_path), "sous/a.md") == path
    assert find_source(_stamp(path), "a.md") == path


@pytest.mark.parametrize(
    "name",
    [unicodedata.normalize("NFD", "été.md"), os.fsdecode(b"caf\xe9.md"), "a\tb.md"],
)
def test_a_name_that_is_displayed_otherwise_is_found(tmp_path: Path, name: str) -> None:
    path = tmp_path / "dossier" / name
    path.parent.mkdir()
    path.write_bytes(DATA)
    shown = display_path(Path("dossier") / name)
    assert shown != f"dossier/{name}"
    assert find_source(_stamp(tmp_path), shown) == path


def test_other_bytes_are_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    for other in (b"contenU", b"contenu plus long", b""):
        path.write_bytes(other)
        assert find_source(_stamp(tmp_path), "a.md") is None


@pytest.mark.parametrize("made", ["nothing", "folder", "pipe", "link to nothing"])
def test_what_is_no_file_any_more_is_not_served(tmp_path: Path, made: str) -> None:
    path = tmp_path / "a.md"
    match made:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link to nothing":
            path.symlink_to(tmp_path / "parti")
    assert find_source(_stamp(tmp_path), "a.md") is None


@pytest.mark.parametrize("path", ["\0", "a" * 5000, "sans/fin/a.md"])
def test_strange_paths_are_of_no_file(tmp_path: Path, path: str) -> None:
    assert find_source(_stamp(tmp_path), path) is None
    assert find_source(_stamp(tmp_path / "parti"), path) is None
