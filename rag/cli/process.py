"""What surrounds a command: its streams, its signals, and how a failure ends it.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done; 128 and the signal's number
where a signal ended it.
"""

import os
import signal
import sys
import unicodedata
from collections.abc import Callable
from types import FrameType
from typing import Final, NoReturn

import typer

from rag.errors import SourcierError
from rag.storage.disk_errors import refusal, remedy
from rag.text.typography import typeset

FAILED: Final = 1
PARTLY_DONE: Final = 3
_STDERR: Final = 2
_BY_SIGNAL: Final = 128


class InterruptedBySignal(BaseException):
    """The person, or the system, asked the process to stop; ``number`` is the signal's.

    Not an ``Exception``: no reader's failure may be mistaken for it, nor it for one.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run_command(command: Callable[[], object]) -> None:
    """Run a command; every failure is a sentence on stderr and an exit code."""
    _open_streams()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except SourcierError as error:
        _fail(str(error), error.exit_code)
    except InterruptedBySignal as error:
        _fail("Interrompu ; l'index publié n'a pas changé.", _BY_SIGNAL + error.number)
    except BrokenPipeError:
        # Whoever read the output has left; the rest must not raise once more at exit.
        _drop_output()
        sys.exit(0)
    except OSError as error:
        _drop_output()
        where = f" ({error.filename})" if error.filename else ""
        _fail(
            f"Le système a refusé une lecture ou une écriture{where} : "
            f"{refusal(error)}. {remedy(error)}",
            FAILED,
        )
    except MemoryError:
        _fail("La mémoire manque. Libérez-en, ou traitez moins de documents à la fois.", FAILED)
    except Exception as error:
        _fail_unexpectedly(error)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise InterruptedBySignal(number)


def _fail_unexpectedly(error: Exception) -> None:
    if os.environ.get("PYTHONFAULTHANDLER"):
        raise error
    _fail(
        f"Erreur inattendue ({type(error).__name__} : {error}). C'est un défaut de "
        "Sourcier : signalez-le avec la commande tapée et la sortie de la même commande "
        "précédée de PYTHONFAULTHANDLER=1.",
        FAILED,
    )


def _open_streams() -> None:
    """Standard streams that write any text, and that exist even where they were closed.

    A closed one is replaced before anything else is opened: the first file opened would
    take its number, and receive what is printed.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(descriptor)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(_STDERR, "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def _drop_output() -> None:
    """Have what is still to be flushed at exit go nowhere, rather than fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, code: int) -> NoReturn:
    typer.secho(_printable(typeset(f"sourcier : {message}")), err=True, fg=typer.colors.RED)
    sys.exit(code)


def _printable(message: str) -> str:
    """A message may name a path, and a path may hold what would drive the terminal."""
    return "".join(
        char.encode("unicode_escape").decode()
        if char != "\n" and unicodedata.category(char) in {"Cc", "Cf"}
        else char
        for char in message
    )
