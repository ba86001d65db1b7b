import re
from dataclasses import replace
from xml.etree import ElementTree as Xml

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evaluation.metrics.set_measures import ReliabilityBin
from rag.evaluation.report.curves import (
    latency_plot,
    plots_of,
    recall_plot,
    reliability_plot,
    risk_plot,
)
from rag.evaluation.report.drawing import Plot
from rag.evaluation.runs import Figure, Run, Summary
from rag.evaluation.view import Operating
from tests.evaluation.report import sample


def drawn_of(run: Run, summary: Summary) -> dict[str, Plot]:
    return {plot.name: plot for plot in plots_of(run, summary)}


def test_a_run_has_its_four_plots() -> None:
    plots = drawn_of(sample.run(), sample.summary())
    assert list(plots) == ["recall", "risk", "reliability", "latency"]


def test_the_risk_is_that_of_the_questions_judged() -> None:
    plots = drawn_of(sample.run(), sample.summary())
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
    rows = drawn_of(sample.run(), sample.summary())["reliability"].rows
    # Confidences 0 (q7), .1, .3, .4, .7, .8, .9 and .95: seven bins of ten.
    lowest = [int(row[0].split("\u00a0")[0]) for row in rows]
    assert lowest == [0, 10, 30, 40, 70, 80, 90]
    assert rows[-1][2:] == ("50,0\u00a0%", "2")


def test_only_questions_put_are_timed() -> None:
    rows = drawn_of(sample.run(), sample.summary())["latency"].rows
    assert sum(int(row[1]) for row in rows) == 8


def test_a_run_without_questions_has_no_plots() -> None:
    assert plots_of(replace(sample.run(), outcomes=()), Summary({}, {})) == ()


CURVE = [Operating(share / 50, share / 200) for share in range(1, 51)]
BINS = [ReliabilityBin(0.1, 0.2, 3, 0.15, 0.1), ReliabilityBin(0.8, 0.9, 12, 0.85, 0.9)]
FIGURES = {
    f"{name}@{depth}": Figure(0.8, 0.7, 0.9, 40)
    for name in ("recall", "span_recall")
    for depth in (1, 5, 10)
}


def drawn() -> list[Plot]:
    plots = [
        recall_plot(FIGURES),
        risk_plot(CURVE, CURVE[20]),
        reliability_plot(BINS),
        latency_plot([12.0, 15.5, 20.0, 400.0]),
    ]
    return [plot for plot in plots if plot is not None]


def test_a_plot_has_a_description_and_its_data() -> None:
    for plot in drawn():
        svg = Xml.fromstring(plot.svg)  # noqa: S314 – drawn by us
        assert svg.attrib["role"] == "img"
        assert len(svg.attrib["aria-label"]) > 20
        assert plot.rows
        assert all(len(row) == len(plot.headers) for row in plot.rows)


def test_a_plot_takes_its_colours_from_the_page() -> None:
    for plot in drawn():
        assert re.findall('#[0-9a-fA-F]{3,6}[;"]', plot.svg) == []
        assert "var(--accent)" in plot.svg
        assert "var(--muted)" in plot.svg


def test_a_plot_is_nothing_but_its_drawing() -> None:
    outside = re.compile("<style|<metadata|<script|https?://|font-family|<svg[^>]* width=")
    for plot in drawn():
        assert plot.svg.startswith("<svg viewBox=")
        assert not outside.search(plot.svg)


def test_ids_of_two_plots_differ() -> None:
    ids = [name for plot in drawn() for name in re.findall(r'\bid="([^"]*)"', plot.svg)]
    assert len(ids) == len(set(ids))


def test_the_same_data_give_the_same_drawing() -> None:
    assert drawn() == drawn()


def test_the_users_style_neither_matters_nor_changes() -> None:
    before = drawn()
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30, "svg.fonttype": "path"}):
        assert drawn() == before
        assert matplotlib.rcParams["font.size"] == 30


def test_nothing_measured_is_no_plot() -> None:
    assert recall_plot({"mrr@10": Figure(0.5, 0.4, 0.6, 3)}) is None
    assert risk_plot([], None) is None
    assert reliability_plot([]) is None
    assert latency_plot([]) is None
    assert latency_plot([float("nan"), float("inf"), -1.0]) is None


def test_the_rows_of_recall() -> None:
    plot = recall_plot({"recall@5": Figure(0.8, 0.7, 0.9, 40)})
    assert plot is not None
    assert plot.rows == (("Rappel à 5", "80,0\u00a0%", "70,0\u00a0% à 90,0\u00a0%"),)


def test_a_long_curve_is_thinned_to_its_ends() -> None:
    plot = risk_plot(CURVE, None)
    assert plot is not None
    assert len(plot.rows) == 20
    assert plot.rows[0] == ("2,0\u00a0%", "0,5\u00a0%")
    assert plot.rows[-1] == ("100,0\u00a0%", "25,0\u00a0%")


def test_the_slowest_are_counted_in_the_last_bar() -> None:
    times = [10.0 + place for place in range(200)] + [90_000.0]
    plot = latency_plot(times)
    assert plot is not None
    assert sum(int(row[1]) for row in plot.rows) == 201
    assert plot.rows[-1][0].endswith("90\u202f000\u00a0ms")
    assert "plus lentes" in plot.note


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_every_time_is_in_a_bar(times: list[float]) -> None:
    plot = latency_plot(times)
    assert plot is not None
    assert sum(int(row[1]) for row in plot.rows) == len(times)


@pytest.mark.parametrize("risk", [0.0, 0.01, 0.5, 1.0])
def test_any_risk_can_be_drawn(risk: float) -> None:
    assert risk_plot([Operating(1.0, risk)], Operating(1.0, risk)) is not None
