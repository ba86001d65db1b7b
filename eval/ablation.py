"""Measure what each choice of the retrieval is worth, as tables for docs/evaluation.md.

``python -m eval.ablation ../shared/data/piaf-v1.1.json [--every N] [--only NAME…]``

Every row is a way of ranking passages, put to PIAF (by paragraph) and to the ``dev`` split
of our own questions (by passage). Where it has weights they are fitted for it, and what is
printed is cross-validated. The last columns compare its MRR@10 with the shipped ranking's,
question by question, with a 95 % bootstrap interval.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from eval.choices import Chooser
from eval.indexes import Indexes, own_questions
from eval.logit import Choice, fit_logit, score
from eval.ranking import Pool, Ranks, folded, rank_of, ranks_of
from rag.embedding.factory import open_embedder
from rag.evaluation.datasets.dataset import Dataset, Query, Text
from rag.evaluation.datasets.factory import read_dataset
from rag.evaluation.statistics import paired_difference
from rag.retrieval.fusion import Scores
from rag.settings import Settings
from rag.text import terms
from rag.weights import load_weights

_SHIPPED = "shipped: seven signals, fitted"
_THREE = ("cosine", "bm25", "sentence")
_RRF = 60


@dataclass(frozen=True, slots=True)
class Choices:
    """One pool's choices between passages, with what counts once of each."""

    pool: Pool
    names: Sequence[str]
    choices: Sequence[Choice]
    documents: Sequence[NDArray[np.str_]]

    def columns(self, names: Sequence[str]) -> "Choices":
        """The same with these signals alone."""
        places = [self.names.index(name) for name in names]
        kept = [replace(each, signals=each.signals[:, places]) for each in self.choices]
        return replace(self, names=names, choices=kept)


Table = Mapping[str, tuple[Ranks, ...]]
"""The ranks in each pool, by the label of a row."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another index: other settings, other texts, another analysis of words."""

    label: str
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    titles: bool = True
    stems: bool = True


VARIANTS = (
    Variant("PIAF without its titles, in vectors and words", titles=False),
    Variant("words not stemmed", stems=False),
    Variant("passages of 128 tokens", {"chunking": {"max_tokens": 128, "min_tokens": 24}}),
    Variant("passages of 384 tokens", {"chunking": {"max_tokens": 384}}),
    Variant("OpenVINO float32", {"embedding": {"precision": "f32"}}),
    Variant(
        "sentence-transformers float32", {"embedding": {"runtime": "sentence-transformers"}}
    ),
)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="PIAF, or any set in the SQuAD format")
    parser.add_argument("--every", type=int, default=1, help="take one PIAF question in N")
    parser.add_argument("--only", nargs="*", help="variants whose label holds one of these")
    arguments = parser.parse_args()
    piaf, own = read_dataset(arguments.data), own_questions()
    queries = piaf.queries[:: arguments.every]
    shipped = _gathered(Variant("shipped"), piaf, queries, own)
    table: dict[str, tuple[Ranks, ...]] = {_SHIPPED: _fitted(_weighed(shipped))}
    table |= _signals(shipped) | _fusions(shipped)
    _print(table, shipped)
    for variant in VARIANTS:
        if arguments.only and not any(each in variant.label for each in arguments.only):
            continue
        with _analysis(variant.stems):
            gathered = _gathered(variant, piaf, queries, own)
        # Our documents keep their titles, which are headings of theirs as well.
        pools = len(gathered) if variant.titles else 1
        ranks = _fitted(_weighed(gathered))[:pools]
        _print({variant.label: ranks}, shipped, table[_SHIPPED][:pools])


def _gathered(
    variant: Variant, piaf: Dataset, queries: Sequence[Query], own: Dataset
) -> list[Choices]:
    plain = Settings()
    settings = plain.model_copy(
        update={
            section: getattr(plain, section).model_copy(update=dict(values))
            for section, values in variant.settings.items()
        }
    )
    texts = [_text(each, variant.titles) for each in piaf.texts]
    weights = load_weights()
    with tempfile.TemporaryDirectory() as folder:
        indexes = Indexes(settings, open_embedder(settings.embedding), Path(folder))
        full, documents = indexes.texts("full", texts), indexes.documents()
        pools = (
            Pool("PIAF", full, indexes.ask(piaf, queries, full, weights), 1.0),
            Pool("own", documents, indexes.ask(own, own.queries, documents, weights), 1.0),
        )
        return [_choices(pool, settings.retrieval.candidates) for pool in pools]


def _text(text: Text, titled: bool) -> Text:
    return text if titled else replace(text, title="")


def _choices(pool: Pool, depth: int) -> Choices:
    answerable = [each for each in pool.asked if each.query.answerable]
    kept = replace(pool, asked=answerable)
    chooser = Chooser(kept.index, depth, bm25=True)
    names, choices = chooser.passages(answerable, kept.weights)
    return Choices(kept, names, choices, list(chooser.documents(answerable)))


