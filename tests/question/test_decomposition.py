from hypothesis import given
from hypothesis import strategies as st

from rag.question.decomposition import MOST_PARTS, decompose
from rag.text.normalisation import clean_question
from rag.types import Mention


def parts(question: str) -> tuple[str, ...]:
    return tuple(each.text for each in decompose(question))


def test_two_clauses_that_ask_are_two_questions() -> None:
    cases = [
        (
            "Combien de chaires les IA Clusters ont-ils créées, et quelle université porte "
            "SequoIA ?",
            (
                "Combien de chaires les IA Clusters ont-ils créées ?",
                "quelle université porte SequoIA ?",
            ),
        ),
        (
            "combien de chaires les ia clusters ont ils creees et quelle universite porte "
            "le projet sequoia",
            (
                "combien de chaires les ia clusters ont ils creees ?",
                "quelle universite porte le projet sequoia ?",
            ),
        ),
        (
            "Où est le siège de l'ANSSI ; combien d'agents la CNIL emploie-t-elle ?",
            ("Où est le siège de l'ANSSI ?", "combien d'agents la CNIL emploie-t-elle ?"),
        ),
        (
            "Quand ouvre le salon Milipol puis à qui s'adresse la CADA ?",
            ("Quand ouvre le salon Milipol ?", "à qui s'adresse la CADA ?"),
        ),
        (
            "Quand ouvre le salon Milipol ? Et qui préside la CADA ?",
            ("Quand ouvre le salon Milipol ?", "qui préside la CADA ?"),
        ),
        (
            "Who chairs the CADA, and where is ENISA based?",
            ("Who chairs the CADA ?", "where is ENISA based ?"),
        ),
    ]
    found = {question: parts(question) for question, _ in cases}
    assert found == dict(cases)


def test_a_part_that_leans_on_the_first_is_completed() -> None:
    cases = [
        (
            "Depuis quelle année Pix est-il un GIP, et sur combien de points note-t-il les "
            "élèves ?",
            "Pix, GIP : sur combien de points note-t-il les élèves ?",
        ),
        (
            "Qui est la directrice de la DINUM, et quel est son budget ?",
            "DINUM : quel est son budget ?",
        ),
        (
            "Qui est la directrice de la DINUM, et depuis quand ?",
            "la directrice de la DINUM, depuis quand ?",
        ),
        (
            "Quels sont les lauréats qui sont primés en 2025, et dans quelle ville ?",
            "les lauréats qui sont primés en 2025, dans quelle ville ?",
        ),
        (
            "Quand se tient Milipol et combien d'exposants sont attendus ?",
            "Milipol : combien d'exposants sont attendus ?",
        ),
        (
            "Quand se tient Milipol et combien coûte l'entrée ?",
            "Milipol : combien coûte l'entrée ?",
        ),
        ("Qu'est-ce que Tchap et à quoi sert-il ?", "Tchap : à quoi sert-il ?"),
        (
            "Qu'est-ce que le RGESN et que contient-il ?",
            "RGESN : que contient-il ?",
        ),
        (
            "Le siège d'EuroHPC est-il à Luxembourg, et quel texte l'a fait naître ?",
            "EuroHPC : quel texte l'a fait naître ?",
        ),
        (
            "Pouvez-vous me dire qui dirige Milipol et qui l'organise ?",
            "Milipol : qui l'organise ?",
        ),
        (
            "When does Milipol 2025 take place, and how much does it cost?",
            "Milipol 2025 : how much does it cost ?",
        ),
    ]
    assert [
        (question, second) for question, second in cases if parts(question)[1:] != (second,)
    ] == []


def test_three_things_asked_for_are_three_questions() -> None:
    assert parts("Qui préside la CADA, quel est son budget et où est son siège ?") == (
        "Qui préside la CADA ?",
        "CADA : quel est son budget ?",
        "CADA : où est son siège ?",
    )


def test_what_follows_the_third_stays_with_it() -> None:
    found = parts(
        "Qui préside la CADA, et où siège la CNIL, et combien coûte Milipol, "
        "et quand ouvre SANTEXPO ?"
    )
    assert len(found) == MOST_PARTS
    assert found[-1] == "combien coûte Milipol, et quand ouvre SANTEXPO ?"


def test_one_clause_is_one_question() -> None:
    cases = [
        "Quand et où se tient Milipol ?",
        "Qui et quand ?",
        "Où et à quelle date a lieu le sommet de l'IA ?",
        "Dans quelle ville et à quelle date a lieu le salon ?",
        "Quels sont les outils et les méthodes de la DINUM ?",
        "Quels outils libres et quelles méthodes agiles la DINUM utilise-t-elle ?",
        "Combien d'agents à temps plein et quel budget annuel l'ANSSI a-t-elle ?",
        "Quelles sont les administrations qui publient et qui partagent leurs données ?",
        "Quel est le projet financé par la Région et qui a été retenu en 2025 ?",
        "Quel est le rôle de l'ANSSI, qui dépend du Premier ministre ?",
        "Que faire si je perds mon badge et quand il est volé ?",
        "Combien coûte la photocopie quand je réclame un dossier ?",
        "Entre quand et quand a lieu le salon ?",
        "Quel est le montant de « Combien ça coûte et qui paie » en 2025 ?",
        "J'ai une boutique et quelles sont mes obligations ?",
        "Je demande un rendez-vous, et combien de temps dois-je attendre ?",
        "Qu'est-ce que l'association dit que le texte est et que la loi permet ?",
        "Which tools and which methods does the ANSSI use?",
        "puissance et coût du supercalculateur Jean Zay",
        "et combien ?",
        "?",
        "",
    ]
    assert [question for question in cases if parts(question) != ()] == []


def test_each_part_wants_what_it_asks_for() -> None:
    first, second = decompose("Qui est la directrice de la DINUM, et depuis quand ?")
    assert first.wants == Mention.PERSON
    assert second.wants == Mention.DATE


def test_a_long_story_is_not_cut() -> None:
    short = "Quand ouvre Milipol et qui préside la CADA ?"
    assert len(parts(short)) == 2
    assert parts(f"{'Voici mon histoire. ' * 40}{short}") == ()


ASKED = st.lists(
    st.sampled_from(
        """
        et , ; ? qui quand où combien quel est la CADA Milipol budget que plus de ou entre
        lequel a-t-il and how which « » " - l' d' 2025 préside coûte le the more than
        """.split()
    ),
    max_size=40,
).map(" ".join)


@given(ASKED | st.text(max_size=700))
def test_parts_are_none_or_two_or_three_and_say_nothing_new(question: str) -> None:
    cleaned = clean_question(question)
    found = parts(cleaned)
    assert len(found) in (0, 2, MOST_PARTS)
    for part in found:
        assert part.strip(" ?")
        assert len(part) <= 2 * len(cleaned) + 20
