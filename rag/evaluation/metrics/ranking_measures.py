"""Measures of the ranking, through ir_measures, and its TREC files.

The tools of TREC order a run by score alone and break ties by id. The scores that they are
given therefore fall strictly, each at least one single-precision step below the one before
it, so that the order measured is the order served.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

import ir_measures
import numpy as np

from rag.evaluation.runs import Outcome, Values

MEASURES: Final = {
    "recall@1": ir_measures.R @ 1,
    "recall@5": ir_measures.R @ 5,
    "recall@10": ir_measures.R @ 10,
    "recall@100": ir_measures.R @ 100,
    "mrr@10": ir_measures.RR @ 10,
    "ndcg@10": ir_measures.nDCG @ 10,
}
"""What ir_measures computes, by the name it has here."""

_LARGEST: Final = 1e30
_UNSAFE: Final = re.compile(r"[\s%\x00-\x1f\x7f\ud800-\udfff]")


def ranking_values(outcomes: Sequence[Outcome]) -> dict[str, Values]:
    """Recall, reciprocal rank and nDCG of each question that has relevant units, by its id.

    A question that was not put, or whose ranking is empty, counts zero throughout.
    """
    judged = [outcome for outcome in outcomes if _grades(outcome)]
    if not judged:
        return {}
    names = {measure: name for name, measure in MEASURES.items()}
    qrels = {trec_id(each.query.id): _qrels(each) for each in judged}
    run = {
        trec_id(each.query.id): {trec_id(unit): score for unit, score in ranked}
        for each in judged
        if (ranked := served(each))
    }
    found: dict[str, dict[str, float]] = {
        query: dict.fromkeys(MEASURES, 0.0) for query in qrels
    }
    if run:
        for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
            found[metric.query_id][names[metric.measure]] = float(metric.value)
    return {each.query.id: found[trec_id(each.query.id)] for each in judged}


def served(outcome: Outcome) -> list[tuple[str, float]]:
    """The units of a ranking in their order, with scores that fall strictly.

    A score is the fused one, to single precision, where it is below the one before it.
    """
    if outcome.examination is None:
        return []
    falling = []
    bound = np.float32(_LARGEST)
    for line in outcome.ranking:
        wanted = bound if math.isnan(line.score) else max(line.score, -_LARGEST)
        score = min(np.float32(min(wanted, _LARGEST)), bound)
        bound = np.nextafter(score, np.float32(-np.inf))
        falling.append((line.unit, float(score)))
    return falling


def trec_run(outcomes: Iterable[Outcome], tag: str) -> str:
    """A run as trec_eval reads it: ``query Q0 unit rank score tag``, a line for each unit."""
    mark = trec_id(tag)
    return "".join(
        f"{trec_id(outcome.query.id)} Q0 {trec_id(unit)} {rank} {score:.9g} {mark}\n"
        for outcome in outcomes
        for rank, (unit, score) in enumerate(served(outcome), start=1)
    )


def trec_qrels(outcomes: Iterable[Outcome]) -> str:
    """The judgements as trec_eval reads them: ``query 0 unit grade``, a line for each unit."""
    return "".join(
        f"{trec_id(outcome.query.id)} 0 {unit} {grade}\n"
        for outcome in outcomes
        for unit, grade in _qrels(outcome).items()
    )


def trec_id(text: str) -> str:
    """An id as one word of a TREC file: unlike ids stay unlike, most stay as they are.

    White space, controls, ``%`` and lone surrogates are percent-encoded in UTF-8; an empty
    id is ``%``.
    """
    return _UNSAFE.sub(_percent, text) or "%"


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "surrogatepass"))


def _grades(outcome: Outcome) -> dict[str, int]:
    if not outcome.query.answerable:
        return {}
    return {unit: grade for unit, grade in outcome.relevant.items() if grade > 0}


def _qrels(outcome: Outcome) -> dict[str, int]:
    return {trec_id(unit): grade for unit, grade in _grades(outcome).items()}
