import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation import french
from rag.evaluation.french import changes, lede, measures, worded
from rag.evaluation.metrics.definitions import METRICS, MetricUnit
from rag.evaluation.runs import Figure, Verdict
from rag.evaluation.statistics import Difference
from rag.evaluation.view import tally_of
from tests.evaluation.report import sample


def test_numbers_are_french() -> None:
    cases = [
        (0, 0, "0"),
        (1234.5, 1, "1\u202f234,5"),
        (1234567, 0, "1\u202f234\u202f567"),
        (-0.25, 2, "−0,25"),
        (-0.001, 1, "0,0"),
        (math.nan, 1, "–"),
        (math.inf, 1, "–"),
    ]
    assert [
        (value, digits, french.number(value, digits)) for value, digits, _ in cases
    ] == cases


def test_a_difference_shows_its_sign_but_for_zero() -> None:
    assert french.signed(0.031, 2) == "+0,03"
    assert french.signed(-0.031, 2) == "−0,03"
    assert french.signed(0.0001, 2) == "0,00"


def test_a_share_is_a_percentage_that_no_line_parts() -> None:
    assert french.percent(0.8427) == "84,3\u00a0%"


def test_moments_are_in_words() -> None:
    cases = [
        ("2026-02-03T09:05:00+00:00", "3\u00a0février 2026 à 9\u00a0h\u00a005 (UTC)"),
        ("2026-08-01T21:00:00", "1er\u00a0août 2026 à 21\u00a0h\u00a000"),
        ("2026-08-01T21:00:00+02:00", "1er\u00a0août 2026 à 21\u00a0h\u00a000"),
        ("2026-12-31", "31\u00a0décembre 2026"),
        ("hier", "hier"),
    ]
    assert [(created, french.moment(created)) for created, _ in cases] == cases


def test_unknown_categories_keep_their_name() -> None:
    assert french.category_label("typo") == "Fautes de frappe"
    assert french.category_label("autre") == "autre"
    assert french.category_label("") == "Sans catégorie"


@given(st.text(st.characters(codec=None), max_size=40))
def test_what_is_shown_can_be_encoded_and_keeps_its_length(text: str) -> None:
    clean = french.shown(text)
    clean.encode("utf-8")
    assert len(clean) == len(text)
    assert not any(ord(char) < 32 and char not in "\t\n\r" for char in clean)


@given(st.text(max_size=60), st.integers(1, 30))
def test_a_shortened_text_is_within_its_length(text: str, most: int) -> None:
    short = french.shortened(text, most)
    assert len(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_text_is_cut_between_words() -> None:
    assert french.shortened("un deux trois quatre", 16) == "un deux trois…"


def test_a_value_is_in_its_unit() -> None:
    cases = [
        (MetricUnit.SHARE, 0.8427, "84,3\u00a0%"),
        (MetricUnit.SCORE, 0.8427, "0,843"),
        (MetricUnit.RATIO, 1.234, "1,23"),
        (MetricUnit.GAIN, -0.5, "−0,500"),
        (MetricUnit.MILLISECONDS, 12.34, "12,3\u00a0ms"),
        (MetricUnit.MILLISECONDS, 1234.5, "1\u202f234\u00a0ms"),
    ]
    assert [(unit, value, worded(unit, value)) for unit, value, _ in cases] == cases


def test_the_lede_tells_what_users_were_given() -> None:
    outcomes = [each for each in sample.outcomes() if each.query.id != "q9"]
    # Of q1, q2, q3, q6 and q8, one is right, two are wrong, q3 and q8 kept back. Of q4 and
    # q5, which nothing answers, one was answered. q7 was lost.
    assert lede(tally_of(outcomes)) == (
        "Sur 5 questions auxquelles les documents répondent, 20\u00a0% reçoivent une réponse "
        "juste, 40\u00a0% une fausse et 40\u00a0% un silence. Sur 2 questions sans réponse "
        "possible, 50\u00a0% en reçoivent une à tort. 1 question n’a pas pu être posée."
    )
    cases: list[tuple[dict[Verdict, int], str]] = [
        ({}, "Aucune question n’a été posée."),
        (
            {Verdict.RIGHT: 1},
            "Sur 1 question à laquelle les documents répondent, 100\u00a0% reçoivent une "
            "réponse juste, 0\u00a0% une fausse et 0\u00a0% un silence.",
        ),
        (
            {Verdict.QUIET: 1199, Verdict.INVENTED: 1},
            "Sur 1\u202f200 questions sans réponse possible, 0\u00a0% en reçoivent une à tort.",
        ),
        (
            {Verdict.FOUND: 3, Verdict.ABSENT: 1},
            "Sur 4 questions, 75\u00a0% trouvent un document attendu parmi les dix premiers.",
        ),
    ]
    assert [(tally, lede(tally)) for tally, _ in cases] == cases


def test_figures_come_in_the_order_of_the_metrics_and_unknown_ones_last() -> None:
    names = ["inconnu", *(metric.name for metric in reversed(METRICS))]
    rows = list(measures(dict.fromkeys(names, Figure(0.5, 0.4, 0.6, 1200))))
    assert [row.name for row in rows] == [*(metric.name for metric in METRICS), "inconnu"]
    recall = next(row for row in rows if row.name == "recall@5")
    assert (recall.value, recall.interval) == ("50,0\u00a0%", "40,0 à 60,0\u00a0%")
    assert recall.count == "1\u202f200"


@pytest.mark.parametrize(
    ("name", "value", "p", "trend"),
    [
        ("recall@5", 0.1, 0.01, "better"),
        ("recall@5", -0.1, 0.01, "worse"),
        ("recall@5", -0.1, 0.05, ""),
        ("latency_p50", 3.0, 0.01, "worse"),
        ("latency_p50", -3.0, 0.01, "better"),
        ("answered", 0.1, 0.001, ""),
        ("inconnu", 0.1, 0.001, ""),
    ],
)
def test_a_trend_is_told_where_chance_does_not_explain_it(
    name: str, value: float, p: float, trend: str
) -> None:
    (row,) = changes({name: Difference(value, value - 1, value + 1, p, 0.5, 40)})
    assert row.trend == trend
    assert bool(row.word) is bool(trend)


def test_a_difference_of_shares_is_in_points() -> None:
    (row,) = changes({"recall@5": Difference(0.062, 0.021, 0.103, 0.0004, 0.9998, 40)})
    assert row.difference == "+6,2\u00a0pt"
    assert row.interval == "+2,1\u00a0pt à +10,3\u00a0pt"
    assert row.p == "<\u00a00,001"
