"""Measures an index with a dataset: reads, checks, indexes what must be, asks everything."""

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rag.embedding.cross_encoder import open_reranker
from rag.embedding.factory import open_embedder
from rag.errors import DatasetError, UsageError
from rag.evaluation.datasets.dataset import Dataset
from rag.evaluation.datasets.factory import read_dataset
from rag.evaluation.evaluation_index import (
    FOLDER_COLLECTION,
    check_keep,
    dataset_ids,
    entries,
    prepare_keep,
)
from rag.evaluation.gold import find_by_path, find_in_index, places
from rag.evaluation.runner import examine_all
from rag.evaluation.runs import Conditions, Examination, Extent, Outcome, Run
from rag.index.documents import Entry
from rag.index.local.local_index import open_local_index
from rag.index.passage_index import PassageIndex, Revision
from rag.protocols import Embedder
from rag.reader.openvino_reader import open_reader
from rag.service.searcher import Searcher
from rag.service.stopwatch import Stopwatch
from rag.settings import Settings
from rag.text.typography import typeset
from rag.types import Document, Turn
from rag.updating.folder_sync import FolderSync, SyncRequest
from rag.updating.update_index import Watcher, build_index
from rag.weights import load_weights


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to measure.

    ``documents`` is the folder that our own questions are put to, indexed for the purpose;
    None for the published index. ``keep`` is where to keep the index that was made, and to
    take vectors over from; None to remove it. ``every`` takes one question in so many.
    ``index`` is the published index, where it is not the one of the settings.
    """

    dataset: Path
    split: str = ""
    documents: Path | None = None
    keep: Path | None = None
    every: int = 1
    index: Path | None = None


def check_request(settings: Settings, request: EvaluationRequest) -> None:
    """Refuse what would be wrong whatever the dataset holds, before anything is read."""
    if request.index is not None and request.documents is not None:
        raise UsageError(
            typeset(
                "--index nomme un index déjà fait, --documents en fait faire un autre : "
                "retirez l'un des deux."
            )
        )
    if request.keep is not None:
        check_keep(request.keep, _published(settings, request))


def evaluate(settings: Settings, request: EvaluationRequest, watcher: Watcher) -> Run:
    """Put every question of a dataset, and measure what comes.

    A dataset at fault, or that does not fit the documents, is refused before anything is
    embedded.
    """
    check_request(settings, request)
    dataset = read_dataset(request.dataset, request.split)
    dataset = replace(dataset, queries=dataset.queries[:: request.every])
    _check_fits(request, dataset)
    if request.keep is not None:
        prepare_keep(request.keep)
    embedder = open_embedder(settings.embedding, watcher.model)
    with ExitStack() as stack:
        index = stack.enter_context(_index(settings, request, dataset, embedder, watcher))
        where = places(dataset.queries, find_in_index(dataset, index.documents))
        examiner = _Examiner(
            Searcher(
                at_threshold(settings, 0.0),
                index,
                embedder,
                load_weights(),
                open_reranker(settings.reranking),
                reader=open_reader(settings.reading, settings.embedding),
            )
        )
        threshold = settings.answering.threshold
        outcomes = examine_all(
            dataset, where, dataset_ids(dataset.texts), examiner, threshold, watcher.questions
        )
        conditions = _conditions(dataset, request.split, threshold, index.revision)
        return Run(conditions, outcomes, _documents(outcomes, examiner))


class _Examiner:
    """A `rag.evaluation.runner.Examiner` over a searcher that always answers."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def examine(self, question: str, history: Sequence[Turn], depth: int) -> Examination:
        """The answer and the sentences that it was chosen from."""
        watch = Stopwatch()
        read = self._searcher.read(question, history)
        with watch.stage("embed"):
            (vectors,) = self._searcher.embed([read])
        with watch.stage("retrieve"):
            results = self._searcher.find(read, vectors, depth)
        answer = asyncio.run(self._searcher.answer(results, watch))
        sentences = tuple(
            Extent(each.hit.document_id, each.sentence.start, each.sentence.end)
            for each in results.sentences
        )
        return Examination(answer, sentences)

    def document(self, document_id: str) -> Document:
        """A document of the index."""
        return self._searcher.document(document_id)


