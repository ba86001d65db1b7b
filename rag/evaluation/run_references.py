"""What a run is held against: the accepted run, a former one, and the place of the next."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rag.evaluation.acceptance import accept, checked_why
from rag.evaluation.baseline import (
    Baseline,
    prepare_baseline,
    read_baseline,
    read_former,
    write_baseline,
)
from rag.evaluation.datasets.dataset import Query, fingerprint
from rag.evaluation.gate import Judgement, check_gateable, judge
from rag.evaluation.run_comparison import Comparison, check_same_questions, compare
from rag.evaluation.run_record import Record, read_record

_LISTED: Final = frozenset({"worse", "better", "changed"})


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Where the accepted run goes, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class References:
    """What a run is held against; None for what was not asked for."""

    gate: Baseline | None = None
    compared: Record | None = None
    acceptor: Acceptor | None = None


@dataclass(frozen=True, slots=True)
class ReferenceResults:
    """What came of holding a run against its references.

    ``comparison`` is with the run named, else with the gate's baseline.
    """

    comparison: Comparison | None = None
    judgement: Judgement | None = None


def read_references(
    gate: Path | None, compared: Path | None, accepted: Path | None, why: str = ""
) -> References:
    """Read all that a run will be held against, or take the place of; before long work.

    ``compared`` is the ``run.json`` of a former run, ``accepted`` where the run is to become
    the baseline, and ``why`` the reason for that.
    """
    if accepted is not None:
        prepare_baseline(accepted)
    return References(
        gate=None if gate is None else read_baseline(gate),
        compared=None if compared is None else read_record(compared),
        acceptor=None if accepted is None else Acceptor(accepted, checked_why(why)),
    )


def check_questions(references: References, queries: Iterable[Query]) -> None:
    """See that the references are of the questions that will be asked; before long work."""
    asked = {query.id: fingerprint(query) for query in queries}
    for reference in (references.gate, references.compared):
        if reference is not None:
            check_same_questions(reference, asked)


def compare_with_references(record: Record, references: References) -> ReferenceResults:
    """Compare a run with what was asked for, and judge it."""
    judgement = None if references.gate is None else judge(record, references.gate)
    if references.compared is not None:
        return ReferenceResults(compare(references.compared, record), judgement)
    return (
        ReferenceResults()
        if judgement is None
        else ReferenceResults(judgement.comparison, judgement)
    )


def make_baseline(record: Record, acceptor: Acceptor) -> None:
    """Make a run the accepted one, on paper, unless it lacks what the gate judges by.

    What the former one hands on is read only now: another may have been accepted meanwhile.
    Where the file cannot be written, the former baseline is still there.
    """
    check_gateable(record.questions)
    former = read_former(acceptor.path)
    write_baseline(acceptor.path, accept(record, acceptor.why, former))


def as_json(record: Record, results: ReferenceResults) -> dict[str, Any]:
    """A run as one JSON object; what was not asked for is not there.

    Of a sealed run no question is listed, whatever became of it.
    """
    told: dict[str, Any] = {
        "conditions": asdict(record.conditions),
        "summary": asdict(record.summary),
    }
    if results.comparison is not None:
        told["comparison"] = asdict(results.comparison)
    if results.judgement is not None:
        told["gate"] = {
            "passed": results.judgement.passed,
            "fidelity": asdict(results.judgement.fidelity),
            "bounds": [
                {"name": each.measure.name, "bound": each.bound, "value": each.value}
                for each in results.judgement.bounds
            ],
            "categories": [asdict(each) for each in results.judgement.categories],
            "metrics": [asdict(each) for each in results.judgement.metrics],
        }
    if record.conditions.sealed:
        for each in (told.get("comparison", {}), *told.get("gate", {}).get("metrics", ())):
            for listed in _LISTED.intersection(each):
                del each[listed]
    return told
