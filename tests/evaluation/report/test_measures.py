import pytest

from rag.evaluation.metrics.names import METRICS, MetricUnit
from rag.evaluation.records import Figure
from rag.evaluation.report.measures import changes, measures, worded
from rag.evaluation.statistics import Difference


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        (MetricUnit.SHARE, 0.8427, "84,3\u00a0%"),
        (MetricUnit.SCORE, 0.8427, "0,843"),
        (MetricUnit.RATIO, 1.234, "1,23"),
        (MetricUnit.GAIN, -0.5, "−0,500"),
        (MetricUnit.MILLISECONDS, 12.34, "12,3\u00a0ms"),
        (MetricUnit.MILLISECONDS, 1234.5, "1\u202f234\u00a0ms"),
    ],
)
def test_a_value_is_in_its_unit(unit: MetricUnit, value: float, words: str) -> None:
    assert worded(unit, value) == words


def test_figures_come_in_the_order_of_the_metrics_and_unknown_ones_last() -> None:
    names = ["inconnu", *(metric.name for metric in reversed(METRICS))]
    rows = list(measures(dict.fromkeys(names, Figure(0.5, 0.4, 0.6, 1200))))
    assert [row.name for row in rows] == [*(metric.name for metric in METRICS), "inconnu"]
    recall = next(row for row in rows if row.name == "recall@5")
    assert (recall.value, recall.interval) == ("50,0\u00a0%", "40,0 à 60,0\u00a0%")
    assert recall.count == "1\u202f200"


@pytest.mark.parametrize(
    ("name", "value", "p", "trend"),
    [
        ("recall@5", 0.1, 0.01, "better"),
        ("recall@5", -0.1, 0.01, "worse"),
        ("recall@5", -0.1, 0.05, ""),
        ("latency_p50", 3.0, 0.01, "worse"),
        ("latency_p50", -3.0, 0.01, "better"),
        ("answered", 0.1, 0.001, ""),
        ("inconnu", 0.1, 0.001, ""),
    ],
)
def test_a_trend_is_told_where_chance_does_not_explain_it(
    name: str, value: float, p: float, trend: str
) -> None:
    (row,) = changes({name: Difference(value, value - 1, value + 1, p, 40)})
    assert row.trend == trend
    assert bool(row.word) is bool(trend)


def test_a_difference_of_shares_is_in_points() -> None:
    (row,) = changes({"recall@5": Difference(0.062, 0.021, 0.103, 0.0004, 40)})
    assert row.difference == "+6,2\u00a0pt"
    assert row.interval == "+2,1\u00a0pt à +10,3\u00a0pt"
    assert row.p == "<\u00a00,001"
