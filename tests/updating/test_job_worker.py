"""Jobs are applied to a real index, in real records, with the little embedder."""

import threading
from collections.abc import Sequence
from pathlib import Path, PurePath

import pytest

from rag.errors import IndexBusyError, IndexStaleError, IndexWriteError, LibraryError
from rag.index.build_stages import Stage
from rag.index.local.local_index import LocalIndex
from rag.index.local.publication import hold_build_lock
from rag.ingest.reading import document_id
from rag.library.job import JobFile, JobKind, JobState
from rag.library.uploads import UPLOADED, Uploads
from rag.protocols import FloatMatrix, Progress
from rag.service.searcher import Searcher
from rag.updating.update_index import Watcher
from tests.little_embedder import LittleEmbedder
from tests.service.desk import Desk
from tests.uploading import BUREAU, SALON, eager

NOTE = "# Note\n\nLe parking ouvre à sept heures.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_first_upload_makes_the_index(desk: Desk) -> None:
    job = desk.add(note_md=NOTE)
    assert desk.work() == 1
    done = desk.job(job)
    assert (done.state, done.error) == (JobState.DONE, None)
    with desk.opened() as generation:
        assert done.generation == generation.manifest.generation
        (identity,) = generation.store.source_stamps()
        assert identity == document_id("documents", PurePath("note.md"))
        stamp = generation.store.source_stamps()[identity]
        assert (stamp.root, stamp.sha256) == (UPLOADED, job.files[0].sha256)
    assert list(desk.texts()) == ["note.md"]
    assert desk.kept() == {"note.md"}


def test_an_answer_comes_from_what_was_sent(desk: Desk) -> None:
    desk.folder_index(salon_md=SALON)
    desk.add(bureau_md=BUREAU)
    desk.work()
    with Searcher(
        desk.settings, LocalIndex(desk.opened()), LittleEmbedder(), eager()
    ) as searcher:
        assert "Jeanne Martin" in searcher.ask("Qui préside le Bureau des cartes ?").text


def test_all_that_waits_is_one_build(desk: Desk) -> None:
    desk.folder_index(salon_md=SALON)
    published: list[int] = []
    jobs = [desk.add(note_md=NOTE), desk.add(bureau_md=BUREAU), desk.remove("salon.md")]

    def count(stage: Stage, done: int, total: int) -> None:
        published.extend([done] if stage is Stage.PUBLISHED else [])

    assert desk.work(Watcher(stages=count)) == 3
    assert published == [1]
    assert len({desk.job(job).generation for job in jobs}) == 1
    assert desk.texts().keys() == {"note.md", "bureau.md"}


def test_nothing_to_do(desk: Desk) -> None:
    assert desk.work() == 0
    assert not desk.index.exists()
    desk.add(note_md=NOTE)
    assert (desk.work(), desk.work()) == (1, 0)


def test_what_was_there_is_not_embedded_again(desk: Desk) -> None:
    desk.folder_index(salon_md=SALON, bureau_md=BUREAU)
    embedder = LittleEmbedder()
    desk.add(note_md=NOTE)
    desk.work(embedder=embedder)
    # The passage and its sentence: the title goes with them.
    assert embedder.embedded == 2


def test_the_last_document_can_go(desk: Desk) -> None:
    desk.add(note_md=NOTE)
    desk.work()
    job = desk.remove("note.md")
    desk.work()
    assert desk.job(job).state is JobState.DONE
    assert desk.texts() == {}
    assert desk.kept() == desk.originals() == set()
    with Searcher(
        desk.settings, LocalIndex(desk.opened()), LittleEmbedder(), eager()
    ) as searcher:
        answer = searcher.ask("Quand ouvre le parking ?")
        assert not answer.answered
        assert answer.hits == ()


def test_nothing_of_a_removed_document_is_left(desk: Desk) -> None:
    desk.add(note_md=NOTE.replace("parking", "xylophone"), bureau_md=BUREAU)
    desk.work()
    desk.remove("note.md")
    desk.work()
    held = [path for path in desk.index.rglob("*") if path.is_file()]
    assert not [path for path in held if b"xylophone" in path.read_bytes()]
    assert desk.kept() == {"bureau.md"}


def test_replaced(desk: Desk) -> None:
    desk.add(note_md=NOTE)
    desk.work()
    file = desk.sent("note.md", NOTE.replace("sept", "huit"))
    job = desk.queue(JobKind.REPLACE, file)
    desk.work()
    assert desk.job(job).state is JobState.DONE
    assert "huit heures" in desk.texts()["note.md"]
    assert desk.originals() == {file.sha256}


