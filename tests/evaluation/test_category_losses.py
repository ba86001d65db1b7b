from collections.abc import Iterable
from dataclasses import replace

from rag.evaluation.category_losses import CategoryLoss, category_losses
from rag.evaluation.run_record import RecordedQuestion
from rag.evaluation.runs import SERVED, Verdict
from tests.evaluation.made_records import at_threshold, found, silent


def losses(
    before: Iterable[RecordedQuestion], after: Iterable[RecordedQuestion]
) -> list[tuple[str, int, int]]:
    """Category, questions served well before and after."""
    lost = category_losses({each.id: each for each in before}, after)
    return [(each.category, each.before, each.after) for each in lost]


def of(category: str, served: int, total: int = 10) -> list[RecordedQuestion]:
    return [found(f"{category}{n}", right=n < served, category=category) for n in range(total)]


def test_the_categories_that_lost_are_told_those_that_lost_most_first() -> None:
    before = [*of("table", 9), *of("list", 8), *of("typo", 5), *of("full", 7), *of("dates", 7)]
    after = [*of("table", 7), *of("list", 3), *of("typo", 9), *of("full", 7), *of("dates", 5)]
    # Two lost of tables and of dates: by name. What gained, or stayed, is no loss.
    assert losses(before, after) == [("list", 8, 3), ("dates", 7, 5), ("table", 9, 7)]
    assert losses(before, before) == []
    assert losses([], after) == []


def test_a_loss_is_of_the_category_as_a_whole() -> None:
    # Two turned wrong and two turned right: nobody is worse served on the whole.
    before = of("table", 5)
    after = [replace(each, verdict=Verdict.WRONG) for each in before[:2]]
    after += before[2:5]
    after += [replace(each, verdict=Verdict.RIGHT) for each in before[5:7]]
    assert losses(before, after) == []


def test_served_is_an_answer_that_is_right_or_a_silence_that_is() -> None:
    for verdict in Verdict:
        before = [found("a")]
        after = [replace(found("a"), verdict=verdict)]
        told = losses(before, after)
        assert told == ([] if verdict in SERVED else [("full", 1, 0)]), verdict
    quiet = [silent(f"s{n}", confidence=0.4) for n in range(4)]
    assert losses(quiet, [at_threshold(each, 0.3) for each in quiet]) == [("near", 4, 0)]


def test_a_loss_fails_at_three_questions_or_at_two_that_are_three_in_ten() -> None:
    cases = [
        (1, 0, False),  # one question alone never fails, though it is all of them
        (2, 1, False),
        (100, 99, False),
        (2, 0, True),
        (5, 3, True),  # two are 40 %
        (6, 4, True),  # 33 %
        (7, 5, False),  # 28.6 %
        (10, 8, False),
        (10, 7, True),
        (1000, 997, True),  # three, whatever their share
        (1000, 998, False),
    ]
    unlike = [
        (before, after)
        for before, after, fails in cases
        if CategoryLoss("table", before, after).failed is not fails
    ]
    assert unlike == []


def test_questions_that_are_not_there_as_they_were_are_left_out() -> None:
    before = of("table", 10)
    renamed = [replace(each, id=f"new-{each.id}") for each in of("table", 0)]
    assert losses(before, renamed) == []
    changed = [replace(each, fingerprint="1" * 16) for each in of("table", 0)]
    assert losses(before, changed) == []
    # Of ten, four are as they were: two of these are lost.
    after = [*of("table", 10)[:2], *of("table", 0)[2:4], *changed[4:7], *renamed[7:]]
    assert losses(before, after) == [("table", 4, 2)]


def test_a_question_counts_in_the_category_that_it_has_now() -> None:
    before = of("table", 4, 4)
    after = [replace(each, category="list", verdict=Verdict.WRONG) for each in before]
    assert losses(before, after) == [("list", 4, 0)]


def test_a_reason_names_a_category_by_either_name() -> None:
    cases = [
        ("table", "On perd sur table", True),
        ("table", "On perd sur les Tableaux", True),
        ("table", "TABLEAUX : perte acceptée", True),
        ("table", "On perd sur les listes", False),
        ("table", "", False),
        ("dates", "Dates et chiffres", True),
        ("typo", "fautes de frappe", True),
        ("typo", "les fautes", False),
        ("near-year", "sans reponse,   autre\u00a0annee", True),
        ("near-year", "near-year", True),
        ("near-year", "near", False),
        ("", "Sans catégorie", True),
        ("une autre", "Une  Autre est moins bien servie", True),
    ]
    unlike = [
        (category, why)
        for category, why, named in cases
        if CategoryLoss(category, 9, 0).named_in(why) is not named
    ]
    assert unlike == []


def test_a_name_within_another_word_names_nothing() -> None:
    cases = [
        ("table", "Résultats plus stables"),
        ("table", "Une perte acceptable"),
        ("list", "Avis de spécialistes"),
        ("full", "Découpage plus fulltext"),
        ("far", "Le fardeau des seuils"),
        ("near", "Découpage linéaire"),
        ("", "Nouveau modèle"),
    ]
    unlike = [
        (category, why) for category, why in cases if CategoryLoss(category, 9, 0).named_in(why)
    ]
    assert unlike == []


def test_a_loss_says_the_category_by_both_names() -> None:
    assert CategoryLoss("near-year", 3, 0).label == "Sans réponse, autre année (near-year)"
    assert CategoryLoss("another's own", 3, 0).label == "another's own (another's own)"
