"""What a person sees of an evaluation in a terminal: figures, what changed, the gate."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.cli.display import IndexingDisplay, console, say
from rag.evaluation.bounds import BoundCheck
from rag.evaluation.category_losses import CategoryLoss
from rag.evaluation.french import (
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
    worded,
)
from rag.evaluation.gate import GatedMetric, Judgement, QuestionChange
from rag.evaluation.metrics.definitions import METRIC
from rag.evaluation.run_comparison import ChangedQuestion, Comparison, listed, named
from rag.evaluation.run_record import Record
from rag.evaluation.runs import Conditions, Verdict
from rag.evaluation.view import (
    NONE,
    TERMINAL_BY_CATEGORY,
    TERMINAL_FIGURES,
    by_category,
    changed_by_kind,
    moved,
    tally_of,
    worst_first,
)
from rag.text.typography import counted, typeset

if TYPE_CHECKING:
    from rag.service import Watcher

_SHORT_TITLES: Final = ("Justes", "Fausses", "À tort", "D'emblée", "Bruit")
"""Of `TERMINAL_BY_CATEGORY`: so short that 80 columns hold them all."""

_TOLD: Final = 20
_QUESTION: Final = 90


class EvaluationDisplay(IndexingDisplay):
    """The bars of indexing, then one of the questions asked."""

    @property
    def watcher(self) -> "Watcher":
        """What the service tells its progress to."""
        return replace(super().watcher, questions=self._asked)

    def _asked(self, done: int, total: int) -> None:
        self._show("asked", done, total)


def print_record(record: Record) -> None:
    """The figures of a run: the main ones with their intervals, and some by category."""
    out = console()
    say(out, _what(record), "bold")
    say(out, f"{lede(tally_of(record.questions))}\n")
    figures = record.summary.overall
    chosen = {name: figures[name] for name in TERMINAL_FIGURES if name in figures}
    table = _table("Mesure", "Valeur", "Intervalle à 95 %", "Questions")
    for row in measures(chosen):
        _add(table, row.label, row.value, row.interval, row.count)
    out.print(table)
    if len(record.summary.categories) > 1:
        out.print(_categories(record))


def print_lost(record: Record) -> int:
    """Say on stderr which questions could not be put; how many they are."""
    lost = [each.id for each in record.questions if each.verdict is Verdict.LOST]
    if not lost:
        return 0
    verb = "n'a pas pu être posée" if len(lost) == 1 else "n'ont pas pu être posées"
    told = f"{counted(len(lost), 'question')} {verb} et compte{'' if len(lost) == 1 else 'nt'}"
    say(console(stderr=True), f"{told} zéro : {listed(lost)}.", "yellow")
    return len(lost)


def print_accepted(path: Path, why: str) -> None:
    """Say on stderr that a run became the reference."""
    say(console(stderr=True), f"Référence écrite dans {path} : {shown(why)}", "green")


def print_comparison(comparison: Comparison) -> None:
    """What changed since a baseline: measures, those of categories, verdicts."""
    out = console()
    say(out, f"\nÉcart avec la référence ({_from(comparison.baseline)})", "bold")
    differences = moved(comparison.overall)
    if not differences:
        say(out, "Aucune mesure n'a changé.")
    else:
        table = _table("Mesure", "Écart", "Intervalle à 95 %", "p", "")
        for row in changes(differences):
            _add(table, row.label, row.difference, row.interval, row.p, row.word)
        out.print(table)
    _print_changed_categories(out, comparison)
    _print_changed_questions(out, comparison.changed)


def print_judgement(judgement: Judgement) -> None:
    """What the gate says: each failure with what changed, then the rest."""
    out = console()
    passed = judgement.passed
    if passed:
        say(out, "\nContrôle réussi", "bold green")
    else:
        say(out, "\nContrôle échoué", "bold red")
    _print_fidelity(out, judgement)
    for bound in judgement.bounds:
        if bound.failed:
            say(out, _bound_in_words(bound), "red")
    for loss in judgement.categories:
        if loss.failed:
            say(out, f"{_loss_in_words(loss)} ; si vous l'acceptez, nommez ce type dans "
                f"--accept", "red")  # fmt: skip
    for metric in judgement.metrics:
        if metric.failed:
            _print_failed(out, metric)
    quiet = [
        each for each in judgement.metrics if not each.failed and (each.worse or each.better)
    ]
    small = [each for each in judgement.categories if not each.failed]
    if quiet or small:
        say(out, "Changé sans faire échouer :")
    for loss in small:
        say(out, f"  {_loss_in_words(loss)}")
    for metric in quiet:
        say(out, f"  {_in_words(metric)}")
        told = [each.id for each in metric.worse if each.question]
        if told:
            say(out, f"    moins bien : {listed(told, _TOLD)}")
    if passed and not (quiet or small):
        say(out, f"Les {len(judgement.metrics)} mesures jugées n'ont pas changé.")


def _what(record: Record) -> str:
    conditions = record.conditions
    questions = counted(len(record.questions), "question")
    return (
        f"{named(conditions)} : {questions}, {counted(conditions.documents, 'document')}, "
        f"{counted(conditions.passages, 'passage')}, seuil {percent(conditions.threshold, 0)}"
    )


def _from(conditions: Conditions) -> str:
    return (
        f"{named(conditions)}, {moment(conditions.created)}, version {conditions.version}, "
        f"seuil {percent(conditions.threshold, 0)}"
    )


def _categories(record: Record) -> Table:
    groups = by_category(record.questions, lambda question: question.category)
    table = _table("Catégorie", "Nb", *_SHORT_TITLES)
    for name in worst_first({name: tally_of(each) for name, each in groups.items()}):
        figures = record.summary.categories.get(name, {})
        cells = (
            measure(METRIC[metric], figures[metric]).value if metric in figures else NONE
            for metric in TERMINAL_BY_CATEGORY
        )
        _add(table, category_label(name), number(len(groups[name])), *cells)
    return table


def _print_changed_categories(out: Console, comparison: Comparison) -> None:
    table = _table("Catégorie", "Mesure", "Écart", "Intervalle à 95 %", "p")
    for category, differences in sorted(comparison.categories.items(), key=category_order):
        for metric, label in zip(TERMINAL_BY_CATEGORY, _SHORT_TITLES, strict=True):
            if metric not in differences or not differences[metric].value:
                continue
            (row,) = changes({metric: differences[metric]})
            _add(table, category_label(category), label, row.difference, row.interval, row.p)
    if table.row_count:
        out.print(table)


def _print_changed_questions(out: Console, changed: Sequence[ChangedQuestion]) -> None:
    for before, after, questions in changed_by_kind(changed):
        say(out, f"{before.label} → {after.label} : {len(questions)}")
        if not any(question.question for question in questions):
            continue  # Sealed: counted, not told.
        for question in questions[:_TOLD]:
            say(out, f"  {_line(question.id, question.question)}")
        _print_left(out, len(questions))


def _print_fidelity(out: Console, judgement: Judgement) -> None:
    fidelity = judgement.fidelity
    if not fidelity.checked:
        say(out, "Aucune réponse ne cite : la fidélité des citations n'est pas établie.", "red")
    elif fidelity.failed:
        wrong = counted(len(fidelity.wrong), "question")
        verb = "cite" if len(fidelity.wrong) == 1 else "citent"
        named = listed([name for name, _ in fidelity.wrong], _TOLD)
        say(out, f"Fidélité des citations : {wrong} {verb} ce que le document ne dit pas au "
             f"caractère près ({named}).", "red")  # fmt: skip


def _bound_in_words(bound: BoundCheck) -> str:
    unit = METRIC[bound.measure.metric].unit
    limit = "au moins" if bound.measure.is_floor else "au plus"
    value = "pas mesuré" if bound.value is None else worded(unit, bound.value)
    return f"{bound.measure.label} : {value} ; il faut {limit} {worded(unit, bound.bound)}"


def _loss_in_words(loss: CategoryLoss) -> str:
    return f"{loss.label} : {loss.before} questions bien servies, {loss.after} à présent"


def _print_failed(out: Console, metric: GatedMetric) -> None:
    say(out, _in_words(metric), "red")
    for title, questions in (("moins bien", metric.worse), ("mieux", metric.better)):
        if not questions:
            continue
        say(out, f"  {title} : {counted(len(questions), 'question')}")
        if not any(question.question for question in questions):
            continue  # Sealed: counted, not told.
        for question in questions[:_TOLD]:
            say(out, f"    {_moved_line(question)}")
        _print_left(out, len(questions), "    ")


def _in_words(metric: GatedMetric) -> str:
    known = METRIC[metric.name]
    (told,) = changes({metric.name: replace(metric.difference, p=metric.adjusted)})
    return (
        f"{known.label} : {worded(known.unit, metric.before)} → "
        f"{worded(known.unit, metric.after)} ({told.difference}, p corrigée {told.p})"
    )


def _moved_line(question: QuestionChange) -> str:
    values = f"{number(question.before, 2)} → {number(question.after, 2)}"
    return f"{values}  {_line(question.id, question.question)}"


def _print_left(out: Console, count: int, margin: str = "  ") -> None:
    left = count - _TOLD
    if left > 0:
        say(out, f"{margin}et {left} {'autre' if left == 1 else 'autres'}")


def _line(identity: str, question: str) -> str:
    text = shown(shortened(" ".join(question.split()), _QUESTION))
    return f"{shown(shortened(identity, _QUESTION))}  {text}"


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column(typeset(first))
    for each in others:
        table.add_column(typeset(each), justify="right", no_wrap=True)
    return table


def _add(table: Table, *cells: str) -> None:
    table.add_row(*(Text(shown(each)) for each in cells))
