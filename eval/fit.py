"""Fit the numbers of ``rag/weights.json``, and measure the ranking that comes of them.

``python -m eval.fit ../shared/data/piaf-v1.1.json [--write] [--every N]``

Fitted on the PIAF questions given and on the ``dev`` split of our own:

1. what each signal of a passage counts for (a conditional logit over all candidates);
2. what each signal of a sentence counts for, given 1;
3. the confidence that the answer composed is right: with each half of PIAF's articles left
   out of the index in turn, so that the questions on them have no answer; with each fifth
   of its paragraphs left out, so that the rest of the article comes near to one; and once
   more without shared words, for questions in another language than the documents.

Every figure printed is cross-validated: five folds, an article never in two of them (a
document, for our own questions). The confidence is cross-validated given the ranking's
weights, two dozen numbers fitted on all questions. ``--write`` puts the result, fitted on
everything, into ``rag/weights.json``. The ``test`` split is not read.
"""

import argparse
import asyncio
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.calibration import Judgement, fit_calibration
from eval.indexes import ROOT, Asked, Indexes, own_questions
from eval.ranking import Pool, fit_ranking
from rag.answering.confidence import least_sure
from rag.embedding.factory import open_embedder
from rag.evaluation.datasets.dataset import Dataset, Query, Text
from rag.evaluation.datasets.factory import read_dataset
from rag.evaluation.metrics.citation_measures import is_right
from rag.index.local.local_index import LocalIndex
from rag.index.passage_index import PassageIndex
from rag.service.stopwatch import Stopwatch
from rag.settings import AnsweringSettings, Settings
from rag.types import Question
from rag.weights import Calibration, Weights, load_weights

_HALVES = "PIAF, half of the articles left out"
_FIFTH = "PIAF, the question's own paragraph left out"
FIFTHS = 5
_OWN_SHARE = 0.15
"""What our own questions weigh together in the ranking, as a share of PIAF's."""

_OWN_CONFIDENCE = 0.6
"""The same for the confidence, in French alone, where only they know what a near miss in a
small collection on one subject is; at 1 the figures on PIAF fall and ours no longer rise."""

_NEAR_WEIGHT = 0.25
"""What a question whose paragraph alone was left out weighs: another one of the article
does answer some of them."""

_NOT_TAUGHT = frozenset({"french", "terms"})
"""Features that PIAF, all in French and in whole sentences, cannot teach."""

_LEVELS = ("cosine", "cosine_most", "sentence", "sentence_most")
"""Features whose level is lower between two languages."""

_READER = (
    "reader",
    "reader_most",
    "reader_lead",
    "unit",
    "unit_most",
    "unit_next",
    "unit_any",
)
"""What a reader tells, where there is one; lower between two languages, too."""

_WITHOUT_WORDS = (
    "score_lead",
    "score_gap",
    "sentence_gap",
    "cosine_gap",
    "first_by_cosine",
    "first_by_sentence",
    "passage_share",
    "sentence_share",
    *_LEVELS,
    *_READER,
)
"""Features that shared words do not bend."""


