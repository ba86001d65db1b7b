"""Our own passages to train the reader on: what is marked there is what it will learn."""

from eval.reader.examples import read_own_examples

EXAMPLES = read_own_examples()


def test_only_near_misses_have_no_answer() -> None:
    wrong = [each.id for each in EXAMPLES if (each.kind == "near") != (not each.gold)]
    assert not wrong
    assert 0.25 < sum(not each.gold for each in EXAMPLES) / len(EXAMPLES) < 0.4


def test_a_short_answer_stands_in_a_unit_that_answers() -> None:
    wrong = []
    for each in EXAMPLES:
        if each.short is None:
            continue
        units = [each.passage.units[place] for place in each.gold]
        if not any(u.start <= each.short.start and each.short.end <= u.end for u in units):
            wrong.append((each.id, each.passage.text[each.short.start : each.short.end]))
    assert not wrong


def test_ids_are_distinct_and_no_passage_asks_a_question_twice() -> None:
    assert len({each.id for each in EXAMPLES}) == len(EXAMPLES)
    asked = {(each.passage, each.question) for each in EXAMPLES}
    assert len(asked) == len(EXAMPLES)
