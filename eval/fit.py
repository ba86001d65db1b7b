"""Fit the calibration of confidence, and measure ranking, on PIAF.

``python -m eval.fit ../shared/data/piaf-v1.1.json [--ranking] [--write] [--every N]``

Ranking is measured with all paragraphs indexed. For the calibration each half of the
articles is left out of the index in turn, so that the questions on it have no answer; the
``dev`` split of our own questions is added. Questions in another language than the
documents share few words with them: a second calibration does without lexical signals.
``--write`` puts the result into ``rag/weights.json``.
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eval.calibration import Judgement, fit
from eval.own import OwnQuestion, is_right, load_questions
from eval.piaf import Asked, Paragraph, entries, halves, load
from rag.embedding.opening import open_embedder
from rag.indexing.build import BuildRequest, build_generation
from rag.indexing.generation import Generation, open_generation
from rag.indexing.locking import hold_build_lock
from rag.indexing.records import Entry
from rag.intake import Intake, Request
from rag.protocols import Embedder
from rag.retrieval.evidence import Evidence
from rag.service import Searcher
from rag.settings import Settings
from rag.weights import Calibration, Weights, load_weights

ROOT = Path(__file__).parent.parent
_NOT_TAUGHT = frozenset({"french", "terms", "kind"})
"""Features that PIAF, all in French and never about tables, cannot teach."""

_LEVELS = ("cosine", "cosine_most", "sentence", "sentence_most")
"""Features whose level is lower between two languages."""

_WITHOUT_WORDS = (
    "score_lead",
    "score_gap",
    "sentence_gap",
    "cosine_gap",
    "first_by_cosine",
    "first_by_sentence",
    *_LEVELS,
)
"""Features that shared words do not bend."""

_OWN_SHARE = 0.15
"""What our own questions weigh together, as a share of PIAF's."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What asking needs, whatever the index."""

    settings: Settings
    weights: Weights
    embedder: Embedder
    folder: Path

    def build(
        self, name: str, found: Iterable[Entry], previous: Generation | None = None
    ) -> Generation:
        """An index of its own; vectors are taken over from ``previous``."""
        with hold_build_lock(self.folder / name) as lock:
            build_generation(
                lock,
                BuildRequest(
                    entries=found,
                    chunking=self.settings.chunking.model_dump(),
                    exact_passages=self.settings.index.exact_passages,
                    previous=previous,
                ),
                self.embedder,
            )
        return open_generation(self.folder / name)

    def paragraphs(self, kept: Sequence[Paragraph]) -> Iterable[Entry]:
        """PIAF paragraphs as entries."""
        return entries(kept, self.embedder, self.settings.chunking)

    def own(self) -> Generation:
        """An index of the documents shipped with the project."""
        intake = Intake(
            Request([ROOT / "documents"], "documents"),
            self.embedder,
            self.settings.chunking,
            self.settings.limits,
        )
        return self.build("own", intake.entries(None))

    def ask(
        self, generation: Generation, questions: Sequence[str], k: int, *, words: bool = True
    ) -> Iterator[Evidence]:
        """What the index finds, ``k`` hits each; without ``words``, by meaning alone."""
        searcher = Searcher(self.settings, generation, self.embedder, self.weights)
        read = [searcher.read(each) for each in questions]
        if not words:
            read = [replace(each, terms=(), references=()) for each in read]
        vectors = self.embedder.embed_queries([each.search_text for each in read])
        for question, vector in zip(read, vectors, strict=True):
            yield searcher.evidence(question, vector, k)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ranking", action="store_true", help="measure ranking and stop")
    parser.add_argument("--every", type=int, default=1, help="take one question in N")
    arguments = parser.parse_args()
    settings = Settings()
    paragraphs, questions = load(arguments.data)
    questions = questions[:: arguments.every]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(settings, load_weights(), open_embedder(settings.embedding), Path(folder))
        full = bench.build("full", bench.paragraphs(paragraphs))
        print_ranking(questions, bench.ask(full, [each.question for each in questions], 100))
        if arguments.ranking:
            return
        native, foreign = _piaf_judgements(bench, full, paragraphs, questions)
        own = bench.own()
        native += _own_judgements(bench, own, len(native))
        drops = _drops(bench, own)
    names = [name for name in native[0].features if name not in _NOT_TAUGHT]
    print("\nQuestions in the documents' language")
    calibration = fit(native, names)
    print("\nWithout shared words, for another language")
    fitted = replace(
        bench.weights,
        fitted_on=f"PIAF 1.1, {len(questions)} questions with each half of the articles left "
        "out in turn, and the dev split of eval/questions.jsonl; fusion and sentence weights "
        "chosen on PIAF",
        calibration=calibration,
        foreign=_lowered(fit(foreign, _WITHOUT_WORDS), drops),
    )
    if arguments.write:
        target = ROOT / "rag" / "weights.json"
        target.write_text(fitted.to_json(), encoding="utf-8")
        print(f"wrote {target.relative_to(ROOT)}")


