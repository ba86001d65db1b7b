"""A small run with every verdict in it, on the two documents of `tests.….metrics.made`."""

from dataclasses import replace
from functools import cache

from rag.evaluation.datasets.dataset import SEALED, Gold, Query, Unit
from rag.evaluation.metrics.question_measures import measured
from rag.evaluation.run_record import summarise
from rag.evaluation.runs import Conditions, Outcome, Run, Summary
from rag.types import Answer, Span, Turn
from tests.evaluation.metrics import made

CONDITIONS = Conditions(
    dataset="questions.jsonl",
    digest="sha256:" + "0f" * 32,
    split="test",
    unit=Unit.FACT,
    threshold=0.5,
    version="0.1.0",
    model="modèle",
    index="génération",
    created="2026-02-03T09:05:00+00:00",
    documents=2,
    passages=1234,
)


def composed(confidence: float) -> Answer:
    """« ouvre le 3 mars » cited from the first document; its passage comes second."""
    cited = made.citation(9, 24)
    hits = (made.hit(1, 11, 36, "b"), made.hit(2, 0, 25))
    return made.answer([cited], hits, (Span(9, 15),), confidence=confidence)


def asked(name: str, category: str = "full", quote: str | None = "3 mars") -> Query:
    return Query(
        name, f"Question {name} ?", "fr", category, (Gold("a.md", quote),), ("le 3 mars",)
    )


def outcome(
    query: Query, confidence: float, answered: bool, right: bool, put: bool = True
) -> Outcome:
    places = (made.place(made.DATE),) if query.gold else ()
    return made.outcome(
        query,
        places,
        composed(confidence),
        ranking=("x", "fact:1"),
        relevant={"fact:1": 1} if query.gold else {},
        answered=answered,
        right=right,
        put=put,
    )


def unanswerable(name: str) -> Query:
    return replace(asked(name, "near"), gold=(), short=())


def outcomes() -> tuple[Outcome, ...]:
    followed = replace(asked("q6"), history=(Turn("Et avant ?", "Rien."), Turn("Où ?")))
    return (
        outcome(asked("q1"), 0.9, True, True),
        outcome(asked("q2"), 0.8, True, False),
        outcome(asked("q3"), 0.3, False, False),
        outcome(unanswerable("q4"), 0.7, True, False),
        outcome(unanswerable("q5"), 0.1, False, False),
        outcome(followed, 0.95, True, False),
        outcome(asked("q7"), 0.0, False, False, put=False),
        outcome(asked("q8", "table"), 0.4, False, True),
        outcome(asked("q9", "table", quote=None), 0.4, False, False),
    )


@cache
def run() -> Run:
    return Run(CONDITIONS, measured(outcomes(), made.read), made.DOCUMENTS)


def sealed() -> Run:
    """The same run, of questions that nobody reads one by one."""
    return replace(run(), conditions=replace(CONDITIONS, split=SEALED))


@cache
def summary() -> Summary:
    return summarise(run().outcomes, resamples=50)
