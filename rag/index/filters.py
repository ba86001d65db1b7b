"""Which documents may answer a question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """A document must satisfy all of them; an empty tuple or None asks nothing.

    ``collections`` is None for all of them: an empty tuple admits no document, so that
    someone who may see nothing finds nothing. ``languages`` are ISO 639-1 codes, compared
    by their first two letters; ``sources`` and ``categories`` are compared without case;
    ``date_from`` and ``date_to`` are ISO 8601 dates, both included, and exclude documents
    without a date.
    """

    collections: tuple[str, ...] | None = None
    documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None


EVERYTHING = Filters()
