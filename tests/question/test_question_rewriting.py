from rag.question.phrases import read_words
from rag.question.question_rewriting import (
    with_detail,
    without_article,
    without_end,
    without_question,
    without_year,
)


def test_a_detail_gives_way_to_its_like() -> None:
    cases = [
        ("Quel budget en 2025 ?", "en 2026 ?", "Quel budget en 2026 ?"),
        ("Quel budget au 3 mars 2025 ?", "en 2026 ?", "Quel budget en 2026 ?"),
        ("Quel budget au 3 mars 2025 ?", "2026", "Quel budget au 3 mars 2026 ?"),
        ("Quel budget a Nantes ?", "à Lyon ?", "Quel budget à Lyon ?"),
        ("Quel budget a l'INR à Paris ?", "la DINUM ?", "Quel budget a la DINUM à Paris ?"),
        ("Que verse la DINUM à Pix ?", "l'ANSSI ?", "Que verse l'ANSSI à Pix ?"),
        ("Que verse la DINUM à Pix ?", "à Tchap ?", "Que verse la DINUM à Tchap ?"),
        ("Le coût du RGAA ?", "le RGESN ?", "Le coût du RGESN ?"),
        (
            "Quand le plan de zone est-il mis à jour ?",
            "la base des métiers ?",
            "Quand la base des métiers est-il mis à jour ?",
        ),
        (
            "Que doit une entreprise pour un oubli ?",
            "une mairie ?",
            "Que doit une mairie pour un oubli ?",
        ),
        ("Quel taux de redevance ?", "les communes ?", "Quel taux de redevance les communes ?"),
        ("Qui fut le premier directeur ?", "le deuxième ?", "Qui fut le deuxième directeur ?"),
        (
            "Quelle amende Google a-t-il reçue en janvier 2019 ?",
            "Meta, fin 2021 ?",
            "Quelle amende Meta, fin 2021 a-t-il reçue ?",
        ),
        ("Quel délai chez un notaire ?", "chez un juge ?", "Quel délai chez un juge ?"),
        ("Quel délai ?", "pour un recours ?", "Quel délai pour un recours ?"),
        (
            "Le bilan de 2024 à 2025 ?",
            "l'année suivante ?",
            "Le bilan de 2024 à 2025 l'année suivante ?",
        ),
    ]
    assert [
        (earlier, detail, expected)
        for earlier, detail, expected in cases
        if with_detail(earlier, detail) != expected
    ] == []


def test_a_year_goes_with_its_preposition() -> None:
    new = read_words("et en 2026 ?")
    assert without_year("le salon en 2025 à Lyon", new) == "le salon à Lyon"
    assert without_year("le salon en 2025", read_words("et à Lyon ?")) == "le salon en 2025"


def test_what_was_asked_without_the_question() -> None:
    assert without_question("Où se tient le salon ?") == "tient le salon"
    assert without_question("Pourquoi ?") == ""


def test_ends() -> None:
    assert without_end("le salon ?! ") == "le salon"
    assert without_article("la directrice ?") == "directrice ?"
    assert without_article("la") == "la"
