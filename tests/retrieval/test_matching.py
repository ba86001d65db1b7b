from collections.abc import Iterator

import numpy as np
import pytest

from rag.index.local.candidates import Candidates, gather
from rag.index.local.generation import Generation
from rag.index.local.term_statistics import Census
from rag.retrieval.matching import match
from rag.retrieval.passages import mean_of_groups, passage_signals
from rag.retrieval.sentences import (
    look_at,
    rank_sentences,
    sentence_bm25,
    sentence_signals,
)
from rag.text.terms import lexical_terms
from rag.types import Mention, Question
from rag.weights import load_weights
from tests.little_embedder import LittleEmbedder
from tests.uploading import generation

# Three passages of one, two and one sentences; « budget » stands in two of them, « annuel »
# in one, « musée » in the title of one document alone.
FILES = {
    "a.md": "---\ntitle: Musée\n---\n\nLe budget annuel augmente encore beaucoup.\n",
    "b.md": "---\ntitle: Port\n---\n\nLa grue travaille. Le budget baisse en janvier 2024.\n",
    "c.md": "---\ntitle: Gare\n---\n\nLes trains roulent.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with generation(tmp_path_factory.mktemp("matching"), FILES) as opened:
        yield opened


def question(text: str, wants: Mention = Mention.NONE) -> Question:
    return Question(text, text, "fr", tuple(dict.fromkeys(lexical_terms(text))), (), wants)


def gathered(built: Generation, asked: Question) -> Candidates:
    vector = LittleEmbedder().embed_queries([asked.search_text])[0]
    return gather(built, asked, vector, 100)


def rarity(found: int) -> float:
    return float(np.log1p((3 - found + 0.5) / (found + 0.5)))


def test_coverage_by_hand(built: Generation) -> None:
    asked = question("budget annuel du musée, licorne")
    matches = match(built, asked, gathered(built, asked), Census.whole(built))
    budget, once = rarity(2), rarity(1)
    # « licorne » stands nowhere and is left out of the whole.
    whole = budget + 2 * once
    assert matches.total == pytest.approx(whole)
    assert matches.passage_coverage() == pytest.approx([1.0, budget / whole, 0.0])
    assert matches.sentence_coverage == pytest.approx([1.0, 0.0, budget / whole, 0.0])


def test_terms_that_follow_one_another_are_a_phrase(built: Generation) -> None:
    asked = question("budget annuel")
    matches = match(built, asked, gathered(built, asked), Census.whole(built))
    pair = (rarity(2) + rarity(1)) / 2
    assert matches.phrases == pytest.approx([pair, 0.0, 0.0, 0.0])
    turned = question("annuel budget")
    assert not match(built, turned, gathered(built, turned), Census.whole(built)).phrases.any()


def test_a_question_of_unknown_words_matches_nothing(built: Generation) -> None:
    asked = question("licorne")
    matches = match(built, asked, gathered(built, asked), Census.whole(built))
    assert matches.frequencies.shape == (0, 4)
    assert matches.passage_coverage().tolist() == [0.0, 0.0, 0.0]
    assert matches.sentence_coverage.tolist() == [0.0, 0.0, 0.0, 0.0]


def test_signals_of_passages(built: Generation) -> None:
    asked = question("quand baisse le budget", Mention.DATE)
    candidates = gathered(built, asked)
    matches = match(built, asked, candidates, Census.whole(built))
    signals = passage_signals(built, candidates, matches, asked.wants)
    assert list(signals) == list(load_weights().passage)
    for name in ("cosine", "sentence", "sentence_mean"):
        assert signals[name].mean() == pytest.approx(0, abs=1e-6)
    # one of the two sentences of the second passage names a date
    assert signals["wanted"].tolist() == [0.0, 0.5, 0.0]
    assert signals["coverage"].argmax() == 1
    for name in ("coverage", "sentence_coverage", "phrase", "wanted"):
        assert ((signals[name] >= 0) & (signals[name] <= 1)).all()


def test_means_of_groups() -> None:
    means = mean_of_groups(np.array([1.0, 3.0, 5.0]), np.array([0, 2, 2, 3]))
    assert means.tolist() == [2.0, 0.0, 5.0]


def test_sentence_bm25_by_hand(built: Generation) -> None:
    asked = question("budget")
    candidates = gathered(built, asked)
    matches = match(built, asked, candidates, Census.whole(built))
    slots = np.arange(len(candidates.numbers))
    lengths = built.tables.sentences["n_terms"].astype(float)
    scores = sentence_bm25(matches, lengths, slots)
    # found in two of four sentences
    idf = np.log1p((4 - 2 + 0.5) / 2.5)
    damping = 1.2 * (1 - 0.75 + 0.75 * lengths[0] / lengths.mean())
    assert scores[0] == pytest.approx(idf * 2.2 / (1 + damping))
    assert (scores > 0).tolist() == [True, False, True, False]


def test_signals_of_sentences(built: Generation) -> None:
    asked = question("quand baisse le budget", Mention.DATE | Mention.NUMBER)
    candidates = gathered(built, asked)
    matches = match(built, asked, candidates, Census.whole(built))
    looked = look_at(candidates, np.array([1, 0]))
    assert looked.slots.tolist() == [1, 2, 0]
    assert looked.positions.tolist() == [0, 0, 1]
    passages = np.array([0.5, 2.0, -1.0])
    signals = sentence_signals(built, candidates, matches, looked, passages, asked.wants)
    assert list(signals) == list(load_weights().sentence)
    assert signals["passage"].tolist() == [2.0, 2.0, 0.5]
    assert signals["DATE"].tolist() == [0.0, 1.0, 0.0]
    assert signals["PERSON"].tolist() == [0.0, 0.0, 0.0]
    # the passage of one sentence lies nowhere above its own mean
    assert signals["contrast"][2] == pytest.approx(0, abs=1e-6)
    assert signals["contrast"][:2].sum() == pytest.approx(0, abs=1e-6)
    assert signals["length"][1] == pytest.approx(
        np.log1p(len(lexical_terms("Le budget baisse en janvier 2024.")))
    )


def test_the_best_sentence_comes_first(built: Generation) -> None:
    asked = question("quand baisse le budget", Mention.DATE)
    candidates = gathered(built, asked)
    matches = match(built, asked, candidates, Census.whole(built))
    looked = look_at(candidates, np.array([0, 1, 2]))
    signals = sentence_signals(built, candidates, matches, looked, np.zeros(3), asked.wants)
    weights = dict.fromkeys(signals, 0.0) | {"DATE": 1.0, "coverage": 0.5}
    ranked = rank_sentences(built, candidates, looked, signals, weights)
    assert ranked.numbers[0] == 2
    assert ranked.positions[0] == 1
    assert ranked.score[0] == pytest.approx(1.5)
    assert (np.diff(ranked.score) <= 0).all()
