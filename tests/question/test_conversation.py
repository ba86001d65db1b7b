from hypothesis import given
from hypothesis import strategies as st

from rag.question.conversation import TURNS, standalone_question
from rag.types import Mention, Turn

LONGEST = 4000
JEAN_ZAY = "Quand a été inauguré le supercalculateur Jean Zay ?"
SUMMIT = "Quand a lieu le sommet de l'IA à Paris en 2026 ?"
FOUNDATION = "Qu'est-ce que la fondation Current AI ?"


def completed(question: str, *history: str | Turn) -> str:
    turns = [Turn(each) if isinstance(each, str) else each for each in history]
    return standalone_question(question, turns, LONGEST).text


def test_another_thing_is_asked_of_the_same_subject() -> None:
    cases = [
        (FOUNDATION, "Qui la dirige ?", "fondation Current AI : qui la dirige ?"),
        (FOUNDATION, "Et qui la dirige ?", "fondation Current AI : qui la dirige ?"),
        (FOUNDATION, "QUI LA DIRIGE ?", "fondation Current AI : qui la dirige ?"),
        (FOUNDATION, "Quel est son budget ?", "fondation Current AI : quel est son budget ?"),
        (FOUNDATION, "Quel est le budget ?", "fondation Current AI : quel est le budget ?"),
        (FOUNDATION, "Et la directrice ?", "fondation Current AI : la directrice ?"),
        (FOUNDATION, "Où ça se passe ?", "fondation Current AI : où ça se passe ?"),
        (
            FOUNDATION,
            "Est-elle membre de l'INESIA ?",
            "fondation Current AI : est-elle membre de l'INESIA ?",
        ),
        (
            "Où se trouve Milipol ?",
            "Et combien de visiteurs ?",
            "Milipol : combien de visiteurs ?",
        ),
        ("Où se trouve Milipol ?", "Combien ça coûte ?", "Milipol : combien ça coûte ?"),
        (
            "Où se trouve Milipol ?",
            "Combien de séances ont eu lieu ?",
            "Milipol : combien de séances ont eu lieu ?",
        ),
        (
            "Quels sont les secteurs de NIS 2 ?",
            "Lesquels sont critiques ?",
            "NIS 2 : lesquels sont critiques ?",
        ),
        (
            "Qui est la secrétaire générale de Current AI ?",
            "Et qui la finance ?",
            "Current AI : qui la finance ?",
        ),
        ("Qui dirige l'ANSSI ?", "Qui l'a créée ?", "ANSSI : qui l'a créée ?"),
        (
            "What is the Current AI foundation?",
            "And who runs it?",
            "Current AI foundation : who runs it?",
        ),
        (
            "When does Milipol 2025 take place?",
            "How much does it cost?",
            "Milipol 2025 : how much does it cost?",
        ),
    ]
    assert [
        (earlier, question, expected)
        for earlier, question, expected in cases
        if completed(question, earlier) != expected
    ] == []


