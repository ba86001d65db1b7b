"""The failed questions as the page tells them: what was asked, expected and found."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.evaluation.french import category_label, category_order, number, percent, shortened
from rag.evaluation.metrics.span_measures import touches
from rag.evaluation.runs import FAILURES, Outcome, Place, Run, Verdict
from rag.evaluation.view import by_category, gravest_first, shares
from rag.types import Answer, Document, Hit, Turn

_LABEL: Final = 120
_LANGUAGE: Final = re.compile("[a-z]{2,3}")
_QUESTION: Final = 1_000
_TURNS: Final = 6
_TURN: Final = 400
_SHORTS: Final = 6
_SHORT: Final = 300
_GOLDS: Final = 8
_QUOTE: Final = 700
_TEXT: Final = 1_500
_CITATIONS: Final = 6
_PASSAGES: Final = 5
_ANCHOR: Final = 16
_WINDOW: Final = 600
_BEFORE: Final = 200
_PASSAGE_TITLE: Final = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage found. ``expected``: it touches what was expected, or copies it."""

    rank: int
    title: str
    headings: str
    page: int | None
    pieces: tuple[Piece, ...]
    expected: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Where an answer stands. ``quote`` is empty where the whole document does."""

    fact: int
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of the answer; ``expected`` where it touches what was expected."""

    number: int
    title: str
    headings: str
    quote: str
    expected: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A failed question; ``anchor`` is its place on the page.

    ``shorts`` are the short answers, linked by ``shorts_link`` (alternatives, or one a
    fact). ``expected`` is what answers it (several of one fact are alternatives), ``more``
    how many of them are not shown. ``found`` says at which rank it was, in French. ``text``
    is the answer composed, in pieces of which the marked ones are its highlights; empty
    where the question could not be put. ``confidence`` is worded, "" likewise.
    """

    id: str
    anchor: str
    question: str
    language: str
    verdict: Verdict
    history: tuple[Turn, ...]
    shorts: tuple[str, ...]
    shorts_link: str
    expected: tuple[Expected, ...]
    more: int
    facts: int
    answered: bool
    found: str = ""
    text: tuple[Piece, ...] = ()
    confidence: str = ""
    cited: tuple[Cited, ...] = ()
    passages: tuple[ShownPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The failed questions of a category: those shown, and how many there are in all."""

    category: str
    cases: tuple[Case, ...]
    total: int

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The kinds of failure shown, gravest first."""
        kinds = {case.verdict for case in self.cases}
        return tuple(verdict for verdict in FAILURES if verdict in kinds)

    @property
    def label(self) -> str:
        """The category in words."""
        return shortened(category_label(self.category), _LABEL)

    @property
    def tally(self) -> str:
        """How many are shown, and of how many where not all are."""
        told, total = len(self.cases), self.total
        return number(told) if told == total else f"{number(told)} sur {number(total)}"


def failures_by_category(run: Run, most: int) -> tuple[Group, ...]:
    """The failed questions, gravest first in each category, categories by name.

    At most ``most`` are told in all, dealt as `shares` says.
    """
    failures = [outcome for outcome in run.outcomes if outcome.verdict in FAILURES]
    groups = by_category(failures, lambda outcome: outcome.category)
    told = shares({name: len(each) for name, each in groups.items()}, most)
    return tuple(
        Group(
            category=category,
            cases=tuple(
                _case(outcome, run.texts)
                for outcome in gravest_first(outcomes, FAILURES)[: told[category]]
            ),
            total=len(outcomes),
        )
        for category, outcomes in sorted(groups.items(), key=category_order)
    )


def anchor_of(question_id: str) -> str:
    """The fragment by which a question is found on the page, whatever its id holds."""
    digest = hashlib.sha256(question_id.encode("utf-8", "surrogatepass"))
    return f"q-{digest.hexdigest()[:_ANCHOR]}"


def _case(outcome: Outcome, texts: Mapping[str, Document]) -> Case:
    query, expected = outcome.query, tuple(_expected(outcome, texts))
    case = Case(
        id=shortened(query.id, _SHORT),
        anchor=anchor_of(query.id),
        question=shortened(query.question, _QUESTION),
        language=query.language if _LANGUAGE.fullmatch(query.language) else "",
        verdict=outcome.verdict,
        history=tuple(
            Turn(shortened(each.question, _TURN), each.answer and shortened(each.answer, _TURN))
            for each in query.history[-_TURNS:]
        ),
        shorts=tuple(shortened(each, _SHORT) for each in query.short[:_SHORTS]),
        shorts_link="et" if len(query.facts) > 1 else "ou",
        expected=expected[:_GOLDS],
        more=max(0, len(expected) - _GOLDS),
        facts=len(query.facts),
        answered=outcome.answered,
    )
    if outcome.examination is None:
        return case
    answer, places = outcome.examination.answer, outcome.places
    marks = [(span.start, span.end) for span in answer.highlights]
    return replace(
        case,
        found=_found(answer.hits, places),
        text=pieces(answer.text, marks, 0, min(len(answer.text), _TEXT)),
        confidence=percent(answer.confidence),
        cited=tuple(_cited(answer, places)),
        passages=tuple(passage(hit, places, texts) for hit in answer.hits[:_PASSAGES]),
    )


def _expected(outcome: Outcome, texts: Mapping[str, Document]) -> Iterator[Expected]:
    """From the index where it was found there, else from the dataset's own words."""
    places = sorted(outcome.places, key=lambda place: place.fact)
    if not places or any(place.document_id not in texts for place in places):
        for gold in sorted(outcome.query.gold, key=lambda gold: gold.fact):
            title = shortened(gold.document, _SHORT)
            yield Expected(gold.fact, title, shortened(gold.quote or "", _QUOTE))
        return
    for place in places:
        document = texts[place.document_id]
        quote = document.text[place.span.start : place.span.end]
        whole = len(quote) == len(document.text)
        shown = "" if whole else shortened(quote, _QUOTE)
        yield Expected(place.fact, shortened(document.title, _SHORT), shown)


