"""Second pass of a build: each indexed passage, in order, into tables and lexical index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.index.documents import DocumentHeader
from rag.index.local.arrays import save_array
from rag.index.local.collection_statistics import CollectionStatisticsWriter
from rag.index.local.embedding_plan import KEY_DTYPE, Keys
from rag.index.local.layout import GenerationLayout
from rag.index.local.lexical import LexicalWriter
from rag.index.local.store import Store
from rag.index.local.tables import TablesWriter
from rag.index.local.vocabulary import SurfaceBuilder, VocabularyBuilder
from rag.index.search_texts import (
    lexical_fields,
    names_of,
    sentence_characters,
    sentence_text,
    sentence_vector_text,
    vector_key,
    vector_text,
)
from rag.protocols import Progress
from rag.text.mentions import mention_kinds
from rag.text.references import reference_terms
from rag.text.terms import lexical_terms, words
from rag.types import Passage, Sentence

_BATCH = 256


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage under its row, with the document it is taken from."""

    row: int
    document: DocumentHeader
    passage: Passage


@dataclass(frozen=True, slots=True)
class TextKeys:
    """Digests of what must have a vector, ``(passages,)`` and ``(sentences,)``."""

    passages: Keys
    sentences: Keys


def analyse(layout: GenerationLayout, store: Store, progress: Progress) -> TextKeys:
    """Write the tables, the vocabularies, the keys and the lexical index.

    ``progress`` counts passages. Raises ``OSError`` where a file cannot be written.
    """
    total = store.counts()["canonical"]
    analyser = _Analyser(layout, sorted(store.collections()))
    for indexed in indexed_passages(store, total):
        analyser.add(indexed)
        if (indexed.row + 1) % _BATCH == 0:
            progress(indexed.row + 1, total)
    keys = analyser.write(layout)
    progress(total, total)
    return keys


def indexed_passages(store: Store, total: int) -> Iterator[IndexedPassage]:
    """The passages of rows ``0`` to ``total - 1``, in order."""
    headers = {header.id: header for header in store.headers()}
    for first in range(0, total, _BATCH):
        rows = range(first, min(first + _BATCH, total))
        found = store.passages_at(rows)
        for row in rows:
            passage = found[row]
            yield IndexedPassage(row, headers[passage.document_id], passage)


class _Analyser:
    def __init__(self, layout: GenerationLayout, collections: Sequence[str]) -> None:
        self._lexical = LexicalWriter(layout.lexical)
        self._tables = TablesWriter()
        self._vocabulary = VocabularyBuilder()
        self._surfaces = SurfaceBuilder()
        self._by_collection = CollectionStatisticsWriter(collections, self._end_collection)
        self._passage_keys = bytearray()
        self._sentence_keys = bytearray()
        self._titled = -1

    def add(self, indexed: IndexedPassage) -> None:
        self._by_collection.reach(indexed.document.collection)
        title, passage = indexed.document.title, indexed.passage
        stems = [
            lexical_terms(sentence_text(passage, sentence)) for sentence in passage.sentences
        ]
        names = names_of(indexed.document.path, title)
        fields = lexical_fields(title, passage, stems, names)
        self._lexical.add(indexed.row, fields)
        terms = self._vocabulary.passage(fields.body, fields.references)
        self._tables.add_passage(
            indexed.document.ordinal,
            len(passage.sentences),
            len(fields.body),
            len(fields.references),
            self._vocabulary.context(fields.title),
        )
        in_sentences: list[int] = []
        for sentence, own in zip(passage.sentences, stems, strict=True):
            in_sentences += self._add_sentence(title, passage, sentence, own)
        self._tables.add_surplus(terms, in_sentences)
        self._passage_keys += vector_key(vector_text(title, passage))
        self._surfaces.add(words(passage.text))
        if indexed.document.ordinal != self._titled:
            self._titled = indexed.document.ordinal
            self._surfaces.add(words(title))

    def write(self, layout: GenerationLayout) -> TextKeys:
        self._lexical.finish()
        self._by_collection.write(layout)
        self._tables.write(layout, self._vocabulary.write(layout))
        self._surfaces.write(layout)
        keys = TextKeys(
            passages=np.frombuffer(self._passage_keys, KEY_DTYPE),
            sentences=np.frombuffer(self._sentence_keys, KEY_DTYPE),
        )
        save_array(layout.passage_keys, keys.passages)
        save_array(layout.sentence_keys, keys.sentences)
        return keys

    def _add_sentence(
        self, title: str, passage: Passage, sentence: Sentence, stems: list[str]
    ) -> list[int]:
        text = sentence_text(passage, sentence)
        terms = self._vocabulary.sentence(stems, reference_terms(text))
        self._tables.add_sentence(
            sentence.start,
            sentence.end,
            sentence.kind,
            mention_kinds(sentence_characters(passage, sentence)),
            len(stems),
            terms,
        )
        self._sentence_keys += vector_key(sentence_vector_text(title, passage, sentence))
        return terms

    def _end_collection(self) -> tuple[int, int, int, int]:
        return (
            self._tables.passages,
            self._tables.sentences,
            self._vocabulary.end_collection(),
            self._surfaces.end_collection(),
        )
