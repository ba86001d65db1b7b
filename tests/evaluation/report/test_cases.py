from collections.abc import Iterable
from dataclasses import replace

from rag.evaluation.records import Gold, Outcome, Run
from rag.evaluation.report.cases import Case, Group, failures_by_category
from rag.evaluation.report.verdicts import Verdict
from tests.evaluation.metrics import made
from tests.evaluation.report import sample


def grouped(outcomes: Iterable[Outcome], most: int = 200) -> tuple[Group, ...]:
    return failures_by_category(Run(sample.CONDITIONS, tuple(outcomes), made.DOCUMENTS), most)


def told(outcome: Outcome) -> Case:
    ((case,),) = [group.cases for group in grouped([outcome])]
    return case


def test_every_failure_is_told_gravest_and_most_confident_first() -> None:
    groups = grouped(sample.outcomes())
    assert [(group.category, [case.id for case in group.cases]) for group in groups] == [
        ("full", ["q6", "q2", "q3", "q7"]),
        ("near", ["q4"]),
    ]
    assert groups[0].verdicts == (Verdict.WRONG, Verdict.MISSED, Verdict.LOST)


def test_a_large_category_leaves_room_for_the_small_ones() -> None:
    sizes = {"a": 50, "b": 2, "c": 30}
    outcomes = [
        sample.outcome(sample.asked(f"{name}{place}", name), 0.9, True, False)
        for name, size in sizes.items()
        for place in range(size)
    ]
    groups = grouped(outcomes, most=20)
    # 20 // 3 = 6 for b, which has 2; 18 // 2 = 9 for c; the 9 left for a.
    assert {group.category: len(group.cases) for group in groups} == {"a": 9, "b": 2, "c": 9}
    assert {group.category: group.total for group in groups} == sizes


def test_more_categories_than_cases() -> None:
    outcomes = [
        sample.outcome(sample.asked(f"q{n}", f"c{n}"), 0.9, True, False) for n in range(10)
    ]
    groups = grouped(outcomes, most=3)
    assert sum(len(group.cases) for group in groups) == 3
    assert sum(group.total for group in groups) == 10


def test_a_case_tells_what_was_expected_and_what_came() -> None:
    case = told(sample.outcome(sample.asked("q2"), 0.8, True, False))
    assert [(each.title, each.quote) for each in case.expected] == [("a", "3 mars")]
    assert case.shorts == ("le 3 mars",)
    assert case.found == "Trouvé au rang\u00a02"
    assert [(piece.text, piece.marked) for piece in case.text] == [
        ("ouvre le ", False),
        ("3 mars", True),
        (" [1]", False),
    ]
    assert [(each.quote, each.expected) for each in case.cited] == [("ouvre le 3 mars", True)]
    assert [(each.rank, each.expected) for each in case.passages] == [(1, False), (2, True)]
    assert case.confidence == "80,0\u00a0%"


def test_what_is_not_found_is_said_to_be_absent() -> None:
    outcome = sample.outcome(sample.asked("q"), 0.8, True, False)
    case = told(replace(outcome, places=(made.place(made.DURATION),)))
    assert case.found == "Absent des 2 premiers passages"


def test_each_fact_has_its_rank() -> None:
    query = replace(sample.asked("q"), gold=(Gold("a", "x", 1), Gold("a", "y", 2)))
    outcome = sample.outcome(query, 0.8, True, False)
    places = (made.place(made.DATE, 1), made.place(made.DURATION, 2))
    assert told(replace(outcome, places=places)).found == (
        "Fait 1\u00a0: trouvé au rang\u00a02\u00a0; "
        "Fait 2\u00a0: absent des 2 premiers passages"
    )


def test_a_gold_without_place_is_told_in_the_words_of_the_dataset() -> None:
    outcome = replace(sample.outcome(sample.asked("q"), 0.8, True, False), places=())
    case = told(outcome)
    assert [(each.title, each.quote) for each in case.expected] == [("a.md", "3 mars")]
    assert case.found == ""


def test_a_question_not_put_has_no_answer() -> None:
    case = told(sample.outcome(sample.asked("q"), 0.8, False, False, put=False))
    assert (case.text, case.cited, case.passages, case.confidence) == ((), (), (), "")


def test_the_language_is_a_code_or_nothing() -> None:
    query = replace(sample.asked("q"), language='"><b>')
    assert told(sample.outcome(query, 0.8, True, False)).language == ""


def test_short_answers_are_alternatives_or_one_a_fact() -> None:
    one = replace(sample.asked("q"), short=("le 3 mars", "3/03"))
    both = replace(one, gold=(Gold("a.md", "3 mars"), Gold("a.md", "ouvre", fact=2)))
    links = [told(sample.outcome(query, 0.9, True, False)).shorts_link for query in (one, both)]
    assert links == ["ou", "et"]
