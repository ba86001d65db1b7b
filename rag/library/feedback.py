"""What readers thought of answers."""

import json
import sqlite3
import uuid
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from typing import Any

from rag.library.database import Database
from rag.library.schema import moment, now, storable


@dataclass(frozen=True, slots=True)
class Reference:
    """Where an answer quoted from, without the words: they go when the document goes."""

    document_id: str
    document_version: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reader thought of an answer; ``key`` is the id of who judges."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer_id: str
    helpful: bool
    comment: str
    question: str
    answered: bool
    confidence: float
    references: tuple[Reference, ...]
    generation: str
    collections: tuple[str, ...]
    created: str = field(default_factory=now)
    key: str = ""


class FeedbackLog:
    """The verdicts in a database; safe to use from several threads.

    Every method raises `LibraryError` where the records cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, verdict: Feedback) -> Feedback:
        """Keep a verdict, in the place of the one that the same key gave on the answer."""
        kept = replace(
            verdict, comment=storable(verdict.comment), question=storable(verdict.question)
        )
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO feedback (id, answer_id, helpful, comment, question, "
                "answered, confidence, evidence, generation, collections, created, key) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kept.id,
                    kept.answer_id,
                    kept.helpful,
                    kept.comment,
                    kept.question,
                    kept.answered,
                    kept.confidence,
                    json.dumps([astuple(each) for each in kept.references]),
                    kept.generation,
                    json.dumps(kept.collections, ensure_ascii=False),
                    kept.created,
                    kept.key,
                ),
            )
        return kept

    def all(self, since: datetime | None = None) -> list[Feedback]:
        """Every verdict, or those given since a moment (to the second), oldest first."""
        rows = self._database.read(
            "SELECT * FROM feedback WHERE created >= ? ORDER BY number",
            "" if since is None else moment(since),
        )
        return [_feedback(row) for row in rows]


def _feedback(row: sqlite3.Row) -> Feedback:
    fields: dict[str, Any] = dict(zip(row.keys(), row, strict=True))
    del fields["number"]
    fields["helpful"] = bool(row["helpful"])
    fields["answered"] = bool(row["answered"])
    fields["references"] = tuple(
        Reference(*each) for each in json.loads(fields.pop("evidence"))
    )
    fields["collections"] = tuple(json.loads(row["collections"]))
    return Feedback(**fields)
