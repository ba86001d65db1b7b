"""The date that a document's first lines give, where its metadata give none."""

import re
from collections.abc import Sequence

from rag.ingest.dates import parse_date
from rag.ingest.draft import DraftBlock

_FIRST_BLOCKS = 6
_LONGEST = 140
_DAY = r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}(?:er)? [^\W\d_]{3,9} \d{4})"
_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"
_DATELINE = re.compile(
    rf"(?:(?:publié|mis en ligne|paru|publication|date|mise à jour|dernière mise à jour)"
    rf"(?: le| ?:)? {_WEEKDAY}"
    rf"|[A-ZÉÈÎ][\w' -]{{1,40}}, le {_WEEKDAY}|le {_WEEKDAY}|{_WEEKDAY})?({_DAY})\.?\Z",
    re.IGNORECASE,
)
_BYLINE = re.compile(r".{3,110}, (\d{4}-\d{2}-\d{2})\Z")


def dateline(blocks: Sequence[DraftBlock]) -> str | None:
    """The ISO date of a line such as ``Paris, le 12 février 2026`` or ``DGE, 2026-02-12``.

    Only the first blocks count, and only lines that are nothing but a date and what
    announces it: the date of an event told there is no date of the document.
    """
    for block in blocks[:_FIRST_BLOCKS]:
        text = block.text.replace("\xa0", " ").strip()
        if len(text) > _LONGEST:
            continue
        match = _DATELINE.match(text) or _BYLINE.match(text)
        if match and (date := parse_date(match[1])):
            return date
    return None
