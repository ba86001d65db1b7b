"""A published generation, opened whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.errors import (
    IndexCorruptError,
    IndexingError,
    IndexMissingError,
    IndexStaleError,
)
from rag.index.local.arrays import map_array
from rag.index.local.collection_statistics import (
    CollectionStatistics,
    open_collection_statistics,
)
from rag.index.local.embedding_plan import KEY_DTYPE, VectorPool
from rag.index.local.layout import GenerationLayout, IndexLayout
from rag.index.local.lexical import Lexical
from rag.index.local.manifest import (
    Manifest,
    Pointer,
    parse_pointer,
    quick_fault,
    read_manifest,
)
from rag.index.local.store import Store
from rag.index.local.tables import Tables, open_tables
from rag.index.local.vectors import PassageVectors, SentenceVectors
from rag.index.local.vocabulary import (
    SurfaceVocabulary,
    Vocabulary,
    open_surfaces,
    open_vocabulary,
)
from rag.storage.disk_errors import refusal
from rag.types import ModelIdentity

_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Generation:
    """Everything a reader needs, held open: its folder may be removed meanwhile.

    ``passage_pool`` and ``sentence_pool`` give the vectors by their texts' digests, for
    the next build. Safe to read from several threads; `close` once none reads any more.
    """

    manifest: Manifest
    store: Store
    passages: PassageVectors
    sentences: SentenceVectors
    tables: Tables
    vocabulary: Vocabulary
    surfaces: SurfaceVocabulary
    by_collection: CollectionStatistics
    lexical: Lexical
    passage_pool: VectorPool
    sentence_pool: VectorPool

    def close(self) -> None:
        """Let go of the store's file; the mapped ones go with the object."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_generation(
    index_dir: Path,
    *,
    model: ModelIdentity | None = None,
    chunking: Mapping[str, int] | None = None,
) -> Generation:
    """Open the published generation. Writes nothing, waits for nobody.

    ``model`` is the one whose vectors the index must hold, ``chunking`` the settings that
    its passages must have been cut with; None to take any.

    Raises:
        IndexMissingError: nothing was published there.
        IndexStaleError: another format, model or chunking made it.
        IndexCorruptError: its files are not as published.
        IndexingError: the system does not let it be read.
    """
    layout = IndexLayout(index_dir)
    pointer = read_pointer(layout)
    for _ in range(_ATTEMPTS):
        try:
            return _open_published(layout, pointer, model, chunking)
        except (FileNotFoundError, IndexCorruptError) as error:
            # A publisher may have removed this generation in favour of a newer one.
            newer = read_pointer(layout)
            if newer == pointer:
                raise _as_corrupt(error, layout) from error
            pointer = newer
        except OSError as error:
            raise _unreadable(layout, error) from error
    raise IndexingError(
        f"L'index de {index_dir} est remplacé sans cesse par un autre processus. Attendez "
        "qu'il ait fini, puis relancez la commande."
    )


def read_pointer(layout: IndexLayout) -> Pointer:
    """What ``CURRENT`` says; errors as `open_generation`'s."""
    try:
        return parse_pointer(layout.current.read_bytes(), layout.current)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissingError(
            f"Aucun index dans {layout.root}. Construisez-le d'abord : "
            f"sourcier index CHEMIN… --index {layout.root}"
        ) from error
    except OSError as error:
        raise _unreadable(layout, error) from error


def open_files(layout: GenerationLayout, manifest: Manifest) -> Generation:
    """Open a generation's files, published or not, eagerly.

    Raises:
        IndexCorruptError: they are not as sealed, or do not fit together.
        FileNotFoundError: one is not there.
    """
    for name, seal in manifest.files.items():
        fault = quick_fault(layout.folder / name, seal)
        if fault is not None:
            raise _damaged(layout.folder / name, fault)
    width = manifest.model.dimensions
    passages = PassageVectors(layout.passages, manifest.passages, width)
    sentences = SentenceVectors(layout.sentences, manifest.sentences, width)
    passage_keys = map_array(layout.passage_keys, KEY_DTYPE)
    sentence_keys = map_array(layout.sentence_keys, KEY_DTYPE)
    tables, lexical = open_tables(layout), Lexical(layout.lexical)
    by_collection = open_collection_statistics(layout, manifest.collections)
    counts = {
        "passages": {
            len(tables.passages),
            len(passage_keys),
            lexical.passages,
            by_collection.passages,
        },
        "sentences": {len(tables.sentences), len(sentence_keys), by_collection.sentences},
    }
    if counts != {"passages": {manifest.passages}, "sentences": {manifest.sentences}}:
        raise _damaged(layout.folder, "les nombres de passages ou de phrases diffèrent")
    return Generation(
        manifest=manifest,
        passages=passages,
        sentences=sentences,
        tables=tables,
        vocabulary=open_vocabulary(layout),
        surfaces=open_surfaces(layout),
        by_collection=by_collection,
        lexical=lexical,
        passage_pool=VectorPool(passage_keys, passages.matrix),
        sentence_pool=VectorPool(sentence_keys, sentences.matrix),
        store=Store(layout.store),
    )


def _open_published(
    layout: IndexLayout,
    pointer: Pointer,
    model: ModelIdentity | None,
    chunking: Mapping[str, int] | None,
) -> Generation:
    generation = layout.generation(pointer.generation)
    manifest = read_manifest(generation, pointer.digest)
    _refuse_stale(manifest, layout.root, model, chunking)
    return open_files(generation, manifest)


def _refuse_stale(
    manifest: Manifest,
    index_dir: Path,
    model: ModelIdentity | None,
    chunking: Mapping[str, int] | None,
) -> None:
    command = f"Reconstruisez-le : sourcier index CHEMIN… --index {index_dir}"
    if model is not None and manifest.model != model:
        raise IndexStaleError(
            f"L'index de {index_dir} a été construit avec le modèle "
            f"{_described(manifest.model)} ; le modèle réglé est {_described(model)}. "
            f"{command}"
        )
    if chunking is not None and manifest.chunking != dict(chunking):
        raise IndexStaleError(
            f"L'index de {index_dir} a été découpé avec d'autres réglages "
            f"({_settings(manifest.chunking)} au lieu de {_settings(chunking)}). {command}"
        )


def _described(model: ModelIdentity) -> str:
    return (
        f"{model.name} ({model.dimensions} dimensions, {model.max_tokens} tokens, poids "
        f"{model.weights.removeprefix('sha256:')[:12]})"
    )


def _settings(chunking: Mapping[str, int]) -> str:
    return ", ".join(f"{key} {value}" for key, value in sorted(chunking.items()))


def _damaged(path: Path, fault: str) -> IndexCorruptError:
    return IndexCorruptError(
        f"L'index est endommagé : {path} ({fault}). « sourcier verify » dit tout ce qui est "
        "atteint ; pour le reconstruire : sourcier index CHEMIN…"
    )


def _as_corrupt(error: Exception, layout: IndexLayout) -> IndexCorruptError:
    if isinstance(error, IndexCorruptError):
        return error
    missing = getattr(error, "filename", None) or layout.root
    return _damaged(Path(str(missing)), "le fichier manque")


def _unreadable(layout: IndexLayout, error: OSError) -> IndexingError:
    return IndexingError(
        f"L'index de {layout.root} ne peut pas être lu ({refusal(error)}). "
        "Donnez-vous le droit de lire ce dossier et ses fichiers."
    )
