"""The fitted numbers: how signals are weighed and how confidence is calibrated.

They live in ``weights.json`` beside this module, with a note of what they were fitted on;
``python -m eval.fit`` writes that file.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """What each standardised signal counts for in a passage's score."""

    cosine: float
    bm25: float
    sentence: float


@dataclass(frozen=True, slots=True)
class SentenceWeights:
    """What counts in the choice of sentences, in standardised units.

    ``cosine`` and ``bm25`` are the sentence's own, the latter with ``previous`` times that
    of the sentence before it; ``passage`` is its passage's fused score. ``wanted[kind]`` is
    added where the sentence mentions a kind of thing (a name of `rag.types.Mention`) that
    the question asks for; the greatest where it asks for several.
    """

    cosine: float
    bm25: float
    previous: float
    passage: float
    wanted: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression from features to the probability of a right answer.

    For each feature its coefficient, and the mean and the deviation that standardise it.
    """

    intercept: float
    coefficients: Mapping[str, float]
    means: Mapping[str, float]
    deviations: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """All fitted numbers, and in ``fitted_on`` what they come from.

    ``foreign`` is the calibration for a question in another language than the document
    that answers it: the words they share tell nothing then.
    """

    fitted_on: str
    fusion: FusionWeights
    sentence: SentenceWeights
    calibration: Calibration
    foreign: Calibration

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            TypeError, KeyError, ValueError: it is not that.
        """
        fields: dict[str, Any] = json.loads(text)
        return cls(
            fitted_on=fields["fitted_on"],
            fusion=FusionWeights(**fields["fusion"]),
            sentence=SentenceWeights(**fields["sentence"]),
            calibration=Calibration(**fields["calibration"]),
            foreign=Calibration(**fields["foreign"]),
        )

    def to_json(self) -> str:
        """The numbers as indented JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def load_weights() -> Weights:
    """The numbers shipped with the package."""
    return Weights.from_json((files("rag") / "weights.json").read_text(encoding="utf-8"))
