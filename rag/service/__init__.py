"""The one place where parts are put together.

`update_index` makes or updates an index; `Searcher` answers from a published one;
`rag.evaluation.evaluate` measures how well.
"""

from rag.service.searcher import Searcher
from rag.updating.update_index import (
    IndexDescription,
    IndexReport,
    Watcher,
    describe_index,
    update_index,
    verify_index,
)

__all__ = [
    "IndexDescription",
    "IndexReport",
    "Searcher",
    "Watcher",
    "describe_index",
    "update_index",
    "verify_index",
]
