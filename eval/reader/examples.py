"""What the reader learns from: questions, the passages that answer, those that do not.

Every set of ``../shared/data`` is read in place, its errata applied: items to drop are
dropped, and so are those whose answer is marked in part only. Our own questions are in
``passages.jsonl``, by passage.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rag.text.sentences import split_sentences
from rag.types import BlockKind, Span

ITEM_MARK = "- "
CELL_MARK = " | "
WRITTEN = ("written-admin", "written-piaf", "written-service-public")
HEADED = 2
"""Sections of five of a page of questions that are shown under their question."""

_OWN = Path(__file__).with_name("passages.jsonl")
_UNSURE = ("drop", "mend")


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a passage that can be quoted alone: a sentence, a list item, a row."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True)
class Passage:
    """A passage as the index would hold it; ``headings`` are those above it."""

    title: str
    headings: tuple[str, ...]
    text: str

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units of the text, in order."""
        return tuple(_units(self.text))


@dataclass(frozen=True, slots=True)
class Example:
    """A question with a passage of its subject.

    ``gold`` are the places of the passage's units that answer; none where it does not.
    ``marked``: these places are known, not merely that the passage answers. ``short`` is
    where the short answer stands, if it is known. ``others`` do not answer. Examples of one
    ``group`` share an article, a document or a passage, and are never parted.
    """

    id: str
    question: str
    kind: str
    passage: Passage
    gold: frozenset[int]
    marked: bool
    short: Span | None
    others: tuple[Passage, ...]
    group: str


def read_examples(data: Path) -> list[Example]:
    """All examples, those of each set in its order.

    Passages that no sibling comes with get none here; `eval.reader.negatives` finds the
    ones that retrieval confuses them with.
    """
    errata = _Errata(data / "errata.jsonl")
    examples = [*_piaf(data / "piaf-v1.1.json")]
    for name in WRITTEN:
        examples += _written(data / f"{name}.jsonl", errata)
    return [*examples, *_faq(data / "faq-fr.jsonl", errata)]


def read_own_examples() -> list[Example]:
    """The questions of ``passages.jsonl``: passages of documents that were made up for them.

    A third of them ask what their passage comes near to saying and does not say.
    """
    examples = []
    for page in map(json.loads, _lines(_OWN)):
        passage, group = _passage(page), f"own {page['title']}"
        for number, item in enumerate(page["questions"], 1):
            name = f"own-{page['id']}-{number:02}"
            examples.append(_marked({**item, "id": name}, passage, group))
    return examples


def drawn(name: str, many: int) -> int:
    """A number below ``many`` that looks drawn at random, always the same for a name."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % many


class _Errata:
    """What an audit of the sets found, by file and id."""

    def __init__(self, path: Path) -> None:
        self._unsure: set[tuple[str, str]] = set()
        self._joined: dict[tuple[str, str], str] = {}
        self._answering: dict[tuple[str, str], set[str]] = defaultdict(set)
        for each in map(json.loads, _lines(path)):
            key = each["file"], each.get("id", "")
            fault, _, told = each["fault"].partition(":")
            if fault in _UNSURE:
                self._unsure.add(key)
            if fault == "split":
                # « same passage as faq-fr 42c7ed8199#5; keep both in one fold »
                self._joined[key] = told.split("faq-fr ")[-1].split("#")[0].strip()
            if fault == "negative":
                self._answering[key].add(each.get("heading", ""))

    def unsure(self, file: str, name: str) -> bool:
        return (file, name) in self._unsure

    def group(self, file: str, name: str, own: str) -> str:
        return self._joined.get((file, name), own)

    def answers(self, file: str, name: str, heading: str) -> bool:
        return heading in self._answering[(file, name)]


def _piaf(path: Path) -> Iterator[Example]:
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        title = article["title"]
        for paragraph in article["paragraphs"]:
            passage = Passage(title, (), paragraph["context"])
            for asked in paragraph["qas"]:
                answer = asked["answers"][0]
                short = Span(
                    answer["answer_start"], answer["answer_start"] + len(answer["text"])
                )
                yield Example(
                    id=str(asked["id"]),
                    question=asked["question"],
                    kind="factoid",
                    passage=passage,
                    gold=_touched(passage, [(short.start, short.end)]),
                    marked=True,
                    short=short,
                    others=(),
                    group=f"PIAF {title}",
                )


def _written(path: Path, errata: _Errata) -> Iterator[Example]:
    for each in map(json.loads, _lines(path)):
        if errata.unsure(path.name, each["id"]):
            continue
        own = (
            f"PIAF {each['title']}"
            if path.stem == "written-piaf"
            else each["source"].split("#")[0]
        )
        yield _marked(each, _passage(each), errata.group(path.name, each["id"], own))


def _passage(item: dict[str, Any]) -> Passage:
    return Passage(item["title"], tuple(item["headings"]), item["text"])


def _marked(item: dict[str, Any], passage: Passage, group: str) -> Example:
    return Example(
        id=item["id"],
        question=item["question"],
        kind=item["type"],
        passage=passage,
        gold=_touched(passage, item["answer"]),
        marked=True,
        short=_short(item, passage.text),
        others=(),
        group=group,
    )


def _short(item: dict[str, Any], text: str) -> Span | None:
    if not item["short"]:
        return None
    for start, end in item["answer"]:
        at = text.find(item["short"], start, end)
        if at >= 0:
            return Span(at, at + len(item["short"]))
    return None


def _faq(path: Path, errata: _Errata) -> Iterator[Example]:
    for page in map(json.loads, _lines(path)):
        passages = [
            Passage(
                page["title"],
                (section["heading"],) if _is_headed(f"{page['id']}#{number}") else (),
                section["text"],
            )
            for number, section in enumerate(page["sections"])
        ]
        for number, section in enumerate(page["sections"]):
            name = f"{page['id']}#{number}"
            if not section.get("question") or errata.unsure(path.name, name):
                continue
            others = [
                passages[other]
                for other, sibling in enumerate(page["sections"])
                if other != number
                and sibling.get("question")
                and not errata.answers(path.name, name, sibling["heading"])
            ]
            yield Example(
                id=name,
                question=section.get("question_full") or section["question"],
                kind="faq",
                passage=passages[number],
                gold=_touched(passages[number], section["answer"]),
                marked=False,
                short=None,
                others=tuple(others),
                group=page["id"],
            )


def _is_headed(name: str) -> bool:
    """Whether a section is shown under its heading, which is the question: two in five are.

    Always there, it would be all that is looked at; never there, its worth were not learnt.
    """
    return drawn(name, 5) < HEADED


def _touched(passage: Passage, spans: Sequence[Sequence[int]]) -> frozenset[int]:
    return frozenset(
        place
        for place, unit in enumerate(passage.units)
        for start, end in spans
        if unit.start < end and start < unit.end
    )


def _units(text: str) -> Iterator[Unit]:
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.startswith(ITEM_MARK):
            yield Unit(start + len(ITEM_MARK), end, BlockKind.LIST_ITEM)
        elif CELL_MARK in line:
            yield Unit(start, end, BlockKind.TABLE_ROW)
        else:
            for each in split_sentences(line):
                yield Unit(start + each.start, start + each.end, BlockKind.PARAGRAPH)
        start = end + 1


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from filter(str.strip, file)
