"""How far a build is, told to whoever watches and written to the jobs it is made for."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from rag.errors import LibraryError
from rag.index.local.build import Stage
from rag.library.jobs import Jobs
from rag.updating.update_index import Watcher

READING: Final = "reading"
"""The stage before `rag.index.local.build.Stage`: the files that jobs sent are read."""

_PAUSE_SECONDS: Final = 0.5


class JobProgress:
    """Tells of a build, and writes to its jobs at most twice a second."""

    def __init__(
        self,
        jobs: Jobs,
        ids: Sequence[str],
        watcher: Watcher,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._ids = ids
        self._watcher = watcher
        self._clock = clock
        self._told = -_PAUSE_SECONDS
        self._reading = False
        self.published = False
        """Whether the index is the new one by now."""

    def file(self, done: int, total: int, name: str) -> None:
        """A file is about to be read; ``done == total`` once all are."""
        self._reading = done < total
        self._watcher.files(done, total, name)
        self._tell(READING, done, total)

    def stage(self, stage: Stage, done: int, total: int) -> None:
        """A stage of the build advanced."""
        self.published = self.published or stage is Stage.PUBLISHED
        self._watcher.stages(stage, done, total)
        if not self._reading:
            self._tell(stage.value, done, total)

    def _tell(self, stage: str, done: int, total: int) -> None:
        now = self._clock()
        if now - self._told < _PAUSE_SECONDS:
            return
        self._told = now
        # What cannot be told is no reason not to go on.
        with suppress(LibraryError):
            self._jobs.advance(self._ids, stage, done, total)
