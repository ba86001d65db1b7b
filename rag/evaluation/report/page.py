"""The report as one HTML page that loads nothing and runs no script."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jinja2
from markupsafe import Markup

from rag.evaluation.french import (
    Change,
    Measure,
    category_label,
    category_order,
    changes,
    lede,
    measure,
    measures,
    moment,
    number,
    percent,
    shortened,
    shown,
)
from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.report.curves import plots_of
from rag.evaluation.report.drawing import Plot
from rag.evaluation.report.failed_questions import Group, failures_by_category
from rag.evaluation.run_comparison import Comparison
from rag.evaluation.runs import FAILURES, Conditions, Figure, Outcome, Run, Summary, Verdict
from rag.evaluation.view import (
    MOST_FAILURES,
    NONE,
    REPORT_BY_CATEGORY,
    REPORT_FIGURES,
    by_category,
    tally_of,
    worst_first,
)

_LABEL: Final = 120
_CHANGED: Final = 500
_LONGEST = 200
_DIGEST = len("sha256:") + 12
_COLON = "\u00a0: "
_SEALED = (
    "Ces questions sont scellées\u00a0: elles mesurent, par type, et personne ne les lit une "
    "à une."
)


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in the table: values with their intervals, "–" where not measured."""

    label: str
    count: str
    tally: Mapping[Verdict, int]
    values: tuple[tuple[str, str], ...]


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
    tally: Mapping[Verdict, int]
    facts: tuple[tuple[str, str], ...]
    cards: tuple[Measure, ...]
    measures: tuple[Measure, ...]
    plots: tuple[Plot, ...]
    category_measures: tuple[str, ...]
    categories: tuple[CategoryRow, ...]
    comparison: ComparisonView | None
    failures_lede: str
    kinds: tuple[tuple[Verdict, int], ...]
    groups: tuple[Group, ...]
    sealed: bool


def report_page(run: Run, summary: Summary, comparison: Comparison | None = None) -> str:
    """The page, deterministic: the same run gives the same characters.

    All texts of documents and questions are escaped, kept apart in their direction and cut
    at a length; what no page can hold (lone surrogates, controls) is U+FFFD.
    """
    template = _environment().get_template("report.html")
    return template.render(page=_page(run, summary, comparison))


def _page(run: Run, summary: Summary, comparison: Comparison | None) -> Page:
    groups = () if run.conditions.sealed else failures_by_category(run, MOST_FAILURES)
    tally = tally_of(run.outcomes)
    kinds = Counter(case.verdict for group in groups for case in group.cases)
    apart = summary.categories.values()
    named = [name for name in REPORT_BY_CATEGORY if any(name in each for each in apart)]
    return Page(
        dataset=shortened(run.conditions.dataset, _LABEL),
        split=shortened(run.conditions.split, _LABEL),
        lede=lede(tally),
        tally=tally,
        facts=facts_of(run.conditions, run.outcomes),
        cards=tuple(
            measure(METRIC[name], summary.overall[name])
            for name in REPORT_FIGURES
            if name in summary.overall
        ),
        measures=tuple(measures(summary.overall)),
        plots=plots_of(run, summary),
        category_measures=tuple(METRIC[name].label for name in named),
        categories=tuple(_category_rows(run.outcomes, summary, named)),
        comparison=None
        if comparison is None
        else _comparison(comparison, named=not run.conditions.sealed),
        failures_lede=_SEALED
        if run.conditions.sealed
        else failures_lede(kinds.total(), sum(group.total for group in groups)),
        kinds=tuple((verdict, kinds[verdict]) for verdict in FAILURES if kinds[verdict]),
        groups=tuple(group for group in groups if group.cases),
        sealed=run.conditions.sealed,
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("rag.evaluation.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters["number"] = number
    return environment


def _printable(value: Any) -> Any:  # noqa: ANN401 – whatever a template prints
    if isinstance(value, str) and not isinstance(value, Markup):
        return shown(value)
    return value


def _category_rows(
    outcomes: Sequence[Outcome], summary: Summary, names: Sequence[str]
) -> Iterator[CategoryRow]:
    groups = by_category(outcomes, lambda outcome: outcome.category)
    tallies = {category: tally_of(members) for category, members in groups.items()}
    for category in worst_first(tallies):
        figures = summary.categories.get(category, {})
        yield CategoryRow(
            label=shortened(category_label(category), _LABEL),
            count=number(len(groups[category])),
            tally=tallies[category],
            values=tuple(_cell(name, figures) for name in names),
        )


def _cell(name: str, figures: Mapping[str, Figure]) -> tuple[str, str]:
    if name not in figures:
        return NONE, ""
    row = measure(METRIC[name], figures[name])
    return row.value, row.interval


def _comparison(comparison: Comparison, *, named: bool) -> ComparisonView:
    """The comparison in words; questions that changed are counted, and named or not."""
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
            (f"Questions {what}\u00a0: {number(len(ids))}", _ids(ids) if named else ())
            for what, ids in changed
            if ids
        ),
    )


def _ids(ids: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(shortened(each, _LABEL) for each in ids[:_CHANGED])
    left = len(ids) - len(kept)
    return (*kept, f"et {number(left)} de plus") if left else kept


def facts_of(
    conditions: Conditions, outcomes: Sequence[Outcome]
) -> tuple[tuple[str, str], ...]:
    """What the run was made with, as names and values."""
    answerable = sum(outcome.query.answerable for outcome in outcomes)
    facts = (
        ("Date", moment(conditions.created)),
        ("Modèle", conditions.model),
        ("Index", conditions.index),
        ("Seuil de confiance", percent(conditions.threshold)),
        ("Questions", _questions(len(outcomes), answerable)),
        ("Documents", number(conditions.documents)),
        ("Passages", number(conditions.passages)),
        ("Jugement par", "documents" if conditions.unit == "document" else "faits"),
        ("Version de Sourcier", conditions.version),
        ("Empreinte du jeu", shortened(conditions.digest, _DIGEST)),
    )
    return tuple((name, shortened(value, _LONGEST)) for name, value in facts)


def failures_lede(shown: int, total: int) -> str:
    """How many failed, and how many of them the page tells."""
    if not total:
        return "Aucune question n’est en échec."
    order = "Les réponses fausses viennent d’abord, les plus confiantes en tête."
    if total == 1:
        return "Une question est en échec."
    if shown == total:
        return f"Les {number(total)} questions en échec, par catégorie. {order}"
    return (
        f"{number(shown)} des {number(total)} questions en échec, les plus graves de chaque "
        f"catégorie\u00a0; {number(total - shown)} sont laissées de côté et se lisent dans "
        f"run.json, qui les contient toutes. {order}"
    )


def _questions(total: int, answerable: int) -> str:
    if answerable == total:
        return number(total)
    return f"{number(total)}, dont {number(total - answerable)} sans réponse possible"
