import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.answering.answerer import Composition, DocumentOf
from rag.answering.citations import check
from rag.answering.replies import silence
from rag.index.local.local_index import LocalIndex
from rag.protocols import FloatMatrix, PassageReading, ReaderPassage
from rag.retrieval.results import Results
from rag.service import Searcher
from rag.service.stopwatch import Stopwatch
from rag.types import Answer, Mode, Turn, Verdict
from rag.weights import Weights
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, eager, generation, settings

BOTH = "Quand ouvre le Salon de la donnée, et qui préside le Bureau des cartes ?"
OPENS = "Quand ouvre le Salon de la donnée ?"
FILES = {"salon.md": SALON, "bureau.md": BUREAU}


class Counting(LittleEmbedder):
    """Keeps what was embedded in each call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[str]] = []

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        self.calls.append(list(texts))
        return super().embed_queries(texts)


def opened(folder: Path, weights: Weights | None = None) -> tuple[Searcher, Counting]:
    embedder = Counting()
    built = generation(folder, FILES)
    index = LocalIndex(built)
    return Searcher(settings(folder / "index"), index, embedder, weights or eager()), embedder


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[Searcher, Counting]]:
    searcher, embedder = opened(tmp_path)
    with searcher:
        yield searcher, embedder


def said(answer: Answer) -> tuple[object, ...]:
    return answer.text, answer.citations, answer.hits, answer.confidence


def test_both_halves_are_answered_in_their_order(asked: tuple[Searcher, Counting]) -> None:
    searcher, _ = asked
    answer = searcher.ask(BOTH)
    assert answer.question == BOTH
    assert answer.text.index("3 février 2026") < answer.text.index("Jeanne Martin")
    documents = {each.document_id: searcher.document(each.document_id) for each in answer.hits}
    assert all(check(each, documents) for each in answer.citations)
    marked = [answer.text[span.start : span.end] for span in answer.highlights]
    assert any("3 février 2026" in each for each in marked)
    assert any("Jeanne Martin" in each for each in marked)


@pytest.mark.parametrize(
    ("aside", "word"),
    [
        ("Bonjour !", "Posez votre question"),
        ("merci beaucoup", "Avec plaisir"),
        ("Au revoir", "à bientôt"),
        ("Quand ?", "De quoi s’agit-il"),
        ("Why?", "What is it about?"),
    ],
)
def test_what_asks_nothing_gets_a_word_and_no_search(
    asked: tuple[Searcher, Counting], aside: str, word: str
) -> None:
    searcher, _ = asked
    answer = searcher.ask(aside)
    assert word in answer.text
    assert (answer.answered, answer.confidence) == (False, 0.0)
    assert (answer.hits, answer.citations, answer.segments) == ((), (), ())


def test_a_greeting_before_a_question_is_no_aside(asked: tuple[Searcher, Counting]) -> None:
    searcher, _ = asked
    assert searcher.ask(f"Bonjour, {OPENS}").answered


def test_a_word_is_searched_for_where_passages_are_asked_for(
    asked: tuple[Searcher, Counting],
) -> None:
    searcher, _ = asked
    assert searcher.search("quand")


def test_a_follow_up_prefers_the_document_just_cited(
    asked: tuple[Searcher, Counting],
) -> None:
    searcher, _ = asked
    before = searcher.ask(OPENS)
    cited = before.cited
    assert [each.document_id for each in cited] == [c.document_id for c in before.citations]
    told = searcher.ask("C'est payant ?", history=[Turn(OPENS, before.text, cited)])
    untold = searcher.ask("C'est payant ?", history=[Turn(OPENS, before.text)])
    near = {hit.passage_id: hit.score for hit in told.hits}
    far = {hit.passage_id: hit.score for hit in untold.hits}
    gains = {
        hit.document_id: near[hit.passage_id] - far[hit.passage_id]
        for hit in told.hits
        if hit.passage_id in far
    }
    assert gains[cited[0].document_id] >= 0.999
    assert all(abs(gain) < 1e-9 for name, gain in gains.items() if name != cited[0].document_id)


def test_question_and_parts_are_embedded_together(asked: tuple[Searcher, Counting]) -> None:
    searcher, embedder = asked
    searcher.ask(BOTH)
    assert embedder.calls == [[BOTH, OPENS, "qui préside le Bureau des cartes ?"]]


def test_a_batch_is_embedded_together_and_answers_as_single_questions_do(
    asked: tuple[Searcher, Counting],
) -> None:
    searcher, embedder = asked
    questions = [OPENS, BOTH, "Quel est le budget annuel ?", BOTH]
    together = searcher.ask_all([searcher.read(each) for each in questions])
    assert [len(each) for each in embedder.calls] == [len(questions) + 2 + 2]
    assert [said(each) for each in together] == [said(searcher.ask(each)) for each in questions]


def test_results_are_what_the_answer_is_made_of(asked: tuple[Searcher, Counting]) -> None:
    searcher, _ = asked
    read = searcher.read(BOTH)
    results = searcher.find(read, searcher.embed([read])[0])
    answer = asyncio.run(searcher.answer(results, Stopwatch()))
    assert said(answer) == said(searcher.ask(BOTH))
    assert results.hits == answer.hits
    assert [each.rank for each in results.hits] == list(range(1, len(results.hits) + 1))
    assert len({each.passage_id for each in results.hits}) == len(results.hits)
    assert {each.hit.document_id for each in results.sentences[:2]} == {
        each.document_id for each in answer.citations
    }
    assert [part.question for part in results.parts] == list(read.parts)


def test_no_more_sentences_than_one_over_the_setting(tmp_path: Path) -> None:
    built = generation(tmp_path, FILES)
    plain = settings(tmp_path / "index")
    few = plain.answering.model_copy(update={"sentences": 1})
    chosen = plain.model_copy(update={"answering": few})
    with Searcher(chosen, LocalIndex(built), LittleEmbedder(), eager()) as searcher:
        answer = searcher.ask(BOTH)
    assert len(answer.citations) == 2
    assert "Jeanne Martin" in answer.text


def test_it_is_as_sure_as_of_its_least_sure_part(tmp_path: Path) -> None:
    shy = eager()
    # Confidence falls with the number of a question's terms; the second part has more.
    calibration = replace(
        shy.calibration,
        coefficients={"terms": -1.0},
        means={"terms": 3.0},
        deviations={"terms": 1.0},
    )
    searcher, _ = opened(tmp_path, replace(shy, calibration=calibration))
    with searcher:
        parts = (OPENS, "qui préside le Bureau des cartes annuel de 2026 ?")
        alone = [searcher.ask(each).confidence for each in parts]
        both = searcher.ask(f"{OPENS[:-2]}, et {parts[1]}").confidence
    assert alone[0] > alone[1]
    assert both == alone[1]


def test_a_part_is_read_by_the_light_of_the_conversation(
    asked: tuple[Searcher, Counting],
) -> None:
    searcher, embedder = asked
    history = [Turn("Qu'est-ce que le Bureau des cartes ?")]
    answer = searcher.ask("Qui le préside, et quel est son budget ?", history=history)
    assert len(embedder.calls[0]) == 3
    assert "Jeanne Martin" in answer.text
    assert "12 M€" in answer.text


def test_nothing_changes_where_the_parts_find_the_same(
    asked: tuple[Searcher, Counting],
) -> None:
    searcher, embedder = asked
    question = "Quand ouvre le Salon de la donnée, et dans quel palais ?"
    answer = searcher.ask(question)
    assert len(embedder.calls[0]) == 3
    read = searcher.read(question)
    whole = replace(read, parts=())
    alone = searcher.find(whole, searcher.embed([whole])[0])
    assert answer.hits == alone.hits
    assert "3 février 2026 au Palais des Congrès" in answer.text


def test_steps_say_what_asking_says(asked: tuple[Searcher, Counting]) -> None:
    searcher, embedder = asked
    for question in (OPENS, BOTH):
        watch = Stopwatch(0.25)
        read = searcher.read(question)
        vectors = embedder.embed_queries(read.texts)
        results = searcher.find(read, vectors, 3)
        answer = asyncio.run(searcher.answer(results, watch))
        assert said(answer) == said(searcher.ask(question, 3))
        assert results.hits == answer.hits
        assert answer.timings_ms.embed == 250
        assert answer.timings_ms.total >= 250
        assert answer.index == searcher.identity
        assert answer.mode == "extractive"


def test_an_answer_comes_as_it_grows_then_whole(asked: tuple[Searcher, Counting]) -> None:
    searcher, _ = asked
    read = searcher.read(OPENS)
    results = searcher.find(read, searcher.embed([read])[0])

    async def parts() -> list[Composition | Answer]:
        return [each async for each in searcher.stream(results, Stopwatch())]

    composition, answer = asyncio.run(parts())
    assert isinstance(composition, Composition)
    assert isinstance(answer, Answer)
    assert answer.segments == composition.segments


def test_any_answerer_can_take_the_place_of_the_one_that_quotes(tmp_path: Path) -> None:
    class Slow:
        """Writes one word after the other."""

        async def compose(
            self, results: Results, document_of: DocumentOf
        ) -> AsyncGenerator[Composition, None]:
            for text in ("Le", "Le salon"):
                await asyncio.sleep(0)
                yield Composition(text, (), (), ())

    index = LocalIndex(generation(tmp_path, FILES))
    answerers = {Mode.EXTRACTIVE: Slow()}
    chosen = settings(tmp_path / "index")
    with Searcher(chosen, index, LittleEmbedder(), eager(), None, answerers) as searcher:
        assert searcher.ask(OPENS).text == "Le salon"


def test_what_is_embedded_is_the_question_then_its_parts(
    asked: tuple[Searcher, Counting],
) -> None:
    searcher, embedder = asked
    read = searcher.read(BOTH)
    searcher.ask(BOTH)
    assert [list(read.texts)] == [list(texts) for texts in embedder.calls]
    assert searcher.read(OPENS).texts == (OPENS,)


def test_as_many_vectors_as_texts(asked: tuple[Searcher, Counting]) -> None:
    searcher, embedder = asked
    read = searcher.read(BOTH)
    with pytest.raises(ValueError, match="zip"):
        searcher.find(read, embedder.embed_queries(read.texts[:1]))


@pytest.mark.parametrize(
    ("log_odds", "verdict"),
    [(0.0, Verdict.ANSWERED), (-0.5, Verdict.POSSIBLE), (-2.0, Verdict.NONE)],
)
def test_two_thresholds_part_three_verdicts(
    tmp_path: Path, log_odds: float, verdict: Verdict
) -> None:
    searcher, _ = opened(tmp_path, eager(log_odds))
    with searcher:
        answer = searcher.ask(BOTH)
    assert answer.verdict is verdict
    assert answer.answered == (verdict is Verdict.ANSWERED)
    assert bool(answer.citations) == (verdict is not Verdict.NONE)
    assert (answer.text == silence("fr")) == (verdict is Verdict.NONE)


def test_each_passage_is_shown_at_its_best_sentence(asked: tuple[Searcher, Counting]) -> None:
    searcher, _ = asked
    answer = searcher.ask("Qui préside le Bureau des cartes ?")
    (hit,) = [each for each in answer.hits if "Jeanne Martin" in each.text]
    assert hit.excerpt is not None
    document = searcher.document(hit.document_id)
    assert "Jeanne Martin" in document.text[hit.excerpt.start : hit.excerpt.end]
    assert hit.start <= hit.excerpt.start < hit.excerpt.end <= hit.end


def test_the_question_is_told_as_it_was_understood(asked: tuple[Searcher, Counting]) -> None:
    searcher, _ = asked
    assert searcher.ask(OPENS).asked_as is None
    assert searcher.ask("bonjour").asked_as is None
    followed = searcher.ask("Et où ?", history=[Turn(OPENS)])
    assert followed.asked_as is not None
    assert "Salon" in followed.asked_as


class Reads:
    """A reader for which every unit that names Jeanne Martin answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(
        self, question: str, passages: Sequence[ReaderPassage]
    ) -> Sequence[PassageReading]:
        self.asked.append(question)
        said = [["Jeanne Martin" in text for text, _ in each.units] for each in passages]
        return [
            PassageReading(9.0 if any(units) else -9.0, np.where(units, 9.0, -9.0))
            for units in said
        ]


def test_a_reader_s_logits_are_told_and_its_time(tmp_path: Path) -> None:
    reader, built = Reads(), LocalIndex(generation(tmp_path, FILES))
    with Searcher(
        settings(tmp_path / "index"), built, LittleEmbedder(), eager(), reader=reader
    ) as searcher:
        answer = searcher.ask("Qui préside le Bureau des cartes ?")
    assert reader.asked == ["Qui préside le Bureau des cartes ?"]
    assert answer.timings_ms.read > 0
    told = {"Jeanne Martin" in hit.text: hit.signals.reader for hit in answer.hits}
    assert told[True] == 9.0
    assert told[False] == -9.0
