"""First pass of a build: what changed, and which passages are indexed in which rows."""

from collections.abc import Callable

from rag.index.documents import DocumentHeader, Entry
from rag.index.local.duplicates import Fingerprint, find_duplicates, fingerprint
from rag.index.local.generation import Generation
from rag.types import Document


class Changes:
    """Documents counted against the previous generation, as they come.

    ``changed`` counts those whose text, title or metadata differ.
    """

    def __init__(self, previous: Generation | None) -> None:
        headers = previous.store.headers() if previous is not None else []
        self._before = {header.id: header for header in headers}
        self.added = 0
        self.changed = 0
        self.unchanged = 0

    @property
    def removed(self) -> int:
        """Documents of before that did not come, once all have."""
        return len(self._before)

    def count(self, document: Document) -> None:
        """Count a document of the new generation."""
        header = self._before.pop(document.id, None)
        if header is None:
            self.added += 1
        elif _said(header) == _said(document):
            self.unchanged += 1
        else:
            self.changed += 1


class Gathered:
    """The passages of all documents by their keys in the store, without their texts."""

    def __init__(self) -> None:
        self._fingerprints: list[Fingerprint] = []
        self._documents: list[tuple[str, str, range]] = []

    @property
    def documents(self) -> int:
        """Documents so far."""
        return len(self._documents)

    def add(self, entry: Entry, keys: range) -> None:
        """Note a document and the keys of its passages, which follow those before."""
        document = entry.document
        self._fingerprints.extend(
            fingerprint(
                self.documents,
                passage.text,
                (document.title, *passage.headings),
                document.collection,
            )
            for passage in entry.passages
        )
        self._documents.append((document.collection, document.path, keys))

    def choose_rows(self, text_of: Callable[[int], str]) -> tuple[list[int], dict[int, int]]:
        """Choose what is indexed, given a passage's text by its key.

        Returns:
            The keys of the passages indexed, by row: by collection, path and place in the
            document; and each copy's key with that of the passage indexed in its place.
        """
        ordered = sorted(self._documents, key=lambda document: document[:2])
        keys = [key for *_, of_document in ordered for key in of_document]
        copies = find_duplicates(
            [self._fingerprints[key] for key in keys],
            lambda position: text_of(keys[position]),
        )
        rows = [key for position, key in enumerate(keys) if position not in copies]
        return rows, {keys[copy]: keys[kept] for copy, kept in copies.items()}


def _said(document: Document | DocumentHeader) -> tuple[object, ...]:
    return document.version, document.title, document.metadata
