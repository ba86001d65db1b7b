"""The last evaluation report, read from its folder: what it found, ready to be told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from rag.errors import BaselineError
from rag.evaluation.report.writing import JUNIT, PAGE, QRELS, RECORD, RUN
from rag.evaluation.run_record import Record, RecordedQuestion, read_record
from rag.evaluation.runs import FAILURES, Verdict
from rag.evaluation.view import (
    MOST_FAILURES,
    Confidence,
    by_category,
    confidence_of,
    gravest_first,
    shares,
    tally_of,
)
from rag.storage.disk_errors import refusal

FILES: Final[Mapping[str, str]] = {
    PAGE: "text/html; charset=utf-8",
    RECORD: "application/json",
    JUNIT: "application/xml",
    RUN: "text/plain; charset=utf-8",
    QRELS: "text/plain; charset=utf-8",
}
"""The files of a report, and what each is."""

_POINTS: Final = 200
_ANCHOR: Final = re.compile(r'id="(q-[0-9a-f]{16})"')
_UNJUDGED: Final = frozenset({Verdict.FOUND, Verdict.ABSENT})


@dataclass(frozen=True, slots=True)
class Failures:
    """Questions of a category that went wrong: the gravest, and how many in all."""

    category: str
    questions: tuple[RecordedQuestion, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What an evaluation found.

    ``tally`` is by verdict from best to worst, over all and by category. ``kept_back`` are
    the questions whose answer was right and not given, which are no failures; of a sealed
    run neither is told. ``anchors`` are the places of the report's own page, and ``files``
    those of `FILES` that are there.
    """

    record: Record
    tally: Mapping[Verdict, int]
    categories: Mapping[str, Mapping[Verdict, int]]
    failures: tuple[Failures, ...]
    kept_back: tuple[Failures, ...]
    confidence: Confidence
    anchors: frozenset[str]
    files: tuple[str, ...]

    @property
    def versions(self) -> frozenset[str]:
        """The versions of the texts that answer the questions that are told."""
        groups = (*self.failures, *self.kept_back)
        told = (question for group in groups for question in group.questions)
        return frozenset(place.version for question in told for place in question.places)


def findings(folder: Path) -> Findings | None:
    """What the report in a folder says, or `BaselineError`; None where there is none."""
    path = folder / RECORD
    try:
        stamp = path.stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BaselineError(f"{path} : {refusal(error)}") from error
    return _read(path, stamp)


@lru_cache(maxsize=1)
def _read(path: Path, _stamp: int) -> Findings:
    """The last one read: reading a large one takes seconds, and it changes seldom."""
    record = read_record(path)
    judged = [each for each in record.questions if each.verdict not in _UNJUDGED]
    groups = by_category(record.questions, lambda question: question.category)
    told = {} if record.conditions.sealed else groups
    return Findings(
        record=record,
        tally=tally_of(record.questions),
        categories={name: tally_of(each) for name, each in sorted(groups.items())},
        failures=_gravest(told, FAILURES),
        kept_back=_gravest(told, (Verdict.SHY,)),
        confidence=confidence_of(judged, _POINTS),
        anchors=_anchors(path.with_name(PAGE)),
        files=tuple(name for name in FILES if path.with_name(name).is_file()),
    )


def _gravest(
    groups: Mapping[str, Sequence[RecordedQuestion]], verdicts: Sequence[Verdict]
) -> tuple[Failures, ...]:
    """The questions of some verdicts, these gravest first, as many as the page tells."""
    wanted = {name: gravest_first(each, verdicts) for name, each in groups.items()}
    wanted = {name: questions for name, questions in wanted.items() if questions}
    told = shares({name: len(each) for name, each in wanted.items()}, MOST_FAILURES)
    return tuple(
        Failures(name, tuple(questions[: told[name]]), len(questions))
        for name, questions in wanted.items()
    )


def _anchors(page: Path) -> frozenset[str]:
    try:
        return frozenset(_ANCHOR.findall(page.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return frozenset()
