from rag.retrieval.results import FoundSentence, Results, add_to, joined, nearest
from rag.types import BlockKind, Hit, Mention, Passage, Question, Sentence, Signals

QUESTION = Question("?", "?", "fr", (), (), Mention.NONE)


def hit(passage: str, rank: int, score: float = 0.0) -> Hit:
    signals = Signals(score, score, score)
    return Hit(passage, "d", "Titre", 0, 9, "Un texte.", (), None, rank, score, signals)


def sentence(start: int) -> FoundSentence:
    held = Sentence(start, start + 5, BlockKind.PARAGRAPH)
    passage = Passage("p", "d", 0, 0, 9, "Un texte.", (), None, (held,))
    return FoundSentence(held, "texte", passage, hit("p", 1), Mention.NONE, 0.0)


def results(*passages: tuple[str, float], sentences: tuple[int, ...] = ()) -> Results:
    hits = [hit(name, rank, score) for rank, (name, score) in enumerate(passages, start=1)]
    return Results(QUESTION, tuple(hits), tuple(map(sentence, sentences)), {}, {})


def test_hits_of_all_rankings_are_ranked_anew_each_once() -> None:
    whole = results(("a", 9.0), ("b", 8.0), ("c", 7.0))
    parts = [results(("b", 5.0), ("c", 1.0)), results(("d", 3.0), ("b", 2.0))]
    found = joined(whole, parts, 10).hits
    # With 5 added to each rank: b 1/7 + 1/6 + 1/7, c 1/8 + 1/7, a 1/6, d 1/6.
    assert [each.passage_id for each in found] == ["b", "c", "a", "d"]
    assert [each.rank for each in found] == [1, 2, 3, 4]


def test_a_hit_keeps_the_score_of_the_ranking_it_stands_highest_in() -> None:
    whole = results(("a", 9.0), ("b", 8.0))
    parts = [results(("b", 5.0)), results(("a", 4.0))]
    scores = {each.passage_id: each.score for each in joined(whole, parts, 10).hits}
    # b stands first for the first part; a is first twice, and the whole question goes before.
    assert scores == {"b": 5.0, "a": 9.0}


def test_no_more_hits_than_wanted() -> None:
    whole = results(("a", 9.0), ("b", 8.0))
    parts = [results(("c", 9.0)), results(("d", 9.0))]
    assert len(joined(whole, parts, 3).hits) == 3


def test_sentences_of_the_parts_come_in_turn_each_once() -> None:
    parts = [results(sentences=(10, 20, 30)), results(sentences=(40, 10))]
    found = joined(results(sentences=(50,)), parts, 10)
    assert [each.sentence.start for each in found.sentences] == [10, 40, 20, 30]
    assert found.parts == tuple(parts)


def test_parts_add_where_one_puts_another_sentence_first() -> None:
    whole = results(sentences=(10, 20))
    assert add_to(whole, [results(sentences=(10,)), results(sentences=(20,))])
    assert not add_to(whole, [results(sentences=(10, 30)), results(sentences=(10,))])


def test_parts_add_nothing_where_one_found_nothing_or_there_is_none() -> None:
    whole = results(sentences=(10,))
    assert not add_to(whole, [])
    assert not add_to(whole, [results(sentences=(20,)), results()])
    assert not add_to(results(), [results(sentences=(20,))])


def test_what_comes_nearest_is_two_sentences_as_of_one_question() -> None:
    whole = joined(results(), [results(sentences=(10, 20)), results(sentences=(30,))], 10)
    found = nearest(whole)
    assert [each.sentence.start for each in found.sentences] == [10, 30]
    assert found.parts == ()
    assert nearest(results()).sentences == ()
