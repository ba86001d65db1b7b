from hypothesis import given
from hypothesis import strategies as st

from rag.question.phrases import has_name, read_words, subject_of
from rag.question.word_classes import WordClass


def test_what_a_question_is_about() -> None:
    cases = [
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
    ]
    found = {question: subject_of(question, read_words(question)) for question, _ in cases}
    assert found == dict(cases)


def classes(question: str) -> list[tuple[str, WordClass]]:
    return [(word.plain, word.kind) for word in read_words(question)]


def test_words_have_classes() -> None:
    assert classes("Où l'ANSSI a-t-elle publié NIS 2 en 2024 ?") == [
        ("ou", WordClass.ASKING),
        ("l'", WordClass.DETERMINER),
        ("anssi", WordClass.NAME),
        ("a", WordClass.OTHER),
        ("t", WordClass.OTHER),
        ("elle", WordClass.OTHER),
        ("publie", WordClass.CONTENT),
        ("nis", WordClass.NAME),
        ("2", WordClass.NAME),
        ("en", WordClass.PREPOSITION),
        ("2024", WordClass.NUMBER),
    ]


def test_what_names_something() -> None:
    cases = [
        ("Que fait l'ANSSI ?", True),
        ("Que dit Jeanne ?", True),
        ("Que dit « le guide » ?", True),
        ("Que change NIS 2 ?", True),
        ("Mistral AI recrute ?", True),
        ("Paris accueille un salon ?", False),
        ("Que change l'IA en mars 2026 ?", False),
        ("Dates du salon ?", False),
    ]
    found = {question: has_name(read_words(question)) for question, _ in cases}
    assert found == dict(cases)


@given(st.text(max_size=200))
def test_words_stand_where_they_say(question: str) -> None:
    words = read_words(question)
    bounds = [(word.start, word.end) for word in words]
    assert all(start < end for start, end in bounds)
    assert bounds == sorted(bounds)
    assert all(question[start:end][0].isalnum() for start, end in bounds)
    assert len(subject_of(question, words)) <= 2 * len(question)
