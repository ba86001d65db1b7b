"""What the page of the library shows of the index and of the jobs that change it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import urlencode

from rag.errors import UnknownError
from rag.index.build_stages import Stage
from rag.index.documents import SkippedFile
from rag.index.filters import Filters
from rag.ingest.formats import format_by_media_type
from rag.library.job import FINISHED, Job
from rag.library.keys import Role
from rag.service.access import Principal, read_collections
from rag.service.catalogue import Catalogue, Order, Page
from rag.service.library import CollectionEntry, list_collections
from rag.service.service import OPENING, Service
from rag.text.typography import typeset
from rag.web.pages.wording import Wording

PATH: Final = "/documents"
PER_PAGE: Final = 50
_MOST_ENDED: Final = 12
_MOST_SKIPPED: Final = 200
_LOOKED_AT: Final = 200
_LONGEST: Final = 500
_LAST: Final = 1_000_000

STAGES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "": (0, 0),
        "reading": (2, 20),
        Stage.STORED: (20, 30),
        Stage.ANALYSED: (30, 40),
        Stage.EMBEDDED: (40, 94),
        Stage.SEALED: (94, 96),
        Stage.PUBLISHED: (96, 98),
        Stage.CLEANED: (98, 99),
        OPENING: (99, 99),
    }
)
"""From where to where each stage takes a job, in hundredths of the whole."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents a reader wants to see; ``page`` counts from 1."""

    collection: str = ""
    text: str = ""
    order: Order = Order.TITLE
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """What an address asks for; what makes no sense in it is as if it were not there."""
        sort, page = asked.get("sort", ""), asked.get("page", "")
        known = sort in tuple(Order)
        counted = page.isascii() and page.isdecimal() and len(page) <= len(str(_LAST))
        return cls(
            collection=asked.get("collection", ""),
            text=" ".join(asked.get("q", "")[:_LONGEST].split()),
            order=Order(sort) if known else Order.TITLE,
            page=max(1, int(page)) if counted else 1,
        )

    @property
    def url(self) -> str:
        """The address that asks for this."""
        parts = {
            "collection": self.collection,
            "q": self.text,
            "sort": self.order.value if self.order is not Order.TITLE else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"{PATH}?{query}" if query else PATH

    def at(self, page: int) -> "Wanted":
        """The same, on another page."""
        return replace(self, page=page)

    def within(self, collection: str) -> "Wanted":
        """The same in one collection, or in all of them (empty); from the first page."""
        return replace(self, collection=collection, page=1)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file left out of the index, without what leads to it on the machine, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that the page shows.

    ``running`` are the jobs that have not ended, oldest first; ``ended`` the last that have,
    newest first. ``skipped`` are the first of ``skipped_total``.
    """

    wanted: Wanted
    page: Page
    collections: tuple[CollectionEntry, ...]
    skipped: tuple[LeftOut, ...]
    skipped_total: int
    running: tuple[Job, ...] = ()
    ended: tuple[Job, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages the documents found make; at least one."""
        return _pages(self.page.total)

    @property
    def documents(self) -> int:
        """How many documents there are in all that this reader may see."""
        return sum(each.documents for each in self.collections)

    @property
    def collection(self) -> CollectionEntry | None:
        """The collection that is looked at; None for all of them."""
        return next(
            (each for each in self.collections if each.name == self.wanted.collection), None
        )


def format_name(media_type: str, words: Wording) -> str:
    """What sort of file a document was read from, as it stands at the head of a line."""
    found = format_by_media_type(media_type)
    if found is None:
        return words["library.other_format"]
    name = found.name_in(words.language)
    return name[:1].upper() + name[1:]


def share(job: Job) -> int:
    """How much of a job is done, in hundredths; it never goes back."""
    start, end = STAGES.get(job.stage, (0, 0))
    return start + (end - start) * min(job.done, job.total) // (job.total or 1)


async def read_library(service: Service, principal: Principal, wanted: Wanted) -> Library:
    """The part of the library that a reader wants; `UnknownError` where it may not be seen."""
    collections = await _asked(service, principal, wanted.collection)
    if wanted.collection and collections:
        # As it is written there, whatever form of its letters the address has.
        wanted = replace(wanted, collection=collections[0])
    library = await service.read(
        lambda catalogue: _documents(service, principal, catalogue, wanted, collections)
    )
    if not principal.may(Role.EDITOR):
        return library
    jobs = await service.recent_jobs(principal.collections, _LOOKED_AT)
    return replace(
        library,
        running=tuple(reversed([job for job in jobs if job.state not in FINISHED])),
        ended=tuple(job for job in jobs if job.state in FINISHED)[:_MOST_ENDED],
    )


async def _asked(
    service: Service, principal: Principal, collection: str
) -> tuple[str, ...] | None:
    asked = (collection,) if collection else None
    try:
        return await read_collections(service, principal, asked)
    except UnknownError as error:
        told = f"Aucune collection ne s'appelle « {collection} », ou votre clé ne la voit pas."
        raise UnknownError(typeset(told)) from error


def _documents(
    service: Service,
    principal: Principal,
    catalogue: Catalogue,
    wanted: Wanted,
    collections: tuple[str, ...] | None,
) -> Library:
    """What the index has for the page; its last one where the one wanted is beyond it."""
    filters = Filters(collections=collections)
    page = catalogue.page(filters, 0, PER_PAGE, wanted.order, wanted.text)
    wanted = wanted.at(min(wanted.page, _pages(page.total)))
    if wanted.page > 1:
        offset = (wanted.page - 1) * PER_PAGE
        page = catalogue.page(filters, offset, PER_PAGE, wanted.order, wanted.text)
    skipped = catalogue.skipped(collections)
    return Library(
        wanted=wanted,
        page=page,
        collections=tuple(list_collections(service, principal, catalogue)),
        skipped=tuple(map(_left_out, skipped[:_MOST_SKIPPED])),
        skipped_total=len(skipped),
    )


def _pages(total: int) -> int:
    return max(1, -(-total // PER_PAGE))


def _left_out(file: SkippedFile) -> LeftOut:
    path = PurePath(file.path)
    within = path.is_relative_to(file.root) and path != PurePath(file.root)
    name = path.relative_to(file.root).as_posix() if within else path.name
    return LeftOut(name, file.reason.replace(file.path, name))


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, in French as the service gives it, and the files that it holds for.

    ``names`` is empty where nothing needs to be named: the change was about one file, or
    the reason holds for the whole of it.
    """

    names: tuple[str, ...]
    text: str


def reasons(job: Job) -> tuple[Reason, ...]:
    """The reasons of a job, that of the whole first; each is told once."""
    named: dict[str, tuple[str, ...]] = {job.error: ()} if job.error else {}
    for file in job.files:
        if file.reason and file.reason != job.error:
            named[file.reason] = (*named.get(file.reason, ()), file.name)
    alone = len(job.files) == 1
    return tuple(Reason(() if alone else names, text) for text, names in named.items())
