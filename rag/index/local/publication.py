"""The right to build an index, publishing a generation in one step, removing the others."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexBusyError, IndexCorruptError, IndexingError, IndexMissingError
from rag.index.local.generation import read_pointer
from rag.index.local.layout import GenerationLayout, IndexLayout
from rag.index.local.manifest import Pointer
from rag.storage.disk_errors import index_errors
from rag.storage.files import remove_folder, sync, write_whole
from rag.storage.locks import hold_lock


@dataclass(frozen=True, slots=True)
class BuildLock:
    """Proof that this process alone builds in ``layout.root``; see `hold_build_lock`."""

    layout: IndexLayout


@contextmanager
def hold_build_lock(index_dir: Path) -> Iterator[BuildLock]:
    """Hold the right to build in ``index_dir``, which is made where it is missing.

    Raises:
        IndexBusyError: another process holds it; the message gives its number.
        IndexWriteError: the folder cannot be made or written.
    """
    layout = IndexLayout(index_dir)
    with ExitStack() as stack:
        with index_errors(index_dir):
            index_dir.mkdir(parents=True, exist_ok=True)
            try:
                lock = stack.enter_context(hold_lock(layout.lock, wait=False, mode=0o644))
            except BlockingIOError as error:
                raise _busy(layout) from error
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
        yield BuildLock(layout)
        os.ftruncate(lock, 0)


def publish(lock: BuildLock, pointer: Pointer) -> None:
    """Make a sealed generation the published one: a single rename decides.

    Where ``CURRENT`` cannot be written (`IndexWriteError`), the former one stands.
    """
    layout = lock.layout
    draft = layout.root / f"CURRENT.{pointer.generation}"
    with index_errors(layout.root):
        sync(layout.generations)
        write_whole(layout.current, pointer.encoded(), draft=draft)
        sync(layout.root)


def remove_others(lock: BuildLock, keep: str | None) -> None:
    """Remove every generation but one, and what publishers that died left behind."""
    layout = lock.layout
    with index_errors(layout.root):
        for draft in layout.root.glob("CURRENT.*"):
            draft.unlink(missing_ok=True)
        for other in layout.present():
            if other.id != keep:
                remove_folder(other.folder)


def remove_unpublished(index: IndexLayout, layout: GenerationLayout) -> None:
    """Remove an unfinished generation, as far as the system lets it be.

    Nothing is removed where it was published after all, or where that cannot be known.
    """
    try:
        published = read_pointer(index).generation
    except (IndexMissingError, IndexCorruptError):
        published = ""
    except IndexingError:
        return
    if published != layout.id:
        with suppress(OSError):
            remove_folder(layout.folder)


def _busy(layout: IndexLayout) -> IndexBusyError:
    holder = layout.lock.read_bytes()[:32].decode("ascii", "replace").strip()
    return IndexBusyError(
        f"Un autre processus (n° {holder or 'inconnu'}) construit déjà l'index de "
        f"{layout.root}. Attendez qu'il ait fini, puis relancez la commande."
    )