def test_a_document_keeps_its_id_and_name_whatever_replaces_it(desk: Desk) -> None:
    desk.folder_index(salon_md=SALON)
    identity = document_id("documents", PurePath("salon.md"))
    sent = desk.sent("autre nom.html", "<html><p>Le salon est reporté au printemps.</p></html>")
    desk.queue(
        JobKind.REPLACE,
        JobFile(identity, sent.name, sent.sha256, sent.media_type, sent.size),
    )
    desk.work()
    with desk.opened() as generation:
        document = generation.store.document(identity)
        assert (document.path, document.text) == (
            "salon.md",
            "Le salon est reporté au printemps.",
        )
        assert all(
            passage.id.startswith(identity) for passage in generation.store.passages(identity)
        )
    with desk.records() as records:
        (upload,) = records.uploads.all()
        assert (upload.name, upload.media_type) == ("salon.md", "text/html")


def test_an_unreadable_file_costs_the_others_nothing(desk: Desk) -> None:
    job = desk.add(note_md=NOTE, abimé_pdf=b"%PDF-1.7 rien", vide_txt="  \n")
    desk.work()
    done = desk.job(job)
    assert (done.state, done.error) == (JobState.PARTLY, None)
    assert [file.reason is None for file in done.files] == [True, False, False]
    assert "vide" in (done.files[2].reason or "")
    assert desk.texts().keys() == desk.kept() == {"note.md"}
    assert desk.originals() == {done.files[0].sha256}


def test_a_job_of_which_nothing_can_be_read_fails_and_builds_nothing(desk: Desk) -> None:
    desk.folder_index(salon_md=SALON)
    with desk.opened() as before:
        one, two = desk.add(vide_txt=" "), desk.add(abimé_pdf=b"%PDF-", blanc_md="\n")
        assert desk.work() == 2
        with desk.opened() as after:
            assert after.manifest == before.manifest
    assert desk.job(one).error == desk.job(one).files[0].reason
    assert "Aucun des fichiers" in (desk.job(two).error or "")
    assert desk.job(two).state is JobState.FAILED
    assert desk.originals() == set()


def test_an_unreadable_replacement_leaves_the_former_version(desk: Desk) -> None:
    desk.add(note_md=NOTE)
    desk.work()
    job = desk.queue(JobKind.REPLACE, desk.sent("note.md", b"%PDF-1.4 rien"))
    desk.work()
    assert desk.job(job).state is JobState.FAILED
    assert "sept heures" in desk.texts()["note.md"]
    assert desk.kept() == {"note.md"}


def test_a_name_taken_meanwhile(desk: Desk) -> None:
    desk.folder_index(salon_md=SALON)
    first, second = desk.add(note_md=NOTE), desk.add(note_md=NOTE.replace("sept", "neuf"))
    third = desk.add(salon_md="# Autre\n\nTout autre chose.\n")
    desk.work()
    assert [desk.job(each).state for each in (first, second, third)] == [
        JobState.DONE,
        JobState.FAILED,
        JobState.FAILED,
    ]
    assert "existe déjà" in (desk.job(second).files[0].reason or "")
    assert "sept heures" in desk.texts()["note.md"]
    assert "3 février" in desk.texts()["salon.md"]


def test_what_is_there_already_byte_for_byte_is_done(desk: Desk) -> None:
    first, second = desk.add(note_md=NOTE), desk.add(note_md=NOTE)
    desk.work()
    assert [desk.job(each).state for each in (first, second)] == [JobState.DONE] * 2
    with desk.opened() as before:
        again = desk.add(note_md=NOTE)
        replaced = desk.queue(JobKind.REPLACE, desk.sent("note.md", NOTE))
        gone = desk.remove("autre.md")
        desk.work()
        with desk.opened() as after:
            assert after.manifest == before.manifest
    for job in (again, replaced, gone):
        assert desk.job(job).state is JobState.DONE
        assert desk.job(job).error is None
    assert desk.originals() == {first.files[0].sha256}


def test_the_same_bytes_found_in_a_folder_are_not_an_upload(desk: Desk) -> None:
    desk.folder_index(note_md=NOTE)
    job = desk.add(note_md=NOTE)
    desk.work()
    assert desk.job(job).state is JobState.FAILED


