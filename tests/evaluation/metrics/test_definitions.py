import re
from pathlib import Path

import pytest

from rag.evaluation.metrics.definitions import METRIC, METRICS, Metric
from rag.evaluation.metrics.set_measures import SET_MEASURES

DOCUMENTED = Path(__file__).parents[3] / "docs" / "evaluation.md"


def test_names_and_labels_are_unique() -> None:
    assert len(METRIC) == len(METRICS) == len({metric.label for metric in METRICS})
    assert set(SET_MEASURES) < set(METRIC)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_wordings_are_french_sentences(metric: Metric) -> None:
    assert metric.definition[0].isupper()
    assert metric.definition.endswith(".")
    for text in (metric.label, metric.definition):
        assert not re.search(r" [:;!?%»]|« |'|\d%", text)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_each_is_defined_in_the_documentation(metric: Metric) -> None:
    assert f"`{metric.name}`" in DOCUMENTED.read_text(encoding="utf-8")
