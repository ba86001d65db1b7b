from rag.answering.selection import select_of_each
from rag.retrieval.results import FoundSentence, Results
from rag.types import BlockKind, Hit, Mention, Passage, Question, Sentence, Signals

WORDS = "Alpha bravo charlie delta echo foxtrot golf hotel india juliette".split()


def found(place: int, score: float = 0.0) -> FoundSentence:
    """A sentence of one word of its own; all are close unless scores say otherwise."""
    held = Sentence(place * 10, place * 10 + 9, BlockKind.PARAGRAPH)
    passage = Passage("p", "d", 0, 0, 99, "", (), None, (held,))
    hit = Hit("p", "d", "T", 0, 99, "", (), None, 1, 0.0, Signals(0.0, 0.0, 0.0))
    return FoundSentence(held, WORDS[place], passage, hit, Mention.NONE, score)


def part(*sentences: FoundSentence) -> Results:
    question = Question("?", "?", "fr", (), (), Mention.NONE)
    return Results(question, (), sentences, {}, {})


def chosen(parts: list[Results], most: int) -> list[tuple[int, str]]:
    return [(parts.index(each), found.text) for each, found in select_of_each(parts, most)]


def test_the_best_of_each_part_in_the_order_of_the_parts() -> None:
    parts = [part(found(0)), part(found(1))]
    assert chosen(parts, 4) == [(0, "Alpha"), (1, "bravo")]


def test_a_close_second_is_chosen_once_every_part_has_its_best() -> None:
    parts = [part(found(0), found(1), found(2)), part(found(3), found(4), found(5))]
    assert chosen(parts, 3) == [(0, "Alpha"), (0, "bravo"), (1, "delta")]
    assert chosen(parts, 2) == [(0, "Alpha"), (1, "delta")]


def test_a_sentence_that_two_parts_chose_is_quoted_once() -> None:
    parts = [part(found(0)), part(found(0), found(1))]
    assert chosen(parts, 4) == [(0, "Alpha"), (1, "bravo")]


def test_a_part_does_not_bring_what_is_far_below_its_best() -> None:
    parts = [part(found(0, 9.0), found(1, 1.0)), part(found(2, 1.0))]
    assert chosen(parts, 4) == [(0, "Alpha"), (1, "charlie")]