def _published(settings: Settings, request: EvaluationRequest) -> Path:
    return request.index or settings.index.directory


def _check_fits(request: EvaluationRequest, dataset: Dataset) -> None:
    brings = f"Le jeu d'évaluation {dataset.name} apporte ses propres documents"
    if dataset.texts and request.documents is not None:
        raise DatasetError(f"{brings}. Retirez --documents.")
    if dataset.texts and request.index is not None:
        raise UsageError(f"{brings}, qui sont indexés à part. Retirez --index.")
    if request.keep is not None and not (dataset.texts or request.documents):
        raise UsageError(
            typeset(
                "--keep garde l'index fait pour l'occasion, et il n'y en a pas ici : les "
                "questions sont posées à l'index publié. Ajoutez --documents DOSSIER, ou "
                "retirez --keep."
            )
        )


def at_threshold(settings: Settings, threshold: float) -> Settings:
    """The settings with another least confidence, 0 to 1, at which to answer."""
    answering = settings.answering.model_copy(update={"threshold": threshold})
    return settings.model_copy(update={"answering": answering})


@contextmanager
def _index(
    settings: Settings,
    request: EvaluationRequest,
    dataset: Dataset,
    embedder: Embedder,
    watcher: Watcher,
) -> Iterator[PassageIndex]:
    """The index to ask: the published one, or one made for the dataset."""
    with ExitStack() as stack:
        folder = _published(settings, request)
        if dataset.texts or request.documents:
            folder = request.keep or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="sourcier-eval-"))
            )
            found: Iterable[Entry] = entries(dataset.texts, embedder, settings.chunking)
            if request.documents:
                found = _read(settings, request.documents, dataset, embedder, watcher)
            build_index(settings, folder, embedder, watcher, lambda previous: found)
        index = open_local_index(
            folder, model=embedder.identity, chunking=settings.chunking.model_dump()
        )
        yield stack.enter_context(closing(index))


def _read(
    settings: Settings,
    folder: Path,
    dataset: Dataset,
    embedder: Embedder,
    watcher: Watcher,
) -> list[Entry]:
    """All documents of a folder, read before any is embedded so that golds are checked."""
    intake = FolderSync(
        SyncRequest([folder], FOLDER_COLLECTION),
        embedder,
        settings.chunking,
        settings.limits,
        watcher.files,
    )
    found = list(intake.entries(None))
    documents = {entry.document.id: entry.document for entry in found}
    ids = {document.path: document.id for document in documents.values()}
    places(dataset.queries, find_by_path(ids, documents.__getitem__))
    for skipped in intake.skipped:
        watcher.warning(f"{skipped.path} : {skipped.reason}")
    return found


def _conditions(
    dataset: Dataset, split: str, threshold: float, revision: Revision
) -> Conditions:
    return Conditions(
        dataset=dataset.name,
        digest=dataset.digest,
        split=split or _common_split(dataset),
        unit=dataset.unit,
        threshold=threshold,
        version=version("sourcier"),
        model=revision.model.name,
        index=revision.generation,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        documents=revision.documents,
        passages=revision.passages,
    )


def _common_split(dataset: Dataset) -> str:
    """The split of all questions, or "" where they are of several."""
    splits = {query.split for query in dataset.queries}
    return splits.pop() if len(splits) == 1 else ""


def _documents(outcomes: Iterable[Outcome], examiner: _Examiner) -> Mapping[str, Document]:
    """The documents that golds stand in or that answers cite, by id."""
    wanted: set[str] = set()
    for outcome in outcomes:
        wanted.update(place.document_id for place in outcome.places)
        if outcome.examination:
            wanted.update(each.document_id for each in outcome.examination.answer.citations)
    return {identity: examiner.document(identity) for identity in sorted(wanted)}