def test_a_detail_takes_the_place_of_the_one_before() -> None:
    cases = [
        (SUMMIT, "Et en 2027 ?", "Quand a lieu le sommet de l'IA à Paris en 2027 ?"),
        (SUMMIT, "Et à Lyon ?", "Quand a lieu le sommet de l'IA à Lyon en 2026 ?"),
        (SUMMIT, "L'année suivante ?", "L'année suivante ?"),
        (SUMMIT, "Et l'année suivante ?", "Quand a lieu le sommet de l'IA à Paris en 2027 ?"),
        (SUMMIT, "Et l'année d'avant ?", "Quand a lieu le sommet de l'IA à Paris en 2025 ?"),
        (
            SUMMIT,
            "Et celui qui se tient à Davos ?",
            f"{SUMMIT[:-2]} celui qui se tient à Davos ?",
        ),
        (SUMMIT, "Et Davos ?", "Quand a lieu Davos à Paris en 2026 ?"),
        (SUMMIT, "Et s'il est reporté ?", f"{SUMMIT[:-2]} s'il est reporté ?"),
        (
            JEAN_ZAY,
            "Et Alice Recoque ?",
            "Quand a été inauguré le supercalculateur Alice Recoque ?",
        ),
        (
            "Quel est le budget de l'ANSSI ?",
            "Et celui de la CNIL ?",
            "Quel est le budget de la CNIL ?",
        ),
        (
            "Quel est le budget de l'ANSSI ?",
            "Et la CNIL ?",
            "Quel est le budget de la CNIL ?",
        ),
        (
            "Combien de critères compte la version 5 du RGAA ?",
            "Et le RGESN ?",
            "Combien de critères compte la version 5 du RGESN ?",
        ),
        (
            "Quelle amende risque une entreprise pour un oubli ?",
            "Et pour un refus ?",
            "Quelle amende risque une entreprise pour un refus ?",
        ),
        (
            "Quel est le taux de la redevance ?",
            "Et pour les communes ?",
            "Quel est le taux de la redevance pour les communes ?",
        ),
        (
            "When does Milipol 2025 take place?",
            "What about 2027?",
            "When does Milipol 2027 take place?",
        ),
    ]
    assert [
        (earlier, question, expected)
        for earlier, question, expected in cases
        if completed(question, earlier) != expected
    ] == []


def test_another_side_of_the_same_fact() -> None:
    cases = [
        ("Où ?", "Où a été inauguré le supercalculateur Jean Zay ?"),
        ("Et pourquoi ?", "Pourquoi a été inauguré le supercalculateur Jean Zay ?"),
        ("Par qui ?", "inauguré le supercalculateur Jean Zay, par qui ?"),
        ("Avec quels élus ?", "inauguré le supercalculateur Jean Zay, avec quels élus ?"),
        ("Plus de détails ?", "inauguré le supercalculateur Jean Zay, plus de détails ?"),
    ]
    found = {question: completed(question, JEAN_ZAY) for question, _ in cases}
    assert found == dict(cases)


def test_another_side_is_asked_in_a_whole_sentence_where_one_can_be_made() -> None:
    cases = [
        (
            "La carte est-elle payante ?",
            "Depuis quand ?",
            "Depuis quand la carte est-elle payante ?",
        ),
        (
            "Est-ce que la carte est payante ?",
            "Et pourquoi ?",
            "Pourquoi est-ce que la carte est payante ?",
        ),
        ("Is the card free?", "Why?", "Why is the card free?"),
        ("Quels sont les tarifs de Milipol ?", "Et le deuxième ?", None),
    ]
    found = {question: completed(question, earlier) for earlier, question, _ in cases}
    assert found == {
        question: expected or "Quels sont les tarifs de Milipol, le deuxième ?"
        for _, question, expected in cases
    }


def test_a_question_that_stands_alone_is_left_alone() -> None:
    cases = [
        "Qui préside la CADA ?",
        "Et qui préside la CADA ?",
        "Comment faire une carte grise ?",
        "Depuis quand les banques doivent-elles appliquer ces règles ?",
        "Combien de communes partagent leurs serveurs ?",
        "Comment renouveler son passeport ?",
        "Faut-il une autorisation pour filmer la rue ?",
        "Est-il possible de refuser une visite ?",
        "Combien l'Europe dépense-t-elle en logiciels ?",
        "Quand la mairie ouvre-t-elle ses portes ?",
        "plafond livret A",
        "Qui fallait-il prévenir pour sortir du parc ?",
        "C'est qui le patron de la boîte ?",
        "Quel tarif paie celui qui loue des barques ?",
        "Lequel a ouvert en premier, Milipol ou Vivatech ?",
        "Où est le siège d'EuroHPC et quel texte l'a fait naître ?",
        "Combien de chaires les instituts ont-ils ouvertes ?",
        "J'ai posé mes dates au bureau le mois dernier pour partir en août, combien de "
        "jours a-t-il pour me dire oui ?",
        "Merci !",
        "Who chairs the data protection authority?",
        "How long does it take to renew a passport?",
    ]
    assert [question for question in cases if completed(question, FOUNDATION) != question] == []


