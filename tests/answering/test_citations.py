from dataclasses import replace

import pytest

from rag.answering.citations import check, cite
from rag.errors import IndexCorruptError
from rag.types import Block, BlockKind, Document, Hit, Place, Signals, Source, Span

TEXT = "Première page.\n\nSeconde page."
DOCUMENT = Document(
    id="d",
    collection="c",
    path="note.pdf",
    version="sha256:1",
    title="Note",
    text=TEXT,
    blocks=(
        Block(BlockKind.PARAGRAPH, 0, 14, page=1),
        Block(BlockKind.PARAGRAPH, 16, 29, page=2),
    ),
)
SOURCE = Source("d", "sha256:1", "Note", "DINUM", "https://x.example", "2026-02-03", "fr")
HIT = Hit(
    "d-0",
    "d",
    "Note",
    0,
    29,
    TEXT,
    ("A", "B"),
    1,
    1,
    1.0,
    Signals(0, 0, 0),
    also_in=(Place("e", "Copie", 5, 34),),
)


def test_a_citation_is_the_characters_themselves() -> None:
    citation = cite(3, DOCUMENT, SOURCE, HIT, Span(16, 29))
    assert citation.quote == "Seconde page."
    assert (citation.number, citation.start, citation.end) == (3, 16, 29)
    assert citation.page == 2
    assert citation.headings == ("A", "B")
    assert citation.source_url == "https://x.example"
    assert citation.document_version == "sha256:1"
    assert citation.also_in == HIT.also_in
    assert check(citation, {"d": DOCUMENT})


@pytest.mark.parametrize("span", [Span(16, 30), Span(5, 5), Span(-1, 4)])
def test_a_span_outside_the_text_is_refused(span: Span) -> None:
    with pytest.raises(IndexCorruptError, match="sourcier verify"):
        cite(1, DOCUMENT, SOURCE, HIT, span)


def test_another_version_is_refused() -> None:
    with pytest.raises(IndexCorruptError):
        cite(1, replace(DOCUMENT, version="sha256:2"), SOURCE, HIT, Span(0, 14))


def test_check_sees_a_quote_that_is_not_there() -> None:
    citation = cite(1, DOCUMENT, SOURCE, HIT, Span(0, 14))
    assert not check(replace(citation, quote="Première page!"), {"d": DOCUMENT})
    assert not check(replace(citation, start=1), {"d": DOCUMENT})
    assert not check(citation, {})
