"""The questions that the quality page lists, each with where it is told and answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.evaluation.french import shortened, shown
from rag.evaluation.report.failed_questions import anchor_of
from rag.evaluation.report.writing import PAGE
from rag.evaluation.run_record import RecordedQuestion
from rag.evaluation.runs import Verdict
from rag.index.documents import DocumentHeader
from rag.text.normalisation import fold
from rag.types import Place
from rag.web.pages.charts import share
from rag.web.pages.findings import Failures, Findings
from rag.web.pages.links import asking_url, reading_url
from rag.web.pages.wording import Wording

_REPORT: Final = f"/quality/report/{PAGE}"
_LONGEST: Final = 1000


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


def groups(
    listed: Sequence[Failures],
    found: Findings,
    words: Wording,
    documents: Mapping[str, DocumentHeader],
) -> tuple[Group, ...]:
    """Questions by category, in the order of its name.

    Args:
        listed: the failures of an evaluation, or those that it lists apart.
        found: that evaluation.
        words: the reader's language.
        documents: those there are now, by the version of their text.
    """
    made = (_group(each, found, words, documents) for each in listed)
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


def _group(
    failures: Failures,
    found: Findings,
    words: Wording,
    documents: Mapping[str, DocumentHeader],
) -> Group:
    cases = tuple(_case(each, found, words, documents) for each in failures.questions)
    return Group(category(words, failures.category), cases, failures.total)


def _case(
    question: RecordedQuestion,
    found: Findings,
    words: Wording,
    documents: Mapping[str, DocumentHeader],
) -> Case:
    anchor = anchor_of(question.id)
    known = question.confidence is not None
    return Case(
        question=plain(question.question),
        verdict=question.verdict,
        confidence=share(words, question.confidence or 0.0, 0) if known else "",
        url=f"{_REPORT}#{anchor}" if anchor in found.anchors else "",
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
