"""``POST /v1/feedback``: what a reader thought of an answer."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import Strict
from starlette.responses import Response

from rag.service.feedback import keep_verdict
from rag.text.typography import typeset
from rag.web.api.schema import Model, Moment, api_field, example
from rag.web.description import problems
from rag.web.http.responses import rendered
from rag.web.security import Reader, service_of

router = APIRouter(tags=["Questions"])

_DESCRIPTION: Final = typeset(
    "Conserve un avis sur une réponse donnée il y a peu par ce serveur à cette même clé : la "
    "question, le verdict, le commentaire et l'emplacement des citations, sans leurs mots. Un "
    "nouvel avis de la même clé sur la même réponse remplace le précédent. "
    "« sourcier feedback export » en fait des questions à relire pour l'évaluation."
)
_EXAMPLE = {
    "answer_id": "d359b507641b4cfdbe9784349c379498",
    "helpful": False,
    "comment": "Le tarif cité est celui de 2001 ; un arrêté plus récent est dans la base.",
}

AnswerId = Annotated[
    str,
    api_field(
        "L'identifiant de la réponse jugée.",
        _EXAMPLE["answer_id"],
        min_length=1,
        max_length=100,
    ),
]
Helpful = Annotated[bool, api_field("Si elle a été utile.", False)]
Comment = Annotated[
    str, api_field("Ce qui manquait, ce qui était faux.", _EXAMPLE["comment"], max_length=4000)
]


class FeedbackRequest(Model):
    """Un avis sur une réponse."""

    model_config = example(**_EXAMPLE)

    answer_id: AnswerId
    helpful: Annotated[Helpful, Strict()]
    comment: Comment = ""


class Feedback(Model):
    """Un avis, tel qu'il est conservé."""

    model_config = example(
        id="7b0c4a5f-2f7a-4a39-b4fb-b5c3d6f0a1e2",
        **_EXAMPLE,
        created="2026-02-03T09:30:00+00:00",
    )

    id: Annotated[
        str, api_field("L'identifiant de l'avis.", "7b0c4a5f-2f7a-4a39-b4fb-b5c3d6f0a1e2")
    ]
    answer_id: AnswerId
    helpful: Helpful
    comment: Comment
    created: Moment


@router.post(
    "/v1/feedback",
    summary="Juger une réponse",
    description=_DESCRIPTION,
    status_code=201,
    response_model=Feedback,
    response_description="L'avis conservé.",
    responses=problems(401, 404, 422, 429, 503),
)
async def judge(request: Request, principal: Reader, given: FeedbackRequest) -> Response:
    """Keep a verdict on an answer that this caller was given."""
    kept = await keep_verdict(
        service_of(request), principal, given.answer_id, given.helpful, given.comment
    )
    return rendered(kept, 201, include=set(Feedback.model_fields))
