"""Which kinds of questions are served worse than before: the collapse that means hide."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rag.evaluation.french import category_label
from rag.evaluation.run_record import RecordedQuestion
from rag.evaluation.runs import SERVED
from rag.text.normalisation import fold

MOST_LOST: Final = 3
"""A category that loses so many questions is served worse."""

LEAST_LOST: Final = 2
"""One question alone may turn with a rounding, in a category of any size."""

SHARE_LOST: Final = 0.3
"""A smaller loss counts where it is so large a share of the questions served before."""


@dataclass(frozen=True, slots=True)
class CategoryLoss:
    """Questions of a category served before and now: answered rightly, or silent rightly."""

    category: str
    before: int
    after: int

    @property
    def label(self) -> str:
        """The category in French, and as the question set calls it."""
        return f"{category_label(self.category)} ({self.category})"

    @property
    def failed(self) -> bool:
        """Whether the loss asks for an acceptance that names the category."""
        lost = self.before - self.after
        return lost >= MOST_LOST or (lost >= LEAST_LOST and lost >= SHARE_LOST * self.before)

    def named_in(self, why: str) -> bool:
        """Whether a reason names the category, by either name, whatever its case."""
        names = (self.category, category_label(self.category))
        return any(
            re.search(rf"(?<![\w-]){re.escape(fold(name))}(?![\w-])", fold(why))
            for name in names
        )


def category_losses(
    before: Mapping[str, RecordedQuestion], after: Iterable[RecordedQuestion]
) -> tuple[CategoryLoss, ...]:
    """The categories that lost, those that lost most first.

    ``before`` is by id; a question that is not there as it is now is left out.
    """
    same = [
        each
        for each in after
        if each.id in before and before[each.id].fingerprint == each.fingerprint
    ]
    were = Counter(each.category for each in same if before[each.id].verdict in SERVED)
    served = Counter(each.category for each in same if each.verdict in SERVED)
    lost = [CategoryLoss(name, were[name], served[name]) for name in were]
    lost = [each for each in lost if each.after < each.before]
    return tuple(sorted(lost, key=lambda each: (each.after - each.before, each.category)))
