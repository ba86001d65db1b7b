import numpy as np
import pytest

from rag.index.passage_index import best_of_groups
from rag.retrieval.sentence_ranking import slots_of
from rag.retrieval.signals import (
    TermMatches,
    inverse_frequency,
    mean_of_groups,
    passage_signals,
    sentence_bm25,
    sentence_signals,
)
from rag.text.terms import lexical_terms
from rag.types import Mention
from rag.weights import load_weights
from tests.retrieval.made import Made, asked, candidates

PASSAGES = (
    Made("Musée", ("Le budget annuel augmente encore beaucoup.",), 0.8, 2.0, (0.7,)),
    Made(
        "Port",
        ("La grue travaille.", "Le budget baisse en janvier 2024."),
        0.9,
        1.0,
        (0.5, 0.9),
    ),
    Made("Gare", ("Les trains roulent.",), 0.7, 0.0, (0.6,)),
)


def test_signals_of_passages() -> None:
    question = asked("quand baisse le budget", Mention.DATE)
    found = candidates(question, *PASSAGES)
    signals = passage_signals(found, TermMatches.of(found), question.wants)
    assert list(signals) == list(load_weights().passage)
    for name in ("cosine", "sentence", "sentence_mean"):
        assert signals[name].mean() == pytest.approx(0, abs=1e-6)
        assert signals[name].std() == pytest.approx(1)
    # one of the two sentences of the second passage names a date
    assert signals["wanted"].tolist() == [0.0, 0.5, 0.0]
    assert signals["coverage"].argmax() == 1
    for name in ("coverage", "sentence_coverage", "phrase", "wanted"):
        assert ((signals[name] >= 0) & (signals[name] <= 1)).all()


def test_means_and_bests_of_groups() -> None:
    bounds = np.array([0, 2, 2, 3])
    means = mean_of_groups(np.array([1.0, 3.0, 5.0]), bounds)
    assert means.tolist() == [2.0, 0.0, 5.0]
    best = best_of_groups(np.array([1.0, 3.0, 5.0], np.float32), bounds)
    assert best.tolist() == [3.0, -1.0, 5.0]


def test_sentence_bm25_by_hand() -> None:
    found = candidates(asked("budget"), *PASSAGES)
    scores = sentence_bm25(found, TermMatches.of(found), np.arange(4))
    # found in two of four sentences
    idf = np.log1p((4 - 2 + 0.5) / 2.5)
    damping = 1.2 * (1 - 0.75 + 0.75 * found.lengths[0] / found.lengths.mean())
    assert scores[0] == pytest.approx(idf * 2.2 / (1 + damping))
    assert (scores > 0).tolist() == [True, False, True, False]


def test_signals_of_sentences() -> None:
    question = asked("quand baisse le budget", Mention.DATE | Mention.NUMBER)
    found = candidates(question, *PASSAGES)
    slots, positions = slots_of(found, np.array([1, 0]))
    assert slots.tolist() == [1, 2, 0]
    assert positions.tolist() == [0, 0, 1]
    scores = np.array([0.5, 2.0, -1.0])
    signals = sentence_signals(found, TermMatches.of(found), slots, scores, question.wants)
    assert list(signals) == list(load_weights().sentence)
    assert signals["passage"].tolist() == [2.0, 2.0, 0.5]
    assert signals["DATE"].tolist() == [0.0, 1.0, 0.0]
    assert signals["PERSON"].tolist() == [0.0, 0.0, 0.0]
    assert signals["contrast"] == pytest.approx([-0.2, 0.2, 0.0])
    # what comes before a passage's first sentence says nothing of it
    assert signals["previous"][2] == signals["previous"][0]
    assert signals["length"][1] == pytest.approx(
        np.log1p(len(lexical_terms("Le budget baisse en janvier 2024.")))
    )


# « budget » stands in two of three passages, « annuel » in one, « musée » in one title.
HELD = (
    Made("Musée", ("Le budget annuel augmente encore beaucoup.",)),
    Made("Port", ("La grue travaille.", "Le budget baisse en janvier 2024.")),
    Made("Gare", ("Les trains roulent.",)),
)


def rarity(found: int) -> float:
    return float(np.log1p((3 - found + 0.5) / (found + 0.5)))


def test_coverage_by_hand() -> None:
    matches = TermMatches.of(candidates(asked("budget annuel du musée, licorne"), *HELD))
    budget, once = rarity(2), rarity(1)
    # « licorne » stands nowhere and is left out of the whole.
    whole = budget + 2 * once
    assert matches.total == pytest.approx(whole)
    assert matches.passage_coverage == pytest.approx([1.0, budget / whole, 0.0])
    assert matches.sentence_coverage == pytest.approx([1.0, 0.0, budget / whole, 0.0])


def test_terms_that_follow_one_another_are_a_phrase() -> None:
    matches = TermMatches.of(candidates(asked("budget annuel"), *HELD))
    pair = (rarity(2) + rarity(1)) / 2
    assert matches.phrases == pytest.approx([pair, 0.0, 0.0, 0.0])
    assert not TermMatches.of(candidates(asked("annuel budget"), *HELD)).phrases.any()


def test_a_question_of_unknown_words_matches_nothing() -> None:
    found = candidates(asked("licorne"), *HELD)
    assert found.frequencies.shape == (0, 4)
    matches = TermMatches.of(found)
    assert matches.passage_coverage.tolist() == [0.0, 0.0, 0.0]
    assert matches.sentence_coverage.tolist() == [0.0, 0.0, 0.0, 0.0]


def test_what_stands_nowhere_is_as_rare_as_can_be() -> None:
    rarities = inverse_frequency(3, np.array([0, 1, 3], np.int32))
    assert rarities == pytest.approx([np.log1p(3.5 / 0.5), rarity(1), rarity(3)])
    assert inverse_frequency(3, np.array([], np.int32)).tolist() == []
