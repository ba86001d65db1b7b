from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.datasets.dataset import Gold
from rag.evaluation.report.failed_questions import (
    Case,
    Group,
    Piece,
    failures_by_category,
    gold_ranks,
    passage,
    pieces,
)
from rag.evaluation.runs import Outcome, Place, Run, Verdict
from rag.types import Place as Copy
from rag.types import Span
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


RANGES = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=5)


@given(st.text("ab", max_size=30), RANGES, st.integers(0, 30), st.integers(0, 30))
def test_pieces_are_the_window_whole(
    text: str, marks: list[tuple[int, int]], one: int, other: int
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    cut = pieces(text, marks, start, end)
    inside = cut[1 if start > 0 else 0 : len(cut) - (1 if end < len(text) else 0)]
    assert "".join(piece.text for piece in inside) == text[start:end]
    marked = [piece.marked for piece in inside for _ in piece.text]
    wanted = [any(low <= at < high for low, high in marks) for at in range(start, end)]
    assert marked == wanted


def test_what_is_left_out_shows() -> None:
    assert pieces("abcdef", [(2, 3)], 1, 5) == (
        Piece("…", False),
        Piece("b", False),
        Piece("c", True),
        Piece("de", False),
        Piece("…", False),
    )


def test_the_gold_is_marked_where_it_lies() -> None:
    # The hit begins at 9 in "Le salon ouvre le 3 mars.", « 3 mars » at 18.
    shown = passage(made.hit(1, 9, 25), [made.place(made.DATE)], made.DOCUMENTS)
    assert shown.expected
    assert shown.pieces == (
        Piece("ouvre le ", False),
        Piece("3 mars", True),
        Piece(".", False),
    )


def test_a_gold_that_overhangs_is_marked_as_far_as_the_passage_goes() -> None:
    shown = passage(made.hit(1, 20, 30), [made.place(made.DATE)], made.DOCUMENTS)
    assert shown.pieces == (Piece("mars", True), Piece(". Il d", False))


def test_a_copy_is_marked_by_its_words() -> None:
    hit = made.hit(1, 11, 36, "b", Copy("a", "a", 0, 25))
    shown = passage(hit, [made.place(made.DATE)], made.DOCUMENTS)
    assert shown.expected
    assert [piece.text for piece in shown.pieces if piece.marked] == ["3 mars"]


def test_a_whole_document_is_told_but_not_marked() -> None:
    whole = Place("a", Span(0, len(made.FIRST)), 1)
    shown = passage(made.hit(1, 0, 25), [whole], made.DOCUMENTS)
    assert shown.expected
    assert not any(piece.marked for piece in shown.pieces)


def test_another_passage_is_not_expected() -> None:
    shown = passage(made.hit(1, 26, 45), [made.place(made.DATE)], made.DOCUMENTS)
    assert not shown.expected


def test_the_window_follows_the_gold_in_a_long_passage() -> None:
    text = "x" * 5000 + "OR" + "y" * 5000
    document = made.document("long", text)
    hit = replace(made.hit(1, 0, 1), document_id="long", end=len(text), text=text)
    shown = passage(hit, [Place("long", Span(5000, 5002), 1)], {"long": document})
    assert [piece.text for piece in shown.pieces if piece.marked] == ["OR"]
    assert sum(len(piece.text) for piece in shown.pieces) == 600 + len("……")


def test_ranks_are_by_fact() -> None:
    hits = [made.hit(1, 40, 50), made.hit(2, 30, 40), made.hit(3, 0, 30)]
    places = [made.place(made.DATE, 1), made.place(made.DURATION, 2), made.place(Span(0, 2), 3)]
    assert gold_ranks(hits, places) == {1: 3, 2: 1, 3: 3}
    assert gold_ranks(hits[:2], places) == {1: None, 2: 1, 3: None}
    assert gold_ranks([], places) == {1: None, 2: None, 3: None}
