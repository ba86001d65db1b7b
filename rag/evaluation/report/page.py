"""The report as one HTML page that loads nothing and runs no script."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jinja2
from markupsafe import Markup

from rag.evaluation.metrics.names import METRIC
from rag.evaluation.records import Figure, Outcome, Run, Summary
from rag.evaluation.report.cases import Case, Group, failures_by_category
from rag.evaluation.report.comparison import Comparison
from rag.evaluation.report.curves import plots_of
from rag.evaluation.report.measures import Change, Measure, changes, measure, measures
from rag.evaluation.report.overview import Share, facts_of, failures_lede, lede_of, tally_of
from rag.evaluation.report.plots.canvas import Plot
from rag.evaluation.report.verdicts import FAILURES, Verdict
from rag.evaluation.report.wording import (
    category_label,
    category_order,
    moment,
    number,
    shortened,
    shown,
)

MOST_FAILURES: Final = 200
"""Failed questions told on the page; ``run.json`` holds them all."""

_CARDS: Final = (
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "sentence_hit@1",
    "sentence_hit@3",
    "contains_short",
    "quote_fidelity",
    "auroc_answerable",
    "coverage@risk5",
    "latency_p50",
)
_BY_CATEGORY: Final = ("recall@5", "mrr@10", "sentence_hit@1", "contains_short", "risk")
_LABEL: Final = 120
_CHANGED: Final = 500


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in the table: values with their intervals, "–" where not measured."""

    label: str
    count: str
    tally: tuple[Share, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The failed questions of a category as the page shows them."""

    label: str
    tally: str
    cases: tuple[Case, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """The differences over a set; ``name`` says over which."""

    name: str
    rows: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The comparison: a sentence, the tables (whole set first), the questions that changed."""

    lede: str
    tables: tuple[ChangeTable, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template shows, in words."""

    dataset: str
    split: str
    lede: str
    tally: tuple[Share, ...]
    facts: tuple[tuple[str, str], ...]
    cards: tuple[Measure, ...]
    measures: tuple[Measure, ...]
    plots: tuple[Plot, ...]
    category_measures: tuple[str, ...]
    categories: tuple[CategoryRow, ...]
    comparison: ComparisonView | None
    failures_lede: str
    kinds: tuple[tuple[Verdict, int], ...]
    groups: tuple[FailureGroup, ...]


def report_page(run: Run, summary: Summary, comparison: Comparison | None = None) -> str:
    """The page, deterministic: the same run gives the same characters.

    All texts of documents and questions are escaped, kept apart in their direction and cut
    at a length; what no page can hold (lone surrogates, controls) is U+FFFD.
    """
    template = _environment().get_template("report.html")
    return template.render(page=page_of(run, summary, comparison))


def page_of(run: Run, summary: Summary, comparison: Comparison | None = None) -> Page:
    """What the page shows of a run."""
    groups = failures_by_category(run, MOST_FAILURES)
    tally = tally_of(run.outcomes)
    kinds = Counter(case.verdict for group in groups for case in group.cases)
    named = [name for name in _BY_CATEGORY if _anywhere(name, summary)]
    return Page(
        dataset=shortened(run.conditions.dataset, _LABEL),
        split=shortened(run.conditions.split, _LABEL),
        lede=lede_of(tally),
        tally=tally,
        facts=facts_of(run.conditions, run.outcomes),
        cards=tuple(_cards(summary.overall)),
        measures=tuple(measures(summary.overall)),
        plots=plots_of(run, summary),
        category_measures=tuple(METRIC[name].label for name in named),
        categories=tuple(_category_rows(run.outcomes, summary, named)),
        comparison=None if comparison is None else _comparison(comparison),
        failures_lede=failures_lede(kinds.total(), sum(group.total for group in groups)),
        kinds=tuple((verdict, kinds[verdict]) for verdict in FAILURES if kinds[verdict]),
        groups=tuple(_failure_group(group) for group in groups if group.cases),
    )


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("rag.evaluation.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )


def _printable(value: Any) -> Any:  # noqa: ANN401 – whatever a template prints
    if isinstance(value, str) and not isinstance(value, Markup):
        return shown(value)
    return value


def _cards(figures: Mapping[str, Figure]) -> Iterator[Measure]:
    for name in _CARDS:
        if name in figures:
            yield measure(METRIC[name], figures[name])


def _anywhere(name: str, summary: Summary) -> bool:
    return any(name in figures for figures in summary.categories.values())


def _category_rows(
    outcomes: Sequence[Outcome], summary: Summary, names: Sequence[str]
) -> Iterator[CategoryRow]:
    by_category: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_category.setdefault(outcome.query.category, []).append(outcome)
    for category, members in sorted(by_category.items(), key=category_order):
        figures = summary.categories.get(category, {})
        yield CategoryRow(
            label=shortened(category_label(category), _LABEL),
            count=number(len(members)),
            tally=tally_of(members),
            values=tuple(_cell(name, figures) for name in names),
        )


def _cell(name: str, figures: Mapping[str, Figure]) -> tuple[str, str]:
    if name not in figures:
        return "–", ""
    row = measure(METRIC[name], figures[name])
    return row.value, row.interval


def _failure_group(group: Group) -> FailureGroup:
    told = len(group.cases)
    tally = number(told) if told == group.total else f"{number(told)} sur {number(group.total)}"
    label = shortened(category_label(group.category), _LABEL)
    return FailureGroup(label, tally, group.cases, group.verdicts)


def _comparison(comparison: Comparison) -> ComparisonView:
    baseline = comparison.baseline
    tables = [ChangeTable("tout le jeu", tuple(changes(comparison.overall)))]
    tables += [
        ChangeTable(shortened(category_label(name), _LABEL), tuple(changes(differences)))
        for name, differences in sorted(comparison.categories.items(), key=category_order)
    ]
    changed = (
        ("en échec qui ne l’étaient pas", comparison.worse),
        ("qui ne sont plus en échec", comparison.better),
    )
    return ComparisonView(
        lede=f"Référence du {moment(baseline.created)}, modèle {baseline.model}, version "
        f"{baseline.version}. Une différence est dite sûre quand p est sous 0,05 (test de "
        "randomisation de Fisher).",
        tables=tuple(tables),
        changed=tuple(
            (f"Questions {what}\u00a0: {number(len(ids))}", _ids(ids))
            for what, ids in changed
            if ids
        ),
    )


def _ids(ids: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(shortened(each, _LABEL) for each in ids[:_CHANGED])
    left = len(ids) - len(kept)
    return (*kept, f"et {number(left)} de plus") if left else kept
