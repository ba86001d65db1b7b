"""Small documents, and an embedder that counts what it is given."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.index.build_stages import Observer
from rag.index.documents import Entry, SkippedFile, SourceStamp
from rag.index.local.build import BuildReport, BuildRequest, build_generation
from rag.index.local.generation import Generation
from rag.index.local.publication import hold_build_lock
from rag.protocols import FloatMatrix, Progress
from rag.types import (
    Block,
    BlockKind,
    Document,
    Metadata,
    ModelIdentity,
    Passage,
    Sentence,
)

CHUNKING = {"max_tokens": 256, "min_tokens": 48}
DIMENSIONS = 32


class CountingEmbedder:
    """Sums of word vectors drawn from the words' digests; keeps the texts it embedded."""

    def __init__(self, name: str = "little", dimensions: int = DIMENSIONS) -> None:
        self.identity = ModelIdentity(name, f"sha256:{name}", dimensions, 512)
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        width = self.identity.dimensions
        vectors = [_vector(text, width) for text in texts]
        return np.array(vectors, np.float32).reshape(-1, width)

    def embed_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> FloatMatrix:
        self.embedded.extend(texts)
        if progress is not None:
            progress(len(texts), len(texts))
        return self.embed_queries(texts)


def _vector(text: str, width: int) -> FloatMatrix:
    total = np.full(width, 1e-3, np.float64)
    for word in re.findall(r"\w+", text.lower()):
        seed = hashlib.shake_128(word.encode("utf-8", "replace")).digest(width)
        total += np.frombuffer(seed, np.uint8).astype(np.float64) - 127.5
    return np.asarray(total / np.linalg.norm(total), np.float32)


def entry(
    path: str,
    *paragraphs: str,
    title: str = "Sans titre",
    collection: str = "defaut",
    headings: tuple[str, ...] = (),
    metadata: Metadata | None = None,
) -> Entry:
    """A document with one passage a paragraph, and one sentence a full stop."""
    text = "\n\n".join(paragraphs)
    name = f"{collection}/{path}".encode("utf-8", "surrogatepass")
    identity = hashlib.sha256(name).hexdigest()[:16]
    blocks, passages, start = [], [], 0
    for ordinal, paragraph in enumerate(paragraphs):
        end = start + len(paragraph)
        blocks.append(Block(BlockKind.PARAGRAPH, start, end))
        passages.append(
            Passage(
                id=f"{identity}-{ordinal:04d}",
                document_id=identity,
                ordinal=ordinal,
                start=start,
                end=end,
                text=paragraph,
                headings=headings,
                page=None,
                sentences=_sentences(paragraph, start),
            )
        )
        start = end + 2
    return Entry(
        document=Document(
            id=identity,
            collection=collection,
            path=path,
            version=f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
            title=title,
            text=text,
            blocks=tuple(blocks),
            metadata=metadata or Metadata(),
        ),
        passages=tuple(passages),
        stamp=SourceStamp("/corpus", len(text), 1, hashlib.sha256(name).hexdigest(), "txt-1"),
    )


def _sentences(paragraph: str, start: int) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(start + found.start(), start + found.end(), BlockKind.PARAGRAPH)
        for found in re.finditer(r"[^\s.][^.]*\.?", paragraph)
    )


def ignore(stage: object, done: int, total: int) -> None:
    """An observer that looks away."""


def build(
    index_dir: Path,
    entries: Sequence[Entry],
    embedder: CountingEmbedder | None = None,
    *,
    previous: Generation | None = None,
    exact_passages: int = 1000,
    skipped: tuple[SkippedFile, ...] = (),
    observe: Observer = ignore,
) -> BuildReport:
    """Build and publish an index of these documents."""
    request = BuildRequest(
        entries=entries,
        chunking=CHUNKING,
        exact_passages=exact_passages,
        skipped=skipped,
        previous=previous,
    )
    with hold_build_lock(index_dir) as lock:
        return build_generation(lock, request, embedder or CountingEmbedder(), observe)


CYBER = entry(
    "cyber.md",
    "Le salon Cyber-IA Expo se tient à Paris. Il ouvre le 3 février 2026.",
    "La directive NIS2 impose de signaler un incident dans les 24 heures.",
    title="Cybersécurité",
    headings=("Agenda",),
)
CALCUL = entry(
    "calcul.md",
    "Le supercalculateur Jean Zay est installé sur le plateau de Saclay.",
    "Alice Recoque sera le premier supercalculateur exaflopique français.",
    title="Calcul",
)
CORPUS = (CYBER, CALCUL)
