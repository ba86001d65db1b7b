"""What a reader thinks of an answer, sent by a plain form."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from rag.service.feedback import keep_verdict
from rag.web.pages.rendering import pages_of
from rag.web.security import Reader, service_of

_QUESTIONS: Final = 20

router = APIRouter(include_in_schema=False)


@router.post("/feedback")
async def judge_by_form(
    request: Request,
    principal: Reader,
    answer_id: Annotated[str, Form(min_length=1, max_length=100)],
    verdict: Annotated[Literal["yes", "no"], Form()],
    comment: Annotated[str, Form(max_length=4000)] = "",
    q: Annotated[tuple[str, ...], Form(max_length=_QUESTIONS)] = (),
) -> Response:
    """Keep a verdict, and say so; ``q`` are the questions that led to the answer."""
    kept = await keep_verdict(
        service_of(request), principal, answer_id, verdict == "yes", comment.strip()
    )
    return pages_of(request).render(
        request, "feedback.html", nav="ask", asked=q or (kept.question,)
    )
