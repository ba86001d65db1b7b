"""Records of runs made by hand: each question is answered rightly, wrongly or not at all."""

from collections.abc import Iterable
from dataclasses import replace

from rag.evaluation.acceptance import accept
from rag.evaluation.baseline import Baseline, Former
from rag.evaluation.run_record import Record, RecordedQuestion
from rag.evaluation.runs import Figure, Summary, Verdict
from tests.evaluation.report import sample

CONDITIONS = replace(sample.CONDITIONS, dataset="questions")
OF_ANSWERABLE = (
    "recall@1", "recall@5", "mrr@10", "ndcg@10", "span_recall@5", "sentence_hit@1",
    "sentence_hit@3", "contains_short", "citation_recall", "right", "given_right",
    "first_right", "clean_right", "order", "completeness",
)  # fmt: skip


def found(
    name: str, *, right: bool = True, category: str = "full", confidence: float = 0.9
) -> RecordedQuestion:
    """An answerable question, answered; every measure at its best where right, else worst."""
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
            "given_wrong": 1 - value,
            "noise": 1 - value,
            "utility@2": 1.0 if right else -2.0,
        },
    )


def silent(name: str, *, category: str = "near", confidence: float = 0.1) -> RecordedQuestion:
    """A question that nothing answers, left unanswered."""
    return replace(
        found(name, category=category, confidence=confidence),
        answerable=False,
        answered=False,
        right=False,
        verdict=Verdict.QUIET,
        values={"answered": 0.0, "invented": 0.0, "utility@2": 0.0},
    )


def at_threshold(question: RecordedQuestion, threshold: float) -> RecordedQuestion:
    """The question as it would be had answers been given from this confidence on.

    What was composed is the same; what was given, and what that is worth, is not.
    """
    answered = question.confidence is not None and question.confidence >= threshold
    right = question.composed_right
    gain, loss = float(answered and right), float(answered and not right)
    given = (
        {"given_right": gain, "given_wrong": loss}
        if question.answerable
        else {"invented": loss}
    )
    utilities = {f"utility@{cost}": gain - cost * loss for cost in (1, 2, 5)}
    made = {"answered": float(answered), **given, **utilities}
    kept = {name: made.get(name, value) for name, value in question.values.items()}
    verdict = _verdict(question, answered=answered)
    return replace(question, answered=answered, verdict=verdict, values=kept)


def _verdict(question: RecordedQuestion, *, answered: bool) -> Verdict:
    if question.verdict is Verdict.LOST:
        return Verdict.LOST
    if not question.answerable:
        return Verdict.INVENTED if answered else Verdict.QUIET
    if question.right:
        return Verdict.RIGHT if answered else Verdict.SHY
    return Verdict.WRONG if answered else Verdict.MISSED


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


def accepted(run: Record, why: str = "Raison") -> Baseline:
    """The run accepted where none was before."""
    return accept(run, why, Former())


def changed(given: Record, name: str, **values: float) -> Record:
    """The record with some measures of one question changed."""
    return replace(
        given,
        questions=tuple(
            replace(each, values={**each.values, **values}) if each.id == name else each
            for each in given.questions
        ),
    )
