"""What the quality page says of an evaluation, in the reader's words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.evaluation.french import shortened, shown
from rag.evaluation.metrics.definitions import METRIC, MetricUnit
from rag.evaluation.report.failed_questions import anchor_of
from rag.evaluation.report.writing import PAGE
from rag.evaluation.run_record import RecordedQuestion
from rag.evaluation.runs import Figure, Verdict, given_of
from rag.evaluation.view import (
    NONE,
    PAGE_BY_CATEGORY,
    PAGE_FIGURES,
    failed,
    worst_first,
)
from rag.index.documents import DocumentHeader
from rag.text.normalisation import fold
from rag.types import Place
from rag.web.pages.charts import Chart, charts, interval, share
from rag.web.pages.findings import Failures, Findings
from rag.web.pages.links import asking_url, reading_url
from rag.web.pages.wording import Wording

_LONG: Final = 100.0
_REPORT: Final = f"/quality/report/{PAGE}"
_LONGEST: Final = 1000
_CONDITIONS: Final = ("dataset", "split", "model", "version", "created")


@dataclass(frozen=True, slots=True)
class Card:
    """A figure: what it is, its value, its interval, and what that means.

    ``low``, ``at`` and ``high`` are shares in per cent, for a small scale; None where the
    figure is no share.
    """

    name: str
    value: str
    interval: str
    count: int
    low: float | None
    at: float | None
    high: float | None
    lower_is_better: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many questions had a verdict: where its piece of a bar of 100 begins, how long."""

    verdict: Verdict
    count: int
    begin: float
    length: float


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category of questions; ``values`` with their intervals."""

    label: str
    count: int
    tally: tuple[Share, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A place where the documents answer, in the index that answers now."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question listed; ``url`` is its place in the report, if it is told there."""

    question: str
    verdict: Verdict
    confidence: str
    url: str
    ask: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Listed questions of a category: those told, and how many there are."""

    label: str
    cases: tuple[Case, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Quality:
    """All that the page says; ``conditions`` are the texts among those of the run."""

    conditions: Mapping[str, str]
    documents: int
    passages: int
    lede: tuple[str, ...]
    failed: int
    sealed: bool
    files: tuple[str, ...]
    threshold: str
    tally: tuple[Share, ...]
    groups: tuple[tuple[str, tuple[Card, ...]], ...]
    charts: tuple[Chart, ...]
    measured: tuple[str, ...]
    categories: tuple[CategoryRow, ...]
    failures: tuple[Group, ...]
    kept_back: tuple[Group, ...]


def view(found: Findings, words: Wording, documents: Mapping[str, DocumentHeader]) -> Quality:
    """What the page says; ``documents`` are those there are now, by their text's version."""
    record = found.record
    measured = tuple(name for name in PAGE_BY_CATEGORY if name in record.summary.overall)
    return Quality(
        conditions={name: plain(getattr(record.conditions, name)) for name in _CONDITIONS},
        documents=record.conditions.documents,
        passages=record.conditions.passages,
        lede=tuple(_lede(found.tally, words)),
        failed=failed(found.tally),
        sealed=record.conditions.sealed,
        files=found.files,
        threshold=share(words, record.conditions.threshold, 0),
        tally=_tally(found.tally),
        groups=tuple(_figure_groups(record.summary.overall, words)),
        charts=charts(found, words),
        measured=measured,
        categories=tuple(_categories(found, words, measured)),
        failures=_groups(found.failures, found.anchors, words, documents),
        kept_back=_groups(found.kept_back, found.anchors, words, documents),
    )


def _lede(tally: Mapping[Verdict, int], words: Wording) -> Iterator[str]:
    """What the users were given, in a sentence or two."""
    given = given_of(tally)
    if given.answerable:
        counts = {"right": given.right, "wrong": given.wrong, "silent": given.silent}
        told = {name: share(words, each / given.answerable, 0) for name, each in counts.items()}
        yield words("quality.given", n=given.answerable, **told)
    if given.unanswerable:
        told_share = share(words, given.invented / given.unanswerable, 0)
        yield words("quality.invented", n=given.unanswerable, share=told_share)
    if given.lost:
        yield words("quality.lost", n=given.lost)
    whole = {each: tally[each] for each in (Verdict.FOUND, Verdict.ABSENT) if each in tally}
    if whole:
        questions, failures = sum(whole.values()), failed(whole)
        total = words("quality.questions", n=questions)
        yield (
            words(
                "quality.failed",
                n=failures,
                total=total,
                share=share(words, failures / questions, 0),
            )
            if failures
            else words("quality.no_failure", total=total)
        )
    if not tally:
        yield words["quality.no_question"]


