"""Fit what the reader's logits count for, and the confidence that comes of them.

``python -m eval.fit_reading ../shared/data [--keep DIR] [--write] [--every N]``

On questions that the reader was not trained on (`eval.unseen`): PIAF's articles held out,
the written sets and ours, and the ``dev`` split of our own questions. The ranking before
the reader is that of ``rag/weights.json``; fitted here is its part ``read``:

1. what the ranking's score, the passage's logit and its best unit's count for;
2. the same of a sentence;
3. the confidence that the answer composed is right, on all of these questions, PIAF's also
   with half of the articles, then their own paragraph, left out; and once more without
   shared words, for questions in another language than the documents.

Every figure printed is cross-validated as those of `eval.fit`. ``--write`` puts the result
into ``rag/weights.json``. The ``test`` split is not read.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from eval.calibration import Judgement
from eval.choices import Chooser, flags, holding, matrix, passages_at, touched
from eval.fit import (
    FIFTHS,
    foreign_calibration,
    halves,
    judged,
    level_drops,
    native_calibration,
    place_of,
    wordless,
)
from eval.indexes import ROOT, Asked, Indexes, own_questions
from eval.logit import Choice, fit_logit, score
from eval.ranking import Pool, folded, ranks_of, tell
from eval.unseen import unseen_articles, unseen_written, write_documents, written_examples
from rag.embedding.factory import open_embedder
from rag.evaluation.datasets.dataset import Dataset, Query
from rag.evaluation.datasets.factory import read_dataset
from rag.index.local.local_index import LocalIndex
from rag.protocols import PassageReading, Reader, ReaderPassage
from rag.reader.openvino_reader import open_reader
from rag.retrieval.fusion import Scores, fuse, ranking
from rag.retrieval.reading import (
    Reading,
    Readings,
    passage_reading_signals,
    sentence_reading_signals,
)
from rag.retrieval.retriever import READ
from rag.retrieval.sentence_ranking import slots_of
from rag.retrieval.signals import TermMatches, passage_signals, sentence_signals
from rag.settings import AnsweringSettings, Settings
from rag.weights import ReadWeights, load_weights

SHARES = {"PIAF": 0.25, "written": 0.35, "own dev": 0.4}
"""What the questions of each pool weigh together: ours are of every kind that people ask."""

CONFIDENCE = {"PIAF": 0.25, "written": 0.3, "own dev": 0.45}
"""The same for the confidence."""


@dataclass(slots=True)
class RememberedReader:
    """A reader that reads the same passage with the same question once."""

    reader: Reader
    known: dict[tuple[str, ReaderPassage], PassageReading] = field(default_factory=dict)

    def read(
        self, question: str, passages: Sequence[ReaderPassage]
    ) -> tuple[PassageReading, ...]:
        """As the reader's own."""
        new = [each for each in passages if (question, each) not in self.known]
        told = self.reader.read(question, new)
        self.known.update(zip(((question, each) for each in new), told, strict=True))
        return tuple(self.known[question, each] for each in passages)


@dataclass(frozen=True, slots=True)
class Read:
    """A question as it stands once its first passages were read."""

    asked: Asked
    chooser: Chooser
    readings: Readings
    fused: Scores
    weight: float