def _weighed(pools: Sequence[Choices]) -> list[Choices]:
    """The pools without BM25, which is measured here and not weighed."""
    return [pool.columns([name for name in pool.names if name != "bm25"]) for pool in pools]


def _fitted(pools: Sequence[Choices]) -> tuple[Ranks, ...]:
    """Cross-validated ranks; our own questions are judged by weights fitted on PIAF."""
    piaf = pools[0]
    found = [ranks_of(piaf.choices, folded(piaf.choices, piaf.names), piaf.documents)]
    for other in pools[1:]:
        weights = fit_logit(piaf.choices, piaf.names)
        found.append(_ranks(other, (score(each, weights) for each in other.choices)))
    return tuple(found)


def _ranks(pool: Choices, scores: Iterator[Scores]) -> Ranks:
    return np.array(
        [
            rank_of(scored, choice, documents)
            for scored, choice, documents in zip(
                scores, pool.choices, pool.documents, strict=True
            )
        ]
    )


def _signals(pools: Sequence[Choices]) -> dict[str, tuple[Ranks, ...]]:
    names = pools[0].names
    table = {f"{name} alone": _fitted([p.columns([name]) for p in pools]) for name in names}
    table["the three, fitted"] = _fitted([pool.columns(_THREE) for pool in pools])
    table["with bm25 too"] = _fitted(pools)
    for name in names[:-1]:
        others = [each for each in names[:-1] if each != name]
        table[f"without {name}"] = _fitted([pool.columns(others) for pool in pools])
    return table


def _fusions(pools: Sequence[Choices]) -> dict[str, tuple[Ranks, ...]]:
    three = [pool.columns(_THREE) for pool in pools]
    kinds: Mapping[str, Callable[[NDArray[np.float32]], Scores]] = {
        "reciprocal ranks of the three (k 60)": _reciprocal,
        "the three between their least and most": _between,
        "z-scores of the three, equal": lambda signals: signals.sum(axis=1),
        "z-scores of the three, 1 / 1 / 1.5": lambda signals: signals @ [1.0, 1.0, 1.5],
    }
    return {
        label: tuple(_ranks(pool, (kind(c.signals) for c in pool.choices)) for pool in three)
        for label, kind in kinds.items()
    }


def _reciprocal(signals: NDArray[np.float32]) -> Scores:
    """Cormack, Clarke and Büttcher, 2009."""
    ranks = (-signals).argsort(axis=0, kind="stable").argsort(axis=0) + 1
    fused: Scores = (1 / (_RRF + ranks)).sum(axis=1)
    return fused


def _between(signals: NDArray[np.float32]) -> Scores:
    least, most = signals.min(axis=0), signals.max(axis=0)
    fused: Scores = ((signals - least) / np.maximum(most - least, 1e-9)).sum(axis=1)
    return fused


@contextmanager
def _analysis(stems: bool) -> Iterator[None]:
    """Within, words are analysed with or without stems."""
    if stems:
        yield
        return
    usual = terms._analyser
    plain = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[\p{L}\p{N}]+"))
        .filter(tantivy.Filter.remove_long(terms._LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("french"))
        .filter(tantivy.Filter.custom_stopword(terms._STOP_WORDS))
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )
    terms._analyser = lambda: plain  # type: ignore[assignment]
    try:
        yield
    finally:
        terms._analyser = usual


def _print(
    table: Table, pools: Sequence[Choices], shipped: Sequence[Ranks] | None = None
) -> None:
    against = table[_SHIPPED] if shipped is None else shipped
    if shipped is None:
        heads = [f"{p.pool.label} ({len(p.choices)})" for p in pools]
        print("| | " + " | ".join(f"{head} R@1 | R@5 | MRR@10 | Δ" for head in heads) + " |")
        print("| --- |" + " --- |" * 4 * len(pools))
    for label, found in table.items():
        cells = [_cells(rank, base) for rank, base in zip(found, against, strict=True)]
        cells += ["– | – | – | –"] * (len(pools) - len(cells))
        print(f"| {label} | " + " | ".join(cells) + " |", flush=True)


def _cells(rank: Ranks, base: Ranks) -> str:
    change = paired_difference(_reciprocal_rank(base), _reciprocal_rank(rank), seed=0)
    told = f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]" if change else ""
    return (
        f"{np.mean(rank <= 1):.3f} | {np.mean(rank <= 5):.3f} | "
        f"{_reciprocal_rank(rank).mean():.3f} | {told}"
    )


def _reciprocal_rank(rank: Ranks) -> Scores:
    reciprocal: Scores = np.where(rank <= 10, 1 / rank, 0.0)
    return reciprocal


if __name__ == "__main__":
    main()
