from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import BaselineError
from rag.evaluation.baseline import read_baseline
from rag.evaluation.gate import GATED, GatedMetric, Judgement, judge
from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.run_record import Record, RecordedQuestion
from rag.evaluation.runs import Verdict
from rag.evaluation.statistics import holm
from tests.evaluation.made_records import (
    accepted,
    at_threshold,
    changed,
    found,
    hundred,
    record,
    silent,
)

COMMITTED = Path(__file__).parents[2] / "eval" / "baseline.json"


def metric(judgement: Judgement, name: str) -> GatedMetric:
    (found,) = [each for each in judgement.metrics if each.name == name]
    return found


def failing(judgement: Judgement) -> dict[str, set[str]]:
    """What fails of each kind of check, by name."""
    return {
        "bounds": {each.measure.name for each in judgement.bounds if each.failed},
        "categories": {each.category for each in judgement.categories if each.failed},
        "metrics": {each.name for each in judgement.metrics if each.failed},
    }


NOTHING: dict[str, set[str]] = {"bounds": set(), "categories": set(), "metrics": set()}


def test_a_run_passes_by_its_own_baseline() -> None:
    judgement = judge(hundred(), accepted(hundred()))
    assert judgement.passed
    assert failing(judgement) == NOTHING
    assert [each.name for each in judgement.metrics] == list(GATED)
    assert all(each.adjusted == 1 and not each.worse for each in judgement.metrics)
    assert (judgement.fidelity.checked, judgement.fidelity.wrong) == (80, ())


def test_what_is_tested_is_better_the_higher_it_is() -> None:
    # Only a difference below zero is tested for.
    assert [name for name in GATED if METRIC[name].higher_is_better is not True] == []


def test_twenty_questions_of_a_hundred_worse_fail() -> None:
    judgement = judge(hundred(worse=20), accepted(hundred()))
    assert not judgement.passed
    assert not judgement.fidelity.failed
    hit = metric(judgement, "sentence_hit@3")
    assert hit.failed
    # 70 of 80 answerable ones found, then 50.
    assert (hit.before, hit.after) == pytest.approx((70 / 80, 50 / 80))
    assert hit.adjusted < 0.05
    assert [each.id for each in hit.worse] == [f"q{n:02}" for n in range(20)]
    assert {(each.before, each.after) for each in hit.worse} == {(1, 0)}
    assert hit.worse[0].question == "Question q00 ?"
    assert hit.better == ()
    assert failing(judgement) == {
        "bounds": {"given_right", "clean_right", "noise"},
        "categories": {"full"},
        # No confidence changed, so that answerable and unanswerable are told apart as before.
        "metrics": set(GATED) - {"auroc_answerable"},
    }


def test_one_question_of_a_hundred_worse_passes_and_is_told() -> None:
    judgement = judge(hundred(worse=1), accepted(hundred()))
    assert judgement.passed
    hit = metric(judgement, "sentence_hit@3")
    assert hit.difference.value == pytest.approx(-1 / 80)
    assert hit.adjusted == 1
    assert [each.id for each in hit.worse] == ["q00"]
    assert judgement.comparison.worse == ("q00",)
    assert [(each.category, each.before, each.after) for each in judgement.categories] == [
        ("full", 70, 69)
    ]


def test_one_wrong_quote_fails() -> None:
    judgement = judge(changed(hundred(), "q07", quote_fidelity=0.5), accepted(hundred()))
    assert not judgement.passed
    assert judgement.fidelity.wrong == (("q07", 0.5),)
    assert failing(judgement) == NOTHING


def test_a_wrong_quote_fails_also_where_the_baseline_has_it() -> None:
    wrong = changed(hundred(), "q07", quote_fidelity=0.5)
    assert not judge(wrong, accepted(wrong)).passed


def test_no_quote_at_all_fails() -> None:
    judgement = judge(without(hundred(), "quote_fidelity"), accepted(hundred()))
    assert judgement.fidelity.checked == 0
    assert not judgement.passed


def test_a_better_run_passes() -> None:
    judgement = judge(hundred(), accepted(hundred(worse=20)))
    assert judgement.passed
    hit = metric(judgement, "sentence_hit@3")
    # The difference is no chance, and is not what is tested for.
    assert hit.difference.p < 0.05
    assert hit.adjusted == 1
    assert len(hit.better) == 20


