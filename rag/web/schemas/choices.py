"""Names that a field may take, told one by one: an enumeration would bring its own words.

Each is the values of an enumeration of the service; a test holds them together.
"""

from typing import Literal

MethodName = Literal["hybrid", "dense", "lexical"]
"""`rag.index.filters.Method`."""

OrderName = Literal["title", "name", "date", "-date"]
"""`rag.service.catalogue.Order`."""

BlockKindName = Literal[
    "heading",
    "paragraph",
    "list_item",
    "table_header",
    "table_row",
    "quote",
    "code",
    "footnote",
]
"""`rag.types.BlockKind`."""

JobKindName = Literal["add", "replace", "remove", "remove_collection"]
"""`rag.library.job.JobKind`."""

JobStateName = Literal["queued", "running", "done", "partly", "failed"]
"""`rag.library.job.JobState`."""
