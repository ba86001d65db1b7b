"""Our own questions on ``documents/``, with their gold quotes."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.retrieval.evidence import Evidence

_WORDS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Gold:
    """Where an answer stands: a document's path under ``documents/``, and words of it."""

    path: str
    quote: str


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A line of ``questions.jsonl``. ``gold`` is empty where nothing answers."""

    id: str
    question: str
    language: str
    category: str
    gold: tuple[Gold, ...]

    @property
    def split(self) -> str:
        """``dev`` or ``test``, by the first document that answers."""
        key = self.gold[0].path if self.gold else self.id
        return "test" if hashlib.sha256(key.encode()).digest()[0] % 2 else "dev"


def load_questions(path: Path) -> list[OwnQuestion]:
    """The questions of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_question(json.loads(line)) for line in lines if line.strip()]


def is_right(question: OwnQuestion, evidence: Evidence, paths: Mapping[str, str]) -> bool:
    """Whether the passage of the best sentence holds a gold quote.

    ``paths`` gives each document id its path.
    """
    if not evidence.sentences:
        return False
    hit = evidence.sentences[0].hit
    text = folded(hit.text)
    return any(
        paths[hit.document_id] == gold.path and folded(gold.quote) in text
        for gold in question.gold
    )


def folded(text: str) -> str:
    """Words in lower case with single spaces: what a quote is compared by."""
    return _WORDS.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()


def _question(fields: Mapping[str, object]) -> OwnQuestion:
    gold = fields["gold"]
    assert isinstance(gold, list)  # noqa: S101 – the file is ours
    return OwnQuestion(
        id=str(fields["id"]),
        question=str(fields["question"]),
        language=str(fields["lang"]),
        category=str(fields["category"]),
        gold=tuple(
            Gold(each["document"].removeprefix("documents/"), each["quote"]) for each in gold
        ),
    )
