"""Many questions from a file: one JSON line in, one JSON line out, in order."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import TypeAdapter, ValidationError

from rag.cli.process import PARTLY_DONE
from rag.errors import BatchError, QuestionError
from rag.service import Searcher
from rag.storage.disk_errors import refusal
from rag.types import Cited, Question, Turn

_CITED: Final = TypeAdapter(tuple[Cited, ...])
_TOGETHER: Final = 64


@dataclass(frozen=True, slots=True)
class Line:
    """A question with the id that its answer shall carry, and the turns before it."""

    id: str | int
    question: str
    history: tuple[Turn, ...] = ()


def read_batch(path: Path) -> list[Line]:
    """The lines of a batch file, ``-`` for standard input; empty lines are passed over.

    All lines are read before the first question is asked, so that a fault at the end of
    the file does not cost the work before it.

    Raises:
        BatchError: the file cannot be read, or a line is not ``{"id", "question"}`` with,
            if need be, ``"history": [{"question", "answer", "cited"}]`` (the answer and
            the citations may be left out); the message gives the line's number.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise BatchError(
            f"Fichier de questions illisible : {path} ({refusal(error)})."
        ) from error
    except UnicodeDecodeError as error:
        raise BatchError(
            f"{path} n'est pas en UTF-8 (octet {error.start}). Convertissez-le."
        ) from error
    lines = [
        _line(path, number, line)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    if not lines:
        raise BatchError(f"{path} ne contient aucune question.")
    return lines


def print_batch(searcher: Searcher, path: Path, k: int | None, *, answers: bool) -> None:
    """Ask every line of a batch file, printing as it goes; exit code 3 where one fails."""
    failed = 0
    for line in run_batch(searcher, read_batch(path), k, answers=answers):
        failed += "error" in line
        typer.echo(json.dumps(line, ensure_ascii=False))
    if failed:
        raise typer.Exit(PARTLY_DONE)


def run_batch(
    searcher: Searcher, lines: Sequence[Line], k: int | None, *, answers: bool
) -> Iterator[dict[str, Any]]:
    """One JSON object a line, in order, under the line's ``id``.

    A question that cannot be asked gives ``{"id", "error"}`` and the others go on.
    """
    for first in range(0, len(lines), _TOGETHER):
        some = lines[first : first + _TOGETHER]
        read = [_read(searcher, line) for line in some]
        asked = [each for each in read if isinstance(each, Question)]
        found = iter(_found(searcher, asked, k, answers=answers))
        for line, each in zip(some, read, strict=True):
            if isinstance(each, Question):
                # The line's id is what the caller knows its question by.
                yield {**next(found), "id": line.id}
            else:
                yield {"id": line.id, "error": str(each)}


def _found(
    searcher: Searcher, questions: list[Question], k: int | None, *, answers: bool
) -> list[dict[str, Any]]:
    if answers:
        return [asdict(answer) for answer in searcher.ask_all(questions, k)]
    return [
        {"id": "", "query": question.text, "hits": [asdict(hit) for hit in hits]}
        for question, hits in zip(questions, searcher.search_all(questions, k), strict=True)
    ]


def _read(searcher: Searcher, line: Line) -> Question | QuestionError:
    try:
        return searcher.read(line.question, line.history)
    except QuestionError as error:
        return error


def _line(path: Path, number: int, text: str) -> Line:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BatchError(f"{path}, ligne {number} : ce n'est pas du JSON.") from error
    if not isinstance(fields, dict):
        raise BatchError(f'{path}, ligne {number} : il faut un objet {{"id", "question"}}.')
    identity, question = fields.get("id"), fields.get("question")
    if isinstance(identity, bool) or not isinstance(identity, str | int):
        raise BatchError(f"{path}, ligne {number} : « id » manque, ou n'est pas un texte.")
    if not isinstance(question, str):
        raise BatchError(
            f"{path}, ligne {number} : « question » manque, ou n'est pas un texte."
        )
    history = fields.get("history")
    return Line(identity, question, () if history is None else _turns(path, number, history))


def _turns(path: Path, number: int, history: object) -> tuple[Turn, ...]:
    """The turns of a line's history, oldest first."""
    where = f"{path}, ligne {number} : « history »"
    if not isinstance(history, list):
        raise BatchError(f'{where} n\'est pas une liste d\'objets {{"question", "answer"}}.')
    turns: list[Turn] = []
    for place, turn in enumerate(history, start=1):
        question = turn.get("question") if isinstance(turn, dict) else None
        if not isinstance(question, str):
            raise BatchError(
                f"{where}, tour {place} : « question » manque, ou n'est pas un texte."
            )
        answer = turn.get("answer")
        if answer is not None and not isinstance(answer, str):
            raise BatchError(f"{where}, tour {place} : « answer » n'est pas un texte.")
        cited = _cited(f"{where}, tour {place}", turn.get("cited") or [])
        turns.append(Turn(question, answer, cited))
    return tuple(turns)


def _cited(where: str, given: object) -> tuple[Cited, ...]:
    """The places that a turn's answer cites, as the answer's own ``citations`` give them."""
    try:
        return _CITED.validate_python(given)
    except ValidationError as error:
        raise BatchError(
            f'{where} : « cited » n\'est pas une liste d\'objets {{"document_id", "start", '
            '"end"}, comme les « citations » d\'une réponse.'
        ) from error
