"""Who asks, and what they may see and do: the role of a key, and its collections."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from rag.errors import RoleError, UnknownError
from rag.index.filters import EVERYTHING, Filters
from rag.library.keys import Key, Role
from rag.library.names import as_label
from rag.service.catalogue import Catalogue
from rag.service.service import Query, Service
from rag.types import Mode, Turn

DEFAULT_COLLECTION: Final = "documents"
"""The collection that is always there, even while it holds nothing."""

_RANKS: Final = {Role.READER: 0, Role.EDITOR: 1, Role.ADMIN: 2}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. ``collections`` is None for all of them; ``key`` is empty without keys."""

    key: str
    name: str
    role: Role
    collections: tuple[str, ...] | None

    @classmethod
    def of(cls, key: Key) -> Self:
        """Who holds a key."""
        return cls(key.id, key.name, key.role, key.collections)

    @property
    def trusted(self) -> bool:
        """Whether this caller may read what names the machine's files and settings."""
        return self.role is Role.ADMIN and self.collections is None

    def sees(self, collection: str) -> bool:
        """Whether this caller may know of the collection."""
        return self.collections is None or collection in self.collections

    def within(
        self, asked: Sequence[str] | None, existing: Collection[str]
    ) -> tuple[str, ...] | None:
        """The collections to look into, for `rag.index.filters.Filters`; None for all.

        All that the caller may see where none is ``asked``. `UnknownError` where one of those
        is not among the ``existing``, or may not be seen.
        """
        if not asked:
            return self.collections
        for name in asked:
            if not self.sees(name) or name not in existing:
                raise UnknownError(
                    f"Aucune collection « {name} ». GET /v1/collections donne les vôtres."
                )
        return tuple(dict.fromkeys(asked))

    def may(self, role: Role) -> bool:
        """Whether this caller's role goes as far as another."""
        return _RANKS[self.role] >= _RANKS[role]

    def require(self, role: Role) -> None:
        """Refuse with `RoleError` whoever has a lesser role."""
        if not self.may(role):
            raise RoleError(
                f"Cette clé a le rôle « {self.role} », et ceci demande le rôle « {role} »."
            )


LOCAL: Final = Principal("", "local", Role.ADMIN, None)
"""The person at this very machine, where no key is demanded."""


async def query_within(
    service: Service,
    principal: Principal,
    question: str,
    *,
    collections: Sequence[str] | None = None,
    filters: Filters = EVERYTHING,
    history: tuple[Turn, ...] = (),
    k: int | None = None,
    mode: Mode = Mode.AUTO,
) -> Query:
    """A question to those documents alone that the caller names and may see.

    ``collections`` is None for all that it may see; those of ``filters`` count for nothing.
    Raises as `read_collections` does.
    """
    seen = await read_collections(service, principal, collections)
    within = replace(filters, collections=seen)
    return Query(question, history, k, within, principal.key, mode)


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
    """One collection that is there and that this caller may see; see `read_collections`."""
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
    """The names of all collections: made on purpose, or having documents."""

    def names(catalogue: Catalogue) -> frozenset[str]:
        made = (collection.name for collection in service.collections.all())
        return frozenset((DEFAULT_COLLECTION, *catalogue.collections(), *made))

    return await service.read(names)
