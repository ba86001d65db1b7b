import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.local.duplicates import find_duplicates, fingerprint, jaccard, shingles

LONG = (
    "le comité rappelle que les agents publics doivent suivre une formation adaptée à leurs "
    "missions et que les administrations gardent la maîtrise des outils qu'elles achètent ou "
    "développent pour rendre un service plus simple et plus humain aux usagers de tout le pays"
)


def copies(*passages: tuple[int, str]) -> dict[int, int]:
    texts = [text for _, text in passages]
    prints = [fingerprint(document, text) for document, text in passages]
    return find_duplicates(prints, texts.__getitem__)


def test_the_first_of_equal_passages_is_kept() -> None:
    assert copies((1, LONG), (2, "autre chose"), (3, LONG), (4, LONG)) == {2: 0, 3: 0}


def test_typography_and_white_space_do_not_matter() -> None:
    other = LONG.replace("qu'elles", "qu’elles").replace(" ", "  ", 3) + "."
    assert copies((1, LONG), (2, other)) == {1: 0}


def test_a_word_that_carries_no_fact_may_differ() -> None:
    other = LONG + " entier"
    assert jaccard(shingles(LONG), shingles(other)) == 40 / 41
    assert copies((1, LONG), (2, other)) == {1: 0}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("le 3 février 2026", "le 4 février 2026"),
        ("le 3 février 2026", "le 3 mars 2026"),
        ("à Paris", "à Lyon"),
        ("de 5 %", "de 5 €"),
        ("de 5 %", "de -5 %"),
        ("pendant deux jours", "pendant trois jours"),
        ("ouvert", "pas ouvert"),
        ("avant terme", "après terme"),
        ("par Orange", "par orange"),
        ("de Paul à Luc", "de Luc à Paul"),
    ],
)
def test_a_fact_that_differs_keeps_passages_apart(before: str, after: str) -> None:
    text = f"{LONG} {{}} {LONG}"
    first, second = text.format(before), text.format(after)
    assert copies((1, first), (2, second)) == {}
    assert copies((1, first), (2, first)) == {1: 0}


def test_years_in_headings_keep_passages_apart() -> None:
    prints = [
        fingerprint(number, LONG, (f"Tarifs {year}",))
        for number, year in enumerate((2024, 2025, 2024))
    ]
    assert find_duplicates(prints, lambda position: LONG) == {2: 0}


def test_other_headings_do_not() -> None:
    prints = [fingerprint(number, LONG, (f"Note {number}",)) for number in range(2)]
    assert find_duplicates(prints, lambda position: LONG) == {1: 0}


def test_passages_of_one_document_are_never_merged() -> None:
    assert copies((1, LONG), (1, LONG), (1, LONG + " entier")) == {}
    assert copies((1, LONG), (2, LONG), (2, LONG)) == {1: 0, 2: 0}


def test_short_passages_are_merged_only_when_equal() -> None:
    assert copies((1, "tout va bien ici"), (2, "tout va bien ici aussi")) == {}
    assert copies((1, "tout va bien ici"), (2, "Tout va bien ici.".lower())) == {1: 0}


def test_a_copy_of_a_near_copy_points_to_the_first() -> None:
    near = LONG + " entier"
    assert copies((1, LONG), (2, near), (3, near)) == {1: 0, 2: 0}


def test_passages_without_words_stay() -> None:
    assert copies((1, "***"), (2, "***"), (3, "")) == {}


def test_jaccard_of_hand_counted_sets() -> None:
    first = np.array([1, 2, 3, 4], np.uint64)
    second = np.array([3, 4, 5], np.uint64)
    assert jaccard(first, second) == 2 / 5
    assert jaccard(first[:0], second[:0]) == 0.0


def test_shingles_are_runs_of_five_words() -> None:
    assert len(shingles("a b c d")) == 0
    assert len(shingles("un deux trois quatre cinq six")) == 2
    assert np.array_equal(shingles("a b c d e " * 50), shingles("a b c d e " * 60))


def test_many_alike_passages_fall_into_one() -> None:
    passages = [(number, LONG + " vraiment" * (number % 2)) for number in range(200)]
    assert set(copies(*passages).values()) == {0}


@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=60)), max_size=12))
def test_copies_point_to_kept_passages_of_other_documents(
    passages: list[tuple[int, str]],
) -> None:
    found = copies(*passages)
    for copy, kept in found.items():
        assert kept < copy
        assert kept not in found
        assert passages[copy][0] != passages[kept][0]


@given(st.text(max_size=200), st.text(max_size=200))
def test_jaccard_is_symmetric_and_bounded(first: str, second: str) -> None:
    one, other = shingles(first), shingles(second)
    assert jaccard(one, other) == jaccard(other, one)
    assert 0.0 <= jaccard(one, other) <= 1.0
