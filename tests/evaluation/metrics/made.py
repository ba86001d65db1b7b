"""Outcomes made by hand: two documents whose characters are easy to count."""

from collections.abc import Iterable, Mapping, Sequence

from rag.evaluation.datasets.dataset import Gold, Polarity, Query
from rag.evaluation.runs import Examination, Extent, Line, Outcome, Place, Values
from rag.types import (
    Answer,
    Citation,
    Document,
    Hit,
    IndexIdentity,
    Segment,
    Signals,
    Span,
    Support,
    Timings,
    Verdict,
)
from rag.types import Place as Copy

#        0         1         2         3         4
#        0123456789012345678901234567890123456789012345
FIRST = "Le salon ouvre le 3 mars. Il dure deux jours. Fin."
SECOND = "Préambule. Le salon ouvre le 3 mars. Autre chose."
DATE, DURATION = Span(18, 24), Span(34, 44)
"""« 3 mars » and « deux jours » in the first document."""


def document(name: str, text: str) -> Document:
    return Document(name, "c", f"{name}.md", "sha256:1", name, text, ())


DOCUMENTS = {"a": document("a", FIRST), "b": document("b", SECOND)}


def read(name: str) -> Document:
    return DOCUMENTS[name]


def query(
    name: str = "q",
    facts: Iterable[int] = (1,),
    short: tuple[str, ...] = (),
    category: str = "full",
    language: str = "fr",
    quote: str | None = "citation",
    polarity: Polarity | None = None,
) -> Query:
    gold = tuple(Gold("a", quote, fact) for fact in facts)
    return Query(name, "Quand ?", language, category, gold, short, polarity=polarity)


def place(span: Span, fact: int = 1, document_id: str = "a") -> Place:
    return Place(document_id, span, fact)


def hit(rank: int, start: int, end: int, document_id: str = "a", *copies: Copy) -> Hit:
    text = DOCUMENTS[document_id].text[start:end]
    return Hit(
        passage_id=f"{document_id}-{rank}",
        document_id=document_id,
        title=document_id,
        start=start,
        end=end,
        text=text,
        headings=(),
        page=None,
        rank=rank,
        score=1.0 / rank,
        signals=Signals(0, 0, 0),
        also_in=copies,
    )


def citation(
    start: int,
    end: int,
    document_id: str = "a",
    number: int = 1,
    also_in: tuple[Copy, ...] = (),
) -> Citation:
    return Citation(
        number=number,
        document_id=document_id,
        document_version="sha256:1",
        title=document_id,
        source=None,
        source_url=None,
        date=None,
        page=None,
        headings=(),
        start=start,
        end=end,
        quote=DOCUMENTS[document_id].text[start:end],
        also_in=also_in,
    )


def answer(
    citations: Sequence[Citation] = (),
    hits: tuple[Hit, ...] = (),
    highlights: tuple[Span, ...] = (),
    confidence: float = 0.5,
    total: float = 20.0,
    embed: float = 10.0,
) -> Answer:
    text, segments = "", []
    for each in citations:
        start = len(text) + (1 if text else 0)
        end = start + len(each.quote)
        text += f"{chr(10) if text else ''}{each.quote} [{each.number}]"
        segments.append(Segment(each.quote, start, end, (each.number,), Support.VERBATIM))
    return Answer(
        id="i",
        question="Quand ?",
        asked_as=None,
        answered=True,
        verdict=Verdict.ANSWERED,
        confidence=confidence,
        mode="extractive",
        text=text,
        segments=tuple(segments),
        highlights=highlights,
        citations=tuple(citations),
        hits=hits,
        index=IndexIdentity("g", "m"),
        timings_ms=Timings(embed, 0.0, 1.0, 1.0, total),
    )


def saying(*texts: str, highlights: tuple[Span, ...] = ()) -> Answer:
    """An answer whose segments are these, whatever they come from."""
    text, segments = "", []
    for number, each in enumerate(texts, start=1):
        start = len(text) + (1 if text else 0)
        text += f"{chr(10) if text else ''}{each} [{number}]"
        segments.append(Segment(each, start, start + len(each), (number,), Support.VERBATIM))
    made = answer(highlights=highlights)
    return Answer(
        made.id,
        made.question,
        made.asked_as,
        True,
        made.verdict,
        made.confidence,
        made.mode,
        text,
        tuple(segments),
        highlights,
        (),
        (),
        made.index,
        made.timings_ms,
    )


def outcome(
    asked: Query | None = None,
    places: tuple[Place, ...] = (),
    composed: Answer | None = None,
    sentences: tuple[Extent, ...] = (),
    ranking: Iterable[str | Line] = (),
    relevant: Mapping[str, int] | None = None,
    answered: bool = False,
    right: bool = False,
    put: bool = True,
    values: Values | None = None,
) -> Outcome:
    lines = [
        each if isinstance(each, Line) else Line(each, -float(rank))
        for rank, each in enumerate(ranking)
    ]
    return Outcome(
        query=asked or query(),
        places=places,
        ranking=tuple(lines),
        relevant=relevant or {},
        examination=Examination(composed or answer(), sentences) if put else None,
        answered=answered,
        right=right,
        values=values or {},
    )
