from collections.abc import Sequence

import numpy as np
import pytest

from rag.protocols import PassageReading, ReaderPassage
from rag.retrieval.reading import (
    Reading,
    as_read,
    passage_reading_signals,
    reread,
    sentence_reading_signals,
)
from rag.types import BlockKind
from tests.retrieval.made import Made, asked, candidates

QUESTION = asked("Qui préside le Bureau ?")
PASSAGES = (
    Made("Port", ("Le port ouvre.", "Il ferme.")),
    Made(
        "Bureau",
        ("Qui préside ?", "Ada préside.", "Elle signe."),
        kinds=(BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM),
    ),
    Made("Gare", ("Horaires",), kinds=(BlockKind.HEADING,)),
)
FOUND = candidates(QUESTION, *PASSAGES)


class Says:
    """A reader that tells, of each unit, the logit given by its text."""

    def __init__(self, **units: float) -> None:
        self.units = units
        self.shown: list[tuple[str, Sequence[ReaderPassage]]] = []

    def read(
        self, question: str, passages: Sequence[ReaderPassage]
    ) -> Sequence[PassageReading]:
        self.shown.append((question, passages))
        return [
            PassageReading(
                float(len(each.units)),
                np.array([self.units[text.split()[0]] for text, _ in each.units], np.float32),
            )
            for each in passages
        ]


def test_the_first_passages_are_read_and_headings_are_their_context() -> None:
    says = Says(Ada=3.0, Elle=-1.0, Le=0.5, Il=-np.inf)
    readings = Reading(says, 2).of(QUESTION, FOUND, np.array([1.0, 2.0, 0.0]))
    ((question, shown),) = says.shown
    assert question == QUESTION.search_text
    assert shown[0].units == (
        ("Ada préside.", BlockKind.PARAGRAPH),
        ("Elle signe.", BlockKind.LIST_ITEM),
    )
    # Two units in each of the two that were read; the third was not.
    assert readings.answers.tolist()[:2] == [2.0, 2.0]
    assert np.isnan(readings.answers[2])
    # A heading and what the reader cut off are told nothing of.
    assert np.isnan(readings.units).tolist() == [False, True, True, False, False, True]
    assert readings.units[[0, 3, 4]].tolist() == [0.5, 3.0, -1.0]
    assert readings.best[:2].tolist() == [0.5, 3.0]


def test_what_was_not_read_counts_as_the_worst_that_was() -> None:
    says = Says(Ada=3.0, Elle=-1.0, Le=0.5, Il=-2.0)
    fused = np.array([1.0, 2.0, 0.0])
    readings = Reading(says, 2).of(QUESTION, FOUND, fused)
    signals = passage_reading_signals(fused, readings)
    assert signals["unit"].tolist() == [0.5, 3.0, 0.5]
    assert reread(fused, readings, {"ranking": 1.0, "reader": 0.0, "unit": 2.0}).tolist() == [
        1.0 + 2 * 0.5,
        2.0 + 2 * 3.0,
        0.0 + 2 * 0.5,
    ]
    told = sentence_reading_signals(
        np.zeros(3), readings, np.array([1, 2, 3]), np.array([0, 1, 1])
    )
    assert told["unit"].tolist() == [-2.0, -2.0, 3.0]
    assert told["reader"].tolist() == [2.0, 2.0, 2.0]


def test_a_signal_that_is_not_weighed_is_refused() -> None:
    fused = np.zeros(3)
    readings = Reading(Says(Le=0.0, Il=0.0), 1).of(QUESTION, FOUND, fused)
    with pytest.raises(ValueError, match="reader"):
        reread(fused, readings, {"ranking": 1.0})


def test_a_passage_of_headings_alone_has_no_unit() -> None:
    readings = Reading(Says(), 1).of(QUESTION, FOUND, np.array([0.0, 0.0, 1.0]))
    assert np.isnan(readings.best).all()
    assert passage_reading_signals(np.zeros(3), readings)["unit"].tolist() == [0.0] * 3


def test_nothing_found_nothing_read() -> None:
    readings = Reading(Says(), 6).of(QUESTION, candidates(QUESTION), np.array([]))
    assert readings.answers.shape == readings.units.shape == (0,)


def test_the_context_is_title_headings_and_names() -> None:
    shown = Made("Bureau", ("Ada préside.",)).read
    assert as_read(shown).context == "Bureau"
