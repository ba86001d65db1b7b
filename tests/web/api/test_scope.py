from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from rag.index.filters import EVERYTHING, Filters
from rag.types import Cited, Turn
from rag.web.api.ask import AskRequest
from rag.web.api.search import SearchRequest


def test_a_bare_question_asks_for_nothing_else() -> None:
    asked = AskRequest.model_validate({"question": "Quand ?"})

    assert asked.conditions == EVERYTHING
    assert (asked.k, asked.turns, asked.stream) == (None, (), None)


def test_filters_are_told_as_the_service_takes_them() -> None:
    asked = AskRequest.model_validate(
        {
            "question": "Quand ?",
            "filters": {
                "languages": ["fr"],
                "date_from": "2025-01-01",
                "date_to": "2025-12-31",
                "sources": ["CADA"],
                "categories": ["service-public"],
                "documents": ["58fb63eaffa1defd"],
            },
        }
    )

    assert asked.conditions == Filters(
        documents=("58fb63eaffa1defd",),
        languages=("fr",),
        sources=("CADA",),
        categories=("service-public",),
        date_from="2025-01-01",
        date_to="2025-12-31",
    )


def test_history_is_told_as_turns() -> None:
    asked = AskRequest.model_validate(
        {"question": "Et en 2027 ?", "history": [{"question": "Quand ?", "answer": "En mai."}]}
    )

    assert asked.turns == (Turn("Quand ?", "En mai."),)


def test_what_a_turn_cited_is_told_as_places() -> None:
    place = {"document_id": "58fb63eaffa1defd", "start": 10, "end": 20}
    asked = AskRequest.model_validate(
        {
            "question": "Et en 2027 ?",
            "history": [
                {"question": "Quand ?", "cited": [place, {**place, "headings": ["Dates"]}]}
            ],
        }
    )

    assert asked.turns[0].cited == (
        Cited("58fb63eaffa1defd", 10, 20),
        Cited("58fb63eaffa1defd", 10, 20, ("Dates",)),
    )


def test_search_is_hybrid_unless_told_otherwise() -> None:
    assert SearchRequest(query="salon").method == "hybrid"


WRONG: tuple[dict[str, Any], ...] = (
    {},
    {"question": ""},
    {"question": "a", "history": [{"question": "b", "cited": "c"}]},
    {"question": "a", "history": [{"question": "b", "cited": [{"document_id": "c"}]}]},
    {
        "question": "a",
        "history": [{"question": "b", "cited": [{"document_id": "c", "start": 2, "end": 1}]}],
    },
    {
        "question": "a",
        "history": [{"question": "b", "cited": [{"document_id": "c", "start": -1, "end": 1}]}],
    },
    {"question": 3},
    {"question": "\ud800"},
    {"question": "Quand ?", "unknown": 1},
    {"question": "Quand ?", "k": 0},
    {"question": "Quand ?", "k": 1001},
    {"question": "Quand ?", "k": True},
    {"question": "Quand ?", "k": "5"},
    {"question": "Quand ?", "stream": "yes"},
    {"question": "Quand ?", "collections": []},
    {"question": "Quand ?", "collections": ["notes"] * 101},
    {"question": "Quand ?", "filters": {"language": ["fr"]}},
    *(
        {"question": "Quand ?", "filters": {"date_from": day}}
        for day in (
            "hier",
            1735689600,
            1735689600.0,
            "1735689600",
            "20250101",
            "2025-W01-1",
            "2025-1-1",
            "2025-01-01T00:00:00",
            "2025-02-29",
            "0000-01-01",
            "２０２５-01-01",
            " 2025-01-01",
            True,
        )
    ),
    {
        "question": "Quand ?",
        "filters": {"date_from": "2026-01-01", "date_to": "2025-01-01"},
    },
    {"question": "Quand ?", "history": [{"answer": "En mai."}]},
)


def test_what_cannot_be_meant_is_refused() -> None:
    taken = []
    for wrong in WRONG:
        with suppress(ValidationError):
            AskRequest.model_validate(wrong)
            taken.append(wrong)
    assert taken == []
