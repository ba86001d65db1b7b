"""The best passages looked at again by a model that reads question and passage together."""

from dataclasses import dataclass

from rag.index.passage_index import CandidateSet
from rag.index.search_texts import vector_text
from rag.protocols import Reranker
from rag.retrieval.fusion import Scores, ranking, standardise
from rag.settings import RerankingSettings


@dataclass(frozen=True, slots=True)
class Reranking:
    """A reranker at work; as safe among threads as the reranker."""

    reranker: Reranker
    settings: RerankingSettings

    def rescored(self, question: str, candidates: CandidateSet, fused: Scores) -> Scores:
        """The fused scores, those of the first passages set anew; ``(n,)`` as ``fused``.

        To each of the first ``settings.passages`` is added ``settings.weight`` times its
        reranker score, standardised over them: logits of different models have no common
        scale. Passages further down count as the worst of those read, so that none of
        them comes before a passage that was.

        Args:
            question: the question as searched.
            candidates: its candidates; the model reads of each what its vector was made
                of: the title, the headings and the text.
            fused: their fused scores, ``(n,)``.
        """
        first = ranking(fused)[: self.settings.passages]
        if not len(first):
            return fused
        texts = [
            vector_text(each.source.title, each.passage)
            for each in candidates.read(first.tolist())
        ]
        gains = self.settings.weight * standardise(self.reranker.score(question, texts))
        rescored: Scores = fused + gains.min()
        rescored[first] = fused[first] + gains
        return rescored
