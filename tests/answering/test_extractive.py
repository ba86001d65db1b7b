from collections.abc import Iterator

import pytest

from rag.answering.citations import check
from rag.service import Searcher
from rag.types import Answer, Document
from tests.uploading import BUREAU, SALON, searcher

SURVEY = """# Enquête

## Où et quand

La réunion se tient le 5 mars 2026.

La réunion se tient à Lyon, dans la salle Ampère.

## Suites

Les suites seront publiées plus tard, sans date.
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("library")
    files = {"salon.md": SALON, "bureau.md": BUREAU, "enquete.md": SURVEY}
    with searcher(folder, files) as opened:
        yield opened


def documents(asked: Searcher, answer: Answer) -> dict[str, Document]:
    return {each.document_id: asked.document(each.document_id) for each in answer.citations}


QUESTIONS = [
    "Quand ouvre le salon de la donnée ?",
    "Qui préside le Bureau des cartes ?",
    "Quel est le secteur du projet MAGRITTE ?",
    "Quels sont les temps de la matinée ?",
    "Quand et où se tient la réunion ?",
    "budget annuel",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_is_exact_and_every_offset_holds(asked: Searcher, question: str) -> None:
    answer = asked.ask(question)
    stored = documents(asked, answer)
    assert answer.answered
    assert [each.number for each in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    for citation, segment in zip(answer.citations, answer.segments, strict=True):
        assert check(citation, stored)
        assert segment.text == citation.quote == answer.text[segment.start : segment.end]
        assert answer.text[segment.end :].startswith(f" [{citation.number}]")
        assert segment.citations == (citation.number,)
    for span in answer.highlights:
        assert any(
            segment.start <= span.start < span.end <= segment.end for segment in answer.segments
        )


def highlighted(answer: Answer) -> list[str]:
    return [answer.text[span.start : span.end] for span in answer.highlights]


def test_the_date_asked_for_is_highlighted(asked: Searcher) -> None:
    assert "3 février 2026" in highlighted(asked.ask(QUESTIONS[0]))[0]


def test_the_person_asked_for_is_highlighted(asked: Searcher) -> None:
    assert any("Jeanne Martin" in each for each in highlighted(asked.ask(QUESTIONS[1])))


def test_a_row_comes_with_its_header_and_the_cell_is_highlighted(asked: Searcher) -> None:
    answer = asked.ask(QUESTIONS[2])
    quotes = [each.quote for each in answer.citations]
    assert quotes[:2] == ["Projet | Porteur | Secteur", "MAGRITTE | RAIDIUM | Santé"]
    assert highlighted(answer)[0] == "Santé"


def test_an_introduced_list_comes_with_its_items(asked: Searcher) -> None:
    quote = asked.ask(QUESTIONS[3]).citations[0].quote
    assert quote.startswith("La matinée comprend trois temps")
    assert quote.endswith("une visite des serveurs.")


def test_two_things_asked_for_are_both_answered(asked: Searcher) -> None:
    answer = asked.ask(QUESTIONS[4])
    assert "5 mars 2026" in answer.text
    assert "Lyon" in answer.text


def test_one_thing_asked_for_is_answered_once(asked: Searcher) -> None:
    answer = asked.ask("Qui préside le Bureau des cartes ?")
    assert answer.text.count("Jeanne Martin") == 1


def test_answers_know_their_index(asked: Searcher) -> None:
    answer = asked.ask(QUESTIONS[0])
    assert answer.index.model == "little"
    assert answer.index.generation
    assert answer.timings_ms.total >= answer.timings_ms.retrieve
