"""The index that answers now: followed on disk, swapped without a request noticing."""

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from typing import Final

from rag.answering.answerer import Answerer
from rag.errors import IndexCorruptError, IndexingError, IndexMissingError, SourcierError
from rag.index.local.generation import read_pointer
from rag.index.local.layout import IndexLayout
from rag.index.local.local_index import open_local_index
from rag.index.passage_index import Revision
from rag.protocols import Embedder, Reader, Reranker
from rag.service.searcher import Searcher
from rag.settings import Settings
from rag.types import Mode
from rag.weights import Weights

_LOG = logging.getLogger(__name__)
_RETRY_SECONDS: Final = 5.0
"""How long what could not be opened is left alone, unless something else is published."""

_Mark = tuple[int, int, int]
"""What tells one ``CURRENT`` from the next: its inode, time of change and size."""


@dataclass(slots=True, eq=False)
class _Opened:
    """A generation held open for its users, and closed after the last one once retired."""

    searcher: Searcher
    mark: _Mark
    users: int = 0
    retired: bool = False


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why what is published was not opened, and when (`time.monotonic`) that was tried."""

    error: SourcierError
    mark: _Mark | None
    tried: float


class LiveIndex:
    """The published generation, opened once for all who ask; safe among threads.

    A change is noticed whenever the index is asked for, and the new generation opened in a
    thread of its own while the former one answers. One that cannot be opened leaves the
    former in place. Where ``CURRENT`` is gone, the index is gone: nothing more is given out.
    """

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        weights: Weights,
        reranker: Reranker | None = None,
        answerers: Mapping[Mode, Answerer] | None = None,
        reader: Reader | None = None,
    ) -> None:
        self._settings = settings
        self._embedder = embedder
        self._weights = weights
        self._reranker = reranker
        self._answerers = answerers
        self._reader = reader
        self._layout = IndexLayout(settings.index.directory)
        self._opening = threading.Lock()
        self._lock = threading.Lock()
        self._current: _Opened | None = None
        self._failure: _Failure | None = None
        self._pending: Future[bool] | None = None
        self._closed = False
        self._background = ThreadPoolExecutor(1, "index")

    @property
    def revision(self) -> Revision | None:
        """Which state of the index answers; None where there is none."""
        self.follow()
        current = self._current
        return current.searcher.index.revision if current else None

    @property
    def generation(self) -> str | None:
        """The name of the generation that answers; None where there is none."""
        revision = self.revision
        return revision.generation if revision else None

    @property
    def fault(self) -> SourcierError | None:
        """Why what is published is not what answers; None where all is well."""
        self.follow()
        failure = self._failure
        return copy(failure.error) if failure else None

    @contextmanager
    def lease(self) -> Iterator[Searcher]:
        """A searcher that stays open as long as it is held; what is published is opened first.

        Raises:
            IndexingError: there is none to be had: missing, stale, corrupt, unreadable.
        """
        self.follow()
        opened = self._taken() or self._awaited()
        try:
            yield opened.searcher
        finally:
            self._give_back(opened)

    def follow(self) -> Future[bool] | None:
        """Look whether something else is published, or nothing any more: a microsecond.

        Returns the opening of what is published, where that has begun; None where all is well,
        nothing is published, or it could not be opened a moment ago.
        """
        mark = self._mark()
        if mark is None:
            self._withdraw()
            return None
        current = self._current
        if current is not None and current.mark == mark:
            return None
        return self._open_soon() if self._may_try(mark) else None

    def catch_up(self) -> None:
        """Wait until what is published now is what answers, or was found to be unfit."""
        # An opening under way may have begun before; the one after it has not.
        for _ in range(2):
            opening = self.follow()
            if opening is None:
                return
            with suppress(CancelledError):
                opening.result()

    def refresh(self) -> bool:
        """Open what is published now, if it does not answer yet; whether another answers since.

        Whatever goes wrong is told by `fault`, and the former generation goes on.
        """
        with self._opening:
            if self._closed:
                return False
            mark = self._mark()
            if mark is None:
                self._withdraw()
                return False
            current = self._current
            if current is not None and current.mark == mark:
                self._failure = None
                return False
            return self._open(mark)

    def close(self) -> None:
        """Give no more leases, and let go of the index after its last one."""
        self._closed = True
        self._background.shutdown(cancel_futures=True)
        with self._opening:
            self._put(None)

    def _mark(self) -> _Mark | None:
        """Of ``CURRENT`` as it is now; None where it is gone."""
        try:
            status = os.stat(self._layout.current)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            # Something is there that may not be looked at: opening it says what.
            return 0, 0, 0
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _may_try(self, mark: _Mark) -> bool:
        failure = self._failure
        if failure is None or failure.mark != mark:
            return True
        return time.monotonic() - failure.tried >= _RETRY_SECONDS

    def _open_soon(self) -> Future[bool] | None:
        with self._lock:
            if self._closed:
                return None
            if self._pending is None or self._pending.done():
                self._pending = self._background.submit(self.refresh)
            return self._pending

    def _awaited(self) -> _Opened:
        """What is published, once it is open, since nobody can be answered meanwhile."""
        self.catch_up()
        opened = self._taken()
        if opened is not None:
            return opened
        failure = self._failure
        if failure is None or self._closed:
            raise IndexingError("Le service s'arrête. Posez la question de nouveau plus tard.")
        raise copy(failure.error)

    def _taken(self) -> _Opened | None:
        with self._lock:
            if self._current is not None:
                self._current.users += 1
            return self._current

    def _give_back(self, opened: _Opened) -> None:
        with self._lock:
            opened.users -= 1
            unused = opened.retired and not opened.users
        if unused:
            opened.searcher.close()

    def _open(self, mark: _Mark) -> bool:
        try:
            if self._is_current(mark):
                return False
            searcher = self._searcher()
        except IndexMissingError:
            self._withdraw()
            return False
        except SourcierError as error:
            self._fail(mark, error)
            return False
        except Exception as error:
            # Files that are whole may still hold what nobody thought of.
            _LOG.exception("index not opened")
            self._fail(mark, _unopened(self._layout, error))
            return False
        self._failure = None
        self._put(_Opened(searcher, mark))
        return True

    def _is_current(self, mark: _Mark) -> bool:
        """Whether ``CURRENT`` was written anew and still names the generation open."""
        current = self._current
        if current is None:
            return False
        pointer = read_pointer(self._layout)
        if current.searcher.identity.generation != pointer.generation:
            return False
        current.mark = mark
        self._failure = None
        return True

    def _searcher(self) -> Searcher:
        index = open_local_index(
            self._layout.root,
            model=self._embedder.identity,
            chunking=self._settings.chunking.model_dump(),
        )
        try:
            return Searcher(
                self._settings,
                index,
                self._embedder,
                self._weights,
                self._reranker,
                self._answerers,
                self._reader,
            )
        except BaseException:
            index.close()
            raise

    def _put(self, opened: _Opened | None) -> None:
        """Have another generation answer, or none; the former is closed once unused."""
        with self._lock:
            former, self._current = self._current, opened
            if former is not None:
                former.retired = True
            unused = former if former is not None and not former.users else None
        if unused is not None:
            unused.searcher.close()

    def _withdraw(self) -> None:
        if self._current is None and self._failure is not None and self._failure.mark is None:
            return
        self._failure = _Failure(_missing(self._layout), None, time.monotonic())
        self._put(None)

    def _fail(self, mark: _Mark, error: SourcierError) -> None:
        known = self._failure
        if known is None or known.mark != mark:
            _LOG.warning("index not opened: %s", error)
        # Without the traceback, which would keep what was opened so far.
        self._failure = _Failure(copy(error), mark, time.monotonic())


def _missing(layout: IndexLayout) -> IndexMissingError:
    return IndexMissingError(
        f"Aucun index dans {layout.root}. Envoyez des documents au service, ou construisez "
        f"l'index : sourcier index CHEMIN… --index {layout.root}"
    )


def _unopened(layout: IndexLayout, error: Exception) -> IndexCorruptError:
    return IndexCorruptError(
        f"L'index de {layout.root} ne s'ouvre pas ({type(error).__name__}). « sourcier "
        "verify » dit ce qui est atteint ; pour le reconstruire : sourcier index CHEMIN…"
    )
