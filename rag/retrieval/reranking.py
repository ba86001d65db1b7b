"""The best passages looked at again by a model that reads question and passage together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.local.generation import Generation
from rag.index.search_texts import vector_text
from rag.protocols import Reranker
from rag.retrieval.fusion import Scores, ranking, standardise
from rag.settings import RerankingSettings


@dataclass(frozen=True, slots=True)
class Reranking:
    """A reranker at work on one generation; as safe among threads as the reranker."""

    generation: Generation
    reranker: Reranker
    settings: RerankingSettings

    def rescored(self, question: str, rows: NDArray[np.int64], fused: Scores) -> Scores:
        """The fused scores, those of the first passages set anew; ``(n,)`` as ``fused``.

        To each of the first ``settings.passages`` is added ``settings.weight`` times its
        reranker score, standardised over them: logits of different models have no common
        scale. Passages further down count as the worst of those read, so that none of
        them comes before a passage that was.

        Args:
            question: the question as searched.
            rows: the candidates' rows in the index, ``(n,)``.
            fused: their fused scores, ``(n,)``.
        """
        first = ranking(fused)[: self.settings.passages]
        if not len(first):
            return fused
        logits = self.reranker.score(question, self._texts(rows[first].tolist()))
        gains = self.settings.weight * standardise(logits)
        rescored: Scores = fused + gains.min()
        rescored[first] = fused[first] + gains
        return rescored

    def _texts(self, rows: list[int]) -> list[str]:
        """What a passage's vector was made of: its title, its headings and its text."""
        store = self.generation.store
        passages = store.passages_at(rows)
        documents = self.generation.tables.passages["document"][rows].tolist()
        titles = {document: store.header(document).title for document in set(documents)}
        return [
            vector_text(titles[document], passages[row])
            for row, document in zip(rows, documents, strict=True)
        ]
