"""Whether a question is still the one that was asked before."""

import hashlib
import json
from dataclasses import asdict
from typing import Final

from rag.evaluation.records import Query

_LENGTH: Final = 16


def fingerprint(query: Query) -> str:
    """16 hexadecimal digits of what is asked and what is expected, whatever its id.

    They change with the question, its language and the turns before it, with the golds and
    with the short answers; not with its category, its split or its group, which no measure
    looks at.
    """
    told = (
        query.question,
        query.language,
        [asdict(turn) for turn in query.history],
        [asdict(gold) for gold in query.gold],
        query.short,
    )
    encoded = json.dumps(told, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()[:_LENGTH]
