import gc
import shutil
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import IndexCorruptError, IndexingError, IndexMissingError, IndexStaleError
from rag.index.filters import Filters
from rag.index.local.layout import IndexLayout
from rag.service import live_index as module
from rag.service.live_index import LiveIndex
from rag.service.searcher import Searcher
from tests.little_embedder import LittleEmbedder
from tests.service.changing import publish
from tests.uploading import BUREAU, SALON, eager, settings

QUESTION = "Qui préside le Bureau des cartes ?"


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveIndex]:
    index = LiveIndex(settings(tmp_path / "index"), LittleEmbedder(), eager())
    yield index
    index.close()


def _current(folder: Path) -> Path:
    return IndexLayout(folder / "index").current


def _is_closed(searcher: Searcher) -> bool:
    try:
        searcher.index.documents.collections()
    except IndexCorruptError:
        return True
    return False


def test_nothing_published_gives_no_lease_and_says_why(live: LiveIndex) -> None:
    with pytest.raises(IndexMissingError, match="sourcier index"), live.lease():
        pass
    assert isinstance(live.fault, IndexMissingError)
    assert (live.generation, live.revision) == (None, None)
    assert not live.refresh()


def test_what_is_published_later_is_opened_for_whoever_asks(
    tmp_path: Path, live: LiveIndex
) -> None:
    with pytest.raises(IndexMissingError), live.lease():
        pass
    name = publish(tmp_path, {"bureau.md": BUREAU})
    with live.lease() as searcher:
        assert searcher.identity.generation == name
    assert (live.generation, live.fault) == (name, None)
    assert live.revision is not None
    assert live.revision.documents == 1


def test_a_lease_keeps_its_generation_until_its_end(tmp_path: Path, live: LiveIndex) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})
    with live.lease() as first, live.lease() as second:
        assert first is second
        newer = publish(tmp_path, {"salon.md": SALON})
        assert live.refresh()
        with live.lease() as third:
            assert third.identity.generation == newer
        # Its folder is gone by now, and it answers all the same.
        assert "Jeanne Martin" in first.ask(QUESTION).text
    assert _is_closed(first)
    assert not _is_closed(third)


def test_a_change_is_noticed_by_asking_and_opened_behind(
    tmp_path: Path, live: LiveIndex
) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})
    live.refresh()
    newer = publish(tmp_path, {"salon.md": SALON})
    with live.lease():
        pass
    opening = live.follow()
    if opening is not None:
        opening.result()
    assert live.generation == newer


def test_requests_never_fail_while_generations_follow_one_another(
    tmp_path: Path, live: LiveIndex
) -> None:
    names = {publish(tmp_path, {"bureau.md": BUREAU})}
    stop = threading.Event()
    seen: set[str] = set()
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            while not stop.is_set():
                with live.lease() as searcher:
                    assert "Jeanne Martin" in searcher.ask(QUESTION).text
                    seen.add(searcher.identity.generation)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        names.add(publish(tmp_path, {"bureau.md": BUREAU, f"{number}.md": SALON}))
        live.refresh()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert seen <= names
    assert live.generation == max(names)


def test_what_was_replaced_is_let_go_of_at_once(tmp_path: Path, live: LiveIndex) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})
    with live.lease() as searcher:
        searcher.ask(QUESTION, filters=Filters(collections=("documents",)))
        parts = (searcher, searcher.index, searcher.index.generation.passages)
        left = [weakref.ref(part) for part in parts]
        del searcher, parts
    publish(tmp_path, {"salon.md": SALON})
    # Until the collector of cycles comes by, its files would hold memory and disk.
    gc.disable()
    try:
        live.refresh()
        assert [part() for part in left] == [None, None, None]
    finally:
        gc.enable()


