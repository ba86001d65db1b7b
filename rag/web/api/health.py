"""Whether the service lives, whether it can answer, and how it does."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel, ConfigDict, Field

from rag.errors import IndexMissingError, RoleError, SourcierError
from rag.library.keys import Role
from rag.web.description import problems
from rag.web.http.metrics import Metrics
from rag.web.http.problems import MEDIA_TYPE, problem_of, respond
from rag.web.http.responses import rendered
from rag.web.security import Admin, Gate, service_of

router = APIRouter(tags=["Exploitation"])


class Health(BaseModel):
    """Le service tourne."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Annotated[str, Field(description="Toujours « ok ».")]


class Readiness(BaseModel):
    """Le service peut répondre, et de quoi."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "generation": "20260412T093012-5f1c",
                    "model": "multilingual-e5-small",
                    "documents": 54,
                    "warning": None,
                }
            ]
        }
    )

    status: Annotated[str, Field(description="Toujours « ready ».")]
    generation: Annotated[str, Field(description="La génération de l'index qui répond.")]
    model: Annotated[str, Field(description="Le modèle dont viennent ses vecteurs.")]
    documents: Annotated[
        int | None,
        Field(description="Documents indexés ; null pour qui ne peut pas les voir tous.", ge=0),
    ]
    warning: Annotated[
        str | None,
        Field(
            description="Nature du problème (« index-stale », « index-corrupt »…) qui empêche "
            "d'ouvrir une génération plus récente ; celle-ci continue de répondre."
        ),
    ]


@router.get("/healthz", summary="Le service tourne-t-il ?", response_model=Health)
async def healthz() -> Response:
    """Répond toujours 200 tant que le service tourne, même sans index."""
    return rendered({"status": "ok"})


@router.get(
    "/readyz",
    summary="Le service peut-il répondre ?",
    response_model=Readiness,
    responses={
        503: {"description": "Aucun index ne peut répondre.", "content": {MEDIA_TYPE: {}}}
    },
)
async def readyz(request: Request) -> Response:
    """Dit quelle génération de l'index répond et avec quel modèle, ou pourquoi aucune."""
    service = service_of(request)
    revision, fault = service.live.revision, service.live.fault
    if revision is None:
        # Nobody was asked for a key here: the reason's kind is told, its details are logged.
        problem = problem_of(fault or IndexMissingError(""))
        return respond(problem, request.scope)
    return rendered(
        {
            "status": "ready",
            "generation": revision.generation,
            "model": revision.model.name,
            "documents": revision.documents if _sees_all(request) else None,
            "warning": problem_of(fault).slug if fault else None,
        }
    )


@router.get(
    "/metrics",
    summary="Mesures pour Prometheus",
    response_class=Response,
    responses={
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}}},
            "description": "Mesures.",
        },
        **problems(401, 403, 429),
    },
)
def metrics(request: Request, caller: Admin) -> Response:
    """Requêtes, durées par étape, file d'attente, index, travaux, au format de Prometheus.

    Où des clés sont demandées, il en faut une d'administration qui voie toutes les collections.
    """
    if not caller.trusted:
        raise RoleError(
            "Les mesures comptent toutes les collections, et cette clé est limitée à "
            "certaines. Demandez une clé qui les voie toutes."
        )
    measured: Metrics = request.app.state.metrics
    return Response(measured.expose(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _sees_all(request: Request) -> bool:
    """Whether the caller, who need not give a key here, may know of every collection."""
    gate: Gate = request.app.state.gate
    with suppress(SourcierError):
        return gate.enter(request.scope, Role.READER).collections is None
    return False
