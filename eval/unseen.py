"""Questions that the reader was not trained on, with what they are put to.

A reader's logits on what it learnt from are surer than on anything else: whatever is fitted
with them must be fitted on other questions. Of each set one group in five (an article, a
document, a page) was held out of its training: those are here.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.reader.examples import (
    CELL_MARK,
    ITEM_MARK,
    WRITTEN,
    Example,
    Passage,
    drawn,
    read_examples,
    read_own_examples,
)
from rag.evaluation.datasets.dataset import Dataset, Gold, Query, Unit
from rag.text.language import detect_language

FOLDS = 5
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_SETS = frozenset({"wa", "wp", "wb", "own"})


def is_unseen(group: str) -> bool:
    """Whether a group was held out of the training."""
    return drawn(group, FOLDS) == 0


def unseen_articles(dataset: Dataset) -> list[Query]:
    """The questions of PIAF on articles held out."""
    return [each for each in dataset.queries if is_unseen(f"PIAF {each.group}")]


def written_examples(data: Path) -> list[Example]:
    """The questions of the written sets and of ours, seen or not, in order."""
    every = [*read_examples(data), *read_own_examples()]
    return [each for each in every if each.id.split("-")[0] in _SETS]


def write_documents(examples: Sequence[Example], folder: Path) -> dict[Passage, str]:
    """Each passage as a Markdown file below a folder; gives its path there."""
    names = {}
    for passage in dict.fromkeys(each.passage for each in examples):
        told = json.dumps([passage.title, passage.headings, passage.text]).encode()
        name = f"{hashlib.sha256(told).hexdigest()[:12]}.md"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(_markdown(passage)), encoding="utf-8")
        names[passage] = name
    return names


def unseen_written(examples: Sequence[Example], names: dict[Passage, str]) -> Dataset:
    """The questions on groups held out, as a dataset over the files of `write_documents`.

    A unit that answers is as good as another: which of them are wanted together is for
    our own questions to say.
    """
    queries = [
        Query(
            id=each.id,
            question=each.question,
            language=detect_language(each.question) or "fr",
            category=each.kind,
            gold=tuple(_golds(each, names[each.passage])),
            group=each.group,
        )
        for each in examples
        if is_unseen(each.group)
    ]
    return Dataset(" and ".join(WRITTEN), Unit.FACT, tuple(queries), (), "")


def _golds(example: Example, document: str) -> Iterator[Gold]:
    text = example.passage.text
    for place in sorted(example.gold):
        unit = example.passage.units[place]
        yield Gold(document, text[unit.start : unit.end], fact=1)


def _markdown(passage: Passage) -> Iterator[str]:
    yield f"---\ntitle: {json.dumps(passage.title, ensure_ascii=False)}\n---\n"
    for level, heading in enumerate(passage.headings, 1):
        yield f"{'#' * min(level + 1, 6)} {_escaped(heading)}\n"
    rows = 0
    for line in passage.text.split("\n"):
        if CELL_MARK in line and not line.startswith(ITEM_MARK):
            cells = " | ".join(_escaped(each) for each in line.split(CELL_MARK))
            yield f"| {cells} |"
            if not rows:
                yield f"|{' --- |' * (line.count(CELL_MARK) + 1)}"
            rows += 1
            continue
        if rows:
            yield ""
        rows = 0
        item = line.startswith(ITEM_MARK)
        yield f"- {_escaped(line[len(ITEM_MARK) :])}" if item else f"{_escaped(line)}\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