def test_deleted_means_gone(tmp_path: Path, live: LiveIndex) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})
    with live.lease() as searcher:
        shutil.rmtree(tmp_path / "index")
        with pytest.raises(IndexMissingError), live.lease():
            pass
        assert isinstance(live.fault, IndexMissingError)
        assert searcher.ask(QUESTION).answered
    assert _is_closed(searcher)
    name = publish(tmp_path, {"salon.md": SALON})
    with live.lease() as searcher:
        assert searcher.identity.generation == name


@pytest.mark.parametrize(
    ("damage", "expected"), [("stale", IndexStaleError), ("corrupt", IndexCorruptError)]
)
def test_a_newer_one_that_cannot_be_opened_leaves_the_former(
    tmp_path: Path, live: LiveIndex, damage: str, expected: type[IndexingError]
) -> None:
    former = publish(tmp_path, {"bureau.md": BUREAU})
    live.refresh()
    if damage == "stale":
        other = tmp_path / "other"
        publish(other, {"bureau.md": BUREAU})
        # Made with another model.
        index = other / "index"
        shutil.rmtree(index)
        _publish_with(other, LittleEmbedder("other"))
        shutil.rmtree(tmp_path / "index")
        shutil.copytree(index, tmp_path / "index")
    else:
        newer = publish(tmp_path, {"salon.md": SALON})
        generation = IndexLayout(tmp_path / "index").generation(newer)
        generation.passages.write_bytes(b"not it")
    assert not live.refresh()
    assert isinstance(live.fault, expected)
    with live.lease() as searcher:
        assert searcher.identity.generation == former
    mended = publish(tmp_path, {"bureau.md": BUREAU, "salon.md": SALON})
    assert live.refresh()
    assert (live.generation, live.fault) == (mended, None)


def _publish_with(folder: Path, embedder: LittleEmbedder) -> None:
    from rag.updating.folder_sync import SyncRequest
    from tests.uploading import update, write

    write(folder / "documents", {"bureau.md": BUREAU})
    update(folder / "index", SyncRequest([folder / "documents"], "documents"), embedder)


def test_a_damaged_index_is_not_tried_at_each_request(
    tmp_path: Path, live: LiveIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = publish(tmp_path, {"bureau.md": BUREAU})
    IndexLayout(tmp_path / "index").generation(name).passages.write_bytes(b"not it")
    tries: list[Path] = []
    opened = module.open_local_index

    def counted(folder: Path, **options: object) -> object:
        tries.append(folder)
        return opened(folder, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "open_local_index", counted)
    monkeypatch.setattr(module, "_RETRY_SECONDS", 3600.0)
    for _ in range(5):
        with pytest.raises(IndexCorruptError), live.lease():
            pass
    assert len(tries) == 1
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.0)
    with pytest.raises(IndexCorruptError), live.lease():
        pass
    assert len(tries) > 1


def test_a_fault_nobody_thought_of_is_a_fault_of_the_index(
    tmp_path: Path, live: LiveIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = publish(tmp_path, {"bureau.md": BUREAU})
    live.refresh()
    publish(tmp_path, {"salon.md": SALON})

    def failing(*_: object) -> Searcher:
        raise AttributeError("surprise")

    monkeypatch.setattr(module, "Searcher", failing)
    assert not live.refresh()
    assert isinstance(live.fault, IndexCorruptError)
    assert live.generation == former


def test_current_written_anew_for_the_same_generation_changes_nothing(
    tmp_path: Path, live: LiveIndex
) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})
    live.refresh()
    with live.lease() as before:
        pass
    current = _current(tmp_path)
    draft = tmp_path / "CURRENT.restored"
    draft.write_bytes(current.read_bytes())
    draft.replace(current)
    assert not live.refresh()
    with live.lease() as after:
        assert after is before


def test_once_closed_there_are_no_leases(tmp_path: Path) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})
    live = LiveIndex(settings(tmp_path / "index"), LittleEmbedder(), eager())
    with live.lease() as searcher:
        live.close()
        assert searcher.ask(QUESTION).answered
    assert _is_closed(searcher)
    with pytest.raises(IndexingError), live.lease():
        pass
    assert not live.refresh()
