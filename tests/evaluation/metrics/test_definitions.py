import re
from pathlib import Path

from rag.evaluation.metrics.definitions import METRIC, METRICS
from rag.evaluation.metrics.set_measures import SET_MEASURES

DOCUMENTED = Path(__file__).parents[3] / "docs" / "evaluation.md"


def test_names_and_labels_are_unique() -> None:
    assert len(METRIC) == len(METRICS) == len({metric.label for metric in METRICS})
    assert set(SET_MEASURES) < set(METRIC)


def test_wordings_are_french_sentences() -> None:
    unlike = [
        metric.name
        for metric in METRICS
        if not (metric.definition[0].isupper() and metric.definition.endswith("."))
        or re.search(r" [:;!?%»]|« |'|\d%", f"{metric.label}\n{metric.definition}")
    ]
    assert unlike == []


def test_each_is_defined_in_the_documentation() -> None:
    told = DOCUMENTED.read_text(encoding="utf-8")
    assert [metric.name for metric in METRICS if f"`{metric.name}`" not in told] == []
