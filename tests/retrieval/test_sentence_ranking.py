import numpy as np

from rag.retrieval.sentence_ranking import rank_sentences, slots_of
from rag.types import BlockKind
from tests.retrieval.made import Made, asked, candidates

PASSAGES = (
    Made("Musée", ("Le budget augmente.",)),
    Made(
        "Port",
        ("Quel est le budget ?", "Il baisse."),
        kinds=(BlockKind.HEADING, BlockKind.PARAGRAPH),
    ),
    Made("Gare", ("Trains | Budget",), kinds=(BlockKind.TABLE_HEADER,)),
)


def test_the_best_sentence_comes_first_and_headings_last() -> None:
    found = candidates(asked("budget"), *PASSAGES)
    slots, positions = slots_of(found, np.array([0, 1, 2]))
    scores = np.array([0.5, 9.0, 1.0, 8.0])
    ranked = rank_sentences(found, slots, positions, scores)
    assert ranked.slots.tolist() == [2, 0, 1, 3]
    assert ranked.positions.tolist() == [1, 0, 1, 2]
    assert ranked.score[:2].tolist() == [1.0, 0.5]
    assert (np.diff(ranked.score) <= 0).all()
    assert scores.tolist() == [0.5, 9.0, 1.0, 8.0]


def test_no_passage_no_sentence() -> None:
    found = candidates(asked("budget"))
    slots, positions = slots_of(found, np.array([], np.int64))
    assert slots.tolist() == positions.tolist() == []
