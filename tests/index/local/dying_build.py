"""Builds an index and kills itself on the way: `python -m tests.index.local.dying_build`.

Arguments: the index folder, and the point to die at: a stage, or a call of the system.
"""

import os
import signal
import sys
from pathlib import Path

from rag.index.build_stages import Stage
from rag.index.local.generation import open_generation
from tests.index.local.samples import CORPUS, build


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    folder, point = Path(sys.argv[1]), sys.argv[2]
    if point == "before replace":
        os.replace = die
    if point == "after replace":
        replace = os.replace

        def replace_and_die(source: Path, target: Path) -> None:
            replace(source, target)
            die()

        os.replace = replace_and_die  # type: ignore[assignment]

    def observe(stage: Stage, done: int, total: int) -> None:
        if stage == point and done == total:
            die()

    with open_generation(folder) as previous:
        build(folder, CORPUS, previous=previous, observe=observe)


if __name__ == "__main__":
    main()
