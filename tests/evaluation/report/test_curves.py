from dataclasses import replace

from rag.evaluation.records import Run, Summary
from rag.evaluation.report.curves import plots_of
from rag.evaluation.report.plots.canvas import Plot
from tests.evaluation.report import sample


def drawn(run: Run, summary: Summary) -> dict[str, Plot]:
    return {plot.name: plot for plot in plots_of(run, summary)}


def test_a_run_has_its_four_plots() -> None:
    plots = drawn(sample.run(), sample.summary())
    assert list(plots) == ["recall", "risk", "reliability", "latency"]


def test_the_risk_is_that_of_the_questions_judged() -> None:
    plots = drawn(sample.run(), sample.summary())
    # Eight are judged (q9 asks for a whole document); from the most confident on:
    # q6 wrong, q1 right, q2 wrong, q4 wrong, q8 right, q3 wrong, q5 wrong, q7 wrong.
    risks = [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5, 4 / 6, 5 / 7, 6 / 8]
    assert plots["risk"].rows == tuple(
        (
            f"{12.5 * place:.1f}\u00a0%".replace(".", ","),
            f"{100 * risk:.1f}\u00a0%".replace(".", ","),
        )
        for place, risk in enumerate(risks, 1)
    )


def test_bins_without_answers_are_left_out() -> None:
    rows = drawn(sample.run(), sample.summary())["reliability"].rows
    # Confidences 0 (q7), .1, .3, .4, .7, .8, .9 and .95: seven bins of ten.
    lowest = [int(row[0].split("\u00a0")[0]) for row in rows]
    assert lowest == [0, 10, 30, 40, 70, 80, 90]
    assert rows[-1][2:] == ("50,0\u00a0%", "2")


def test_only_questions_put_are_timed() -> None:
    rows = drawn(sample.run(), sample.summary())["latency"].rows
    assert sum(int(row[1]) for row in rows) == 8


def test_a_run_without_questions_has_no_plots() -> None:
    assert plots_of(replace(sample.run(), outcomes=()), Summary({}, {})) == ()
