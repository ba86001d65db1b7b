"""PIAF, or any set in the SQuAD 1.1 format, as documents and questions."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from rag.indexing.records import Entry, SourceStamp
from rag.ingest.chunking import chunk
from rag.ingest.reading import document_id
from rag.protocols import Tokens
from rag.settings import ChunkingSettings
from rag.types import Block, BlockKind, Document, Metadata

_TAG = re.compile(r"<[^>]+>")
_COLLECTION = "piaf"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article; ``id`` is its document's."""

    id: str
    path: str
    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the article and paragraph that answer it, and where in its text."""

    question: str
    article: str
    paragraph: str
    start: int
    end: int


def load(path: Path) -> tuple[list[Paragraph], list[Asked]]:
    """The paragraphs and the questions of a file."""
    paragraphs: list[Paragraph] = []
    questions: list[Asked] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        title = _TAG.sub("", article["title"])
        for each in article["paragraphs"]:
            name = f"{len(paragraphs):05d}.txt"
            identity = document_id(_COLLECTION, PurePath(name))
            paragraphs.append(Paragraph(identity, name, title, each["context"]))
            for asked in each["qas"]:
                gold = asked["answers"][0]
                start = gold["answer_start"]
                end = start + len(gold["text"])
                questions.append(Asked(asked["question"], title, identity, start, end))
    return paragraphs, questions


def entries(
    paragraphs: Iterable[Paragraph], tokens: Tokens, chunking: ChunkingSettings
) -> Iterator[Entry]:
    """Each paragraph as a document of its own, under its article's title."""
    for paragraph in paragraphs:
        document = _document(paragraph)
        stamp = SourceStamp(_COLLECTION, len(paragraph.text), 0, document.version, "piaf")
        yield Entry(document, chunk(document, tokens, chunking), stamp)


def halves(articles: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Two halves of the articles; which is which depends on their names alone."""
    ordered = sorted(set(articles), key=lambda name: hashlib.sha256(name.encode()).digest())
    return frozenset(ordered[::2]), frozenset(ordered[1::2])


def _document(paragraph: Paragraph) -> Document:
    text = paragraph.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return Document(
        id=paragraph.id,
        collection=_COLLECTION,
        path=paragraph.path,
        version=f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
        title=paragraph.article,
        text=text,
        blocks=(Block(BlockKind.PARAGRAPH, start, end),),
        metadata=Metadata(title=paragraph.article, language="fr"),
    )
