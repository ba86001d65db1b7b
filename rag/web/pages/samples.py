"""Answers without words, set as all others are: scripts clone their parts and fill them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rag.types import (
    Answer,
    Citation,
    Hit,
    IndexIdentity,
    Place,
    Segment,
    Signals,
    Span,
    Support,
    Timings,
)
from rag.web.pages.answers import ShownTurn, show

_ID: Final = "x"
_PLACE: Final = Place(_ID, "", 0, 0)
_TEXT: Final = "-- [1]\n- | - [2]\n- | - [3]"
_SEGMENTS: Final = ((0, 2), (7, 12), (17, 22))


def samples() -> Mapping[str, ShownTurn]:
    """One that answers, by a paragraph and a table, and one that does not."""
    return MappingProxyType({"answered": show("", _answered(), {}), "silent": _silent()})


def _answered() -> Answer:
    segments = tuple(
        Segment(_TEXT[start:end], start, end, (number,), Support.VERBATIM)
        for number, (start, end) in enumerate(_SEGMENTS, 1)
    )
    citations = tuple(_citation(each.citations[0], each.text) for each in segments)
    return _answer(True, _TEXT, segments, (Span(1, 2),), citations, ())


def _silent() -> ShownTurn:
    signals = Signals(0.0, 0.0, 0.0)
    hit = Hit(_ID, _ID, "", 0, 0, "", ("",), None, 1, 0.0, signals)
    return show("", _answer(False, "", (), (), (), (hit,)), {})


def _citation(number: int, quote: str) -> Citation:
    return Citation(
        number=number,
        document_id=_ID,
        document_version="",
        title="",
        source="-",
        source_url="http://localhost/",
        date="2000",
        page=1,
        headings=("",),
        start=0,
        end=0,
        quote=quote,
        also_in=(_PLACE,),
    )


def _answer(
    answered: bool,
    text: str,
    segments: tuple[Segment, ...],
    highlights: tuple[Span, ...],
    citations: tuple[Citation, ...],
    hits: tuple[Hit, ...],
) -> Answer:
    return Answer(
        id=_ID,
        question="",
        answered=answered,
        confidence=0.0,
        mode="",
        text=text,
        segments=segments,
        highlights=highlights,
        citations=citations,
        hits=hits,
        index=IndexIdentity("", ""),
        timings_ms=Timings(0.0, 0.0, 0.0, 0.0),
    )
