from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.line_shapes import (
    ends_in_mid_phrase,
    ends_sentence,
    introduces,
    is_open,
    is_prose,
    looks_like_heading,
    numbering,
    starts_lower,
)


def test_headings() -> None:
    lines = (
        "La fondation Current AI",
        "L'INESIA",
        "Café IA : fédérer, partager et démocratiser l'intelligence artificielle",
        "Scale-up Europe Fund",
        "ETCI 2.0",
        "Quand et où se déroule Cyber-IA Expo 2026 ?",
        "Les premiers lauréats de « Pionniers de l'IA »",
        "63 sites réputés favorables",
        "Plus de 25 millions d'euros d'investis pour l'accélération des usages",
    )
    assert [line for line in lines if not looks_like_heading(line)] == []


def test_what_is_no_heading() -> None:
    lines = (
        "Un an après, les résultats sont là.",
        "Contacts presse :",
        "Contact presse : media@currentai.org",
        "Source : DGE",
        "Paris, le 12 février 2026",
        "Paris – Espace Champerret les 30 juin & 1er juillet 2026",
        "N°373",
        "Plus d’information sur le site de l’événement",
        "la maîtrise des dépendances technologiques",
        "en présence de la Ministre déléguée chargée de",
        "Un titre « mal fermé",
        "Voir https://exemple.fr",
        "2,6",
        "A" * 121,
        "C'est fini. On recommence",
        "",
    )
    assert [line for line in lines if looks_like_heading(line)] == []


def test_ends_of_sentences() -> None:
    texts = ("Fini.", "Fini. »", "Vraiment ?)", "mutualisée.⁹", "note.[^1]")
    assert [text for text in texts if not ends_sentence(text) or is_open(text)] == []


def test_other_ends() -> None:
    assert introduces("les points suivants :")
    assert introduces("parmi lesquels² :")
    assert is_open("via les 9 IA")
    assert not is_open("un item ;")
    assert ends_in_mid_phrase("Ministre déléguée chargée de")
    assert ends_in_mid_phrase("pour les PME,")
    assert not ends_in_mid_phrase("le programme IA")
    assert starts_lower("« mot")
    assert not starts_lower("Mot")
    assert is_prose("Elle réunit dix pays et plusieurs fondations.")
    assert not is_prose("Source : DGE")


def test_numbering() -> None:
    numbered = ("1. Titre", "2.3 Titre", "IV. Titre", "1) Titre")
    assert [numbering(text) for text in numbered] == ["1.", "2.3", "IV.", "1)"]
    others = ("1.5 milliard d'euros", "2026 en bref", "1,7 Md€", "I have")
    assert [text for text in others if numbering(text) is not None] == []


@given(st.text(max_size=300))
def test_every_test_takes_any_text(text: str) -> None:
    assert not (ends_sentence(text) and is_open(text))
    assert not (introduces(text) and ends_sentence(text))
    looks_like_heading(text)
    numbering(text)
