import pytest

from rag.evaluation.report.overview import facts_of, failures_lede, lede_of, tally_of
from tests.evaluation.report import sample


def test_the_tally_counts_every_question_once() -> None:
    tally = {share.verdict.value: share.count for share in tally_of(sample.outcomes())}
    assert tally == {
        "right": 1,
        "found": 1,
        "quiet": 1,
        "shy": 1,
        "missed": 1,
        "lost": 1,
        "wrong": 2,
        "invented": 1,
    }


def test_the_lede_tells_failures_and_false_answers() -> None:
    outcomes = [each for each in sample.outcomes() if each.query.id != "q9"]
    # 8 questions; q2, q3, q4, q6, q7 fail; q2, q4 and q6 were answered wrongly.
    assert lede_of(tally_of(outcomes)) == (
        "Sur 8 questions, 5 sont en échec (62,5\u00a0%), dont 3 où une réponse fausse a été "
        "donnée (37,5\u00a0%)."
    )
    assert lede_of(tally_of(outcomes[:1])) == "Sur 1 question, aucune n’est en échec."
    assert lede_of(tally_of(outcomes[2:3])) == (
        "Sur 1 question, 1 est en échec (100,0\u00a0%), sans aucune réponse fausse."
    )
    assert lede_of(()) == "Aucune question n’a été posée."


def test_the_conditions_are_in_words() -> None:
    facts = dict(facts_of(sample.CONDITIONS, sample.outcomes()))
    assert facts["Date"] == "3\u00a0février 2026 à 9\u00a0h\u00a005 (UTC)"
    assert facts["Seuil de confiance"] == "50,0\u00a0%"
    assert facts["Questions"] == "9, dont 2 sans réponse possible"
    assert facts["Passages"] == "1\u202f234"
    assert facts["Jugement par"] == "faits"


@pytest.mark.parametrize(
    ("shown", "total", "said"),
    [
        (0, 0, "Aucune question n’est en échec."),
        (1, 1, "Une question est en échec."),
        (3, 3, "Les 3 questions en échec"),
        (200, 1834, "200 des 1\u202f834 questions en échec"),
        (200, 1834, "1\u202f634 sont laissées de côté et se lisent dans run.json"),
    ],
)
def test_the_page_says_how_many_failures_it_leaves_out(
    shown: int, total: int, said: str
) -> None:
    assert said in failures_lede(shown, total)
