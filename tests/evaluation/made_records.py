"""Records of runs made by hand: each question is answered rightly, wrongly or not at all."""

from collections.abc import Iterable
from dataclasses import replace

from rag.evaluation.run_record import Record, RecordedQuestion
from rag.evaluation.runs import Figure, Summary, Verdict
from tests.evaluation.report import sample

CONDITIONS = replace(sample.CONDITIONS, dataset="questions")
OF_ANSWERABLE = (
    "recall@1", "recall@5", "mrr@10", "ndcg@10", "span_recall@5", "sentence_hit@1",
    "sentence_hit@3", "contains_short", "citation_recall", "right",
)  # fmt: skip


def found(
    name: str, *, right: bool = True, category: str = "full", confidence: float = 0.9
) -> RecordedQuestion:
    """An answerable question, answered; every measure is 1 where right, else 0."""
    value = float(right)
    return RecordedQuestion(
        id=name,
        fingerprint="0" * 16,
        question=f"Question {name} ?",
        category=category,
        answerable=True,
        answered=True,
        right=right,
        verdict=Verdict.RIGHT if right else Verdict.WRONG,
        confidence=confidence,
        answer="Le 3 mars.",
        values={
            **dict.fromkeys(OF_ANSWERABLE, value),
            "quote_fidelity": 1.0,
            "answered": 1.0,
            "right_answered": value,
            "wrong_answered": 1 - value,
            "utility@2": 1.0 if right else -2.0,
        },
    )


def silent(name: str, *, confidence: float = 0.1) -> RecordedQuestion:
    """A question that nothing answers, left unanswered."""
    values = {"answered": 0.0, "right_answered": 0.0, "wrong_answered": 0.0, "utility@2": 0.0}
    return replace(
        found(name, category="near", confidence=confidence),
        answerable=False,
        answered=False,
        right=False,
        verdict=Verdict.QUIET,
        values=values,
    )


def record(questions: Iterable[RecordedQuestion]) -> Record:
    figures = {"recall@5": Figure(0.84127, 0.8, 0.9, 100), "verbosity": Figure(2, 1, 3, 9)}
    return Record(CONDITIONS, Summary(figures, {"full": figures}), tuple(questions))


def hundred(worse: int = 0, better: int = 0) -> Record:
    """80 answerable questions of which the last ten were wrong, and 20 that none answers.

    ``worse`` of the right ones are wrong here, ``better`` of the ten wrong ones right.
    """
    return record(
        [
            *(found(f"q{n:02}", right=worse <= n < 70 or 70 <= n < 70 + better)
              for n in range(80)),
            *(silent(f"s{n:02}") for n in range(20)),
        ]
    )  # fmt: skip


def changed(given: Record, name: str, **values: float) -> Record:
    """The record with some measures of one question changed."""
    return replace(
        given,
        questions=tuple(
            replace(each, values={**each.values, **values}) if each.id == name else each
            for each in given.questions
        ),
    )
