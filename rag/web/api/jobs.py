"""``/v1/jobs``: how far the changes to the index are."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from rag.library import job as library_job
from rag.service import library
from rag.text.typography import typeset
from rag.web.api.schema import Model, Moment, api_field, describing, example
from rag.web.description import problems
from rag.web.http.responses import HIDDEN, rendered
from rag.web.security import Editor, service_of

router = APIRouter(tags=["Travaux"])

_FILE: Final = {
    "document_id": "0d3b6a3f0c1f5f0e",
    "name": "reglement-interieur.pdf",
    "sha256": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "media_type": "application/pdf",
    "size": 182_044,
    "reason": None,
}
_JOB: Final = {
    "id": "2f6c1f0e-8a4b-4f0f-9d6b-1a0c3e5d7f91",
    "kind": "add",
    "collection": "documents",
    "state": "running",
    "files": [_FILE],
    "created": "2026-02-03T09:30:00+00:00",
    "stage": "embedded",
    "done": 12,
    "total": 40,
    "started": "2026-02-03T09:30:01+00:00",
    "ended": None,
    "error": None,
    "generation": None,
}


class ListQuery(Model):
    """Quels travaux lister."""

    collection: Annotated[
        str | None,
        api_field("Une seule collection ; par défaut, toutes celles que voit la clé."),
    ] = None
    limit: Annotated[int, api_field("Combien en rendre, au plus.", ge=1, le=500)] = 50


@describing(
    library_job.JobFile,
    name=api_field("Son nom.", _FILE["name"]),
    sha256=api_field("L'empreinte du fichier ; vide s'il est retiré.", _FILE["sha256"]),
    media_type=api_field("Ce que le contenu est ; vide s'il est retiré.", "application/pdf"),
    size=api_field("En octets.", 182_044, ge=0),
    reason=api_field("Pourquoi il a été laissé de côté ; null s'il ne l'a pas été."),
)
class JobFile(Model):
    """Un document qu'un travail ajoute, remplace ou retire."""


@describing(
    library_job.Job,
    without=HIDDEN,
    id=api_field("Son identifiant.", _JOB["id"]),
    kind=api_field(
        "Ce qu'il fait : ajouter, remplacer, retirer, ou retirer une collection.", "add"
    ),
    collection=api_field("La collection qu'il change.", "documents"),
    state=api_field(
        "Où il en est. « partly » : certains fichiers n'ont pas pu être lus, les autres "
        "sont dans l'index.",
        "running",
    ),
    stage=api_field("L'étape en cours ; vide avant le début et après la fin.", "embedded"),
    done=api_field("Où en est l'étape.", 12, ge=0),
    total=api_field("Ce que compte l'étape ; 0 tant qu'on l'ignore.", 40, ge=0),
    error=api_field("Pourquoi il a échoué en entier."),
    generation=api_field("La génération de l'index qu'il a publiée."),
)
class Job(Model):
    """Un changement de l'index, en cours ou achevé.

    Il n'est dit achevé (« done », « partly » ou « failed ») qu'une fois que les réponses de
    ce serveur en tiennent compte.
    """

    model_config = example(**_JOB)

    files: list[JobFile]
    started: Annotated[Moment | None, api_field("Son début.")]
    ended: Annotated[Moment | None, api_field("Sa fin.")]


class JobList(Model):
    """Les travaux, du plus récent au plus ancien."""

    jobs: list[Job]


_JobId = Annotated[
    str, Path(description=typeset("L'identifiant du travail."), min_length=1, max_length=100)
]


@router.get(
    "/v1/jobs",
    summary="Lister les travaux",
    description=typeset(
        "Les changements de l'index les plus récents, du dernier au premier, dans les "
        "collections que voit la clé."
    ),
    response_model=JobList,
    response_description="Les travaux.",
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def list_jobs(
    request: Request, principal: Editor, query: Annotated[ListQuery, Query()]
) -> Response:
    """The newest jobs of the collections that this caller sees."""
    found = await library.recent_jobs(
        service_of(request), principal, query.collection, query.limit
    )
    return rendered({"jobs": found}, exclude={"jobs": {"__all__": HIDDEN}})


@router.get(
    "/v1/jobs/{job_id}",
    summary="Suivre un travail",
    description=typeset(
        "L'état d'un changement de l'index, et où il en est. Dès qu'il est dit achevé, les "
        "réponses de ce serveur en tiennent compte."
    ),
    response_model=Job,
    response_description="Le travail.",
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def read_job(request: Request, principal: Editor, job_id: _JobId) -> Response:
    """A job, finished only once this service answers from what it published."""
    job = await library.find_job(service_of(request), principal, job_id)
    return rendered(job, exclude=HIDDEN)
