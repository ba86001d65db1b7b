"""Citations: exact characters, checked against the stored document before they leave."""

from collections.abc import Mapping

from rag.errors import IndexCorruptError
from rag.types import Citation, Document, Hit, Place, Source, Span


def cite(number: int, document: Document, source: Source, hit: Hit, span: Span) -> Citation:
    """The citation of a span of a document.

    Raises:
        IndexCorruptError: the index does not hold the text that it was made from, so that
            nothing it says can be trusted.
    """
    if document.version != source.version or not 0 <= span.start < span.end <= len(
        document.text
    ):
        raise IndexCorruptError(
            f"L'index ne concorde pas avec le document {document.path} "
            f"(caractères {span.start} à {span.end}). Vérifiez-le : sourcier verify ; "
            "puis reconstruisez-le : sourcier index CHEMIN…"
        )
    return Citation(
        number=number,
        document_id=document.id,
        document_version=source.version,
        title=source.title,
        source=source.publisher,
        source_url=source.url,
        date=source.date,
        page=_page(document, span),
        headings=hit.headings,
        start=span.start,
        end=span.end,
        quote=document.text[span.start : span.end],
        also_in=_places(hit, span),
    )


def check(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether a citation's quote is what its document holds there, to the character."""
    document = documents.get(citation.document_id)
    if document is None or document.version != citation.document_version:
        return False
    return document.text[citation.start : citation.end] == citation.quote


def _page(document: Document, span: Span) -> int | None:
    for block in document.blocks:
        if block.end > span.start:
            return block.page
    return None


def _places(hit: Hit, span: Span) -> tuple[Place, ...]:
    # A copy may differ by a few characters, so that only its whole passage is sure.
    return hit.also_in if hit.start <= span.start < hit.end else ()
