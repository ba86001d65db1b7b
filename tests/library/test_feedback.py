from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.library.database import Database
from rag.library.feedback import Feedback, FeedbackLog, Reference

GIVEN: dict[str, Any] = {
    "answer_id": "r1",
    "helpful": True,
    "comment": "Très clair.",
    "question": "Quand ouvre le salon ?",
    "answered": True,
    "confidence": 0.94,
    "references": (Reference("d1", "sha256:00", 3, 40), Reference("d2", "sha256:01", 0, 5)),
    "generation": "20260101T000000000000Z-00000000",
    "collections": ("documents", "été"),
    "key": "AbCd1234",
}


def _paired(text: str) -> str:
    """The text with the two halves of a character joined, as other languages write them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


@pytest.fixture
def log(database: Database) -> FeedbackLog:
    return FeedbackLog(database)


def test_kept_as_it_was_given(log: FeedbackLog) -> None:
    verdict = log.add(Feedback(**GIVEN))
    assert log.all() == [verdict]
    assert {name: getattr(verdict, name) for name in GIVEN} == GIVEN
    assert isinstance(log.all()[0], Feedback)
    assert log.all()[0].helpful is True


def test_in_the_order_they_came_each_with_its_id(log: FeedbackLog) -> None:
    given = [log.add(Feedback(**{**GIVEN, "answer_id": f"r{number}"})) for number in range(5)]
    assert log.all() == given
    assert len({each.id for each in given}) == 5


def test_who_judges_again_changes_the_verdict(log: FeedbackLog) -> None:
    for _ in range(50):
        log.add(Feedback(**GIVEN))
    other = log.add(Feedback(**{**GIVEN, "key": "EfGh5678"}))
    last = log.add(Feedback(**{**GIVEN, "helpful": False, "comment": "Tout compte fait, non."}))
    assert log.all() == [other, last]


def test_since_a_moment_wherever_the_clock_stands(log: FeedbackLog) -> None:
    verdict = log.add(Feedback(**GIVEN))
    given = datetime.fromisoformat(verdict.created)
    paris = timezone(timedelta(hours=2))
    assert log.all(given) == [verdict]
    assert log.all(given.astimezone(paris)) == [verdict]
    assert log.all(given.astimezone(paris) + timedelta(seconds=1)) == []
    assert log.all(datetime(2000, 1, 1)) == [verdict]
    assert log.all(datetime.now(UTC) + timedelta(days=1)) == []


def test_any_words_are_kept(log: FeedbackLog) -> None:
    @given(comment=st.text(st.characters(exclude_categories=())), question=st.text())
    def keep(comment: str, question: str) -> None:
        given = log.add(Feedback(**{**GIVEN, "comment": comment, "question": question}))
        found = log.all()[-1]
        assert found == given
        assert found.question == question
        assert "\ufffd".encode() in found.comment.encode() or found.comment == _paired(comment)

    keep()


def test_from_many_threads(log: FeedbackLog, path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        verdicts = [Feedback(**{**GIVEN, "answer_id": f"r{number}"}) for number in range(40)]
        given = {each.id for each in pool.map(log.add, verdicts)}
        assert {each.id for each in log.all()} <= given
    assert len(log.all()) == 40
