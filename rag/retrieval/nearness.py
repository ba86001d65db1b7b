"""A follow-up looks first at what was just cited: the document, and the section of it.

« Et pour une femme enceinte ? » after an answer is asked of the page that gave the answer,
and most often of the same section. What is near is only preferred: a passage elsewhere that
says it plainly still comes first.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.index.display_copies import DisplayedPassage
from rag.index.passage_index import CandidateSet
from rag.types import Cited, Passage

DOCUMENT: Final = 1.0
"""What a passage of a document just cited gains, in the units of the fused score."""

SECTION: Final = 0.5
"""What it gains besides where it stands in the section cited, or holds what was cited."""


def nearer(
    candidates: CandidateSet, fused: NDArray[np.float64], near: Sequence[Cited]
) -> NDArray[np.float64]:
    """The fused scores, greater for the passages near what was just cited.

    Args:
        candidates: the passages; read only where something is near.
        fused: the score of each, ``(n,)``.
        near: the places just cited; none leaves the scores as they are.

    Returns:
        ``(n,)``; the argument itself where there is nothing to be near to.
    """
    if not near or not len(fused):
        return fused
    shown = candidates.read(range(len(fused)))
    return fused + np.array([_gain(each, near) for each in shown], np.float64)


def _gain(shown: DisplayedPassage, near: Sequence[Cited]) -> float:
    """That of the nearest place; a passage that stands elsewhere too has the best of both."""
    copies = {place.document_id for place in shown.also_in}
    gains = [_gain_of(shown.passage, cited) for cited in near]
    copied = any(cited.document_id in copies for cited in near)
    return max(*gains, DOCUMENT if copied else 0.0)


def _gain_of(passage: Passage, cited: Cited) -> float:
    if passage.document_id != cited.document_id:
        return 0.0
    overlaps = passage.start < cited.end and cited.start < passage.end
    same = bool(cited.headings) and passage.headings == cited.headings
    return DOCUMENT + SECTION if overlaps or same else DOCUMENT
