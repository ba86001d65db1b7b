"""The page where a document is read, with the cited characters marked in it."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from rag.errors import UnknownError
from rag.index.filters import Filters
from rag.ingest.formats import TEXT, format_by_media_type
from rag.service.access import scope_of
from rag.service.catalogue import Catalogue, DocumentEntry
from rag.types import Document, Span
from rag.web.pages.document_layout import (
    Element,
    OutlineEntry,
    elements,
    outline,
    part_of,
    parts,
    repeats_title,
    sections,
)
from rag.web.pages.links import way_to, web_url
from rag.web.pages.marking import Marker, Piece, marker
from rag.web.pages.rendering import pages_of, wording_of
from rag.web.pages.wording import Wording
from rag.web.security import Reader, service_of

router = APIRouter(include_in_schema=False)

_LONGEST_NUMBER: Final = 9
_LONGEST_QUESTION: Final = 4000
_LONGEST_OUTLINE: Final = 150
_LANGUAGE: Final = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class ReadingAddress:
    """What the address asks for; ``part`` from 0, ``questions`` are those to go back to."""

    cited: Span | None
    part: int
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """The cited characters; ``page`` of the file, ``headings`` above them."""

    quote: str
    page: int | None
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A heading in the outline, and where it is."""

    level: int
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the page shows of a document.

    ``title`` is in pieces where the text itself says it. ``lost`` is whether a place was
    asked for that the document does not have. ``parts`` are the addresses of its parts.
    """

    entry: DocumentEntry
    title: tuple[Piece, ...]
    elements: tuple[Element, ...]
    outline: tuple[Link, ...]
    citation: CitedPlace | None
    lost: bool
    part: int
    parts: tuple[str, ...]
    pages: int
    has_original: bool
    source_url: str | None

    @property
    def host(self) -> str:
        """Whose site the source is on; empty where its address does not tell."""
        try:
            return urlsplit(self.source_url or "").hostname or ""
        except ValueError:
            return ""

    def format_name(self, language: str) -> str:
        """What sort of file it was read from."""
        return (format_by_media_type(self.entry.media_type) or TEXT).name_in(language)

    @property
    def language(self) -> str | None:
        """The document's language, where what it says of it can be one."""
        said = self.entry.metadata.language
        return said if said and _LANGUAGE.fullmatch(said) else None


@router.get("/documents/{document_id}")
async def reading_page(request: Request, document_id: str, principal: Reader) -> Response:
    """A document, set for reading."""
    address = _reading_address(request.query_params)
    scope = scope_of(principal)
    pages, words = pages_of(request), wording_of(request)

    def work(catalogue: Catalogue) -> Response:
        reading = read(catalogue, document_id, scope, address)
        return pages.render(
            request,
            "reading.html",
            nav="documents",
            reading=reading,
            asked=address.questions,
            reference=reference(words, reading),
        )

    return await service_of(request).read(work)


def reference(words: Wording, reading: Reading) -> str:
    """What is cited and where it stands, for a letter or a note; empty without a citation."""
    citation, metadata = reading.citation, reading.entry.metadata
    if citation is None:
        return ""
    known = (
        reading.entry.title,
        metadata.source,
        words.date(metadata.date) if metadata.date else None,
        words("common.page", page=citation.page) if citation.page else None,
    )
    source = ", ".join(each for each in known if each)
    return words("reading.reference", quote=citation.quote, source=source)


def read(
    catalogue: Catalogue, document_id: str, scope: Filters, address: ReadingAddress
) -> Reading:
    """What the page shows of a document; `UnknownError` where it may not be seen."""
    entry = catalogue.entry(document_id, scope)
    document = catalogue.document(document_id, scope)
    marks = marker(document, address.cited)
    ranges = parts(document.blocks)
    part = min(address.part, len(ranges) - 1)
    if marks.marks:
        part = part_of(ranges, document.blocks, marks.begin)
    entries = outline(document)
    named = sections(document, entries)
    addresses = tuple(
        _part_url(document.id, at, address.questions) for at in range(len(ranges))
    )
    return Reading(
        entry=entry,
        title=_title(document, marks),
        elements=tuple(elements(document, ranges[part], marks, entries)),
        outline=_links(named, ranges, part, addresses),
        citation=_citation(document, marks, named),
        lost=address.cited is not None and not marks.marks,
        part=part,
        parts=addresses,
        pages=max((block.page or 0 for block in document.blocks), default=0),
        has_original=_has_original(catalogue, document_id, scope),
        source_url=web_url(document.metadata.source_url),
    )


def _reading_address(query: QueryParams) -> ReadingAddress:
    """What the address asks for; what it says wrongly counts as a place that is not there."""
    cited = None
    if "start" in query or "end" in query:
        cited = Span(_number(query.get("start", "0")), _number(query.get("end", "")))
    part = max(1, _number(query.get("part", "")))
    questions = (each.strip()[:_LONGEST_QUESTION] for each in query.getlist("q"))
    return ReadingAddress(cited, part - 1, tuple(each for each in questions if each))


def _number(text: str) -> int:
    """A number of an address; 0 where it is none."""
    plain = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if plain else 0


def _title(document: Document, marks: Marker) -> tuple[Piece, ...]:
    if document.blocks and repeats_title(document, 0):
        return marks.pieces(document.blocks[0].start, document.blocks[0].end)
    return (Piece(document.title),)


def _citation(
    document: Document, marks: Marker, entries: tuple[OutlineEntry, ...]
) -> CitedPlace | None:
    if not marks.marks:
        return None
    above: list[OutlineEntry] = []
    page = None
    for entry in entries:
        if document.blocks[entry.block].start > marks.begin:
            break
        above = [each for each in above if each.level < entry.level] + [entry]
    for block in document.blocks:
        if block.start > marks.begin:
            break
        page = block.page
    text = document.text[marks.begin : marks.end]
    return CitedPlace(text, page, tuple(entry.text for entry in above))


def _links(
    entries: tuple[OutlineEntry, ...],
    ranges: tuple[range, ...],
    part: int,
    addresses: tuple[str, ...],
) -> tuple[Link, ...]:
    links = []
    at = 0
    for entry in _outstanding(entries):
        while entry.block not in ranges[at]:
            at += 1
        where = "" if at == part else addresses[at]
        links.append(Link(entry.level, entry.text, f"{where}#{entry.anchor}"))
    return tuple(links)


def _outstanding(entries: tuple[OutlineEntry, ...]) -> tuple[OutlineEntry, ...]:
    """Those of the highest levels, as many levels as a reader can take in."""
    for deepest in range(max((entry.level for entry in entries), default=0), 1, -1):
        kept = tuple(entry for entry in entries if entry.level <= deepest)
        if len(kept) <= _LONGEST_OUTLINE:
            return kept
    return tuple(entry for entry in entries if entry.level == 1)


def _part_url(document_id: str, part: int, questions: tuple[str, ...]) -> str:
    query = urlencode([("part", str(part + 1)), *way_to(questions)], errors="replace")
    return f"/documents/{quote(document_id, safe='')}?{query}"


def _has_original(catalogue: Catalogue, document_id: str, scope: Filters) -> bool:
    try:
        catalogue.original(document_id, scope)
    except UnknownError:
        return False
    return True
