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
class Calibration:
    """A logistic regression from features to the probability of a right answer.

    For each feature its coefficient, and the mean and the deviation that standardise it.
    """

    intercept: float
    coefficients: Mapping[str, float]
    means: Mapping[str, float]
    deviations: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ReadWeights:
    """What counts once the first passages were read with the question.

    ``passage`` and ``sentence`` are what each signal of `rag.retrieval.reading` counts for;
    the calibrations are those of `Weights`, with the reader's features.
    """

    passage: Mapping[str, float]
    sentence: Mapping[str, float]
    calibration: Calibration
    foreign: Calibration


@dataclass(frozen=True, slots=True)
class Weights:
    """All fitted numbers, and in ``fitted_on`` what they come from.

    ``passage`` and ``sentence`` are what each signal counts for, by the names that
    `rag.retrieval.signals` gives them.
    ``foreign`` is the calibration for a question in another language than the document
    that answers it: the words they share tell nothing then. ``read`` is what they give way
    to where passages are read.
    """

    fitted_on: str
    passage: Mapping[str, float]
    sentence: Mapping[str, float]
    calibration: Calibration
    foreign: Calibration
    read: ReadWeights

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            TypeError, KeyError, ValueError: it is not that.
        """
        fields: dict[str, Any] = json.loads(text)
        return cls(
            fitted_on=fields["fitted_on"],
            passage=_numbers(fields["passage"]),
            sentence=_numbers(fields["sentence"]),
            calibration=Calibration(**fields["calibration"]),
            foreign=Calibration(**fields["foreign"]),
            read=_read_weights(fields["read"]),
        )

    def to_json(self) -> str:
        """The numbers as indented JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def load_weights() -> Weights:
    """The numbers shipped with the package."""
    return Weights.from_json((files("rag") / "weights.json").read_text(encoding="utf-8"))


def _read_weights(fields: Mapping[str, Any]) -> ReadWeights:
    return ReadWeights(
        passage=_numbers(fields["passage"]),
        sentence=_numbers(fields["sentence"]),
        calibration=Calibration(**fields["calibration"]),
        foreign=Calibration(**fields["foreign"]),
    )


def _numbers(fields: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in fields.items()}
