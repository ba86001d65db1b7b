"""What readers thought of answers."""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from rag.library.clock import moment, now
from rag.library.database import Database, storable
from rag.library.records import Feedback, Reference

_COLUMNS = (
    "id, answer_id, helpful, comment, question, answered, confidence, evidence, generation, "
    "collections, created, key"
)


class FeedbackLog:
    """The verdicts in a database; safe to use from several threads.

    Every method raises `LibraryError` where the records cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        *,
        answer_id: str,
        helpful: bool,
        comment: str,
        question: str,
        answered: bool,
        confidence: float,
        references: Sequence[Reference],
        generation: str,
        collections: Sequence[str],
        key: str = "",
    ) -> Feedback:
        """Keep a verdict, in the place of the one that the same key gave on the answer.

        The fields are those of `Feedback`, ``key`` the id of who judges.
        """
        verdict = Feedback(
            id=str(uuid.uuid4()),
            answer_id=answer_id,
            helpful=helpful,
            comment=storable(comment),
            question=storable(question),
            answered=answered,
            confidence=confidence,
            references=tuple(references),
            generation=generation,
            collections=tuple(collections),
            created=now(),
            key=key,
        )
        with self._database.writing() as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO feedback ({_COLUMNS}) VALUES ({', '.join('?' * 12)})",  # noqa: S608 – constants
                _packed(verdict),
            )
        return verdict

    def all(self, since: datetime | None = None) -> list[Feedback]:
        """Every verdict, or those given since a moment (to the second), oldest first."""
        rows = self._database.read(
            "SELECT * FROM feedback WHERE created >= ? ORDER BY number",
            "" if since is None else moment(since),
        )
        return [_feedback(row) for row in rows]


def _packed(verdict: Feedback) -> tuple[object, ...]:
    return (
        verdict.id,
        verdict.answer_id,
        verdict.helpful,
        verdict.comment,
        verdict.question,
        verdict.answered,
        verdict.confidence,
        json.dumps([astuple(each) for each in verdict.references]),
        verdict.generation,
        json.dumps(verdict.collections, ensure_ascii=False),
        verdict.created,
        verdict.key,
    )


def _feedback(row: sqlite3.Row) -> Feedback:
    return Feedback(
        id=row["id"],
        answer_id=row["answer_id"],
        helpful=bool(row["helpful"]),
        comment=row["comment"],
        question=row["question"],
        answered=bool(row["answered"]),
        confidence=row["confidence"],
        references=tuple(Reference(*each) for each in json.loads(row["evidence"])),
        generation=row["generation"],
        collections=tuple(json.loads(row["collections"])),
        created=row["created"],
        key=row["key"],
    )
