from dataclasses import replace
from pathlib import Path

import pytest

from rag.evaluation.report.writing import write_report
from rag.evaluation.run_record import encode_record
from rag.evaluation.runs import Figure, Summary
from rag.web.pages.charts import BOTTOM, LEFT, RIGHT, TOP, Chart, charts, interval, share
from rag.web.pages.findings import findings
from rag.web.pages.wording import wording
from tests.evaluation.made_records import record
from tests.evaluation.report import sample


@pytest.fixture(params=["fr", "en"])
def drawn(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Chart, ...]:
    write_report(tmp_path, sample.run(), sample.summary())
    found = findings(tmp_path)
    assert found
    return charts(found, wording(request.param))


def test_there_is_one_for_what_was_measured(drawn: tuple[Chart, ...]) -> None:
    assert [chart.name for chart in drawn] == ["recall", "risk", "reliability"]


def test_nothing_lies_outside_the_axes(drawn: tuple[Chart, ...]) -> None:
    for chart in drawn:
        for series in chart.series:
            points = [point.split(",") for point in series.points.split()]
            across = [*(dot.x for dot in series.dots), *(float(x) for x, _ in points)]
            heights = [y for dot in series.dots for y in (dot.y, dot.low, dot.high)]
            upwards = [*(y for y in heights if y is not None), *(float(y) for _, y in points)]
            assert LEFT <= min(across) <= max(across) <= RIGHT
            assert TOP <= min(upwards) <= max(upwards) <= BOTTOM
        assert all(TOP <= tick.at <= BOTTOM for tick in chart.y_ticks)
        assert all(LEFT <= tick.at <= RIGHT for tick in chart.x_ticks)


def test_the_data_are_there_in_words(drawn: tuple[Chart, ...]) -> None:
    for chart in drawn:
        assert chart.rows
        assert {len(row) for row in chart.rows} == {len(chart.headers)}


def test_nothing_is_drawn_of_nothing(tmp_path: Path) -> None:
    empty = replace(record([]), summary=Summary({}, {}))
    (tmp_path / "run.json").write_text(encode_record(empty))
    found = findings(tmp_path)
    assert found
    assert charts(found, wording("fr")) == ()


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.5, 0.75, "50,0 à 75,0\u00a0%"),
        (0.9, 1.0, "90,0 à 100\u00a0%"),
        (0.0, 0.2, "0 à 20,0\u00a0%"),
        (1.0, 1.0, ""),
        (0.50001, 0.50002, ""),
    ],
)
def test_an_interval_of_one_value_is_none(low: float, high: float, said: str) -> None:
    assert interval(wording("fr"), Figure(low, low, high, 9)) == said


def test_none_and_all_are_said_without_decimals() -> None:
    words = wording("fr")
    said = [share(words, value) for value in (0.0, 0.0001, 0.9999, 1.0)]
    assert said == ["0\u00a0%", "0,0\u00a0%", "100,0\u00a0%", "100\u00a0%"]
