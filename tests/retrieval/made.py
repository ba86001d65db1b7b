"""Candidate sets made by hand: what an index would give, counted the plain way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from rag.index.display_copies import DisplayedPassage
from rag.index.passage_index import KIND_CODES, CandidateSet, TermCounts
from rag.text.mentions import mention_kinds
from rag.text.terms import lexical_terms
from rag.types import BlockKind, Mention, Passage, Question, Sentence, Source


@dataclass(frozen=True, slots=True)
class Made:
    """A passage: its document's title, its sentences, and their cosines (0 by default)."""

    title: str
    sentences: tuple[str, ...]
    cosine: float = 0.0
    bm25: float = 0.0
    sentence_cosines: tuple[float, ...] = ()
    kinds: tuple[BlockKind, ...] = ()
    read: DisplayedPassage = field(init=False)

    def __post_init__(self) -> None:
        text = " ".join(self.sentences)
        kinds = self.kinds or (BlockKind.PARAGRAPH,) * len(self.sentences)
        found, start = [], 0
        for words, kind in zip(self.sentences, kinds, strict=True):
            found.append(Sentence(start, start + len(words), kind))
            start += len(words) + 1
        passage = Passage(
            f"{self.title}-0", self.title, 0, 0, len(text), text, (), None, tuple(found)
        )
        source = Source(self.title, "sha256:1", self.title, None, None, None, "fr")
        object.__setattr__(self, "read", DisplayedPassage(passage, source, (), passage))


def asked(text: str, wants: Mention = Mention.NONE) -> Question:
    return Question(text, text, "fr", tuple(dict.fromkeys(lexical_terms(text))), (), wants)


def candidates(question: Question, *passages: Made) -> CandidateSet:
    """The candidates of an index that holds these passages and nothing else."""
    terms = question.terms
    own = [lexical_terms(words) for passage in passages for words in passage.sentences]
    titles = [lexical_terms(passage.title) for passage in passages]
    bounds = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
    whole = [
        {*titles[at], *(term for words in own[bounds[at] : bounds[at + 1]] for term in words)}
        for at in range(len(passages))
    ]
    counts = TermCounts(
        passages=len(passages),
        sentences=len(own),
        in_passages=np.array([sum(t in each for each in whole) for t in terms], np.int32),
        in_sentences=np.array([sum(t in each for each in own) for t in terms], np.int32),
    )
    known = [term for term, there in zip(terms, counts.known, strict=True) if there]
    return CandidateSet(
        cosine=_floats([passage.cosine for passage in passages]),
        bm25=_floats([passage.bm25 for passage in passages]),
        bounds=bounds.astype(np.int64),
        sentence_cosines=_floats(
            [
                cosine
                for passage in passages
                for cosine in passage.sentence_cosines or (0.0,) * len(passage.sentences)
            ]
        ),
        kinds=np.array(
            [KIND_CODES[each.kind] for p in passages for each in p.read.passage.sentences],
            np.uint8,
        ),
        mentions=np.array(
            [int(mention_kinds(words)) for p in passages for words in p.sentences], np.uint16
        ),
        lengths=np.array([len(words) for words in own], np.uint16),
        counts=counts,
        frequencies=_table([[words.count(term) for words in own] for term in known], len(own)),
        in_context=_table([[term in each for each in titles] for term in known], len(titles))
        > 0,
        followed=_table(
            [
                [(first, second) in pairwise(words) for words in own]
                for first, second in pairwise(known)
            ],
            len(own),
        )
        > 0,
        read=lambda positions: [passages[at].read for at in positions],
    )


def _floats(values: Sequence[float]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    return np.array(values, np.float32)


def _table(
    rows: Sequence[Sequence[int]], width: int
) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    return np.array(rows, np.int64).reshape(len(rows), width)
