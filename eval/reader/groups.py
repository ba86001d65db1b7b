"""What one step of training sees of an example: passages with a question, what is expected."""

import random
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eval.reader.examples import CELL_MARK, ITEM_MARK, Example, Passage
from rag.types import BlockKind, Span

DELETED = 0.25
"""Share of examples whose answering units are taken out: the passage answers no more."""

SIBLINGS_ONLY = 0.2
"""Share of examples without marked units that are shown without the passage that answers."""

CHANGED = 0.12
"""Share of those that can be whose question asks of another year, number or name."""

CARELESS = 0.12
"""Share of questions written as people do in a hurry."""

TWO_OTHERS = 0.3
"""Share of examples shown with two passages that do not answer, rather than one."""

_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[\w,] )(?:[A-ZÀ-Ý][\w-]+)(?: (?:de |du |des |la )?[A-ZÀ-Ý][\w-]+)*")


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as it is shown; ``gold`` its units that answer, and ``short`` where."""

    passage: Passage
    gold: frozenset[int] = frozenset()
    short: Span | None = None
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A question with the passages that are read together.

    ``marked``: the units that answer are known, where a passage answers.
    """

    question: str
    shown: tuple[Shown, ...]
    marked: bool


def names_of(examples: Iterable[Example]) -> list[str]:
    """The names that questions ask of, capitalised within a sentence, each once."""
    return sorted({each for one in examples for each in _NAME.findall(one.question)})


def group_of(example: Example, names: Sequence[str], chance: random.Random) -> Group:
    """An example as it is shown this time; ``names`` may stand in for those it asks of."""
    question = careless(example.question) if chance.random() < CARELESS else example.question
    if not example.gold:
        return Group(question, (Shown(example.passage),), marked=True)
    others = _others(example, chance)
    if example.marked and chance.random() < DELETED:
        rest = without(example.passage, example.gold)
        if rest is not None:
            return Group(question, (Shown(rest), *others), marked=True)
    if not example.marked and others and chance.random() < SIBLINGS_ONLY:
        return Group(question, tuple(others), marked=True)
    if chance.random() < CHANGED:
        other = with_other_number(example.question, example.passage, chance)
        other = other or with_other_name(example.question, example.passage, names, chance)
        if other is not None:
            return Group(other, (Shown(example.passage), *others), marked=True)
    right = Shown(example.passage, example.gold, example.short, answers=True)
    return Group(question, (right, *others), example.marked)


def _others(example: Example, chance: random.Random) -> list[Shown]:
    wanted = min(len(example.others), 2 if chance.random() < TWO_OTHERS else 1)
    return [Shown(each) for each in chance.sample(example.others, wanted)]


def without(passage: Passage, units: frozenset[int]) -> Passage | None:
    """The passage without some of its units; None where nothing would be left."""
    lines: list[str] = []
    prose = False
    for place, unit in enumerate(passage.units):
        if place in units:
            continue
        text = passage.text[unit.start : unit.end]
        if unit.kind is BlockKind.LIST_ITEM:
            lines.append(f"{ITEM_MARK}{text}")
        elif unit.kind is BlockKind.TABLE_ROW or not prose:
            lines.append(text)
        else:
            lines[-1] += f" {text}"
        prose = unit.kind is BlockKind.PARAGRAPH
    return replace(passage, text="\n".join(lines)) if lines else None


def with_other_number(question: str, passage: Passage, chance: random.Random) -> str | None:
    """The question asking of another number of the same look, which the passage has not.

    None where it names no number that the passage has.
    """
    named = [each for each in _NUMBER.finditer(question) if each.group() in passage.text]
    if not named or CELL_MARK in question:
        return None
    number = chance.choice(named)
    value = int(number.group())
    other = str(max(0, value + chance.choice((-7, -3, -2, -1, 1, 2, 3, 7))))
    if other in passage.text or other == number.group():
        return None
    return question[: number.start()] + other + question[number.end() :]


def with_other_name(
    question: str, passage: Passage, names: Sequence[str], chance: random.Random
) -> str | None:
    """The question asking of another name, which neither passage nor its context has.

    None where it names nothing that the passage has.
    """
    context = " ".join((passage.title, *passage.headings, passage.text))
    named = [each for each in _NAME.finditer(question) if each.group() in context]
    if not named or not names:
        return None
    name = chance.choice(named)
    other = chance.choice(names)
    if other in context:
        return None
    return question[: name.start()] + other + question[name.end() :]


def careless(question: str) -> str:
    """The question in lower case, without accents, apostrophes and final punctuation."""
    plain = unicodedata.normalize("NFKD", question.lower())
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"\s+", " ", re.sub(r"['’?!.]", " ", bare)).strip()
