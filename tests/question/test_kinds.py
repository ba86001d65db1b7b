"""What shape of answer a question calls for."""

from hypothesis import given
from hypothesis import strategies as st

from rag.question.kinds import kind_of
from rag.types import Kind

QUESTIONS = {
    Kind.DEFINITION: (
        "C'est quoi le RGPD ?",
        "Qu'est-ce que la laïcité ?",
        "qu'est ce que la laicite",
        "Définition de la laïcité",
        "À quoi sert le conseil de quartier ?",
        "Le compte asso, de quoi s'agit-il ?",
        "Que veut dire ATSEM ?",
        "What is the ombudsman?",
        "What does ATSEM mean?",
    ),
    Kind.PROCEDURE: (
        "Comment renouveler ma carte ?",
        "comment on fait pour avoir un badge",
        "Que faire en cas de perte de carte ?",
        "J'ai perdu ma carte, je fais quoi ?",
        "Quelles sont les démarches pour ouvrir un compte ?",
        "How do I renew my card?",
        "What should I do if I lose my card?",
    ),
    Kind.REASON: (
        "Pourquoi la piscine est-elle fermée ?",
        "Pour quelle raison la piscine est-elle fermée ?",
        "Dans quel but a-t-on fermé la rue ?",
        "La piscine, pourquoi ?",
        "Why is the pool closed?",
    ),
    Kind.COMPARISON: (
        "Quelle est la différence entre NIS 1 et NIS 2 ?",
        "Le badge et la carte, c'est la même chose ?",
        "Du badge ou de la carte, lequel est le plus cher ?",
        "La CADA a-t-elle plus de membres que la CNIL ?",
        "What is the difference between a badge and a card?",
    ),
    Kind.DECISION: (
        "Faut-il un certificat médical ?",
        "faut il un certificat medical",
        "C'est payant ?",
        "Carte : c'est payant ?",
        "Est-ce que la carte est gratuite pour ceux qui habitent ailleurs ?",
        "Je peux venir avec mon chien ?",
        "La cantine est-elle ouverte le mercredi ?",
        "Mon chien peut entrer ?",
        "Can I bring my dog?",
    ),
    Kind.VALUE: (
        "Quand ouvre la piscine ?",
        "Combien coûte la carte ?",
        "Où se trouve la mairie ?",
        "Qui est le maire ?",
        "Quel service délivre les badges ?",
        "Comment s'appelle la directrice ?",
        "La carte, depuis quand ?",
        "tarif piscine",
        "Who chairs the board?",
        "How quickly must we reply?",
    ),
    Kind.SEVERAL: (
        "Quelles pièces fournir ?",
        "Quels sont les horaires de la mairie ?",
        "Pour mon inscription, quelles pièces dois-je fournir ?",
        "Donne la liste des pièces à fournir",
        "Qui sont les membres du bureau ?",
        "Which documents do I need?",
    ),
    Kind.SUMMARY: (
        "Résume le règlement de la cantine",
        "Peux-tu me résumer la charte ?",
        "Que dit le guide sur le télétravail ?",
        "Que prévoit la convention pour les congés ?",
        "De quoi parle le compte rendu du 3 mars ?",
        "Qu'a décidé le conseil municipal sur la cantine ?",
        "What does the charter say about holidays?",
    ),
    Kind.OTHER: (
        "piscine municipale règlement",
        "Quel est le rôle du médiateur ?",
        "Qui peut demander une aide au logement ?",
        "Que se passe-t-il si je suis en retard ?",
    ),
}


def test_what_shape_of_answer_is_called_for() -> None:
    found = {
        question: kind_of(question)
        for kind, questions in QUESTIONS.items()
        for question in questions
        if kind_of(question) is not kind
    }
    assert not found


def test_courtesy_and_a_story_before_the_question_change_nothing() -> None:
    asked = (
        "Bonjour, pouvez-vous me dire comment renouveler ma carte ?",
        "Je suis en vacances et ma carte est perdue. Comment la renouveler ?",
        "Et comment la renouveler ?",
    )
    assert {kind_of(each) for each in asked} == {Kind.PROCEDURE}


@given(st.text(max_size=300))
def test_any_text_has_a_kind(question: str) -> None:
    assert kind_of(question) in Kind
