"""Checks a published index in full, and says what is broken."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from rag.errors import IndexCorruptError, IndexStaleError
from rag.index.local.analysis import IndexedPassage, indexed_passages
from rag.index.local.codec import pack_text
from rag.index.local.generation import Generation, open_files, read_pointer
from rag.index.local.layout import GenerationLayout, IndexLayout
from rag.index.local.manifest import Manifest, digest_of, read_manifest, seal_file
from rag.index.passage_index import KIND_CODES
from rag.index.search_texts import sentence_vector_text, vector_key, vector_text
from rag.storage.disk_errors import refusal
from rag.types import Document, Passage

_ROWS = 8192
_PASSAGE_TOLERANCE = 1e-2
_SENTENCE_TOLERANCE = 2e-2


@dataclass(frozen=True, slots=True)
class Problem:
    """Something broken: where, relative to the index folder, and what, in French."""

    path: str
    message: str


def verify(index_dir: Path) -> list[Problem]:
    """Check the published generation: every byte, count, offset, digest and vector.

    What lies beside it (generations that were never finished or removed) is reported too.
    An index that is being built meanwhile shows the unfinished one.

    Raises:
        IndexMissingError: nothing was published there.
        IndexStaleError: another version of Sourcier made it.
        IndexingError: the system does not let it be read.
    """
    layout = IndexLayout(index_dir)
    try:
        pointer = read_pointer(layout)
    except IndexCorruptError as error:
        return [Problem(layout.current.name, str(error))]
    generation = layout.generation(pointer.generation)
    return [*_published(generation, pointer.digest), *_leftovers(layout, generation)]


def _published(layout: GenerationLayout, digest: str) -> list[Problem]:
    try:
        manifest = read_manifest(layout, digest)
    except IndexStaleError:
        raise
    except (IndexCorruptError, FileNotFoundError) as error:
        return [Problem(_shown(layout, layout.manifest.name), _message(error))]
    broken = list(_broken_files(layout, manifest))
    if broken:
        return broken
    try:
        generation = open_files(layout, manifest)
    except (IndexCorruptError, FileNotFoundError) as error:
        return [Problem(_shown(layout, ""), _message(error))]
    with generation:
        try:
            faults = list(_faults(generation))
        except IndexCorruptError as error:
            faults = [("store.sqlite", str(error))]
    return [Problem(_shown(layout, name), message) for name, message in faults]


def _leftovers(layout: IndexLayout, published: GenerationLayout) -> Iterator[Problem]:
    for other in layout.present():
        if other.id != published.id:
            yield Problem(
                f"generations/{other.id}",
                "génération qui n'est pas publiée (construction en cours ou interrompue) ; "
                "la prochaine commande « sourcier index » l'effacera",
            )


def _broken_files(layout: GenerationLayout, manifest: Manifest) -> Iterator[Problem]:
    for name, seal in manifest.files.items():
        try:
            found = seal_file(layout.folder / name)
        except OSError as error:
            yield Problem(_shown(layout, name), f"illisible : {refusal(error)}")
            continue
        if found != seal:
            yield Problem(
                _shown(layout, name),
                "le contenu n'est plus celui qui a été publié (somme de contrôle)",
            )
    known = {*manifest.files, layout.manifest.name}
    for path in sorted(layout.folder.rglob("*")):
        name = path.relative_to(layout.folder).as_posix()
        if path.is_file() and name not in known:
            yield Problem(_shown(layout, name), "fichier inconnu du manifeste")


def _faults(generation: Generation) -> Iterator[tuple[str, str]]:
    yield from _count_faults(generation)
    yield from _text_faults(generation)
    yield from _row_faults(generation)
    yield from _vector_faults(generation)
    yield from _term_faults(generation)
    yield from _collection_faults(generation)


def _count_faults(generation: Generation) -> Iterator[tuple[str, str]]:
    manifest, counts = generation.manifest, generation.store.counts()
    expected = {
        "documents": manifest.documents,
        "canonical": manifest.passages,
        "duplicates": manifest.duplicates,
        "passages": manifest.passages + manifest.duplicates,
    }
    if counts != expected or generation.store.collections() != manifest.collections:
        yield "store.sqlite", f"le magasin contient {counts} au lieu de {expected}"
    if generation.passages.kind != manifest.vector_index:
        yield "passages.faiss", f"index {generation.passages.kind} et non celui annoncé"


def _text_faults(generation: Generation) -> Iterator[tuple[str, str]]:
    store = generation.store
    for header in store.headers():
        document = store.document(header.id)
        if header.version != digest_of(pack_text(document.text)):
            yield "store.sqlite", f"{header.path} : la version ne correspond pas au texte"
        for passage in store.passages(header.id):
            if not _is_inside(passage, document):
                yield "store.sqlite", f"{header.path} : le passage {passage.id} est décalé"


def _is_inside(passage: Passage, document: Document) -> bool:
    if not 0 <= passage.start <= passage.end <= len(document.text):
        return False
    if document.text[passage.start : passage.end] != passage.text:
        return False
    return all(
        passage.start <= sentence.start <= sentence.end <= passage.end
        for sentence in passage.sentences
    )


def _row_faults(generation: Generation) -> Iterator[tuple[str, str]]:
    """Tables and keys say of each row what the store says."""
    total = generation.manifest.passages
    if generation.store.counts()["canonical"] != total:
        return
    try:
        for indexed in indexed_passages(generation.store, total):
            if not _tables_agree(generation, indexed):
                yield "sentence_table.npy", f"la ligne {indexed.row} diffère du magasin"
            if not _keys_agree(generation, indexed):
                yield "passage_keys.npy", f"les clés de la ligne {indexed.row} diffèrent"
    except KeyError as error:
        yield "store.sqlite", f"il manque la ligne {error} ou son document"


def _tables_agree(generation: Generation, indexed: IndexedPassage) -> bool:
    numbers, _ = generation.tables.sentences_of(np.array([indexed.row]))
    rows = generation.tables.sentences[numbers]
    stored = [
        (indexed.row, one.start, one.end, KIND_CODES[one.kind])
        for one in indexed.passage.sentences
    ]
    tabled = rows[["passage", "start", "end", "kind"]].tolist()
    document = generation.tables.passages["document"][indexed.row]
    return bool(tabled == stored and document == indexed.document.ordinal)


def _keys_agree(generation: Generation, indexed: IndexedPassage) -> bool:
    passage = indexed.passage
    numbers, _ = generation.tables.sentences_of(np.array([indexed.row]))
    title = indexed.document.title
    texts = [sentence_vector_text(title, passage, one) for one in passage.sentences]
    stored = [vector_key(text) for text in (vector_text(title, passage), *texts)]
    keyed = np.concatenate(
        (
            generation.passage_pool.keys[[indexed.row]],
            generation.sentence_pool.keys[numbers],
        )
    )
    return bool(np.array_equal(keyed, np.array(stored, keyed.dtype)))


def _vector_faults(generation: Generation) -> Iterator[tuple[str, str]]:
    for name, matrix, tolerance in (
        ("passages.faiss", generation.passages.matrix, _PASSAGE_TOLERANCE),
        ("sentences.npy", generation.sentences.matrix, _SENTENCE_TOLERANCE),
    ):
        for first in range(0, len(matrix), _ROWS):
            block = matrix[first : first + _ROWS].astype(np.float32)
            lengths = np.linalg.norm(block, axis=1)
            # A comparison with NaN is false, so that it counts as wrong.
            wrong = int((~(np.abs(lengths - 1.0) <= tolerance)).sum())
            if wrong:
                yield name, f"{wrong} vecteurs de longueur autre que 1 dès la ligne {first}"


def _term_faults(generation: Generation) -> Iterator[tuple[str, str]]:
    tables, vocabulary = generation.tables, generation.vocabulary
    for bounds, name, indptr, terms in (
        ("terms_indptr.npy", "terms.npy", tables.indptr, tables.terms),
        (
            "context_indptr.npy",
            "context_terms.npy",
            tables.context_indptr,
            tables.context_terms,
        ),
        (
            "surplus_indptr.npy",
            "surplus_terms.npy",
            tables.surplus_indptr,
            tables.surplus_terms[0],
        ),
    ):
        if (np.diff(indptr) < 0).any():
            yield bounds, "les bornes ne se suivent pas"
        if len(terms) and not (terms.min() >= 0 and terms.max() < len(vocabulary.terms)):
            yield name, "un terme n'est pas dans le vocabulaire"
    for name, values in (
        ("vocabulary.txt", vocabulary.terms),
        ("surfaces.txt", generation.surfaces.words),
    ):
        if any(one >= other for one, other in pairwise(values)):
            yield name, "les lignes ne sont pas triées"


def _collection_faults(generation: Generation) -> Iterator[tuple[str, str]]:
    """What collections hold adds up to what the index holds, and rows are where it says."""
    by_collection, vocabulary = generation.by_collection, generation.vocabulary
    for name, entries, totals in (
        (
            "collection_terms.npy",
            by_collection.terms,
            np.array([vocabulary.passage_counts, vocabulary.sentence_counts]),
        ),
        ("collection_words.npy", by_collection.words, generation.surfaces.counts[np.newaxis]),
    ):
        summed = np.zeros_like(totals)
        if not ((entries[0] >= 0) & (entries[0] < totals.shape[1])).all():
            yield name, "un terme n'est pas dans le vocabulaire"
            continue
        for sums, counts in zip(summed, entries[1:], strict=True):
            np.add.at(sums, entries[0], counts)
        if not np.array_equal(summed, totals):
            yield name, "les comptes par collection ne font pas ceux de l'index"
    names = {header.ordinal: header.collection for header in generation.store.headers()}
    documents = generation.tables.passages["document"]
    for number, name in enumerate(by_collection.names):
        own = set(documents[by_collection.rows([number])].tolist())
        if any(names.get(ordinal) != name for ordinal in own):
            yield "collections.npy", f"des passages ne sont pas de la collection {name}"


def _shown(layout: GenerationLayout, name: str) -> str:
    return f"generations/{layout.id}/{name}".rstrip("/")


def _message(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "le fichier manque"
    return str(error)
