"""Builds an index of some size: `python -m tests.index.local.wide_build FOLDER`."""

import sys
from pathlib import Path

from rag.errors import IndexWriteError
from tests.index.local.samples import CountingEmbedder, build, entry

BIG = tuple(
    entry(
        f"{number}.md",
        *(f"Phrase {number} {part} sur {number * part} choses." for part in range(40)),
    )
    for number in range(20)
)


def main() -> None:
    try:
        build(Path(sys.argv[1]), BIG, CountingEmbedder(dimensions=512))
    except IndexWriteError as error:
        print(error)  # noqa: T201 – read by the test
    else:
        print("built")  # noqa: T201 – read by the test


if __name__ == "__main__":
    main()