def test_what_was_removed_meanwhile_is_added_anew(desk: Desk) -> None:
    desk.add(note_md=NOTE)
    desk.work()
    desk.remove("note.md")
    back = desk.add(note_md=NOTE)
    desk.work()
    assert desk.job(back).state is JobState.DONE
    assert desk.texts().keys() == desk.kept() == {"note.md"}


def test_jobs_apply_in_the_order_they_came(desk: Desk) -> None:
    desk.add(note_md=NOTE, bureau_md=BUREAU)
    desk.work()
    again = NOTE.replace("sept", "six")
    desk.remove("note.md")
    back = desk.add(note_md=again)
    desk.queue(JobKind.REMOVE_COLLECTION)
    late = desk.queue(JobKind.REPLACE, desk.sent("bureau.md", BUREAU))
    last = desk.add(note_md=again.replace("six", "cinq"))
    assert desk.work() == 5
    assert "cinq heures" in desk.texts()["note.md"]
    assert desk.texts().keys() == desk.kept() == {"note.md"}
    assert (desk.job(back).state, desk.job(last).state) == (JobState.DONE, JobState.DONE)
    assert "n’existe plus" in (desk.job(late).error or "").replace("'", "’")


def test_a_collection_goes_with_all_its_documents(desk: Desk) -> None:
    desk.folder_index(salon_md=SALON)
    desk.add(note_md=NOTE)
    desk.add("direction", note_md=NOTE, bureau_md=BUREAU)
    desk.work()
    with desk.records() as records:
        records.collections.create("documents", "Tout")
        records.collections.create("direction")
    desk.queue(JobKind.REMOVE_COLLECTION)
    desk.work()
    with desk.opened() as generation:
        assert generation.manifest.collections == {"direction": 2}
    with desk.records() as records:
        assert [each.name for each in records.collections.all()] == ["direction"]
    assert desk.kept() == {"note.md", "bureau.md"}


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "CON",
        "a" * 255,
        "été\u202e.txt",
        "'; DROP TABLE",
        ".",
    ],
)
def test_a_name_is_never_a_path(desk: Desk, name: str) -> None:
    job = desk.queue(JobKind.ADD, desk.sent(name, NOTE))
    desk.work()
    assert desk.job(job).state is JobState.DONE
    assert {path.name for path in desk.folder.iterdir()} == {"index"}
    assert len(desk.texts()) == 1


def test_progress_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.updating.job_worker._PROGRESS_PAUSE_SECONDS", 0.0)
    job = desk.add(note_md=NOTE, bureau_md=BUREAU)
    seen: list[tuple[str, int, int]] = []

    def look(stage: Stage, done: int, total: int) -> None:
        now = desk.job(job)
        assert now.state is JobState.RUNNING
        seen.append((now.stage, now.done, now.total))

    desk.work(Watcher(stages=look, files=lambda done, total, name: None))
    assert ("reading", 1, 2) in seen
    assert ("published", 1, 1) in seen
    assert list(dict.fromkeys(stage for stage, _, _ in seen))[1:] == [
        "stored", "analysed", "embedded", "sealed", "published",
    ]  # fmt: skip


# What goes wrong


class Failing(LittleEmbedder):
    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def embed_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> FloatMatrix:
        raise self._error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IndexWriteError("/srv/secret"), "la place ou les droits manquent"),
        (MemoryError(), "mémoire"),
        (RuntimeError("/srv/secret"), "inattendue"),
        (KeyboardInterrupt(), "interrompu"),
    ],
)
def test_a_build_that_fails_changes_nothing_and_tells_no_secret(
    desk: Desk, error: BaseException, said: str
) -> None:
    desk.add(note_md=NOTE)
    desk.work()
    add, remove = desk.add(bureau_md=BUREAU), desk.remove("note.md")
    with pytest.raises(type(error)):
        desk.work(embedder=Failing(error))
    for job in (add, remove):
        failed = desk.job(job)
        assert failed.state is JobState.FAILED
        assert said in (failed.error or "")
        assert "secret" not in (failed.error or "")
        assert "Rien n'a changé" in (failed.error or "")
    assert desk.texts().keys() == desk.kept() == {"note.md"}
    desk.remove("note.md")
    desk.work()
    assert desk.texts() == {}


