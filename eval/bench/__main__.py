"""Speed and memory on this machine: ``python -m eval.bench`` (or ``make bench``).

Prints the model's set-up time, tokens per second at indexing for each runtime, the time of
one question by stage, the cold start of the command and resident memory. Runtimes are
compared in turn within one run, and ratios are taken pair by pair: a shared machine drifts.
"""

import argparse
import tempfile
from pathlib import Path

from eval.bench.asking import measure_asking
from eval.bench.embedding import measure_embedding, measure_set_up
from eval.bench.machine import describe_machine
from eval.bench.start import measure_start
from rag.service import Watcher, update_index
from rag.settings import Settings
from rag.updating.folder_sync import SyncRequest

DOCUMENTS = Path(__file__).parent.parent.parent / "documents"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each comparison")
    parser.add_argument("--skip-set-up", action="store_true", help="leave out the first part")
    arguments = parser.parse_args()
    describe_machine()
    if not arguments.skip_set_up:
        measure_set_up()
    with tempfile.TemporaryDirectory() as folder:
        plain = Settings()
        index = plain.index.model_copy(update={"directory": Path(folder) / "index"})
        settings = plain.model_copy(update={"index": index})
        update_index(settings, SyncRequest([DOCUMENTS], "documents"), Watcher())
        measure_embedding(settings, arguments.rounds)
        measure_asking(settings)
        measure_start(settings, arguments.rounds)


if __name__ == "__main__":
    main()
