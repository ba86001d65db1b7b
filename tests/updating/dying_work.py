"""Applies jobs and kills itself on the way: `python -m tests.updating.dying_work`.

Arguments: the folder of a `tests.service.desk.Desk`, and the point to die at: a stage, or
a call to the records.
"""

import os
import signal
import sys
from pathlib import Path

from rag.index.build_stages import Stage
from rag.library.blob_store import Originals
from rag.library.jobs import Jobs
from rag.library.uploads import Uploads
from rag.updating.update_index import Watcher
from tests.service.desk import Desk

POINTS = {
    "claimed": (Uploads, "all"),
    "read": (Uploads, "remove"),
    "recorded": (Jobs, "finish"),
    "ended": (Originals, "keep_only"),
}


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    desk, point = Desk(Path(sys.argv[1])), sys.argv[2]
    calls = 0

    def die_second(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            die()

    if point in POINTS:
        kind, name = POINTS[point]
        # Files are swept when jobs begin too.
        setattr(kind, name, die_second if point == "ended" else die)

    def look(stage: Stage, done: int, total: int) -> None:
        if stage == point and done == total:
            die()

    desk.work(Watcher(stages=look))


if __name__ == "__main__":
    main()
