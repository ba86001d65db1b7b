"""The answers given lately, as far as a judgement on them needs: in memory only."""

import threading
from dataclasses import dataclass
from typing import Final

from rag.errors import UnknownError
from rag.library.feedback import Reference
from rag.text.typography import typeset
from rag.types import Answer

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Given:
    """An answer without its words, and the id of the key that asked (empty without one)."""

    answer_id: str
    question: str
    answered: bool
    confidence: float
    references: tuple[Reference, ...]
    generation: str
    key: str = ""


class RecentAnswers:
    """The last ``most`` answers given, 1 and up, by id; safe among threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._given: dict[str, Given] = {}

    def remember(self, answer: Answer, key: str = "") -> None:
        """Keep what a judgement on this answer would need; the oldest gives way."""
        given = Given(
            answer_id=answer.id,
            question=answer.question,
            answered=answer.answered,
            confidence=answer.confidence,
            references=tuple(
                Reference(each.document_id, each.document_version, each.start, each.end)
                for each in answer.citations
            ),
            generation=answer.index.generation,
            key=key,
        )
        with self._lock:
            self._given[answer.id] = given
            if len(self._given) > self._most:
                del self._given[next(iter(self._given))]

    def find(self, answer_id: str, key: str = "") -> Given:
        """An answer that this key was given; `UnknownError` where it is not known any more."""
        with self._lock:
            given = self._given.get(answer_id)
        if given is None or given.key != key:
            raise UnknownError(
                typeset(
                    "Cette réponse n'est pas connue : le service garde en mémoire les "
                    f"{self._most} dernières, et les oublie quand il s'arrête. Posez la "
                    "question de nouveau."
                )
            )
        return given
