from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import BaselineError
from rag.evaluation.gate import GATED, GatedMetric, Judgement, judge
from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.run_record import Record, RecordedQuestion
from rag.evaluation.runs import Verdict
from rag.evaluation.statistics import holm
from tests.evaluation.made_records import changed, found, hundred, record, silent


def metric(judgement: Judgement, name: str) -> GatedMetric:
    (found,) = [each for each in judgement.metrics if each.name == name]
    return found


def test_a_run_passes_by_its_own_baseline() -> None:
    judgement = judge(hundred(), hundred())
    assert judgement.passed
    assert [each.name for each in judgement.metrics] == list(GATED)
    assert all(each.adjusted == 1 and not each.worse for each in judgement.metrics)
    assert (judgement.fidelity.checked, judgement.fidelity.wrong) == (80, ())


def test_twenty_questions_of_a_hundred_worse_fail() -> None:
    judgement = judge(hundred(worse=20), hundred())
    assert not judgement.passed
    assert not judgement.fidelity.failed
    recall = metric(judgement, "recall@5")
    assert recall.failed
    # 70 of 80 answerable ones found, then 50.
    assert (recall.before, recall.after) == pytest.approx((70 / 80, 50 / 80))
    assert recall.adjusted < 0.05
    assert [each.id for each in recall.worse] == [f"q{n:02}" for n in range(20)]
    assert {(each.before, each.after) for each in recall.worse} == {(1, 0)}
    assert recall.worse[0].question == "Question q00 ?"
    assert recall.better == ()
    failed = {each.name for each in judgement.metrics if each.failed}
    # No confidence changed, so that answerable and unanswerable are told apart as before.
    assert failed == set(GATED) - {"auroc_answerable"}


def test_one_question_of_a_hundred_worse_passes_and_is_told() -> None:
    judgement = judge(hundred(worse=1), hundred())
    assert judgement.passed
    recall = metric(judgement, "recall@5")
    assert recall.difference.value == pytest.approx(-1 / 80)
    assert recall.adjusted == 1
    assert [each.id for each in recall.worse] == ["q00"]
    assert judgement.comparison.worse == ("q00",)


def test_one_wrong_quote_fails() -> None:
    judgement = judge(changed(hundred(), "q07", quote_fidelity=0.5), hundred())
    assert not judgement.passed
    assert judgement.fidelity.wrong == (("q07", 0.5),)
    assert not any(each.failed for each in judgement.metrics)


def test_a_wrong_quote_fails_also_where_the_baseline_has_it() -> None:
    wrong = changed(hundred(), "q07", quote_fidelity=0.5)
    assert not judge(wrong, wrong).passed


def test_no_quote_at_all_fails() -> None:
    bare = record(
        replace(each, values={n: v for n, v in each.values.items() if n != "quote_fidelity"})
        for each in hundred().questions
    )
    judgement = judge(bare, hundred())
    assert judgement.fidelity.checked == 0
    assert not judgement.passed


def test_a_better_run_passes() -> None:
    judgement = judge(hundred(), hundred(worse=20))
    assert judgement.passed
    recall = metric(judgement, "recall@5")
    assert recall.adjusted < 0.05
    assert len(recall.better) == 20


def test_the_correction_is_over_all_that_is_judged() -> None:
    # Eight all worse: p = 2 / 2 ** 8 = 0.008, which alone would fail, and not among 11.
    judgement = judge(hundred(worse=8), hundred())
    recall = metric(judgement, "recall@5")
    assert recall.difference.p == pytest.approx(2 / 2**8)
    assert recall.adjusted > 0.05
    assert judgement.passed
    # Eleven: p = 2 / 2 ** 11 = 0.001, times 11 that change and two that do not.
    assert not judge(hundred(worse=11), hundred()).passed


def test_confidence_that_no_longer_tells_fails() -> None:
    muddled = record(
        replace(each, confidence=0.1 if each.answerable else 0.9)
        for each in hundred().questions
    )
    judgement = judge(muddled, hundred())
    auroc = metric(judgement, "auroc_answerable")
    assert (auroc.before, auroc.after) == (1, 0)
    assert auroc.failed
    assert len(auroc.worse) == 100
    # An answer that should not be given is now believed at 0.9, that was at 0.1.
    assert ("s00", -0.1, -0.9) in [(each.id, each.before, each.after) for each in auroc.worse]


def test_the_area_under_the_risk_fails_where_it_grows() -> None:
    def believed(right: float, wrong: float) -> Record:
        return record(
            found(f"q{n:02}", right=n < 20, confidence=right if n < 20 else wrong)
            for n in range(40)
        )

    sure, muddled = believed(0.9, 0.1), believed(0.1, 0.9)
    # Half are right. Those first: risk 0 over half of the curve, then 20 wrong of 40.
    # Those last: risk 1 over half of it, then 20 of 40.
    area = metric(judge(muddled, sure), "aurc")
    assert (area.before, area.after) == pytest.approx((0.25, 0.75))
    assert area.failed
    assert len(area.worse) == 40
    assert area.better == ()
    assert ("q00", 0.9, 0.1) in [(each.id, each.before, each.after) for each in area.worse]
    assert ("q39", -0.1, -0.9) in [(each.id, each.before, each.after) for each in area.worse]
    mended = metric(judge(sure, muddled), "aurc")
    assert not mended.failed
    assert len(mended.better) == 40


