"""Documents written by hand, and what a search would find in them."""

from rag.retrieval.results import FoundSentence, Results
from rag.text.terms import lexical_terms
from rag.types import (
    Block,
    BlockKind,
    Document,
    Hit,
    Kind,
    Mention,
    Passage,
    Question,
    Sentence,
    Signals,
    Source,
    Span,
)

KINDS = {
    "#": BlockKind.HEADING,
    "-": BlockKind.LIST_ITEM,
    "=": BlockKind.TABLE_HEADER,
    "|": BlockKind.TABLE_ROW,
    "·": BlockKind.PARAGRAPH,
}
SIGNALS = Signals(0.0, 0.0, 0.0)


def document(lines: str, title: str = "Guide", name: str = "d") -> Document:
    """A document of a block a line, each line opened by its kind's mark, as in `KINDS`.

    A mark said twice is a level more.
    """
    text, blocks = "", []
    for line in lines.strip().splitlines():
        mark, _, words = line.strip().partition(" ")
        text += "\n\n" if text else ""
        start = len(text)
        text += words
        kind = KINDS[mark[0]]
        level = len(mark) if kind in (BlockKind.HEADING, BlockKind.LIST_ITEM) else 0
        blocks.append(Block(kind, start, len(text), level, None, cells(words, start)))
    return Document(name, "c", f"{name}.md", "v", title, text, tuple(blocks))


def cells(words: str, start: int) -> tuple[Span, ...]:
    """The cells of a row written with bars."""
    found = []
    for cell in words.split(" | ") if " | " in words else ():
        found.append(Span(start, start + len(cell)))
        start += len(cell) + 3
    return tuple(found)


def span(held: Document, words: str) -> Span:
    """Where some words first stand."""
    start = held.text.index(words)
    return Span(start, start + len(words))


def found(held: Document, words: str, score: float = 0.0) -> FoundSentence:
    """A sentence of a document as a search finds it, in a passage that is all of it."""
    where = span(held, words)
    block = [each for each in held.blocks if each.start <= where.start][-1]
    sentence = Sentence(where.start, where.end, block.kind)
    length = len(held.text)
    passage = Passage("p", held.id, 0, 0, length, held.text, (), None, (sentence,))
    return FoundSentence(sentence, words, passage, hit(held), Mention.NONE, score)


def hit(held: Document) -> Hit:
    """A document as one passage."""
    length = len(held.text)
    return Hit(
        "p", held.id, held.title, 0, length, held.text, (), None, 1, 0.0, SIGNALS
    )  # fmt: skip


def question(text: str, kind: Kind = Kind.OTHER) -> Question:
    """A question as it is read, asking for nothing that is highlighted."""
    terms = tuple(dict.fromkeys(lexical_terms(text)))
    return Question(text, text, "fr", terms, (), Mention.NONE, kind=kind)


def results(asked: Question, held: Document, *sentences: FoundSentence) -> Results:
    """What is found in one document."""
    source = Source(held.id, held.version, held.title, None, None, None, "fr")
    return Results(asked, (hit(held),), sentences, {held.id: source}, {})
