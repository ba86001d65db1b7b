"""The one place where parts are put together.

`update_index` makes or updates an index; `Searcher` answers from a published one;
`rag.service.evaluation` measures how well.
"""

from rag.service.indexing import (
    IndexDescription,
    IndexReport,
    Watcher,
    describe_index,
    update_index,
)
from rag.service.searching import Searcher

__all__ = [
    "IndexDescription",
    "IndexReport",
    "Searcher",
    "Watcher",
    "describe_index",
    "update_index",
]
