import numpy as np
import pytest

from rag.retrieval.term_matching import TermMatches, inverse_frequency
from tests.retrieval.made import Made, asked, candidates

# « budget » stands in two of three passages, « annuel » in one, « musée » in one title.
PASSAGES = (
    Made("Musée", ("Le budget annuel augmente encore beaucoup.",)),
    Made("Port", ("La grue travaille.", "Le budget baisse en janvier 2024.")),
    Made("Gare", ("Les trains roulent.",)),
)


def rarity(found: int) -> float:
    return float(np.log1p((3 - found + 0.5) / (found + 0.5)))


def test_coverage_by_hand() -> None:
    matches = TermMatches.of(candidates(asked("budget annuel du musée, licorne"), *PASSAGES))
    budget, once = rarity(2), rarity(1)
    # « licorne » stands nowhere and is left out of the whole.
    whole = budget + 2 * once
    assert matches.total == pytest.approx(whole)
    assert matches.passage_coverage == pytest.approx([1.0, budget / whole, 0.0])
    assert matches.sentence_coverage == pytest.approx([1.0, 0.0, budget / whole, 0.0])


def test_terms_that_follow_one_another_are_a_phrase() -> None:
    matches = TermMatches.of(candidates(asked("budget annuel"), *PASSAGES))
    pair = (rarity(2) + rarity(1)) / 2
    assert matches.phrases == pytest.approx([pair, 0.0, 0.0, 0.0])
    assert not TermMatches.of(candidates(asked("annuel budget"), *PASSAGES)).phrases.any()


def test_a_question_of_unknown_words_matches_nothing() -> None:
    found = candidates(asked("licorne"), *PASSAGES)
    assert found.frequencies.shape == (0, 4)
    matches = TermMatches.of(found)
    assert matches.passage_coverage.tolist() == [0.0, 0.0, 0.0]
    assert matches.sentence_coverage.tolist() == [0.0, 0.0, 0.0, 0.0]


def test_what_stands_nowhere_is_as_rare_as_can_be() -> None:
    rarities = inverse_frequency(3, np.array([0, 1, 3], np.int32))
    assert rarities == pytest.approx([np.log1p(3.5 / 0.5), rarity(1), rarity(3)])
    assert inverse_frequency(3, np.array([], np.int32)).tolist() == []