def main() -> None:
    """Fit, print what it is worth, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the training sets")
    parser.add_argument("--keep", type=Path, help="keep the indexes there for the next time")
    parser.add_argument("--write", action="store_true", help="write rag/weights.json")
    parser.add_argument("--every", type=int, default=1, help="take one PIAF question in N")
    arguments = parser.parse_args()
    settings = Settings(answering=AnsweringSettings(threshold=0.0))
    embedder = open_embedder(settings.embedding)
    reader = open_reader(settings.reading, settings.embedding)
    if reader is None:
        raise SystemExit("reading.passages is 0: there is nothing to fit")
    with ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        remembered = RememberedReader(reader)
        indexes = Indexes(settings, embedder, folder, remembered)
        fit = _Fit(indexes, remembered, arguments.data, arguments.every)
        fit.run(write=arguments.write)


class _Fit:
    def __init__(self, indexes: Indexes, reader: Reader, data: Path, every: int) -> None:
        _say("indexing")
        self._indexes = indexes
        self._reader = reader
        self._weights = load_weights()
        self._piaf = read_dataset(data / "piaf-v1.1.json")
        self._full = indexes.texts("full", self._piaf.texts)
        asked = self._piaf, unseen_articles(self._piaf)[::every], self._full
        examples = written_examples(data)
        names = write_documents(examples, indexes.folder / "written-documents")
        written = unseen_written(examples, names)
        index = indexes.files("written", indexes.folder / "written-documents")
        own, documents = own_questions(), indexes.documents()
        self._pools = [
            self._pool("PIAF", *asked),
            self._pool("written", written, written.queries, index),
            self._pool("own dev", own, own.queries, documents),
        ]

    def run(self, *, write: bool) -> None:
        """Everything, in turn."""
        questions = sum(len(pool.asked) for pool in self._pools)
        self._weights = replace(self._weights, read=self._ranking())
        _say(f"confidence {self._weights.read.passage} {self._weights.read.sentence}")
        native = [*self._judgements(), *self._left_out()]
        native = _weighed(native)
        foreign = self._foreign()
        drops = level_drops(self._indexes, self._pools[2], self._weights)
        read = replace(
            self._weights.read,
            calibration=native_calibration(native),
            foreign=foreign_calibration(foreign, drops),
        )
        if write:
            told = self._weights.fitted_on.partition("; with the reader")[0]
            fitted = f"{told}; with the reader, {questions} questions that it has not seen"
            target = ROOT / "rag" / "weights.json"
            whole = replace(self._weights, read=read, fitted_on=fitted)
            target.write_text(whole.to_json(), encoding="utf-8")
            _say(f"wrote {target.relative_to(ROOT)}")

    def _pool(
        self, label: str, dataset: Dataset, queries: Sequence[Query], index: LocalIndex
    ) -> Pool:
        asked = self._indexes.ask(dataset, queries, index, self._weights)
        return Pool(label, index, asked, SHARES[label] * 1000 / len(asked))

    def _ranking(self) -> ReadWeights:
        _say("ranking, once the first passages were read")
        read = list(self._read())
        names, passages = self._passages(read)
        fitted = folded(passages, names)
        documents = [d for pool in self._pools for d in self._documents(pool)]
        tell(self._pools, ranks_of(passages, fitted, documents), (1, 5, 10), "recall")
        found = [
            self._sentences(each, fitted.of_choice(n), choice)
            for n, (each, choice) in enumerate(zip(read, passages, strict=True))
        ]
        others = found[0][0]
        sentences = [each[1] for each in found]
        tell(self._pools, ranks_of(sentences, folded(sentences, others)), (1, 2, 3), "sentence")
        return replace(
            self._weights.read,
            passage=fit_logit(passages, names),
            sentence=fit_logit(sentences, others),
        )

    def _read(self) -> Iterator[Read]:
        settings = self._indexes.settings
        reading = Reading(self._reader, settings.reading.passages)
        for pool in self._pools:
            chooser = Chooser(pool.index, settings.retrieval.candidates)
            for asked in pool.asked:
                candidates = chooser.gather(asked)
                matches = TermMatches.of(candidates)
                signals = passage_signals(candidates, matches, asked.question.wants)
                fused = fuse(signals, self._weights.passage)
                readings = reading.of(asked.question, candidates, fused)
                yield Read(asked, chooser, readings, fused, pool.weight)

    def _passages(self, read: Sequence[Read]) -> tuple[list[str], list[Choice]]:
        names: list[str] = []
        choices = []
        for each in read:
            signals = passage_reading_signals(each.fused, each.readings)
            names = list(signals)
            candidates = each.chooser.gather(each.asked)
            right = [touched(p, each.asked.places) for p in passages_at(candidates)]
            group = each.asked.query.group
            choices.append(Choice(matrix(signals), flags(right), group, each.weight))
        return names, choices

    def _sentences(
        self, each: Read, passage: dict[str, float], choice: Choice
    ) -> tuple[list[str], Choice]:
        candidates = each.chooser.gather(each.asked)
        matches, wants = TermMatches.of(candidates), each.asked.question.wants
        order = ranking(score(choice, passage))[:READ]
        slots, _ = slots_of(candidates, order)
        speaking = sentence_signals(candidates, matches, slots, each.fused, wants)
        before = fuse(speaking, self._weights.sentence)
        owners = candidates.owners[slots]
        signals = sentence_reading_signals(before, each.readings, slots, owners)
        right = [
            holds
            for read in passages_at(candidates, order)
            for holds in holding(read, each.asked.places)
        ]
        group = each.asked.query.group
        return list(signals), Choice(matrix(signals), flags(right), group, each.weight)

    def _documents(self, pool: Pool) -> list[np.ndarray]:
        chooser = Chooser(pool.index, self._indexes.settings.retrieval.candidates)
        return list(chooser.documents(pool.asked))

    def _judgements(self) -> Iterator[Judgement]:
        for pool in self._pools:
            asked = [each for each in pool.asked if each.query.language == "fr"]
            yield from judged(self._indexes, pool.index, asked, self._weights, pool.label)

    def _left_out(self) -> Iterator[Judgement]:
        """PIAF's questions with half of the articles, then their paragraph, left out."""
        queries = [each.query for each in self._pools[0].asked]
        article = {text.id: text.title for text in self._piaf.texts}
        for number, half in enumerate(halves(self._piaf.texts)):
            index = self._half(number, half)
            out = [q for q in queries if article[q.gold[0].document] not in half]
            yield from self._unanswered(index, out)
        for fifth in range(FIFTHS):
            gone = {t.id for t in self._piaf.texts if place_of(t.id) % FIFTHS == fifth}
            kept = [each for each in self._piaf.texts if each.id not in gone]
            index = self._indexes.texts(f"fifth{fifth}", kept, self._full)
            out = [q for q in queries if q.gold[0].document in gone]
            yield from self._unanswered(index, out)

    def _unanswered(self, index: LocalIndex, queries: Sequence[Query]) -> list[Judgement]:
        emptied = [replace(each, gold=()) for each in queries]
        asked = self._indexes.ask(self._piaf, emptied, index, self._weights)
        return judged(self._indexes, index, asked, self._weights, "PIAF", 0.4)

    def _half(self, number: int, half: frozenset[str]) -> LocalIndex:
        kept = [each for each in self._piaf.texts if each.title in half]
        return self._indexes.texts(f"half{number}", kept, self._full)

    def _foreign(self) -> list[Judgement]:
        """PIAF's questions without their words: what is left between two languages."""
        found: list[Judgement] = []
        queries = [each.query for each in self._pools[0].asked]
        article = {text.id: text.title for text in self._piaf.texts}
        for number, half in enumerate(halves(self._piaf.texts)):
            inside = [
                each if article[each.gold[0].document] in half else replace(each, gold=())
                for each in queries
            ]
            index = self._half(number, half)
            asked = self._indexes.ask(self._piaf, inside, index, self._weights)
            plain = [replace(each, question=wordless(each.question)) for each in asked]
            found += judged(self._indexes, index, plain, self._weights, "PIAF wordless")
        return found


def _weighed(judgements: Sequence[Judgement]) -> list[Judgement]:
    """The judgements of each pool weighed so that together they count for its share."""
    total = {
        label: sum(each.weight for each in judgements if each.pool == label)
        for label in CONFIDENCE
    }
    return [
        replace(
            each,
            weight=each.weight * CONFIDENCE[each.pool] / total[each.pool] * len(judgements),
        )
        for each in judgements
    ]


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    main()