def test_the_correction_is_over_all_that_is_tested() -> None:
    # Six all worse: p = 1 / 2 ** 6 = 0.016, which alone would fail, and not among five.
    judgement = judge(hundred(worse=6), accepted(hundred()))
    hit = metric(judgement, "sentence_hit@3")
    assert hit.difference.p_lower == pytest.approx(1 / 2**6)
    assert hit.adjusted == pytest.approx(5 / 2**6)
    assert failing(judgement)["metrics"] == set()
    # Seven: p = 1 / 2 ** 7 = 0.008, times the four that change and the one that does not.
    judgement = judge(hundred(worse=7), accepted(hundred()))
    assert metric(judgement, "sentence_hit@3").adjusted == pytest.approx(5 / 2**7)
    assert failing(judgement)["metrics"] == set(GATED) - {"auroc_answerable"}


def test_confidence_that_no_longer_tells_fails() -> None:
    muddled = record(
        replace(each, confidence=0.1 if each.answerable else 0.9)
        for each in hundred().questions
    )
    judgement = judge(muddled, accepted(hundred()))
    auroc = metric(judgement, "auroc_answerable")
    assert (auroc.before, auroc.after) == (1, 0)
    assert auroc.failed
    assert len(auroc.worse) == 100
    # An answer that should not be given is now believed at 0.9, that was at 0.1.
    assert ("s00", -0.1, -0.9) in [(each.id, each.before, each.after) for each in auroc.worse]
    assert failing(judgement) == {**NOTHING, "metrics": {"auroc_answerable"}}


def test_a_bound_of_the_baseline_fails_where_nothing_got_worse() -> None:
    baseline = replace(accepted(hundred()), bounds={"given_right": 0.9, "noise": 0.2})
    judgement = judge(hundred(), baseline)
    assert not judgement.passed
    assert failing(judgement) == {**NOTHING, "bounds": {"given_right"}}
    assert [(each.measure.name, each.bound, each.value) for each in judgement.bounds] == [
        ("given_right", 0.9, pytest.approx(0.875)),
        ("noise", 0.2, pytest.approx(0.125)),
    ]


def test_a_baseline_without_bounds_judges_all_the_same() -> None:
    baseline = replace(accepted(hundred()), bounds={})
    assert judge(hundred(), baseline).passed
    assert failing(judge(hundred(worse=20), baseline))["bounds"] == set()


def test_a_category_that_collapses_fails_while_the_means_hold() -> None:
    def run(*, tables: bool) -> Record:
        """Ninety-five of a hundred right; the five others are tables, or are not."""
        return record(
            [
                *(found(f"q{n:02}", right=n >= 5 or not tables) for n in range(75)),
                *(found(f"t{n}", right=tables, category="table") for n in range(5)),
                *(silent(f"s{n:02}") for n in range(20)),
            ]
        )

    judgement = judge(run(tables=False), accepted(run(tables=True)))
    assert {each.difference.value for each in judgement.metrics} == {0}
    assert failing(judgement) == {**NOTHING, "categories": {"table"}}
    assert [(each.category, each.before, each.after) for each in judgement.categories] == [
        ("table", 5, 0)
    ]
    assert not judgement.passed


def spread() -> Record:
    """A hundred questions that confidence tells apart as it may: a little."""
    kinds = ("full", "table", "typo")
    return record(
        at_threshold(each, 0.5)
        for each in [
            *(found(f"r{n:02}", category=kinds[n % 3], confidence=0.30 + 0.69 * n / 59)
              for n in range(60)),
            *(found(f"w{n:02}", right=False, category=kinds[n % 3],
                    confidence=0.05 + 0.65 * n / 19) for n in range(20)),
            *(silent(f"n{n}", category="near", confidence=0.10 + 0.50 * n / 9)
              for n in range(10)),
            *(silent(f"f{n}", category="far", confidence=0.40 * n / 9) for n in range(10)),
        ]
    )  # fmt: skip


def test_another_threshold_fails_whichever_way_it_goes() -> None:
    baseline = accepted(spread())

    def at(threshold: float) -> Judgement:
        return judge(
            record(at_threshold(each, threshold) for each in spread().questions), baseline
        )

    # 42 of 80 right answers given, 6 wrong ones, 2 invented of 10 near, none of 10 far.
    assert at(0.5).passed
    # 60 right, 14 wrong, 7 of 10 near and 4 of 10 far invented: more gain and more harm.
    assert failing(at(0.25)) == {
        "bounds": {"invented_near", "invented_far"},
        "categories": {"near", "far"},
        "metrics": set(),
    }
    # 8 right, nothing wrong and nothing invented: silence.
    assert failing(at(0.90)) == {
        "bounds": {"given_right"},
        "categories": {"full", "table", "typo"},
        "metrics": set(),
    }


