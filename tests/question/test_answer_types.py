import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.answer_types import answer_types
from rag.types import Mention

CASES = """
quand a lieu le salon|DATE
Quand et où se tient le Cyber-IA Expo 2026 ?|DATE PLACE
QUAND ET OU SE TIENT LE SALON ?|DATE PLACE
date cyber-ia expo|DATE
En quelle année kene intègre l'équipe|DATE
A quelle époque les chercheurs ont-ils découvert des traces|DATE
quel jour commence Milipol ?|DATE
À quelle date ouvre le salon|DATE
Depuis quand l'INESIA existe-t-elle ?|DATE
When does the summit take place?|DATE
What year was Current AI founded?|DATE
in which year did it start|DATE
horaires d'ouverture|DATE
jusqu'à quand peut-on s'inscrire|DATE
Quel siècle vit naître Corneille ?|DATE
combien de visiteurs au milipol|NUMBER
Combien de sites ont été identifiés ?|NUMBER
quel est le nombre d'exposants|NUMBER
nombre de membres de la coalition|NUMBER
how many exhibitors are there|NUMBER
Quelle est la puissance du site de Fouju ?|NUMBER
Quelle est la population de Lille ?|NUMBER
quel age a Macron|NUMBER
Combien coûte un badge ?|MONEY
combien coute le projet|MONEY
Quel est le budget de France 2030 ?|MONEY
quel montant a été annoncé|MONEY
Combien les startups ont-elles levé en 2025 ?|MONEY
how much does it cost|MONEY
Quel est le prix d'entrée ?|MONEY
tarif du salon|MONEY
Quelle somme a été investie ?|MONEY
Combien d'euros ont été dépensés ?|MONEY
Quel pourcentage des femmes|PERCENT
quelle part des entreprises utilise l'IA|PERCENT
Quel est le taux de chômage ?|PERCENT
what percentage of firms use AI|PERCENT
Combien de temps dure le stage ?|DURATION
quel delai pour notifier un incident|DURATION
Quelle est la durée du mandat ?|DURATION
how long do companies have to report|DURATION
Dans quel délai faut-il répondre ?|DURATION
Sous combien de jours répondre ?|DURATION
Qui est la secrétaire générale de Current AI ?|PERSON
qui est le président de l'INR|PERSON
Quel est le président de la fondation ?|PERSON
Quelle ministre a lancé le plan ?|PERSON
Selon quel auteur la liberté n'est-elle pas indispensable|PERSON
Who is the president of INR?|PERSON
who chairs INESIA|PERSON ORGANISATION
Qui organise le salon ?|PERSON ORGANISATION
Par qui est produit son deuxième album solo ?|PERSON ORGANISATION
avec qui Mistral a-t-il signé|PERSON ORGANISATION
QUI DIRIGE LA DINUM|PERSON ORGANISATION
Qui leur indique que l'un des trois doit mourir ?|PERSON ORGANISATION
Quel organisme rassemble 100 personnalités ?|ORGANISATION
Quelle entreprise porte le projet MAGRITTE ?|ORGANISATION
Which company built it?|ORGANISATION
Où se tient l'Expo ?|PLACE
ou se tient le salon|PLACE
où est né martin ?|PLACE
Dans quelle ville se trouve le siège ?|PLACE
dans quel pays a eu lieu le sommet|PLACE
where is the Milipol show held|PLACE
which city hosts the expo|PLACE
lieu du salon|PLACE
Quelle est la capitale du Canada ?|PLACE
adresse de l'INR|PLACE
D'où vient Albert ?|PLACE
où vivent majoritairement les Cols Bleus|PLACE
date et lieu du salon|DATE PLACE
Que signifie le sigle INESIA ?|ACRONYM DEFINITION
que veut dire RGAA|ACRONYM DEFINITION
c'est quoi un rançongiciel|ACRONYM DEFINITION
Qu'est-ce que le RGAA ?|ACRONYM DEFINITION
Qu'est-ce qu'un rançongiciel ?|DEFINITION
Qu'est ce qu'Edras ?|DEFINITION
what does NIS2 mean|ACRONYM DEFINITION
what is DORA?|ACRONYM DEFINITION
what is a trusted cloud?|DEFINITION
Définition de l'IA frugale|DEFINITION
qu'appelle-t-on "huile de chaîne" sur une tronçonneuse|DEFINITION
Pourquoi NIS2 a-t-elle été adoptée ?|REASON
pour quelle raison le salon|REASON
Dans quel but a été créée INESIA ?|REASON
A quoi sert Albert ?|REASON
Why was it created?|REASON
Quel est l'objectif du plan ?|REASON
Qu'est-ce qui justifie un si mauvais classement ?|REASON
Quel est le secteur du projet MAGRITTE ?|NONE
Quels sont les outils qui permettent de tester ?|NONE
Thé ou café pour les agents ?|NONE
Comment faire cuire une tarte aux pommes ?|NONE
NIS2|NONE
L'année où il est né est connue|NONE
Quel est l'outil qui permet aux riches|NONE
où est-ce|PLACE
et où ?|PLACE
que sont les schiltrons ?|DEFINITION
A qui s'adresse l'aide directe ?|PERSON ORGANISATION
a combien s'eleve l'amende|MONEY
Quelle est la dette cumulée des États-Unis ?|MONEY
Quelle est la hauteur de la tour ?|NUMBER
how long and where is the show|DURATION PLACE
"""


def kinds(names: str) -> Mention:
    found = Mention.NONE
    for name in names.split():
        found |= Mention[name]
    return found


ROWS = [line.rsplit("|", 1) for line in CASES.strip().split("\n")]


def test_table_is_large() -> None:
    assert len(ROWS) >= 80


def test_what_is_asked() -> None:
    found = {question: answer_types(question) for question, _ in ROWS}
    assert found == {question: kinds(expected) for question, expected in ROWS}


def test_capitals_ask_the_same() -> None:
    cases = [row[0] for row in ROWS if "ACRONYM" not in row[1] and "l’" not in row[0]]
    found = {question: answer_types(question.upper()) for question in cases}
    assert found == {question: answer_types(question) for question in cases}


@given(st.text(st.characters(exclude_categories=[])))
def test_any_question_is_read(question: str) -> None:
    assert answer_types(question) in Mention(2047)


@pytest.mark.parametrize(
    "unit", ["combien ", "ou ", "quel ", "qu'est-ce que ", "a", "? ", "qui "]
)
def test_hostile_repetition_is_read(unit: str) -> None:
    assert isinstance(answer_types(unit * 20_000), Mention)
