"""The failed questions as the page tells them: what was asked, expected and found."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.evaluation.records import Outcome, Place, Run
from rag.evaluation.report.passages import Piece, ShownPassage, gold_ranks, passage, pieces
from rag.evaluation.report.verdicts import FAILURES, Verdict, verdict_of
from rag.evaluation.report.wording import category_order, percent, shortened
from rag.types import Answer, Document, Turn

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
    found: str
    text: tuple[Piece, ...]
    answered: bool
    confidence: str
    cited: tuple[Cited, ...]
    passages: tuple[ShownPassage, ...]


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


def failures_by_category(run: Run, most: int) -> tuple[Group, ...]:
    """The failed questions, gravest first in each category, categories by name.

    At most ``most`` are told in all: the gravest of each category in turn, so that a
    large category does not crowd out the others. Within a kind of failure the most
    confident come first, as they are the ones that mislead.
    """
    by_category: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in run.outcomes:
        if verdict_of(outcome) in FAILURES:
            by_category[outcome.query.category].append(outcome)
    for outcomes in by_category.values():
        outcomes.sort(key=_gravity)
    shares = _shares({name: len(each) for name, each in by_category.items()}, most)
    return tuple(
        Group(
            category=category,
            cases=tuple(_case(outcome, run.texts) for outcome in outcomes[: shares[category]]),
            total=len(outcomes),
        )
        for category, outcomes in sorted(by_category.items(), key=category_order)
    )


def anchor_of(question_id: str) -> str:
    """The fragment by which a question is found on the page, whatever its id holds."""
    digest = hashlib.sha256(question_id.encode("utf-8", "surrogatepass"))
    return f"q-{digest.hexdigest()[:_ANCHOR]}"


def _gravity(outcome: Outcome) -> tuple[int, float]:
    kind = FAILURES.index(verdict_of(outcome))
    if outcome.examination is None:
        return kind, 0.0
    return kind, -outcome.examination.answer.confidence


def _shares(sizes: Mapping[str, int], most: int) -> dict[str, int]:
    """How many of each category, dealt one by one; the smallest are served whole first."""
    shares = {}
    left = most
    for served, (category, size) in enumerate(sorted(sizes.items(), key=lambda item: item[1])):
        shares[category] = min(size, left // (len(sizes) - served))
        left -= shares[category]
    return shares


def _case(outcome: Outcome, texts: Mapping[str, Document]) -> Case:
    query, examination = outcome.query, outcome.examination
    answer = None if examination is None else examination.answer
    expected = tuple(_expected(outcome, texts))
    return Case(
        id=shortened(query.id, _SHORT),
        anchor=anchor_of(query.id),
        question=shortened(query.question, _QUESTION),
        language=query.language if _LANGUAGE.fullmatch(query.language) else "",
        verdict=verdict_of(outcome),
        history=tuple(map(_turn, query.history[-_TURNS:])),
        shorts=tuple(shortened(each, _SHORT) for each in query.short[:_SHORTS]),
        shorts_link="et" if len(query.facts) > 1 else "ou",
        expected=expected[:_GOLDS],
        more=max(0, len(expected) - _GOLDS),
        facts=len(query.facts),
        found=_found(outcome),
        text=() if answer is None else _answer_text(answer),
        answered=outcome.answered,
        confidence="" if answer is None else percent(answer.confidence),
        cited=() if answer is None else tuple(_cited(answer, outcome.places)),
        passages=()
        if answer is None
        else tuple(passage(hit, outcome.places, texts) for hit in answer.hits[:_PASSAGES]),
    )


def _turn(turn: Turn) -> Turn:
    answer = None if turn.answer is None else shortened(turn.answer, _TURN)
    return Turn(shortened(turn.question, _TURN), answer)


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


def _found(outcome: Outcome) -> str:
    """At which rank each fact was found, in French; empty where there was none to find."""
    if outcome.examination is None or not outcome.places:
        return ""
    hits = outcome.examination.answer.hits
    absent = f"absent des {len(hits)} premiers passages" if len(hits) > 1 else "absent"
    ranks = gold_ranks(hits, outcome.places)
    said = {
        fact: absent if rank is None else f"trouvé au rang\u00a0{rank}"
        for fact, rank in ranks.items()
    }
    if len(said) == 1:
        return next(iter(said.values())).capitalize()
    return "\u00a0; ".join(f"Fait {fact}\u00a0: {words}" for fact, words in said.items())


def _answer_text(answer: Answer) -> tuple[Piece, ...]:
    marks = [(span.start, span.end) for span in answer.highlights]
    return pieces(answer.text, marks, 0, min(len(answer.text), _TEXT))


def _cited(answer: Answer, places: Sequence[Place]) -> Iterator[Cited]:
    for citation in answer.citations[:_CITATIONS]:
        stretches = [(citation.document_id, citation.start, citation.end)]
        stretches += [(each.document_id, each.start, each.end) for each in citation.also_in]
        yield Cited(
            number=citation.number,
            title=shortened(citation.title, _SHORT),
            headings=shortened(" › ".join(citation.headings), _SHORT),
            quote=shortened(citation.quote, _QUOTE),
            expected=any(_touches(place, *each) for place in places for each in stretches),
        )


def _touches(place: Place, document_id: str, start: int, end: int) -> bool:
    span = place.span
    return place.document_id == document_id and start < span.end and span.start < end
