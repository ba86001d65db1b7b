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

FORMAT_VERSION = 3
"""Raised whenever a generation's files, or the analysis behind them, change meaning."""

_GENERATION_ID = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class GenerationLayout:
    """The paths of one generation; ``manifest`` is written last."""

    folder: Path

    @property
    def id(self) -> str:
        """The generation's name."""
        return self.folder.name

    @property
    def manifest(self) -> Path:
        """JSON: what the generation is made of, with each other file's size and digest."""
        return self.folder / "manifest.json"

    @property
    def store(self) -> Path:
        """SQLite: documents, passages, where duplicates stand, files left out."""
        return self.folder / "store.sqlite"

    @property
    def passages(self) -> Path:
        """FAISS: passage vectors, inner product, float32."""
        return self.folder / "passages.faiss"

    @property
    def passage_keys(self) -> Path:
        """``S16 (passages,)``: digests of the texts that the passage vectors stand for."""
        return self.folder / "passage_keys.npy"

    @property
    def sentences(self) -> Path:
        """``float32 (sentences, dimensions)``: unit vectors."""
        return self.folder / "sentences.npy"

    @property
    def sentence_keys(self) -> Path:
        """``S16 (sentences,)``: digests of the texts that the sentence vectors stand for."""
        return self.folder / "sentence_keys.npy"

    @property
    def passage_table(self) -> Path:
        """``PASSAGE_DTYPE (passages,)``."""
        return self.folder / "passage_table.npy"

    @property
    def sentence_table(self) -> Path:
        """``SENTENCE_DTYPE (sentences,)``."""
        return self.folder / "sentence_table.npy"

    @property
    def terms(self) -> Path:
        """``int32 (n,)``: term ids of all sentences, one sentence after the other."""
        return self.folder / "terms.npy"

    @property
    def terms_indptr(self) -> Path:
        """``int64 (sentences + 1,)``: where each sentence's term ids begin."""
        return self.folder / "terms_indptr.npy"

    @property
    def context_terms(self) -> Path:
        """``int32 (n,)``: term ids of the title and headings above each passage, in order."""
        return self.folder / "context_terms.npy"

    @property
    def context_indptr(self) -> Path:
        """``int64 (passages + 1,)``: where each passage's context begins."""
        return self.folder / "context_indptr.npy"

    @property
    def surplus_terms(self) -> Path:
        """``int32 (2, n)``: ids, and how much more of each a passage's fields hold."""
        return self.folder / "surplus_terms.npy"

    @property
    def surplus_indptr(self) -> Path:
        """``int64 (passages + 1,)``: where each passage's surplus begins."""
        return self.folder / "surplus_indptr.npy"

    @property
    def vocabulary(self) -> Path:
        """UTF-8 lines: the terms, sorted by code point; a line's number is the term's id."""
        return self.folder / "vocabulary.txt"

    @property
    def vocabulary_counts(self) -> Path:
        """``int32 (2, terms)``: passages, then sentences, that hold each term."""
        return self.folder / "vocabulary_counts.npy"

    @property
    def surfaces(self) -> Path:
        """UTF-8 lines: words as written, in lower case, sorted by code point."""
        return self.folder / "surfaces.txt"

    @property
    def surface_counts(self) -> Path:
        """``int32 (words,)``: times each word occurs."""
        return self.folder / "surface_counts.npy"

    @property
    def collections(self) -> Path:
        """``int64 (4, collections + 1)``: see `CollectionStatistics`."""
        return self.folder / "collections.npy"

    @property
    def collection_terms(self) -> Path:
        """``int32 (3, n)``: terms, with passages and sentences, by collection."""
        return self.folder / "collection_terms.npy"

    @property
    def collection_words(self) -> Path:
        """``int32 (2, n)``: words as written, with times each occurs, by collection."""
        return self.folder / "collection_words.npy"

    @property
    def lexical(self) -> Path:
        """Folder of the tantivy index."""
        return self.folder / "lexical"


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
