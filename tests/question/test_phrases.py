import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.phrases import has_name, read_words, topic
from rag.question.word_classes import Role


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Quel est le budget annuel de la DINUM ?", "DINUM"),
        (
            "Qui a fondé la coalition pour une IA durable ?",
            "coalition pour une IA durable",
        ),
        ("Quand les rencontres Café IA ont-elles été créées ?", "rencontres Café IA"),
        (
            "Combien Milipol Paris a-t-il accueilli de gens en 2023 ?",
            "Milipol Paris, gens en 2023",
        ),
        ("Dans quelle salle se tient le salon à Lyon ?", "salon à Lyon"),
        ("qui preside la cada", "cada"),
        ("Combien de critères dans le RGAA 4.1 ?", "RGAA 4.1"),
        ("Que dit le guide « l'essentiel » ?", "guide « l'essentiel"),
        ("RGESN nombre de critères", "RGESN nombre de critères"),
        (
            "Who chairs the international network of observatories?",
            "international network of observatories",
        ),
        ("How many seats are there on the French authority's board?", "French authority"),
        ("Qui la dirige ?", ""),
        ("Pourquoi ?", ""),
        ("", ""),
    ],
)
def test_what_a_question_is_about(question: str, subject: str) -> None:
    assert topic(question, read_words(question)) == subject


def roles(question: str) -> list[tuple[str, Role]]:
    return [(word.plain, word.role) for word in read_words(question)]


def test_words_have_roles() -> None:
    assert roles("Où l'ANSSI a-t-elle publié NIS 2 en 2024 ?") == [
        ("ou", Role.ASKING),
        ("l'", Role.DETERMINER),
        ("anssi", Role.NAME),
        ("a", Role.OTHER),
        ("t", Role.OTHER),
        ("elle", Role.OTHER),
        ("publie", Role.CONTENT),
        ("nis", Role.NAME),
        ("2", Role.NAME),
        ("en", Role.PREPOSITION),
        ("2024", Role.NUMBER),
    ]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Que fait l'ANSSI ?", True),
        ("Que dit Jeanne ?", True),
        ("Que dit « le guide » ?", True),
        ("Que change NIS 2 ?", True),
        ("Mistral AI recrute ?", True),
        ("Paris accueille un salon ?", False),
        ("Que change l'IA en mars 2026 ?", False),
        ("Dates du salon ?", False),
    ],
)
def test_what_names_something(question: str, named: bool) -> None:
    # The capital of the first word alone tells nothing.
    assert has_name(read_words(question)) is named


@given(st.text(max_size=200))
def test_words_stand_where_they_say(question: str) -> None:
    words = read_words(question)
    bounds = [(word.start, word.end) for word in words]
    assert all(start < end for start, end in bounds)
    assert bounds == sorted(bounds)
    assert all(question[start:end][0].isalnum() for start, end in bounds)
    assert len(topic(question, words)) <= 2 * len(question)
