from pathlib import Path

import pytest

from rag.evaluation.french import category_label
from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.report.writing import write_report
from rag.evaluation.runs import Verdict
from rag.evaluation.view import PAGE_BY_CATEGORY, PAGE_FIGURES
from rag.web.pages.findings import findings
from rag.web.pages.quality_view import category, view
from rag.web.pages.wording import LANGUAGES, wording
from tests.evaluation.report import sample

_CATEGORY = "quality.category."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_page_has_words(language: str) -> None:
    words = wording(language)
    cards = [name for _, names in PAGE_FIGURES for name in names]
    wordless = [
        name
        for name in (*cards, *PAGE_BY_CATEGORY)
        if f"quality.label.{name}" not in words.entries
    ]
    wordless += [name for name in cards if f"quality.meaning.{name}" not in words.entries]
    wordless += [
        group for group, _ in PAGE_FIGURES if f"quality.group.{group}" not in words.entries
    ]
    assert wordless == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_that_can_be_shown_has_words(language: str) -> None:
    words = wording(language)
    for name in METRIC:
        key = f"quality.label.{name}"
        assert (f"quality.meaning.{name}" in words.entries) <= (key in words.entries)
    for verdict in Verdict:
        assert words[f"quality.verdict.{verdict.value}"]


def test_the_page_and_the_report_say_the_same_of_a_verdict_and_a_category() -> None:
    words = wording("fr")
    for verdict in Verdict:
        assert words[f"quality.verdict.{verdict.value}"] == verdict.label
    named = [key.removeprefix(_CATEGORY) for key in words.entries if key.startswith(_CATEGORY)]
    assert {"full", "near", "near-premise", "yesno"} < set(named)
    for name in ("", "another's own", *(each for each in named if each != "none")):
        assert category(words, name) == category_label(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_are_whole(tmp_path: Path, language: str) -> None:
    write_report(tmp_path, sample.run(), sample.summary())
    found = findings(tmp_path)
    assert found
    quality = view(found, wording(language), {})
    for tally in (quality.tally, *(row.tally for row in quality.categories)):
        assert tally[0].begin == 0
        assert tally[-1].begin + tally[-1].length == pytest.approx(100, abs=0.01)
    asked = len(sample.outcomes())
    assert sum(share.count for share in quality.tally) == asked
    assert sum(row.count for row in quality.categories) == asked