def test_questions_that_could_not_be_put_count() -> None:
    run = record(lost(each) if each.id < "q30" else each for each in hundred().questions)
    judgement = judge(run, hundred())
    assert not judgement.passed
    assert judgement.fidelity.checked == 50
    assert metric(judgement, "right").after == pytest.approx(40 / 80)
    assert metric(judgement, "right").failed


def lost(question: RecordedQuestion) -> RecordedQuestion:
    values = dict.fromkeys(question.values, 0.0)
    del values["quote_fidelity"]
    return replace(question, verdict=Verdict.LOST, confidence=None, right=False, values=values)


@pytest.mark.parametrize(
    "name", sorted(set(GATED) - {"contains_short", "auroc_answerable", "aurc"})
)
def test_a_run_without_what_is_gated_is_refused(name: str) -> None:
    bare = without(hundred(), name)
    with pytest.raises(BaselineError, match=name):
        judge(bare, bare)


def without(given: Record, name: str) -> Record:
    return record(
        replace(each, values={n: v for n, v in each.values.items() if n != name})
        for each in given.questions
    )


@pytest.mark.parametrize("name", ["recall@1", "contains_short", "right"])
def test_a_baseline_without_what_is_gated_is_refused(name: str) -> None:
    with pytest.raises(BaselineError, match=name) as caught:
        judge(hundred(), without(hundred(), name))
    assert "--accept" in str(caught.value)
    assert METRIC[name].label in str(caught.value)


def test_a_measure_of_the_set_that_only_one_run_tells_is_refused() -> None:
    unjudged = record(
        replace(each, values={n: v for n, v in each.values.items() if n != "right_answered"})
        for each in hundred().questions
    )
    with pytest.raises(BaselineError, match=r"aurc.*le jeu entier"):
        judge(hundred(), unjudged)


def test_no_question_and_no_answerable_question_are_refused() -> None:
    none = record([])
    for run, baseline in ((none, none), (none, hundred()), (hundred(), none)):
        with pytest.raises(BaselineError, match="aucune question"):
            judge(run, baseline)
    silence = record(silent(f"s{n}") for n in range(30))
    with pytest.raises(BaselineError, match="Aucune question n'a de réponse"):
        judge(silence, silence)


def test_where_all_is_answerable_the_rest_is_judged() -> None:
    def squad(worse: int) -> Record:
        return record(found(f"q{n:02}", right=n >= worse) for n in range(60))

    judgement = judge(squad(30), squad(0))
    assert "auroc_answerable" not in [each.name for each in judgement.metrics]
    assert not judgement.passed


def test_where_whole_documents_are_relevant_the_ranking_is_judged() -> None:
    def beir(worse: int) -> Record:
        return record(
            replace(
                found(f"q{n:02}"),
                verdict=Verdict.ABSENT if n < worse else Verdict.FOUND,
                values={
                    **dict.fromkeys(("recall@1", "recall@5", "mrr@10", "ndcg@10"),
                                    float(n >= worse)),
                    "quote_fidelity": 1.0,
                },
            )
            for n in range(60)
        )  # fmt: skip

    judgement = judge(beir(30), beir(0))
    assert [each.name for each in judgement.metrics] == [
        "recall@1",
        "recall@5",
        "mrr@10",
        "ndcg@10",
    ]
    assert all(each.failed for each in judgement.metrics)
    assert judge(beir(1), beir(0)).passed


def test_holm_by_hand() -> None:
    # Sorted: .01 × 4 = .04, .02 × 3 = .06, .03 × 2 = .06, .9 × 1 = .9.
    corrected = holm({"a": 0.03, "b": 0.01, "c": 0.9, "d": 0.02})
    assert corrected == pytest.approx({"a": 0.06, "b": 0.04, "c": 0.9, "d": 0.06})
    # Never falling: .02 × 2 = .04, then .03 × 1 would be .03.
    assert holm({"a": 0.02, "b": 0.03}) == pytest.approx({"a": 0.04, "b": 0.04})
    assert holm({"a": 0.8, "b": 0.7}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


@given(st.lists(st.floats(0, 1), max_size=13))
def test_holm_only_raises_and_keeps_the_order(drawn: Sequence[float]) -> None:
    probabilities = {str(number): p for number, p in enumerate(drawn)}
    corrected = holm(probabilities)
    assert list(corrected) == list(probabilities)
    for name, p in probabilities.items():
        assert p <= corrected[name] <= 1
        later = [other for other, q in probabilities.items() if p < q]
        assert all(corrected[name] <= corrected[other] for other in later)
    if drawn:
        assert min(corrected.values()) == min(1.0, min(drawn) * len(drawn))
