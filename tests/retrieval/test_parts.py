from dataclasses import replace

from rag.question.question import read_question
from rag.question.spelling import Spelling
from rag.retrieval.parts import add_to, joined, read_parts
from rag.retrieval.results import Evidence, FoundSentence
from rag.types import BlockKind, Hit, Mention, Passage, Question, Sentence, Signals

BOTH = "Qui préside la CADA, et quel est son budget 2025 ?"
NO_REPAIR = Spelling({}, knows_term=lambda _: True, is_word=lambda _: True)


def question(text: str = BOTH) -> Question:
    return read_question(text, NO_REPAIR, 4000)


def hit(passage: str, rank: int, score: float = 0.0) -> Hit:
    signals = Signals(score, score, score)
    return Hit(passage, "d", "Titre", 0, 9, "Un texte.", (), None, rank, score, signals)


def sentence(start: int) -> FoundSentence:
    held = Sentence(start, start + 5, BlockKind.PARAGRAPH)
    passage = Passage("p", "d", 0, 0, 9, "Un texte.", (), None, (held,))
    return FoundSentence(held, "texte", passage, hit("p", 1), Mention.NONE, 0.0)


def evidence(*passages: tuple[str, float], sentences: tuple[int, ...] = ()) -> Evidence:
    hits = [hit(name, rank, score) for rank, (name, score) in enumerate(passages, start=1)]
    return Evidence(question(), tuple(hits), tuple(map(sentence, sentences)), {}, {})


def test_parts_are_questions_of_their_own() -> None:
    first, second = read_parts(question())
    assert first.search_text == "Qui préside la CADA ?"
    assert second.search_text == "CADA : quel est son budget 2025 ?"
    assert first.wants == Mention.PERSON
    assert second.wants == Mention.MONEY
    assert first.language == second.language == "fr"
    assert first.terms
    assert set(first.terms) | set(second.terms) <= set(question().terms)
    assert set(second.terms) - set(first.terms)


def test_parts_hold_no_term_that_the_question_was_stripped_of() -> None:
    wordless = replace(question(), terms=(), references=())
    assert [(each.terms, each.references) for each in read_parts(wordless)] == [((), ())] * 2


def test_a_question_that_asks_one_thing_has_no_parts() -> None:
    assert read_parts(question("Quand et où se tient Milipol ?")) == ()


def test_hits_of_all_rankings_are_ranked_anew_each_once() -> None:
    whole = evidence(("a", 9.0), ("b", 8.0), ("c", 7.0))
    parts = [evidence(("b", 5.0), ("c", 1.0)), evidence(("d", 3.0), ("b", 2.0))]
    found = joined(whole, parts, {}, 10).hits
    # With 5 added to each rank: b 1/7 + 1/6 + 1/7, c 1/8 + 1/7, a 1/6, d 1/6.
    assert [each.passage_id for each in found] == ["b", "c", "a", "d"]
    assert [each.rank for each in found] == [1, 2, 3, 4]


def test_a_hit_keeps_the_score_of_the_ranking_it_stands_highest_in() -> None:
    whole = evidence(("a", 9.0), ("b", 8.0))
    parts = [evidence(("b", 5.0)), evidence(("a", 4.0))]
    scores = {each.passage_id: each.score for each in joined(whole, parts, {}, 10).hits}
    # b stands first for the first part; a is first twice, and the whole question goes before.
    assert scores == {"b": 5.0, "a": 9.0}


def test_no_more_hits_than_wanted() -> None:
    whole = evidence(("a", 9.0), ("b", 8.0))
    parts = [evidence(("c", 9.0)), evidence(("d", 9.0))]
    assert len(joined(whole, parts, {}, 3).hits) == 3


def test_sentences_of_the_parts_come_in_turn_each_once() -> None:
    parts = [evidence(sentences=(10, 20, 30)), evidence(sentences=(40, 10))]
    found = joined(evidence(sentences=(50,)), parts, {"terms": 2.0}, 10)
    assert [each.sentence.start for each in found.sentences] == [10, 40, 20, 30]
    assert found.features == {"terms": 2.0}


def test_parts_add_where_one_puts_another_sentence_first() -> None:
    whole = evidence(sentences=(10, 20))
    assert add_to(whole, [evidence(sentences=(10,)), evidence(sentences=(20,))])
    assert not add_to(whole, [evidence(sentences=(10, 30)), evidence(sentences=(10,))])


def test_parts_add_nothing_where_one_found_nothing_or_there_is_none() -> None:
    whole = evidence(sentences=(10,))
    assert not add_to(whole, [])
    assert not add_to(whole, [evidence(sentences=(20,)), evidence()])
    assert not add_to(evidence(), [evidence(sentences=(20,))])
