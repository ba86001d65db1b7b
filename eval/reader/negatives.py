"""Passages that retrieval confuses with the right one: what the reader must tell apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eval.reader.examples import Example, Passage
from rag.protocols import Embedder
from rag.text.normalisation import fold

NEAREST = 8
"""Confused passages kept for each question."""

_LOOKED_AT = 24


def with_confused(examples: Sequence[Example], embedder: Embedder) -> list[Example]:
    """The examples, those that no sibling comes with given the passages nearest to them.

    Passages are those of the same set; one that says the short answer is left out, and so
    are those of the same group where nothing says what the answer is.
    """
    alone: defaultdict[str, list[Example]] = defaultdict(list)
    for each in examples:
        if not each.others:
            alone[_set_of(each)].append(each)
    found: dict[str, tuple[Passage, ...]] = {}
    for members in alone.values():
        found |= _confused(members, embedder)
    return [each if each.others else replace(each, others=found[each.id]) for each in examples]


def _set_of(example: Example) -> str:
    if example.kind in ("factoid", "faq"):
        return example.kind
    return example.id.partition("-")[0]


def _confused(members: Sequence[Example], embedder: Embedder) -> dict[str, tuple[Passage, ...]]:
    groups = {each.passage: each.group for each in members}
    passages = list(groups)
    nearest = _nearest(
        embedder.embed_queries([each.question for each in members]),
        embedder.embed_passages([f"{each.title}\n{each.text}" for each in passages]),
    )
    return {
        each.id: tuple(_others(each, (passages[at] for at in row), groups))
        for each, row in zip(members, nearest.tolist(), strict=True)
    }


def _others(
    example: Example, nearest: Iterable[Passage], groups: dict[Passage, str]
) -> list[Passage]:
    short = example.short
    said = fold(example.passage.text[short.start : short.end]) if short else None
    kept = [
        passage
        for passage in nearest
        if passage != example.passage
        and (said not in fold(passage.text) if said else groups[passage] != example.group)
    ]
    return kept[:NEAREST]


def _nearest(
    questions: NDArray[np.float32], passages: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The passages of highest cosine to each question, ``(questions, _LOOKED_AT)``."""
    cosines = questions @ passages.T
    return np.argsort(-cosines, axis=1, kind="stable")[:, :_LOOKED_AT]
