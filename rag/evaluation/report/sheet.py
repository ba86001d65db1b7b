"""A sheet for people to judge answers on: what the user saw, what was expected, cells to fill.

The protocol stands in ``docs/evaluation.md``. Neither verdicts nor confidence are told.
"""

import csv
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from rag.errors import UsageError
from rag.evaluation.datasets.dataset import SEALED, Query
from rag.evaluation.runs import Outcome, Run
from rag.evaluation.view import by_category, shares
from rag.storage.disk_errors import report_errors
from rag.storage.files import prepare_folder, write_whole
from rag.types import Answer

SIZE: Final = 100
"""Most answers on a sheet: what one person can judge with care in an afternoon."""

GRADES: Final = ("correcte", "complète", "directe", "sans bruit", "compréhensible seule")
"""Columns to grade from 0 to 2 where the documents answer and an answer was given."""

REFUSALS: Final = ("refuse", "dit ce qui manque", "signale le fait voisin", "invente")
"""Columns to fill with 0 or 1 where nothing answers."""

ID: Final = "id"
CATEGORY: Final = "type"
OUTSIDE: Final = "–"
"""In a cell that is not to be filled."""

COLUMNS: Final = (
    ID,
    CATEGORY,
    "question",
    "ce que la personne a lu",
    "documents cités",
    "ce qui répond dans les documents",
    *GRADES,
    *REFUSALS,
    "remarque",
)
_NEAREST: Final = 3
_BEGINNING: Final = 220
_NOTHING: Final = "Rien dans les documents ne répond."
_SILENCE: Final = "(Silence.) Passages les plus proches\u00a0:"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def judging_sheet(run: Run) -> str:
    """The sheet as CSV parted by semicolons, which spreadsheets open in French settings.

    At most `SIZE` questions that could be put, as many of each category as there is room for,
    drawn and ordered by chance from a fixed seed. A cell never begins as a formula does.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for outcome in _drawn(run.outcomes):
        if outcome.examination is not None:
            cells = _row(outcome, outcome.examination.answer, run)
            writer.writerow([_inert(cell) for cell in cells])
    return stream.getvalue()


def write_sheet(path: Path, run: Run) -> None:
    """Write the sheet, with the mark by which spreadsheets know UTF-8."""
    with report_errors(f"la feuille {path}", "nommez un autre fichier avec --sheet"):
        write_whole(path, f"\ufeff{judging_sheet(run)}")


def prepare_sheet(path: Path) -> None:
    """Create its folder and see that it can be written, before any long work."""
    with report_errors(f"la feuille {path}", "nommez un autre fichier avec --sheet"):
        prepare_folder(path.parent)


def check_judgeable(queries: Iterable[Query]) -> None:
    """See that questions may be read one by one, and that an answer to one can be judged."""
    asked = [each for each in queries if each.judged]
    if any(each.split == SEALED for each in asked):
        raise UsageError(
            "Ces questions sont scellées\u00a0: personne ne les lit une à une. Retirez "
            "--sheet, ou demandez une autre partie."
        )
    if not asked:
        raise UsageError(
            "Aucune réponse ne peut être jugée\u00a0: ce jeu attend des documents entiers. "
            "Retirez --sheet."
        )


def _drawn(outcomes: Sequence[Outcome]) -> list[Outcome]:
    put = [each for each in outcomes if each.query.judged and each.examination]
    groups = by_category(put, lambda outcome: outcome.category)
    dealt = shares({name: len(each) for name, each in groups.items()}, SIZE)
    chance = random.Random(0)  # noqa: S311 – a sample, not a secret
    drawn = [each for name in groups for each in chance.sample(groups[name], dealt[name])]
    chance.shuffle(drawn)
    return drawn


def _row(outcome: Outcome, answer: Answer, run: Run) -> Iterator[str]:
    query = outcome.query
    before = [f"({turn.question} → {turn.answer or OUTSIDE})" for turn in query.history]
    yield query.id
    yield query.category
    yield "\n".join([*before, query.question])
    yield answer.text if outcome.answered else _silence(answer)
    titles = dict.fromkeys(each.title for each in answer.citations)
    yield " | ".join(titles) if outcome.answered else ""
    yield "\n".join(_expected(outcome, run)) or _NOTHING
    graded = query.answerable and outcome.answered
    yield from ("" if graded else OUTSIDE for _ in GRADES)
    yield from (OUTSIDE if query.answerable else "" for _ in REFUSALS)
    yield ""


def _silence(answer: Answer) -> str:
    nearest = (" ".join(hit.text.split())[:_BEGINNING] for hit in answer.hits[:_NEAREST])
    return "\n".join([_SILENCE, *(f"• {text}…" for text in nearest)])


def _expected(outcome: Outcome, run: Run) -> Iterator[str]:
    """Each fact's places in the words of the documents, alternatives parted by « ou »."""
    for fact in outcome.query.quoted_facts:
        quotes = dict.fromkeys(
            run.texts[place.document_id].text[place.span.start : place.span.end]
            for place in outcome.places
            if place.fact == fact
        )
        yield f"{fact}. {' — ou — '.join(' '.join(each.split()) for each in quotes)}"


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
