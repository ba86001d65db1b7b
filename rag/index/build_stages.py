"""How far the making of an index is, whatever its engine."""

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """Where a build is, in order; the index changes between SEALED and PUBLISHED."""

    STORED = "stored"
    ANALYSED = "analysed"
    EMBEDDED = "embedded"
    SEALED = "sealed"
    PUBLISHED = "published"
    CLEANED = "cleaned"


Observer = Callable[[Stage, int, int], None]
"""Called with ``(stage, done, total)`` as a stage advances, ``done == total`` at its end.

Counts documents for STORED (whose total is 0 while it is not known), passages for ANALYSED,
texts that need embedding for EMBEDDED, and one step for each of the others.
"""
