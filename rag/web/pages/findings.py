"""The last evaluation report, read from its folder: what it found, ready to be told."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from rag.errors import BaselineError
from rag.evaluation.metrics.set_measures import ReliabilityBin, reliability, risk_coverage
from rag.evaluation.report.writing import JUNIT, PAGE, QRELS, RECORD, RUN
from rag.evaluation.run_record import Record, RecordedQuestion, read_record
from rag.evaluation.runs import FAILURES, Verdict
from rag.storage.disk_errors import refusal

MOST: Final = 200
"""Failed questions that the page tells; and as many of those kept back."""

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
class Operating:
    """Answering the surest questions: how many (``coverage``), how many wrongly (``risk``)."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Failures:
    """Questions of a category that went wrong: the gravest, and how many in all."""

    category: str
    questions: tuple[RecordedQuestion, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What an evaluation found.

    ``tally`` is by verdict from best to worst, over all and by category. ``curve`` is by
    ascending coverage; ``chosen`` is where the threshold stands on it. ``kept_back`` are the
    questions whose answer was right and not given, which are no failures; ``anchors`` the
    places of the report's own page.
    """

    record: Record
    tally: Mapping[Verdict, int]
    categories: Mapping[str, Mapping[Verdict, int]]
    failures: tuple[Failures, ...]
    failed: int
    kept_back: tuple[Failures, ...]
    curve: tuple[Operating, ...]
    chosen: Operating | None
    bins: tuple[ReliabilityBin, ...]
    anchors: frozenset[str]

    @property
    def versions(self) -> frozenset[str]:
        """The versions of the texts that answer the questions that are told."""
        groups = (*self.failures, *self.kept_back)
        told = (question for group in groups for question in group.questions)
        return frozenset(place.version for question in told for place in question.places)


def findings(folder: Path) -> Findings | None:
    """What the report in a folder says; None where there is none.

    Raises:
        BaselineError: there is one that cannot be read.
    """
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
    confidence = np.clip([each.confidence or 0.0 for each in judged], 0.0, 1.0)
    right = np.array([float(each.right and each.answerable) for each in judged])
    curve = risk_coverage(confidence, right)
    kept = _spread(len(curve.coverage))
    by_category: dict[str, list[RecordedQuestion]] = {}
    for question in record.questions:
        by_category.setdefault(question.category, []).append(question)
    return Findings(
        record=record,
        tally=_tally(record.questions),
        categories={name: _tally(each) for name, each in sorted(by_category.items())},
        failures=_grouped(by_category, FAILURES),
        failed=sum(each.verdict in FAILURES for each in record.questions),
        kept_back=_grouped(by_category, (Verdict.SHY,)),
        curve=tuple(Operating(float(curve.coverage[i]), float(curve.risk[i])) for i in kept),
        chosen=_chosen(judged),
        bins=tuple(each for each in reliability(confidence, right) if each.count),
        anchors=_anchors(path.with_name(PAGE)),
    )


def _tally(questions: Sequence[RecordedQuestion]) -> dict[Verdict, int]:
    counts = Counter(question.verdict for question in questions)
    return {verdict: counts[verdict] for verdict in Verdict if counts[verdict]}


def _grouped(
    by_category: Mapping[str, Sequence[RecordedQuestion]], verdicts: Sequence[Verdict]
) -> tuple[Failures, ...]:
    """The first of each category by verdict, the most confident first: they mislead most.

    Args:
        by_category: all questions.
        verdicts: those that are wanted, gravest first.
    """

    def gravity(question: RecordedQuestion) -> tuple[int, float]:
        return verdicts.index(question.verdict), -(question.confidence or 0.0)

    wanted = {
        name: sorted((each for each in questions if each.verdict in verdicts), key=gravity)
        for name, questions in by_category.items()
    }
    wanted = {name: questions for name, questions in wanted.items() if questions}
    shares = {}
    left = MOST
    for served, name in enumerate(sorted(wanted, key=lambda each: len(wanted[each]))):
        shares[name] = min(len(wanted[name]), left // (len(wanted) - served))
        left -= shares[name]
    return tuple(
        Failures(name, tuple(questions[: shares[name]]), len(questions))
        for name, questions in wanted.items()
    )


def _chosen(judged: Sequence[RecordedQuestion]) -> Operating | None:
    answered = [each for each in judged if each.answered]
    if not answered:
        return None
    wrong = sum(not (each.right and each.answerable) for each in answered)
    return Operating(len(answered) / len(judged), wrong / len(answered))


def _spread(count: int) -> list[int]:
    """Indices of at most `_POINTS` of so many points, the first and the last among them."""
    if not count:
        return []
    return sorted({round(at) for at in np.linspace(0, count - 1, min(count, _POINTS))})


def _anchors(page: Path) -> frozenset[str]:
    try:
        return frozenset(_ANCHOR.findall(page.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return frozenset()
