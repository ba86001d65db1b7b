from rag.answering.summary import summary
from rag.types import Document, Kind
from tests.answering.documents import document, found, question, results

MINUTES = document(
    """
    # Conseil du 3 mars
    · Journal municipal, 3 mars
    ## Budget
    · Le budget est voté. Il monte à 3 millions.
    · Trois postes changent :
    - la voirie
    - l'école
    ## Tableau
    = Poste | Somme
    | Voirie | 1
    ## Cantine
    · Le prix ne change pas. La mairie paie la différence.
    """,
    title="Conseil du 3 mars",
)


def outline(asked: str, words: str, held: Document = MINUTES) -> list[str]:
    best = found(held, words)
    _, where, spans = summary(
        results(question(asked, Kind.SUMMARY), held, best), lambda _: held
    )
    return [where.text[each.start : each.end] for each in spans]


def test_a_document_is_the_headings_that_have_prose_and_how_each_begins() -> None:
    assert outline("Résume le conseil du 3 mars", "Le budget est voté.") == [
        "Budget",
        "Le budget est voté. Il monte à 3 millions.",
        "Cantine",
        "Le prix ne change pas. La mairie paie la différence.",
    ]


def test_a_section_that_is_named_is_how_its_paragraphs_begin_and_what_answers() -> None:
    assert outline("Qu'a-t-on décidé du budget ?", "Le budget est voté.")[:3] == [
        "Budget",
        "Le budget est voté. Il monte à 3 millions.",
        "Trois postes changent :\n\nla voirie\n\nl'école",
    ]


def test_a_heading_alone_says_nothing() -> None:
    assert outline("Que dit le tableau ?", "Voirie | 1") == []


def test_at_most_twelve_quotes_and_the_section_that_answers_among_them() -> None:
    many = "\n".join(f"## Partie {n}\n· La partie {n} parle de {n}." for n in range(20))
    held = document(many, title="Rapport")
    told = outline("Résume le rapport", "La partie 15 parle de 15.", held)
    assert len(told) == 12
    assert "La partie 15 parle de 15." in told


def test_a_document_without_sections_has_no_outline() -> None:
    held = document("· Une phrase. Une autre.")
    assert outline("Résume le guide", "Une phrase.", held) == []
