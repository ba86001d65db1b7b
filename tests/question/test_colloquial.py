"""Careless and colloquial French is read as it is written with care."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.colloquial import careful
from rag.question.kinds import kind_of
from rag.question.question import read_question
from rag.question.spelling import Spelling

PAIRS = """
c koi le ccas|qu'est-ce que le ccas
C'est quoi le CCAS ?|Qu'est-ce que le CCAS ?
C'est quoi au juste un lai ?|Qu'est-ce qu'un lai ?
Le CCAS c'est quoi ?|Qu'est-ce que le CCAS ?
C'est quoi le délai de réponse ?|Quel est le délai de réponse ?
c quoi la durée du prêt|quelle est la durée du prêt
C'est quoi les horaires ?|Quels sont les horaires ?
keske le ccas|qu'est-ce que le ccas
quest ce que le ccas ?|qu'est-ce que le ccas ?
qu est ce que le ccas|qu'est-ce que le ccas
qu est ce qu il faut apporter|qu'est-ce qu'il faut apporter
jpeux venir avec mon chien ?|je peux venir avec mon chien ?
jdois payer cb ?|je dois payer combien ?
chui obligé de réserver ?|je suis obligé de réserver ?
faut un certif ?|faut-il un certificat ?
Faut payer qqch ??|Faut-il payer quelque chose ?
Pour la piscine, faut un bonnet ?|Pour la piscine, faut-il un bonnet ?
quel age faut avoir ?|quel âge faut-il avoir ?
ya un parking ?|y a-t-il un parking ?
y a un parking ?|y a-t-il un parking ?
y a t il un parking|y a-t-il un parking
pk la piscine est fermée|pourquoi la piscine est fermée
Pq la piscine est fermée ?!|Pourquoi la piscine est fermée ?
cb coûte la carte|combien coûte la carte
Et cb ça coûte ?|Et combien ça coûte ?
cb de tps pr avoir un rdv|combien de temps pour avoir un rendez-vous
qd ouvre la mairie ?|quand ouvre la mairie ?
kan ouvre la mairie|quand ouvre la mairie
depui qd c payant|depuis quand c'est payant
l age minimum|l'âge minimum
d apres le guide, qui paie ?|d'après le guide, qui paie ?
c ouvert aujourdhui ?|c'est ouvert aujourd'hui ?
c est ouvert aujourd hui ?|c'est ouvert aujourd'hui ?
jusqu a quelle heure|jusqu'à quelle heure
a quel age peut on voter|à quel âge peut-on voter
ou est la mairie ?|où est la mairie ?
C'est où la mairie ?|Où se trouve la mairie ?
c'est qui le maire ?|qui est le maire ?
C'est quand la fête ?|Quand a lieu la fête ?
C'est combien la carte ?|Combien coûte la carte ?
esque je peux venir|est-ce que je peux venir
est ce que c payant|est-ce que c'est payant
peut on venir le dimanche|peut-on venir le dimanche
FAUT IL UN CERTIFICAT ???|Faut-il un certificat ?
C OU LA MAIRIE|Où se trouve la mairie
jai perdu ma carte, je fai koi ?|j'ai perdu ma carte, que faire ?
On fait quoi si la carte est perdue ?|Que faire si la carte est perdue ?
ki c ki paie|qui paie
le tel de la mairie svp|le téléphone de la mairie
c koi le tel de la mairie|quel est le téléphone de la mairie
on a volé du fric à mon gosse|on a volé de l'argent à mon enfant
la banque a combien de tps ?|la banque a combien de temps ?
on peut venir a quelle heure ?|on peut venir à quelle heure ?
jai oublié mon mdp|j'ai oublié mon mot de passe
y a-t-il un parking pr les motos s'il vous plaît ?|y a-t-il un parking pour les motos ?
""".strip().splitlines()

CAREFUL = """
Qu'est-ce que le CCAS ?
Qu’est-ce qu’un CCAS ?
Faut-il un certificat médical ?
Que faut-il apporter ?
Quand faut-il payer ?
Il faut combien de temps ?
Combien y a-t-il de salles ?
Qu'y a-t-il dans le rapport ?
Ce qu'il y a de nouveau dans la charte
Je voudrais payer par CB.
Puis-je payer en cb ?
Le PR est-il élu pour cinq ans ?
Le permis C est-il cher ?
Que contient l'annexe c du contrat ?
La vitamine c est-elle remboursée ?
Un terrain de 10 m au bord de la route
Où est-ce que je peux me garer ?
Qui est-ce qui paie ?
Le CA de la régie a-t-il augmenté ?
À quelle heure ouvre la mairie ?
Il y a trois ans, qui dirigeait la régie ?
Il y a 3 ans, qui dirigeait la régie ?
Un badge, ou une carte ?
Le lot D est-il attribué ?
Le lot C est attribué à qui ?
Et puis je paie où ?
Mangez-vous sur place ou pas ?
Que dit l'article L. 121-1 ?
L'adresse est-elle contact@mairie.fr ?
What is the town hall?
Can I pay by cb?
¿Qué es el ayuntamiento?
""".strip().splitlines()


def nothing(word: str) -> bool:
    return False


def test_careless_forms_become_careful_ones() -> None:
    cases = [pair.split("|") for pair in PAIRS]
    assert len(cases) >= 40
    assert [
        (careless, careful(careless, nothing), expected)
        for careless, expected in cases
        if careful(careless, nothing) != expected
    ] == []


def test_what_is_written_with_care_stays() -> None:
    assert [each for each in CAREFUL if careful(each, nothing) != each] == []


def test_careful_forms_stay() -> None:
    expected = [pair.split("|")[1] for pair in PAIRS]
    assert [
        (each, careful(each, nothing))
        for each in expected
        if kind_of(careful(each, nothing)) != kind_of(each)
    ] == []


def test_a_short_name_that_the_collection_has_stays() -> None:
    assert careful("mon mdp", lambda word: word == "mdp") == "mon mdp"


def test_a_careless_question_is_read_as_its_careful_form() -> None:
    spelling = Spelling({}, lambda _: True, lambda _: True)
    differing = []
    for careless, expected in (pair.split("|") for pair in PAIRS):
        one = read_question(careless, spelling, 4000)
        two = read_question(expected, spelling, 4000)
        same = (one.search_text.lower(), one.terms, one.wants, one.kind) == (
            two.search_text.lower(),
            two.terms,
            two.wants,
            two.kind,
        )
        if not same or one.text != careless:
            differing.append((one, two))
    assert differing == []


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(careful(text, nothing), str)


@pytest.mark.parametrize("unit", ["c ", "a ", "quel ", "y a ", "? ", "' ", "qu est ce que "])
def test_hostile_repetition_is_read(unit: str) -> None:
    assert len(careful(unit * 400, nothing)) >= 0