def _figure_groups(
    figures: Mapping[str, Figure], words: Wording
) -> Iterator[tuple[str, tuple[Card, ...]]]:
    for group, names in PAGE_FIGURES:
        cards = tuple(_card(name, figures[name], words) for name in names if name in figures)
        if cards:
            yield group, cards


def _card(name: str, figure: Figure, words: Wording) -> Card:
    metric = METRIC[name]
    share_of = metric.unit is MetricUnit.SHARE
    low, at, high = (
        (100 * max(0.0, figure.low), 100 * figure.value, 100 * min(1.0, figure.high))
        if share_of
        else (None, None, None)
    )
    value, between = _worded(name, figure, words)
    return Card(
        name=name,
        value=value,
        interval=between,
        count=figure.count,
        low=low,
        at=at,
        high=high,
        lower_is_better=metric.higher_is_better is False,
    )


def _worded(name: str, figure: Figure, words: Wording) -> tuple[str, str]:
    """A value and its interval, in the unit of its metric; empty where it is one value."""
    unit = METRIC[name].unit
    if unit is MetricUnit.SHARE:
        return share(words, figure.value), interval(words, figure)
    digits = 3
    if unit is MetricUnit.MILLISECONDS:
        digits = 0 if figure.high >= _LONG else 1
    value, low, high = (
        words.number(each, digits) for each in (figure.value, figure.low, figure.high)
    )
    single = low == high
    if unit is MetricUnit.MILLISECONDS:
        value, high = (words("quality.milliseconds", time=each) for each in (value, high))
    return value, "" if single else words("quality.interval", low=low, high=high)


def _tally(counts: Mapping[Verdict, int]) -> tuple[Share, ...]:
    total = sum(counts.values()) or 1
    shares = []
    begin = 0.0
    for verdict, count in counts.items():
        length = 100 * count / total
        shares.append(Share(verdict, count, round(begin, 3), round(length, 3)))
        begin += length
    return tuple(shares)


def _categories(
    found: Findings, words: Wording, measured: Sequence[str]
) -> Iterator[CategoryRow]:
    for name in worst_first(found.categories):
        figures = found.record.summary.categories.get(name, {})
        counts = found.categories[name]
        yield CategoryRow(
            label=category(words, name),
            count=sum(counts.values()),
            tally=_tally(counts),
            values=tuple(
                _worded(metric, figures[metric], words) if metric in figures else (NONE, "")
                for metric in measured
            ),
        )


def _groups(
    listed: Sequence[Failures],
    anchors: Collection[str],
    words: Wording,
    documents: Mapping[str, DocumentHeader],
) -> tuple[Group, ...]:
    """Questions by category, in the order of its name."""
    made = []
    for each in listed:
        cases = tuple(_case(case, anchors, words, documents) for case in each.questions)
        made.append(Group(category(words, each.category), cases, each.total))
    return tuple(sorted(made, key=lambda group: fold(group.label)))


def category(words: Wording, name: str) -> str:
    """A category of our own questions in words; another's name as it is."""
    key = f"quality.category.{name}"
    if key in words.entries:
        return words[key]
    return plain(name) or words["quality.category.none"]


def plain(text: str) -> str:
    """A text of a report, which anybody may have written, fit for a page."""
    return shown(shortened(text, _LONGEST))


def _case(
    question: RecordedQuestion,
    anchors: Collection[str],
    words: Wording,
    documents: Mapping[str, DocumentHeader],
) -> Case:
    anchor = anchor_of(question.id)
    known = question.confidence is not None
    return Case(
        question=plain(question.question),
        verdict=question.verdict,
        confidence=share(words, question.confidence or 0.0, 0) if known else "",
        url=f"{_REPORT}#{anchor}" if anchor in anchors else "",
        ask=asking_url((question.question,)),
        sources=tuple(_sources(question, documents)),
    )


def _sources(
    question: RecordedQuestion, documents: Mapping[str, DocumentHeader]
) -> Iterator[Source]:
    """Each document that answers, at the first place where it does."""
    seen: set[str] = set()
    for place in question.places:
        header = documents.get(place.version)
        if header is None or header.id in seen:
            continue
        seen.add(header.id)
        where = Place(header.id, header.title, place.start, place.end)
        yield Source(header.title, reading_url(where))