def test_records_that_cannot_be_written_after_the_publication(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.add(note_md=NOTE)

    def fail(self: Uploads, *uploads: object) -> None:
        raise LibraryError("plein")

    with monkeypatch.context() as patch:
        patch.setattr(Uploads, "put", fail)
        with pytest.raises(LibraryError):
            desk.work()
    assert "ont pourtant changé" in (desk.job(job).error or "")
    assert desk.texts().keys() == {"note.md"}
    desk.work()
    assert desk.kept() == {"note.md"}


def test_an_index_of_another_format_is_not_replaced_by_uploads_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.folder_index(salon_md=SALON)
    monkeypatch.setattr("rag.index.local.manifest.FORMAT_VERSION", 99)
    job = desk.add(note_md=NOTE)
    with pytest.raises(IndexStaleError):
        desk.work()
    assert "périmé" in (desk.job(job).error or "")
    monkeypatch.undo()
    assert desk.texts().keys() == {"salon.md"}


def test_a_record_lost_between_publication_and_end_comes_back(desk: Desk) -> None:
    desk.add(note_md=NOTE, page_html="<html><p>Un texte.</p></html>")
    desk.work()
    with desk.records() as records:
        before = records.uploads.all()
        records.uploads.remove([each.document_id for each in before])
    assert desk.work() == 0
    with desk.records() as records:
        assert records.uploads.all() == before
    assert len(desk.originals()) == 2


def test_a_removal_is_not_undone_by_a_crash(desk: Desk) -> None:
    """Records of what is removed go before the publication."""
    desk.add(note_md=NOTE)
    desk.work()
    known: list[set[str]] = []

    def look(stage: Stage, done: int, total: int) -> None:
        if stage is Stage.SEALED:
            with desk.records() as records:
                known.append({each.name for each in records.uploads.all()})

    desk.remove("note.md")
    desk.work(Watcher(stages=look))
    assert known == [set()]


def test_uploads_of_an_index_that_was_removed_come_back_with_the_next(desk: Desk) -> None:
    desk.add(note_md=NOTE)
    desk.work()
    (desk.index / "CURRENT").unlink()
    desk.add(bureau_md=BUREAU)
    desk.work()
    assert desk.texts().keys() == {"note.md", "bureau.md"}


def test_an_original_that_is_gone(desk: Desk) -> None:
    desk.add(note_md=NOTE)
    desk.work()
    (desk.index / "CURRENT").unlink()
    (digest,) = desk.originals()
    (desk.layout.originals / digest).unlink()
    desk.add(bureau_md=BUREAU)
    desk.work()
    assert desk.texts().keys() == {"bureau.md"}
    with desk.opened() as generation:
        (skipped,) = generation.store.skipped()
        assert (skipped.root, skipped.path) == (UPLOADED, "note.md")
    again = desk.add(note_md=NOTE)
    desk.work()
    assert desk.job(again).state is JobState.DONE
    assert desk.kept() == {"note.md", "bureau.md"}
    with desk.opened() as generation:
        assert generation.store.skipped() == ()


def test_a_file_that_was_changed_on_disk_is_not_taken(desk: Desk) -> None:
    job = desk.add(note_md=NOTE)
    path = desk.layout.originals / job.files[0].sha256
    path.write_text("# Autre\n\nDu texte que personne n'a envoyé.\n")
    desk.work()
    assert "n'est plus celui" in (desk.job(job).error or "")


# Several at once


def test_another_builder_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    job = desk.add(note_md=NOTE)
    waited = threading.Event()
    monkeypatch.setattr("rag.updating.job_worker.time.sleep", lambda seconds: waited.set())
    with hold_build_lock(desk.index):
        thread = threading.Thread(target=desk.work)
        thread.start()
        assert waited.wait(60)
        assert desk.job(job).state is JobState.QUEUED
    thread.join(60)
    assert desk.job(job).state is JobState.DONE


def test_a_builder_that_does_not_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.updating.job_worker._LOCK_SECONDS", 0.0)
    job = desk.add(note_md=NOTE)
    with hold_build_lock(desk.index):
        with pytest.raises(IndexBusyError):
            desk.work()
        assert desk.job(job).state is JobState.QUEUED
    assert desk.work() == 1


def test_two_workers_share_what_waits(desk: Desk) -> None:
    jobs = [
        desk.add(**{f"note{number}_md": NOTE.replace("sept", str(number))})
        for number in range(6)
    ]
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(desk.work())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sum(counts) == len(jobs)
    assert {desk.job(job).state for job in jobs} == {JobState.DONE}
    assert len(desk.texts()) == len(jobs)
