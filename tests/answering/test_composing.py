from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.citations import check
from rag.answering.extractive import ExtractiveAnswerer
from rag.types import Document, Kind
from tests.answering.documents import document, found, question, results

GUIDE = document(
    """
    # Albert : la foire aux questions
    · Albert est un service de l'État. Il est ouvert depuis 2024.
    ## Le code est-il ouvert ?
    · Oui. Il est publié par Etalab.
    ## Deux accès
    · Le portail et l'API se ressemblent. Le premier sert aux agents. Le second sert au reste.
    ## Demander une clé
    · La demande est gratuite.
    · Elle comprend trois étapes :
    - remplir le formulaire
    - signer la charte
    - attendre la réponse
    · Que se passe-t-il ensuite ? La clé arrive par courriel.
    ## Tarifs
    = Offre | Prix
    | Base | 10 €
    | Pro | 20 €
    | Max | 30 €
    """,
    title="Albert : la foire aux questions",
)
SENTENCES = (
    "Albert est un service de l'État.",
    "Il est ouvert depuis 2024.",
    "Oui.",
    "Il est publié par Etalab.",
    "Le portail et l'API se ressemblent.",
    "Le premier sert aux agents.",
    "La demande est gratuite.",
    "Elle comprend trois étapes :",
    "remplir le formulaire",
    "signer la charte",
    "Que se passe-t-il ensuite ?",
    "La clé arrive par courriel.",
    "Base | 10 €",
    "Pro | 20 €",
    "Max | 30 €",
)


def quotes(asked: str, kind: Kind, *words: str, held: Document = GUIDE) -> list[str]:
    """What is quoted where sentences are found, the first the best, the others close."""
    sentences = [found(held, each, -float(rank) / 10) for rank, each in enumerate(words)]
    composed = ExtractiveAnswerer(3).quote(
        results(question(asked, kind), held, *sentences), lambda _: held
    )
    return [each.quote for each in composed.citations]


@given(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8, unique=True),
    st.sampled_from(list(Kind)),
    st.sampled_from(["Albert ?", "Le code est-il ouvert ?", "Quelles étapes ?", "clé"]),
)
def test_every_quote_is_exact_and_no_two_share_characters(
    words: list[str], kind: Kind, asked: str
) -> None:
    sentences = [found(GUIDE, each, -float(rank)) for rank, each in enumerate(words)]
    composed = ExtractiveAnswerer(3).quote(
        results(question(asked, kind), GUIDE, *sentences), lambda _: GUIDE
    )
    assert composed.citations
    assert all(check(each, {GUIDE.id: GUIDE}) for each in composed.citations)
    held = sorted((each.start, each.end) for each in composed.citations)
    assert all(end <= start for (_, end), (start, _) in pairwise(held))
    for segment, citation in zip(composed.segments, composed.citations, strict=True):
        assert composed.text[segment.start : segment.end] == citation.quote


def test_a_heading_that_is_the_question_is_answered_by_its_section() -> None:
    assert quotes("Le code d'Albert est-il ouvert ?", Kind.DECISION, SENTENCES[0]) == [
        "Oui. Il est publié par Etalab."
    ]


def test_the_best_leads_and_the_rest_is_in_the_order_of_the_text() -> None:
    words = (SENTENCES[11], SENTENCES[6], SENTENCES[0])
    assert quotes("Albert gratuit", Kind.VALUE, *words) == [
        "La clé arrive par courriel.",
        "Albert est un service de l'État. Il est ouvert depuis 2024.",
        "La demande est gratuite.",
    ]


def test_several_things_asked_for_are_the_list_that_its_introduction_names() -> None:
    far = (
        found(GUIDE, SENTENCES[6], 9.0),
        found(GUIDE, SENTENCES[8]),
        found(GUIDE, SENTENCES[9]),
    )
    asked = question("Quelles sont les étapes ?", Kind.SEVERAL)
    composed = ExtractiveAnswerer(3).quote(results(asked, GUIDE, *far), lambda _: GUIDE)
    assert [each.quote.splitlines()[0] for each in composed.citations] == [
        "Elle comprend trois étapes :"
    ]
    assert composed.citations[0].quote.endswith("attendre la réponse")


def test_several_rows_found_are_the_whole_table_under_its_header_once() -> None:
    assert quotes("Quels prix ?", Kind.SEVERAL, *reversed(SENTENCES[12:])) == [
        "Offre | Prix",
        "Base | 10 €",
        "Pro | 20 €",
        "Max | 30 €",
    ]


def test_two_sides_compared_come_with_their_paragraph() -> None:
    (quote,) = quotes("Portail ou API ?", Kind.COMPARISON, SENTENCES[4])
    assert quote.endswith("Le second sert au reste.")


def test_steps_are_their_section() -> None:
    given_quotes = quotes(
        "Comment obtenir un accès ?", Kind.PROCEDURE, SENTENCES[6], SENTENCES[7], SENTENCES[11]
    )
    assert given_quotes[0] == "La demande est gratuite."
    assert given_quotes[-1].endswith("La clé arrive par courriel.")


def test_a_question_of_the_document_gives_way_to_what_follows_it() -> None:
    assert quotes("La suite", Kind.OTHER, SENTENCES[10]) == ["La clé arrive par courriel."]


def test_a_summary_is_the_headings_and_how_each_begins() -> None:
    assert quotes("Résume la foire aux questions", Kind.SUMMARY, SENTENCES[0]) == [
        "Albert : la foire aux questions",
        "Albert est un service de l'État. Il est ouvert depuis 2024.",
        "Le code est-il ouvert ?",
        "Oui. Il est publié par Etalab.",
        "Deux accès",
        "Le portail et l'API se ressemblent. Le premier sert aux agents.",
        "Demander une clé",
        "La demande est gratuite.",
    ]
