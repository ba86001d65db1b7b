"""``POST /v1/feedback``: what a reader thought of an answer."""

from typing import Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from rag.library.feedback import Feedback
from rag.service.feedback import keep_verdict
from rag.text.typography import typeset
from rag.web.http.responses import created
from rag.web.schemas import feedback
from rag.web.schemas.problems import problems
from rag.web.security import Reader, service_of

router = APIRouter(tags=["Questions"])


_FEEDBACK: Final = TypeAdapter(Feedback)
_SHOWN: Final = {"id", "answer_id", "helpful", "comment", "created"}
_DESCRIPTION: Final = typeset(
    "Conserve un avis sur une réponse donnée il y a peu par ce serveur à cette même clé : la "
    "question, le verdict, le commentaire et l'emplacement des citations, sans leurs mots. Un "
    "nouvel avis de la même clé sur la même réponse remplace le précédent. "
    "« sourcier feedback export » en fait des questions à relire pour l'évaluation."
)


@router.post(
    "/v1/feedback",
    summary="Juger une réponse",
    description=_DESCRIPTION,
    status_code=201,
    response_model=feedback.Feedback,
    response_description="L'avis conservé.",
    responses=problems(401, 404, 422, 429, 503),
)
async def judge(
    request: Request, principal: Reader, given: feedback.FeedbackRequest
) -> Response:
    """Keep a verdict on an answer that this caller was given."""
    kept = await keep_verdict(
        service_of(request), principal, given.answer_id, given.helpful, given.comment
    )
    return created(_FEEDBACK, kept, _SHOWN)