def test_without_history_nothing_is_added() -> None:
    assert completed("Qui la dirige ?") == "Qui la dirige ?"
    assert completed("Qui la dirige ?", "Merci !", "", "?!", "\ud800") == "Qui la dirige ?"


def test_follow_ups_are_followed_back_to_the_question_that_stood_alone() -> None:
    assert completed("Qui l'organise ?", SUMMIT, "Et en 2027 ?") == (
        "sommet de l'IA à Paris en 2027 : qui l'organise ?"
    )
    assert completed("Et son budget ?", FOUNDATION, "Qui la dirige ?", "Pourquoi ?") == (
        "fondation Current AI : son budget ?"
    )


def test_the_latest_subject_counts() -> None:
    assert completed("Qui la dirige ?", FOUNDATION, "Que fait l'ANSSI ?") == (
        "ANSSI : qui la dirige ?"
    )


def test_thanks_do_not_end_a_conversation() -> None:
    assert completed("Et c'est quand ?", "Où se trouve Milipol ?", "Merci !") == (
        "Milipol, c'est quand ?"
    )


def test_a_person_named_by_the_answer_is_who_is_spoken_of() -> None:
    turn = Turn("Qui dirige Current AI ?", "La secrétaire générale est Ayah Bdeir. [1]")
    assert completed("Quel est son parcours ?", turn) == (
        "Ayah Bdeir, Current AI : quel est son parcours ?"
    )
    silent = Turn("Qui dirige Current AI ?", None)
    assert completed("Quel est son parcours ?", silent) == (
        "Current AI : quel est son parcours ?"
    )


def test_a_word_of_the_answer_taken_up_again_ties_a_question_to_it() -> None:
    turn = Turn("Qui pilote le réseau France services ?", "L'ANCT pilote les guichets.")
    other = Turn("Qui pilote le réseau France services ?", "L'ANCT.")
    question = "Combien y a-t-il de guichets ?"
    assert completed(question, turn) == f"réseau France services : c{question[1:]}"
    assert completed(question, other) == question


def wants(question: str, earlier: str) -> Mention:
    return standalone_question(question, [Turn(earlier)], LONGEST).wants


def test_what_is_wanted_is_said_by_the_new_question_or_else_by_the_earlier() -> None:
    assert wants("Et en 2027 ?", SUMMIT) == Mention.DATE
    assert wants("Où ?", SUMMIT) == Mention.PLACE
    assert wants("Et le lieu ?", SUMMIT) == Mention.PLACE
    assert wants("Combien ça coûte ?", SUMMIT) == Mention.MONEY
    assert wants("Que propose-t-il ?", SUMMIT) == Mention.NONE


def test_only_the_last_turns_are_read() -> None:
    idle = [Turn("Pourquoi ?")] * TURNS
    assert standalone_question(
        "Qui la dirige ?", [Turn(FOUNDATION), *idle[1:]], LONGEST
    ).subject
    far = standalone_question("Qui la dirige ?", [Turn(FOUNDATION), *idle], LONGEST)
    assert "Current" not in far.text


def test_a_completed_question_is_never_longer_than_the_limit() -> None:
    short = "Qui la dirige ?"
    whole = "fondation Current AI : qui la dirige ?"
    turns = [Turn(FOUNDATION)]
    assert standalone_question(short, turns, len(whole)).text == whole
    assert standalone_question(short, turns, len(whole) - 1).text == short


PIECES = st.sampled_from(
    [
        *"Et en 2027 ? Qui la l' dirige ça son Paris ANSSI NIS 2 pour celui de « » \" , : . "
        "année suivante a-t-il it's 1,5 ou combien quel est le prix \ufdfa ʼ".split(),
        "’",
        "-",
    ]
)
QUESTIONS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=12).map(" ".join))


@given(QUESTIONS, st.lists(st.builds(Turn, QUESTIONS, st.none() | QUESTIONS), max_size=8))
def test_any_conversation_is_read(question: str, history: list[Turn]) -> None:
    whole = standalone_question(question, history, 200)
    assert len(whole.text) <= 200 or whole.text == question
    assert standalone_question(question, [], 200).text == question
