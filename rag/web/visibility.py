"""What a caller may look at: its collections, as filters."""

from collections.abc import Sequence
from typing import Final

from fastapi import Request

from rag.retrieval.filters import Filters
from rag.service.catalogue import Catalogue
from rag.service.serving import Service
from rag.web.security import Principal

DEFAULT: Final = "documents"
"""The collection that is always there, even while it holds nothing."""


def service_of(request: Request) -> Service:
    """The service behind this application."""
    service: Service = request.app.state.service
    return service


def scope_of(principal: Principal) -> Filters:
    """Every document that this caller may see."""
    return Filters(collections=principal.collections)


async def read_collections(
    service: Service, principal: Principal, asked: Sequence[str] | None
) -> tuple[str, ...] | None:
    """The collections to look into, as filters have them; None for all.

    Raises:
        UnknownError: one of those asked does not exist, or may not be seen.
        IndexingError: what is published cannot be read.
    """
    if not asked:
        return principal.collections
    return principal.within(asked, await existing(service))


async def read_collection(service: Service, principal: Principal, asked: str) -> str:
    """One collection that is there and that this caller may see.

    Raises:
        UnknownError: it does not exist, or may not be seen.
        IndexingError: what is published cannot be read.
    """
    principal.within((asked,), await existing(service))
    return asked


async def existing(service: Service) -> frozenset[str]:
    """The names of all collections: made on purpose, or having documents.

    Raises:
        IndexingError: what is published cannot be read.
    """

    def names(catalogue: Catalogue) -> frozenset[str]:
        made = (collection.name for collection in service.collections.all())
        return frozenset((DEFAULT, *catalogue.collections(), *made))

    return await service.read(names)
