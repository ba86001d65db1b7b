"""Readers' verdicts: kept, and read again as questions to review for an evaluation set."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from anyio.to_thread import run_sync

from rag.errors import IndexMissingError
from rag.index.filters import EVERYTHING
from rag.index.local.local_index import open_local_index
from rag.index.passage_index import Documents
from rag.library.database import Database
from rag.library.feedback import Feedback, FeedbackLog, Reference
from rag.library.library import ServiceLayout
from rag.service.access import Principal
from rag.service.service import Service
from rag.settings import Settings
from rag.text.language import detect_language

_CATEGORY: Final = "feedback"
_DEFAULT_LANGUAGE: Final = "fr"


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as it would stand in an evaluation set, for someone to complete.

    ``line`` has the keys of a line of our own format (`rag.evaluation.datasets.own`), with
    ``answerable`` null until it is decided, and ``review``, which is to be taken out: the
    verdict and what it was about. Both keep the line from being used as it is.
    ``lost`` counts the quotes that the index no longer holds as they were.
    """

    line: dict[str, Any]
    lost: int


async def keep_verdict(
    service: Service, principal: Principal, answer_id: str, helpful: bool, comment: str = ""
) -> Feedback:
    """Keep what a caller thinks of an answer; `UnknownError` where it was not given lately."""
    answer = service.recent.find(answer_id, principal.key)
    verdict = Feedback(
        answer_id=answer.answer_id,
        helpful=helpful,
        comment=comment,
        question=answer.question,
        answered=answer.answered,
        confidence=answer.confidence,
        references=answer.references,
        generation=answer.generation,
        collections=principal.collections or (),
        key=principal.key,
    )
    return await run_sync(service.feedback.add, verdict)


@contextmanager
def draft_questions(
    settings: Settings, since: datetime | None = None
) -> Iterator[Iterator[Draft]]:
    """The verdicts given since a moment, oldest first, as questions to review.

    Who judges an answer twice counts once, as last said. Quotes are read from the published
    index: from documents that are there still, in the version that was quoted.
    """
    verdicts = _given(settings, since)
    with ExitStack() as stack:
        documents: Documents | None = None
        with suppress(IndexMissingError):
            index = open_local_index(settings.index.directory)
            documents = stack.enter_context(closing(index)).documents
        yield (_draft(verdict, documents) for verdict in verdicts)


def _given(settings: Settings, since: datetime | None) -> list[Feedback]:
    path = ServiceLayout(settings.service_directory).database
    if not path.exists():
        return []
    with closing(Database(path)) as database:
        return FeedbackLog(database).all(since)


def _draft(verdict: Feedback, documents: Documents | None) -> Draft:
    read = [_quoted(reference, documents) for reference in verdict.references]
    quotes = [each for each in read if each is not None]
    line = {
        "id": verdict.id,
        "question": verdict.question,
        "lang": detect_language(verdict.question) or _DEFAULT_LANGUAGE,
        "category": _CATEGORY,
        "answerable": None,
        # What a reader found of no help is not what is expected.
        "gold": quotes if verdict.helpful else [],
        "review": {
            "helpful": verdict.helpful,
            "comment": verdict.comment,
            "answered": verdict.answered,
            "confidence": verdict.confidence,
            "cited": quotes,
            "lost": len(read) - len(quotes),
            "collections": verdict.collections,
            "answer": verdict.answer_id,
            "generation": verdict.generation,
            "created": verdict.created,
        },
    }
    return Draft(line, len(read) - len(quotes))


def _quoted(reference: Reference, documents: Documents | None) -> dict[str, str] | None:
    """The quote read again, None where the document went or changed."""
    header = documents and documents.find(reference.document_id, EVERYTHING)
    if not documents or not header or header.version != reference.document_version:
        return None
    document = documents.read(reference.document_id)
    return {
        "document": document.path,
        "quote": document.text[reference.start : reference.end],
    }