def test_another_threshold_fails_by_the_project_s_own_baseline() -> None:
    baseline = read_baseline(COMMITTED)

    def at(threshold: float) -> Judgement:
        questions = tuple(at_threshold(each, threshold) for each in baseline.questions)
        return judge(replace(record(questions), conditions=baseline.conditions), baseline)

    own = baseline.conditions.threshold
    assert own == 0.5
    assert tuple(at_threshold(each, own) for each in baseline.questions) == baseline.questions
    assert at(own).passed
    # Answering at a quarter invents where the subject is near and where it is not.
    hasty = failing(at(0.25))
    assert hasty["bounds"] >= {"invented_near", "invented_far"}
    assert {each[:4] for each in hasty["categories"]} & {"near", "far"}
    # Answering at nine tenths is silent where the answer composed is right.
    timid = failing(at(0.90))
    assert "given_right" in timid["bounds"]
    assert timid["categories"]
    assert not {each for each in timid["categories"] if each.startswith(("near", "far"))}


def test_questions_that_could_not_be_put_count() -> None:
    run = record(lost(each) if each.id < "q30" else each for each in hundred().questions)
    judgement = judge(run, accepted(hundred()))
    assert not judgement.passed
    assert judgement.fidelity.checked == 50
    assert metric(judgement, "clean_right").after == pytest.approx(40 / 80)
    assert metric(judgement, "clean_right").failed


def lost(question: RecordedQuestion) -> RecordedQuestion:
    values = dict.fromkeys(question.values, 0.0)
    for name in ("quote_fidelity", "noise"):
        del values[name]
    return replace(question, verdict=Verdict.LOST, confidence=None, right=False, values=values)


CALLED_FOR = sorted({*GATED, "given_right", "invented"} - {"auroc_answerable"})


@pytest.mark.parametrize("name", CALLED_FOR)
def test_a_run_without_what_it_is_judged_by_is_refused(name: str) -> None:
    bare = without(hundred(), name)
    with pytest.raises(BaselineError, match=name):
        judge(bare, accepted(bare))


def without(given: Record, name: str) -> Record:
    return record(
        replace(each, values={n: v for n, v in each.values.items() if n != name})
        for each in given.questions
    )


@pytest.mark.parametrize("name", sorted(set(GATED) - {"auroc_answerable"}))
def test_a_baseline_without_what_is_tested_is_refused(name: str) -> None:
    with pytest.raises(BaselineError, match=name) as caught:
        judge(hundred(), accepted(without(hundred(), name)))
    assert "--accept" in str(caught.value)
    assert METRIC[name].label in str(caught.value)


def test_a_measure_of_the_set_that_only_one_run_tells_is_refused() -> None:
    # Where nothing is told to be unanswerable, nothing can be told apart.
    unlike = record(replace(each, answerable=True) for each in hundred().questions)
    with pytest.raises(BaselineError, match=r"auroc_answerable.*le jeu entier"):
        judge(hundred(), accepted(unlike))


def test_no_question_and_no_answerable_question_are_refused() -> None:
    none = record([])
    for run, baseline in ((none, none), (none, hundred()), (hundred(), none)):
        with pytest.raises(BaselineError, match="aucune question"):
            judge(run, accepted(baseline))
    silence = record(silent(f"s{n}") for n in range(30))
    with pytest.raises(BaselineError, match="Aucune question n'a de réponse"):
        judge(silence, accepted(silence))


def test_where_all_is_answerable_the_rest_is_judged() -> None:
    def squad(worse: int) -> Record:
        return record(found(f"q{n:02}", right=n >= worse) for n in range(60))

    judgement = judge(squad(30), accepted(squad(0)))
    assert "auroc_answerable" not in [each.name for each in judgement.metrics]
    assert failing(judgement)["metrics"] == set(GATED) - {"auroc_answerable"}


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

    judgement = judge(beir(30), accepted(beir(0)))
    assert [each.name for each in judgement.metrics] == ["mrr@10"]
    assert failing(judgement) == {
        "bounds": set(),
        "categories": {"full"},
        "metrics": {"mrr@10"},
    }
    assert judge(beir(1), accepted(beir(0))).passed


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