def main() -> None:
    """Fit, print what it is worth, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="PIAF, or any set in the SQuAD format")
    parser.add_argument("--write", action="store_true", help="write rag/weights.json")
    parser.add_argument("--every", type=int, default=1, help="take one PIAF question in N")
    arguments = parser.parse_args()
    # Every answer is composed, so that it can be judged whatever its confidence.
    settings = Settings(answering=AnsweringSettings(threshold=0.0))
    piaf, own = read_dataset(arguments.data), own_questions()
    queries = piaf.queries[:: arguments.every]
    with tempfile.TemporaryDirectory() as folder:
        indexes = Indexes(settings, open_embedder(settings.embedding), Path(folder))
        _say("indexing")
        full, documents = indexes.texts("full", piaf.texts), indexes.documents()
        weights = load_weights()
        share = _OWN_SHARE * len(queries) / len(own.queries)
        pools = [
            Pool("PIAF", full, indexes.ask(piaf, queries, full, weights), 1.0),
            Pool(
                "own dev", documents, indexes.ask(own, own.queries, documents, weights), share
            ),
        ]
        weights = fit_ranking(pools, weights, settings.retrieval.candidates)
        _say("confidence")
        native, foreign = _piaf_judgements(indexes, piaf, queries, full, weights)
        native += _near_judgements(indexes, piaf, queries, full, weights)
        native += _own_judgements(indexes, pools[1], weights, native)
        drops = level_drops(indexes, pools[1], weights)
    fitted = replace(
        weights,
        fitted_on=f"{piaf.name}, {len(queries)} questions, and the dev split of "
        f"eval/questions.jsonl, {len(own.queries)} questions weighing "
        f"{_OWN_SHARE:.0%} of them; the confidence with each half of the articles, then "
        "each fifth of the paragraphs, left out of the index in turn",
        calibration=native_calibration(native),
        foreign=foreign_calibration(foreign, drops),
    )
    if arguments.write:
        target = ROOT / "rag" / "weights.json"
        target.write_text(fitted.to_json(), encoding="utf-8")
        _say(f"wrote {target.relative_to(ROOT)}")


def _piaf_judgements(
    indexes: Indexes,
    piaf: Dataset,
    queries: Sequence[Query],
    full: LocalIndex,
    weights: Weights,
) -> tuple[list[Judgement], list[Judgement]]:
    native: list[Judgement] = []
    foreign: list[Judgement] = []
    article = {text.id: text.title for text in piaf.texts}
    for half in halves(piaf.texts):
        kept = [each for each in piaf.texts if each.title in half]
        index = indexes.texts(f"half{len(native)}", kept, full)
        inside = [
            each if article[each.gold[0].document] in half else replace(each, gold=())
            for each in queries
        ]
        asked = indexes.ask(piaf, inside, index, weights)
        native += judged(indexes, index, asked, weights, _HALVES)
        wordless = [replace(each, question=wordless(each.question)) for each in asked]
        foreign += judged(indexes, index, wordless, weights, _HALVES)
    return native, foreign


def wordless(question: Question) -> Question:
    """The question without its words, as if it were in another language."""
    parts = tuple(map(wordless, question.parts))
    return replace(question, terms=(), references=(), parts=parts)


def _near_judgements(
    indexes: Indexes,
    piaf: Dataset,
    queries: Sequence[Query],
    full: LocalIndex,
    weights: Weights,
) -> list[Judgement]:
    near: list[Judgement] = []
    for fifth in range(FIFTHS):
        out = {text.id for text in piaf.texts if place_of(text.id) % FIFTHS == fifth}
        kept = [each for each in piaf.texts if each.id not in out]
        index = indexes.texts(f"fifth{fifth}", kept, full)
        left = [replace(each, gold=()) for each in queries if each.gold[0].document in out]
        asked = indexes.ask(piaf, left, index, weights)
        near += judged(indexes, index, asked, weights, _FIFTH, _NEAR_WEIGHT)
    return near


def _own_judgements(
    indexes: Indexes, pool: Pool, weights: Weights, others: Sequence[Judgement]
) -> list[Judgement]:
    french = [each for each in pool.asked if each.query.language == "fr"]
    share = _OWN_CONFIDENCE * sum(each.weight for each in others) / len(french)
    return judged(indexes, pool.index, french, weights, pool.label, share)


def judged(
    indexes: Indexes,
    index: PassageIndex,
    asked: Sequence[Asked],
    weights: Weights,
    label: str,
    weight: float = 1.0,
) -> list[Judgement]:
    """What becomes of questions put to an index, those that found something."""
    searcher = indexes.searcher(index, weights)
    judged = []
    for each in asked:
        watch = Stopwatch()
        (vectors,) = searcher.embed([each.question])
        results = searcher.find(each.question, vectors, 1)
        answer = asyncio.run(searcher.answer(results, watch))
        right = is_right(each.query, each.places, answer, searcher.document)
        features = least_sure(results, weights).features
        answerable, group = each.query.answerable, each.query.group
        judged.append(Judgement(features, right, answerable, group, label, weight))
    return [each for each in judged if each.features]


def level_drops(indexes: Indexes, pool: Pool, weights: Weights) -> dict[str, float]:
    """How much lower each level is for English questions that the documents answer."""
    means = {}
    for language in ("fr", "en"):
        asked = [
            each
            for each in pool.asked
            if each.query.language == language and each.query.answerable
        ]
        found = judged(indexes, pool.index, asked, weights, pool.label)
        means[language] = {
            name: float(np.mean([each.features[name] for each in found]))
            for name in (*_LEVELS, *_READER)
            if name in found[0].features
        }
    drops = {name: mean - means["en"][name] for name, mean in means["fr"].items()}
    _say(f"  lower for English questions: { {k: round(v, 4) for k, v in drops.items()} }")
    return drops


def native_calibration(judgements: Sequence[Judgement]) -> Calibration:
    """The confidence for questions in the documents' language; figures are printed."""
    _say("confidence, questions in the documents' language")
    names = [name for name in judgements[0].features if name not in _NOT_TAUGHT]
    return fit_calibration(judgements, names)


def foreign_calibration(
    judgements: Sequence[Judgement], drops: dict[str, float]
) -> Calibration:
    """The confidence between two languages, levels being lower by ``drops``."""
    _say("confidence, without shared words")
    names = [each for each in _WITHOUT_WORDS if each in judgements[0].features]
    calibration = fit_calibration(judgements, names)
    means = {
        name: round(mean - drops.get(name, 0.0), 6) for name, mean in calibration.means.items()
    }
    return replace(calibration, means=means)


def halves(texts: Sequence[Text]) -> tuple[frozenset[str], frozenset[str]]:
    """Two halves of the articles; which is which depends on their titles alone."""
    ordered = sorted({each.title for each in texts}, key=place_of)
    return frozenset(ordered[::2]), frozenset(ordered[1::2])


def place_of(name: str) -> int:
    """A number that looks drawn at random and is always the same for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    main()
