from hypothesis import given
from hypothesis import strategies as st

from rag.text.language import detect_language

QUESTIONS = {
    "fr": """Qui est le président de l'INR ?
quand a lieu le salon|combien de visiteurs au milipol
Où se tient l'Expo ?|OU SE TIENT LE SALON|quel delai pour notifier un incident
Que signifie INESIA ?|Pourquoi NIS2 ?|secteur du projet MAGRITTE|à quoi sert Albert API
secrétaire générale de Current AI|c'est quoi le RGAA|prix du billet|nombre de sites
Quel budget pour France 2030 ?|Qui dirige la DINUM ?|qui a gagné|combien coute un badge
Comment faire cuire une tarte aux pommes ?|L'IA dans l'État|quels sont les membres du comite""",
    "en": """where is the Milipol show held|when is the summit|How many visitors?
Who chairs INESIA?
what does NIS2 mean|how much did startups raise in 2025|who is the president of INR
What is the sector of project MAGRITTE?|why was Current AI created|which city hosts the expo
Milipol opening date and place|how long do companies have to report|is the AI act in force""",
    "de": """Wo findet die Messe statt?|Wann ist der Gipfel?|Wie viele Besucher gibt es
Wer ist der Präsident von INR|Was bedeutet NIS2""",
    "es": """¿Dónde se celebra el salón?|cuando es la cumbre|Quién es el presidente de INR
cuantos visitantes hay|qué significa NIS2""",
    "it": """Dove si tiene il salone?|quando è il vertice|Chi è il presidente dell'INR
quanti visitatori ci sono|che cosa significa NIS2""",
}
CASES = [
    (language, question)
    for language, lines in QUESTIONS.items()
    for line in lines.split("\n")
    for question in line.split("|")
]


def test_table_is_large() -> None:
    assert len(CASES) >= 40


def test_short_questions() -> None:
    assert [
        (language, question)
        for language, question in CASES
        if detect_language(question) != language
    ] == []


def test_case_does_not_matter() -> None:
    assert [
        (language, question)
        for language, question in CASES
        if detect_language(question.upper()) != language
    ] == []


def test_undecided() -> None:
    cases = ["", "NIS2", "Milipol 2025", "123 ?", "😀", "MAGRITTE", "北京"]
    assert [text for text in cases if detect_language(text) is not None] == []


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert detect_language(text) in {"fr", "en", "de", "es", "it", None}
