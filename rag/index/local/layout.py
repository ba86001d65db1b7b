"""Where everything lies on disk: an index folder, and a generation inside it.

::

    <index>/
    ├── CURRENT             the published generation's name and its manifest's digest
    ├── .lock               held by the process that builds; readers never touch it
    └── generations/<id>/   one immutable folder a generation
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FORMAT_VERSION = 4
"""Raised whenever a generation's files, or the analysis behind them, change meaning."""

_GENERATION_ID = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}")


class _Named:
    """A path of a generation, by its file's name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, layout: "GenerationLayout", owner: type) -> Path:
        return layout.folder / self._name


@dataclass(frozen=True, slots=True)
class GenerationLayout:
    """The paths of one generation; ``manifest`` is written last."""

    folder: Path

    manifest = _Named("manifest.json")
    """JSON: what the generation is made of, with each other file's size and digest."""
    store = _Named("store.sqlite")
    """SQLite: documents, passages, where duplicates stand, files left out."""
    passages = _Named("passages.faiss")
    """FAISS: passage vectors, inner product, float32."""
    passage_keys = _Named("passage_keys.npy")
    """``S16 (passages,)``: digests of the texts that the passage vectors stand for."""
    sentences = _Named("sentences.npy")
    """``float32 (sentences, dimensions)``: unit vectors."""
    sentence_keys = _Named("sentence_keys.npy")
    """``S16 (sentences,)``: digests of the texts that the sentence vectors stand for."""
    passage_table = _Named("passage_table.npy")
    """``PASSAGE_DTYPE (passages,)``."""
    sentence_table = _Named("sentence_table.npy")
    """``SENTENCE_DTYPE (sentences,)``."""
    terms = _Named("terms.npy")
    """``int32 (n,)``: term ids of all sentences, one sentence after the other."""
    terms_indptr = _Named("terms_indptr.npy")
    """``int64 (sentences + 1,)``: where each sentence's term ids begin."""
    context_terms = _Named("context_terms.npy")
    """``int32 (n,)``: term ids of the title and headings above each passage, in order."""
    context_indptr = _Named("context_indptr.npy")
    """``int64 (passages + 1,)``: where each passage's context begins."""
    surplus_terms = _Named("surplus_terms.npy")
    """``int32 (2, n)``: ids, and how much more of each a passage's fields hold."""
    surplus_indptr = _Named("surplus_indptr.npy")
    """``int64 (passages + 1,)``: where each passage's surplus begins."""
    vocabulary = _Named("vocabulary.txt")
    """UTF-8 lines: the terms, sorted by code point; a line's number is the term's id."""
    vocabulary_counts = _Named("vocabulary_counts.npy")
    """``int32 (2, terms)``: passages, then sentences, that hold each term."""
    surfaces = _Named("surfaces.txt")
    """UTF-8 lines: words as written, in lower case, sorted by code point."""
    surface_counts = _Named("surface_counts.npy")
    """``int32 (words,)``: times each word occurs."""
    collections = _Named("collections.npy")
    """``int64 (4, collections + 1)``: see `CollectionStatistics`."""
    collection_terms = _Named("collection_terms.npy")
    """``int32 (3, n)``: terms, with passages and sentences, by collection."""
    collection_words = _Named("collection_words.npy")
    """``int32 (2, n)``: words as written, with times each occurs, by collection."""
    lexical = _Named("lexical")
    """Folder of the tantivy index."""

    @property
    def id(self) -> str:
        """The generation's name."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """The paths of an index folder."""

    root: Path

    @property
    def current(self) -> Path:
        """The one file that says which generation is published."""
        return self.root / "CURRENT"

    @property
    def lock(self) -> Path:
        """Held while building."""
        return self.root / ".lock"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.root / "generations"

    def generation(self, generation_id: str) -> GenerationLayout:
        """The paths of one generation."""
        return GenerationLayout(self.generations / generation_id)

    def present(self) -> tuple[GenerationLayout, ...]:
        """Every generation on disk, published or not, oldest first."""
        if not self.generations.is_dir():
            return ()
        names = sorted(entry.name for entry in self.generations.iterdir())
        return tuple(self.generation(name) for name in names if is_generation_id(name))


def new_generation_id() -> str:
    """A name no other generation has; names sort by the time they were made."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(4)}"


def is_generation_id(name: str) -> bool:
    """Whether a folder's name is a generation's: nothing else is ever removed."""
    return _GENERATION_ID.fullmatch(name) is not None
