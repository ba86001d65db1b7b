"""The files of an evaluation set: read once, byte for byte, their faults gathered and told."""

import json
import stat
from collections.abc import Callable, Container, Iterator, Sequence, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from rag.errors import DatasetError
from rag.ingest.discovery import display_path
from rag.storage.disk_errors import refusal
from rag.text.language import detect_language
from rag.text.typography import counted, typeset

Seen = Callable[[bytes], object]
"""Given every byte that is read, in order: a digest's ``update``."""

_MARK: Final = b"\xef\xbb\xbf"
NO_QUESTION: Final = "le fichier ne contient aucune question ; ajoutez-en au moins une"
SHOWN: Final = 10
"""Most faults told in one error; the others are counted."""

_LONGEST_EXCERPT: Final = 80
"""Most characters shown of what a file says, so that a message stays readable."""

_SAMPLE: Final = 200
_LONGEST: Final = 500


class Faults:
    """The faults of one file, in the order met."""

    def __init__(self, path: Path) -> None:
        self._path = display_path(path)
        self._told: list[str] = []
        self._count = 0

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

    def settle(self, held: Sized | None = None, nothing: str = NO_QUESTION) -> None:
        """Refuse the file if a fault was noted, or ``nothing`` where it holds nothing.

        Raises:
            DatasetError: with the first ten faults, and how many more there are.
        """
        if held is not None and not held and not self._told:
            self.add(nothing)
        if self._told:
            title = f"{self._path} ne peut pas servir de jeu d'évaluation"
            raise DatasetError(listing(title, self._told, self._count))


def read_lines(path: Path, seen: Seen) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, numbered from 1, without mark and line break.

    A UTF-8 byte order mark at the start is passed over; lines end with LF or CRLF.
    """
    with _opened(path) as file:
        number = 0
        while line := _reading(path, file.readline):
            number += 1
            seen(line)
            held = line.removeprefix(_MARK) if number == 1 else line
            if held.strip():
                yield number, held.rstrip(b"\r\n")


def read_whole(path: Path, seen: Seen) -> bytes:
    """All bytes of a file, without the UTF-8 byte order mark."""
    with _opened(path) as file:
        data = _reading(path, file.read)
    seen(data)
    return data.removeprefix(_MARK)


def decoded(data: bytes) -> str:
    """The text in these bytes of UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"l'octet {error.start + 1} n'est pas de l'UTF-8 ; convertissez le fichier"
        ) from error


def parsed(data: bytes) -> object:
    """The value that these bytes of JSON hold; a `DatasetError` where they hold none."""
    text = decoded(data)
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"colonne {error.colno}"
        if error.lineno > 1:
            place = f"ligne {error.lineno}, {place}"
        raise DatasetError(f"ce n'est pas du JSON ({place}) ; corrigez la syntaxe") from error
    except RecursionError as error:
        raise DatasetError("ce JSON est imbriqué trop profondément ; simplifiez-le") from error
    except ValueError as error:
        raise DatasetError("un nombre de ce JSON a trop de chiffres ; corrigez-le") from error
    return value


def check_there(path: Path) -> None:
    """Refuse what is not a regular file."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError) as error:
        raise _unreadable(path, _reason(error)) from error
    if not regular:
        raise _unreadable(path, "ce n'est pas un fichier ordinaire")


def _opened(path: Path) -> BinaryIO:
    # A pipe or a device could be waited for without end, so it is not opened.
    check_there(path)
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(path, _reason(error)) from error


def _reading(path: Path, read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (OSError, MemoryError) as error:
        raise _unreadable(path, _reason(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "il n'existe pas"
    if isinstance(error, MemoryError):
        return "la mémoire manque"
    if isinstance(error, OSError):
        return refusal(error)
    return "son nom n'est pas valable"


def _unreadable(path: Path, reason: str) -> DatasetError:
    return DatasetError(
        typeset(
            f"Jeu d'évaluation illisible : {display_path(path)} ({reason}). Vérifiez le "
            "chemin et ses droits d'accès."
        )
    )


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
    line = display_path(" ".join(text[: 4 * _LONGEST_EXCERPT].split()))
    return line if len(line) <= _LONGEST_EXCERPT else f"{line[:_LONGEST_EXCERPT]}…"


def check_new(identity: str, known: Container[str]) -> None:
    """Refuse an id that another has."""
    if identity in known:
        raise DatasetError(
            f"l'identifiant « {excerpt(identity)} » est déjà pris ; donnez-en un autre"
        )


def common_language(questions: Sequence[str]) -> str:
    """The language of most questions (ISO 639-1), or "" where it cannot be told.

    Asked of two hundred questions from all over the set, put together: one alone is often
    too short to tell by.
    """
    sample = questions[:: max(1, len(questions) // _SAMPLE)][:_SAMPLE]
    return detect_language("\n".join(each[:_LONGEST] for each in sample)) or ""