def print_ranking(questions: Sequence[Asked], found: Iterable[Evidence]) -> None:
    """Print recall, MRR and how early the sentence with the answer comes."""
    ranks = [
        (_rank(asked, evidence), _sentence_rank(asked, evidence))
        for asked, evidence in zip(questions, found, strict=True)
    ]
    rank, sentence = np.array(ranks).T
    print(f"{len(questions)} questions")
    for k in (1, 5, 10, 100):
        print(f"recall@{k:<4} {np.mean(rank <= k):.4f}")
    print(f"MRR@10      {np.mean(np.where(rank <= 10, 1 / rank, 0)):.4f}")
    for k in (1, 2, 3):
        print(f"sentence@{k}  {np.mean(sentence <= k):.4f}")


def _rank(asked: Asked, evidence: Evidence) -> float:
    documents = list(dict.fromkeys(hit.document_id for hit in evidence.hits))
    return documents.index(asked.paragraph) + 1 if asked.paragraph in documents else np.inf


def _sentence_rank(asked: Asked, evidence: Evidence) -> float:
    for rank, found in enumerate(evidence.sentences, start=1):
        if (
            found.hit.document_id == asked.paragraph
            and found.sentence.start <= asked.start
            and asked.end <= found.sentence.end
        ):
            return rank
    return np.inf


def _holds_answer(asked: Asked, evidence: Evidence) -> bool:
    """Whether the passage of the best sentence holds the answer."""
    if not evidence.sentences:
        return False
    hit = evidence.sentences[0].hit
    return (
        hit.document_id == asked.paragraph and hit.start <= asked.start and asked.end <= hit.end
    )


def _piaf_judgements(
    bench: Bench, full: Generation, paragraphs: Sequence[Paragraph], questions: Sequence[Asked]
) -> tuple[list[Judgement], list[Judgement]]:
    native: list[Judgement] = []
    foreign: list[Judgement] = []
    for half in halves([each.article for each in paragraphs]):
        kept = [each for each in paragraphs if each.article in half]
        index = bench.build(f"half{len(native)}", bench.paragraphs(kept), full)
        texts = [each.question for each in questions]
        for target, words in ((native, True), (foreign, False)):
            found = bench.ask(index, texts, 1, words=words)
            for asked, evidence in zip(questions, found, strict=True):
                inside = asked.article in half
                right = inside and _holds_answer(asked, evidence)
                target.append(Judgement(evidence.features, right, inside, asked.article))
    return native, foreign


def _own_judgements(bench: Bench, index: Generation, piaf: int) -> list[Judgement]:
    questions = _own_questions("fr")
    paths = {header.id: header.path for header in index.store.headers()}
    found = bench.ask(index, [each.question for each in questions], 1)
    weight = _OWN_SHARE * piaf / len(questions)
    return [
        Judgement(
            evidence.features,
            is_right(question, evidence, paths),
            bool(question.gold),
            _group(question),
            weight,
        )
        for question, evidence in zip(questions, found, strict=True)
    ]


def _drops(bench: Bench, index: Generation) -> dict[str, float]:
    """How much lower each level is for English questions that the documents answer."""
    means = {}
    for language in ("fr", "en"):
        texts = [each.question for each in _own_questions(language) if each.gold]
        found = list(bench.ask(index, texts, 1))
        means[language] = {
            name: float(np.mean([each.features[name] for each in found])) for name in _LEVELS
        }
    drops = {name: means["fr"][name] - means["en"][name] for name in _LEVELS}
    print("\nLower for English questions:", {k: round(v, 4) for k, v in drops.items()})
    return drops


def _lowered(calibration: Calibration, drops: dict[str, float]) -> Calibration:
    means = {
        name: round(mean - drops.get(name, 0.0), 6) for name, mean in calibration.means.items()
    }
    return replace(calibration, means=means)


def _own_questions(language: str) -> list[OwnQuestion]:
    return [
        each
        for each in load_questions(ROOT / "eval" / "questions.jsonl")
        if each.split == "dev" and each.language == language
    ]


def _group(question: OwnQuestion) -> str:
    return question.gold[0].path if question.gold else question.id


if __name__ == "__main__":
    main()
