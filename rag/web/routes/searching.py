"""``POST /v1/search``: passages, with the signals that found them."""

from typing import Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from rag.retrieval.fusion import Method
from rag.service.access import read_collections
from rag.service.service import Finding, Query
from rag.text.typography import typeset
from rag.web.http.request_context import current
from rag.web.http.responses import rendered, until_gone
from rag.web.schemas import answers
from rag.web.schemas.problems import problems
from rag.web.schemas.questions import SearchRequest
from rag.web.security import Reader, service_of

router = APIRouter(tags=["Questions"])

_FINDING: Final = TypeAdapter(Finding)
_DESCRIPTION: Final = typeset(
    "Rend les passages qui parlent de la requête, du meilleur au moins bon, chacun avec ses "
    "signaux bruts : cosinus, BM25, meilleure phrase. `method` dit ce qui les ordonne, et "
    "dans quelle unité est `score`."
)


@router.post(
    "/v1/search",
    summary="Chercher des passages",
    description=_DESCRIPTION,
    response_model=answers.Finding,
    response_description="Les passages trouvés.",
    responses=problems(401, 404, 422, 429, 503),
)
async def search(request: Request, principal: Reader, asked: SearchRequest) -> Response:
    """Find the passages that speak of a query."""
    service = service_of(request)
    collections = await read_collections(service, principal, asked.collections)
    query = Query(asked.query, asked.turns, asked.k, asked.within(collections), principal.key)
    current().question = asked.query
    finding = await until_gone(request, service.search(query, Method(asked.method)))
    request.app.state.metrics.searched(finding)
    return rendered(_FINDING, finding)
