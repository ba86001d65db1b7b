"""What is wrong with an evaluation set, gathered so that one run tells much of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rag.errors import DatasetError
from rag.ingest.discovery import display_path
from rag.text.typography import counted, typeset

SHOWN: Final = 10
"""Most faults told in one error; the others are counted."""

_LONGEST: Final = 80
"""Most characters shown of what a file says, so that a message stays readable."""


class Faults:
    """The faults of one file, in the order met."""

    def __init__(self, path: Path) -> None:
        self._path = display_path(path)
        self._told: list[str] = []
        self._count = 0

    @property
    def any(self) -> bool:
        """Whether one was noted."""
        return self._count > 0

    def add(self, what: str, line: int | None = None) -> None:
        """Note a fault, in French: what is wrong and what to do.

        ``line`` counts from 1, and is None in a file where lines mean nothing.
        """
        self._count += 1
        if len(self._told) < SHOWN:
            where = "" if line is None else f"ligne {line} : "
            self._told.append(f"{where}{what}")

    @contextmanager
    def at(self, line: int | None = None, where: str = "") -> Iterator[None]:
        """Note a `DatasetError` raised inside, and go on; ``where`` is put before it."""
        try:
            yield
        except DatasetError as error:
            self.add(f"{where} : {error}" if where else str(error), line)

    def settle(self) -> None:
        """Refuse the file if a fault was noted.

        Raises:
            DatasetError: with the first ten faults, and how many more there are.
        """
        if self._told:
            title = f"{self._path} ne peut pas servir de jeu d'évaluation"
            raise DatasetError(listing(title, self._told, self._count))


def listing(title: str, told: Sequence[str], count: int) -> str:
    """A message in French typography: one fault beside its title, several below it.

    ``told`` are the first of ``count`` faults; those over `SHOWN` are counted only.
    """
    shown = told[:SHOWN]
    if count == 1:
        return typeset(f"{title} : {shown[0]}.")
    lines = [f"{title} ({counted(count, 'faute')}) :", *(f"  {each}." for each in shown)]
    if count > len(shown):
        lines.append(f"  … et {counted(count - len(shown), 'autre')}.")
    return typeset("\n".join(lines))


def excerpt(text: str) -> str:
    """What a file says, on one line, without what a terminal would obey, cut if long."""
    line = display_path(" ".join(text[: 4 * _LONGEST].split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
