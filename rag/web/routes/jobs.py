"""``/v1/jobs``: how far the changes to the index are."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from rag.errors import UnknownError
from rag.library.names import as_label
from rag.text.typography import typeset
from rag.web.http.responses import listed, shown
from rag.web.schemas import jobs
from rag.web.schemas.problems import problems
from rag.web.security import Editor, service_of

router = APIRouter(tags=["Travaux"])

JobId = Annotated[
    str, Path(description=typeset("L'identifiant du travail."), min_length=1, max_length=100)
]


@router.get(
    "/v1/jobs",
    summary="Lister les travaux",
    description=typeset(
        "Les changements de l'index les plus récents, du dernier au premier, dans les "
        "collections que voit la clé."
    ),
    response_model=jobs.JobList,
    response_description="Les travaux.",
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def list_jobs(
    request: Request, principal: Editor, query: Annotated[jobs.ListQuery, Query()]
) -> Response:
    """The newest jobs of the collections that this caller sees."""
    collections = principal.collections
    if query.collection is not None:
        collection = as_label(query.collection)
        if not principal.sees(collection):
            raise UnknownError(typeset(f"Aucune collection « {query.collection} »."))
        collections = (collection,)
    found = await service_of(request).recent_jobs(collections, query.limit)
    return listed(found)


@router.get(
    "/v1/jobs/{job_id}",
    summary="Suivre un travail",
    description=typeset(
        "L'état d'un changement de l'index, et où il en est. Dès qu'il est dit achevé, les "
        "réponses de ce serveur en tiennent compte."
    ),
    response_model=jobs.Job,
    response_description="Le travail.",
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def read_job(request: Request, principal: Editor, job_id: JobId) -> Response:
    """A job, finished only once this service answers from what it published."""
    try:
        job = await service_of(request).job(job_id)
    except UnknownError:
        raise _unknown(job_id) from None
    if not principal.sees(job.collection):
        raise _unknown(job_id)
    return shown(job)


def _unknown(job_id: str) -> UnknownError:
    """In the same words whether it is not there or may not be known of."""
    return UnknownError(
        typeset(
            f"Aucun travail « {job_id} ». Les plus anciens sont oubliés ; voyez GET /v1/jobs."
        )
    )