def _found(hits: Sequence[Hit], places: Sequence[Place]) -> str:
    """At which rank each fact was found, in French; empty where there was none to find."""
    if not places:
        return ""
    absent = f"absent des {len(hits)} premiers passages" if len(hits) > 1 else "absent"
    said = {
        fact: absent if rank is None else f"trouvé au rang\u00a0{rank}"
        for fact, rank in gold_ranks(hits, places).items()
    }
    if len(said) == 1:
        return next(iter(said.values())).capitalize()
    return "\u00a0; ".join(f"Fait {fact}\u00a0: {words}" for fact, words in said.items())


def _cited(answer: Answer, places: Sequence[Place]) -> Iterator[Cited]:
    for citation in answer.citations[:_CITATIONS]:
        yield Cited(
            number=citation.number,
            title=shortened(citation.title, _SHORT),
            headings=shortened(" › ".join(citation.headings), _SHORT),
            quote=shortened(citation.quote, _QUOTE),
            expected=any(touches(citation, place) for place in places),
        )


def passage(hit: Hit, places: Sequence[Place], texts: Mapping[str, Document]) -> ShownPassage:
    """A hit to be shown: some 600 characters of it, around what was expected if it is there.

    Where a whole document was expected its passages are told but nothing is marked.
    """
    marks = _marks(hit, places, texts)
    first = min((start for start, _ in marks), default=0)
    length = len(hit.text)
    start = max(0, min(first - _BEFORE, length - _WINDOW))
    return ShownPassage(
        rank=hit.rank,
        title=shortened(hit.title, _PASSAGE_TITLE),
        headings=shortened(" › ".join(hit.headings), _PASSAGE_TITLE),
        page=hit.page,
        pieces=pieces(hit.text, marks, start, min(length, start + _WINDOW)),
        expected=any(touches(hit, place) for place in places),
    )


def pieces(
    text: str, marks: Iterable[tuple[int, int]], start: int, end: int
) -> tuple[Piece, ...]:
    """``text[start:end]`` parted where marks begin and end; ``…`` where text is left out.

    Marks are half-open ranges in ``text``; they may overlap and lie outside the window.
    """
    cut: list[Piece] = [Piece("…", False)] if start > 0 else []
    at = start
    for low, high in sorted(marks):
        low, high = max(low, at), min(high, end)
        if low >= high:
            continue
        if low > at:
            cut.append(Piece(text[at:low], False))
        cut.append(Piece(text[low:high], True))
        at = high
    if at < end:
        cut.append(Piece(text[at:end], False))
    if end < len(text):
        cut.append(Piece("…", False))
    return tuple(cut)


def gold_ranks(hits: Sequence[Hit], places: Sequence[Place]) -> dict[int, int | None]:
    """The rank of the first passage that touches each fact; None where there is none."""
    ranks: dict[int, int | None] = {}
    for fact in sorted({place.fact for place in places}):
        alternatives = [place for place in places if place.fact == fact]
        found = (hit.rank for hit in hits if any(touches(hit, place) for place in alternatives))
        ranks[fact] = min(found, default=None)
    return ranks


def _marks(
    hit: Hit, places: Sequence[Place], texts: Mapping[str, Document]
) -> list[tuple[int, int]]:
    """Ranges in the hit's text; a copy's are looked for by the words expected."""
    marks = []
    for place in places:
        if not touches(hit, place) or _whole(place, texts):
            continue
        if place.document_id == hit.document_id:
            low, high = place.span.start - hit.start, place.span.end - hit.start
            marks.append((max(0, low), min(len(hit.text), high)))
        elif place.document_id in texts:
            words = texts[place.document_id].text[place.span.start : place.span.end]
            at = hit.text.find(words)
            if words and at >= 0:
                marks.append((at, at + len(words)))
    return marks


def _whole(place: Place, texts: Mapping[str, Document]) -> bool:
    document = texts.get(place.document_id)
    return document is not None and place.span.end - place.span.start >= len(document.text)
