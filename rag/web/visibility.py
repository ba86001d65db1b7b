"""What a caller may look at: its collections, as filters."""

from collections.abc import Collection, Sequence
from typing import Final

from fastapi import Request

from rag.index.filters import Filters
from rag.library.labels import as_label
from rag.service.catalogue import Catalogue
from rag.service.service import Service
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
    there = await existing(service)
    return principal.within([named(each, there) for each in asked], there)


async def read_collection(service: Service, principal: Principal, asked: str) -> str:
    """One collection that is there and that this caller may see.

    Raises:
        UnknownError: it does not exist, or may not be seen.
        IndexingError: what is published cannot be read.
    """
    there = await existing(service)
    collection = named(asked, there)
    principal.within((collection,), there)
    return collection


def named(asked: str, there: Collection[str]) -> str:
    """The collection that a name means, of those there are: names are kept in NFC.

    One made by an older version may bear another, and is still found by it.
    """
    return asked if asked in there else as_label(asked)


async def existing(service: Service) -> frozenset[str]:
    """The names of all collections: made on purpose, or having documents.

    Raises:
        IndexingError: what is published cannot be read.
    """

    def names(catalogue: Catalogue) -> frozenset[str]:
        made = (collection.name for collection in service.collections.all())
        return frozenset((DEFAULT, *catalogue.collections(), *made))

    return await service.read(names)
