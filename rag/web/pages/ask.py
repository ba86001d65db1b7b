"""The page where questions are asked, answers read and judged, whole without any script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from pydantic import TypeAdapter
from starlette.responses import RedirectResponse, Response

from rag.answering.confidence import LEAST
from rag.errors import QuestionError, UnknownError
from rag.index.filters import Filters
from rag.service.access import Principal, existing, scope_of
from rag.service.catalogue import Catalogue
from rag.service.feedback import keep_verdict
from rag.service.service import Query, Service
from rag.text.typography import typeset
from rag.types import Answer, Turn
from rag.web.http.request_context import current
from rag.web.http.responses import until_gone
from rag.web.pages.answers import ShownTurn, documents_of, samples, show
from rag.web.pages.examples import Examples
from rag.web.pages.rendering import pages_of
from rag.web.pages.wording import language_of
from rag.web.security import Reader, service_of

router = APIRouter(include_in_schema=False)

_TURNS: Final = 6
"""Most questions of a conversation that are asked again, so that all of it is shown."""
_LONGEST_ADDRESS: Final = 4000
"""What every proxy lets through with room to spare."""
_JUDGED: Final = 20
"""Most questions that a verdict is sent with."""
_SAMPLES: Final = samples()
_ANSWERS: Final = TypeAdapter(tuple[Answer, ...])


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What is indexed, of what the caller may see; ``created`` is when, if anything is."""

    documents: int
    collections: int
    created: str | None


@router.get("/")
async def ask_page(request: Request, principal: Reader) -> Response:
    """The page, empty or with the answers to the questions of its address, in order."""
    return await _page(request, principal, request.query_params.getlist("q"))


@router.post("/")
async def ask_by_form(request: Request, principal: Reader) -> Response:
    """The same by a form, which leads to an address that has the questions in it.

    A page that a form gave, and that no cache may keep, could not be come back to. Only what
    no address has room for is answered here.
    """
    form = await request.form()
    questions = [q for q in form.getlist("q") if isinstance(q, str)]
    address = _address(questions)
    if address and len(address) <= _LONGEST_ADDRESS:
        return RedirectResponse(address, 303)
    return await _page(request, principal, questions)


@router.post("/feedback")
async def judge_by_form(
    request: Request,
    principal: Reader,
    answer_id: Annotated[str, Form(min_length=1, max_length=100)],
    verdict: Annotated[Literal["yes", "no"], Form()],
    comment: Annotated[str, Form(max_length=4000)] = "",
    q: Annotated[tuple[str, ...], Form(max_length=_JUDGED)] = (),
) -> Response:
    """Keep a verdict, and say so; ``q`` are the questions that led to the answer."""
    kept = await keep_verdict(
        service_of(request), principal, answer_id, verdict == "yes", comment.strip()
    )
    return pages_of(request).render(
        request, "feedback.html", nav="ask", asked=q or (kept.question,)
    )


def _address(questions: Sequence[str]) -> str:
    """That of a conversation; empty where nothing is asked."""
    if not questions or not questions[-1].strip():
        return ""
    pairs = [("q", each) for each in _shown(questions)]
    return f"/?{urlencode(pairs, errors='replace')}"


def _shown(questions: Sequence[str]) -> list[str]:
    """The last questions of a conversation: as many as are answered."""
    before = [each for each in questions[:-1] if each.strip()][1 - _TURNS :]
    return [*before, *questions[-1:]]


async def _page(request: Request, principal: Principal, questions: Sequence[str]) -> Response:
    *before, last = _shown(questions) or ("",)
    turns: tuple[ShownTurn, ...] = ()
    fault = ""
    if last.strip() or request.method != "GET":
        turns, fault = await until_gone(
            request, _conversation(request, principal, before, last)
        )
    service = service_of(request)
    indexed = await _summary(service, principal)
    examples: Examples = request.app.state.examples
    scope, language = scope_of(principal), language_of(request)
    return pages_of(request).render(
        request,
        "ask.html",
        status=422 if fault else 200,
        nav="ask",
        turns=turns,
        answers=_ANSWERS.dump_python(tuple(each.answer for each in turns), mode="json"),
        fault=fault,
        # To be mended.
        draft=last if fault else "",
        longest=service.settings.limits.question_characters,
        samples=_SAMPLES,
        levels=[[least, level] for level, least in LEAST.items()],
        examples=await examples.find(scope, language) if indexed.documents else (),
        indexed=indexed,
    )


async def _conversation(
    request: Request, principal: Principal, before: Sequence[str], last: str
) -> tuple[tuple[ShownTurn, ...], str]:
    """Every question in turn, each with those before it: what is shown is what is true now.

    Then why the last one was refused; empty where it was not.
    """
    turns: tuple[ShownTurn, ...] = ()
    current().question = last
    try:
        for question in (*before, last):
            turns = (*turns, await _turn(service_of(request), principal, turns, question))
    except QuestionError as error:
        return turns, typeset(str(error))
    request.app.state.metrics.answered(turns[-1].answer)
    return turns, ""


async def _turn(
    service: Service, principal: Principal, before: Sequence[ShownTurn], question: str
) -> ShownTurn:
    history = tuple(
        Turn(
            each.asked,
            each.answer.text if each.answer.answered else None,
            each.answer.cited,
        )
        for each in before
    )
    scope = scope_of(principal)
    answer = await service.ask(Query(question, history, None, scope, principal.key))
    languages = await service.read(lambda catalogue: _languages(catalogue, scope, answer))
    return show(question, answer, languages, tuple(each.asked for each in before))


def _languages(catalogue: Catalogue, scope: Filters, answer: Answer) -> dict[str, str | None]:
    """The languages of the documents that the page names."""
    found: dict[str, str | None] = {}
    for each in documents_of(answer):
        try:
            entry = catalogue.entry(each, scope)
        except UnknownError:
            # It was removed since the answer was composed.
            continue
        found[each] = entry.metadata.language
    return found


async def _summary(service: Service, principal: Principal) -> IndexSummary:
    revision = service.live.revision
    seen = {name for name in await existing(service) if principal.sees(name)}

    def count(catalogue: Catalogue) -> tuple[int, int]:
        filled = seen & catalogue.collections().keys()
        return catalogue.page(scope_of(principal), limit=0).total, len(filled)

    documents, collections = await service.read(count)
    return IndexSummary(documents, collections, revision.created if revision else None)
