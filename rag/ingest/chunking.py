"""Documents cut into passages: by section, then by the model's own token count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Final

from langchain_text_splitters import TextSplitter

from rag.errors import CorruptDocumentError
from rag.ingest.sections import (
    Atom,
    Section,
    announces,
    common_path,
    joined,
    section_atoms,
    sections,
)
from rag.protocols import Tokens
from rag.settings import ChunkingSettings
from rag.types import BlockKind, Document, Passage

_RUNS: Final = {
    BlockKind.LIST_ITEM: BlockKind.LIST_ITEM,
    BlockKind.TABLE_HEADER: BlockKind.TABLE_ROW,
    BlockKind.TABLE_ROW: BlockKind.TABLE_ROW,
}
"""Kinds whose blocks make one thing together: a list, a table."""
_MISPLACED: Final = (
    "La structure lue ne correspond pas au texte : ses blocs se chevauchent. "
    "Convertissez le document dans un autre format, puis indexez-le de nouveau."
)
_SLACK: Final = 1.15
"""How far over an even share a chunk may go, so that the last one is no crumb."""


@dataclass(frozen=True, slots=True)
class _Sized:
    """Atoms that stay together, with their length in tokens."""

    atoms: tuple[Atom, ...]
    tokens: int


def chunk(
    document: Document, tokens: Tokens, settings: ChunkingSettings
) -> tuple[Passage, ...]:
    """The passages of a document, in order; none for a document without text.

    Every character that is neither white space nor a heading's lies in exactly one
    sentence of exactly one passage, and ``document.text[start:end]`` is each passage's
    text. A passage holds whole sentences, list items, table rows and lines of code of
    ``settings.max_tokens`` at most (their lengths summed; one that is longer stands
    alone), and begins with the heading that opens its section. Paragraphs, lists and
    tables are kept whole where they fit, a list and a table with the sentence that
    announces them. Tokens are counted in one call.

    Raises:
        CorruptDocumentError: the document's blocks are not in order.
    """
    parts = sections(document)
    sized = _measured(document, parts, tokens, settings.max_tokens)
    passages: list[Passage] = []
    for run in _section_runs(parts, sized, settings.min_tokens):
        for group in _packed(document.text, run, settings.max_tokens):
            passages.append(_passage(document, parts, group, len(passages)))
    return tuple(passages)


def _measured(
    document: Document, parts: Sequence[Section], tokens: Tokens, max_tokens: int
) -> list[list[_Sized]]:
    """The atoms of each section with their lengths; list items whole if they fit."""
    atoms = [section_atoms(document, part, number) for number, part in enumerate(parts)]
    texts = [document.text[atom.start : atom.span.end] for each in atoms for atom in each]
    _verify(document, [atom for each in atoms for atom in each])
    counts = iter(tokens.count_tokens(texts))
    found: list[list[_Sized]] = []
    for each in atoms:
        single = [_Sized((atom,), max(next(counts), 1)) for atom in each]
        found.append(list(_whole_items(single, max_tokens)))
    return found


def _verify(document: Document, atoms: Sequence[Atom]) -> None:
    """Refuse atoms that overlap: offsets are not taken on trust from a reader."""
    end = 0
    for atom in atoms:
        if not end <= atom.start <= atom.span.start < atom.span.end <= len(document.text):
            raise CorruptDocumentError(_MISPLACED)
        end = atom.span.end


def _whole_items(atoms: Sequence[_Sized], max_tokens: int) -> Iterator[_Sized]:
    for _, members in groupby(atoms, key=lambda each: each.atoms[0].block):
        block = list(members)
        total = sum(each.tokens for each in block)
        if block[0].atoms[0].kind is BlockKind.LIST_ITEM and total <= max_tokens:
            yield _Sized((joined([each.atoms[0] for each in block]),), total)
        else:
            yield from block


def _section_runs(
    parts: Sequence[Section], sized: Sequence[list[_Sized]], min_tokens: int
) -> Iterator[list[_Sized]]:
    """Sections on their own, the short ones with the next of their rank or below."""
    run: list[_Sized] = []
    rank = 0
    for part, atoms in zip(parts, sized, strict=True):
        if run and (part.rank < rank or sum(each.tokens for each in run) >= min_tokens):
            yield run
            run = []
        rank = rank if run else part.rank
        run = run + atoms
    if run:
        yield run


def _packed(text: str, run: Sequence[_Sized], max_tokens: int) -> Iterator[list[Atom]]:
    """The atoms of each passage of a run of sections."""
    units = list(_units(text, run, max_tokens))
    starts = [unit.atoms[0].start for unit in units]
    ends = [*starts[1:], units[-1].atoms[-1].span.end]
    slices = [
        (text[start:end], unit.tokens)
        for start, end, unit in zip(starts, ends, units, strict=True)
    ]
    waiting = iter([atom for unit in units for atom in unit.atoms])
    following = next(waiting, None)
    end = starts[0]
    for piece in _pack(slices, max_tokens):
        if not text.startswith(piece, end):
            raise CorruptDocumentError(_MISPLACED)
        end += len(piece)
        group: list[Atom] = []
        while following is not None and following.start < end:
            group.append(following)
            following = next(waiting, None)
        yield group


def _units(text: str, run: Sequence[_Sized], max_tokens: int) -> Iterator[_Sized]:
    """What is packed: paragraphs, lists and tables whole if they fit, else their atoms.

    A list or a table goes with the whole paragraph that announces it, else with its last
    sentence, else that sentence goes with the first item.
    """
    announcing: list[_Sized] = []
    for kind, group in groupby(run, key=_together):
        members = list(group)
        if kind[2] not in _RUNS.values():
            yield from _whole(announcing, max_tokens)
            announcing = members
            continue
        if announcing and not announces(_text(text, announcing[-1])):
            yield from _whole(announcing, max_tokens)
            announcing = []
        yield from _announced(announcing, members, max_tokens)
        announcing = []
    yield from _whole(announcing, max_tokens)


def _together(each: _Sized) -> tuple[int, int, BlockKind]:
    """What tells one paragraph, list or table from the next: section, place and kind."""
    atom = each.atoms[0]
    family = _RUNS.get(atom.kind)
    return (atom.section, -1, family) if family else (atom.section, atom.block, atom.kind)


def _announced(
    paragraph: Sequence[_Sized], members: Sequence[_Sized], max_tokens: int
) -> Iterator[_Sized]:
    everything = [*paragraph, *members]
    if _total(everything) <= max_tokens:
        yield _merged(everything)
        return
    yield from _whole(paragraph[:-1], max_tokens)
    rest = everything[max(len(paragraph) - 1, 0) :]
    if _total(rest) <= max_tokens:
        yield _merged(rest)
        return
    glued = 2 if paragraph or rest[0].atoms[0].kind is BlockKind.TABLE_HEADER else 1
    if _total(rest[:glued]) <= max_tokens:
        yield _merged(rest[:glued])
        rest = rest[glued:]
    yield from rest


def _whole(atoms: Sequence[_Sized], max_tokens: int) -> Iterator[_Sized]:
    if atoms and _total(atoms) <= max_tokens:
        yield _merged(atoms)
        return
    yield from atoms


def _merged(atoms: Sequence[_Sized]) -> _Sized:
    return _Sized(tuple(atom for each in atoms for atom in each.atoms), _total(atoms))


def _total(atoms: Sequence[_Sized]) -> int:
    return sum(each.tokens for each in atoms)


def _text(text: str, each: _Sized) -> str:
    return text[each.atoms[0].span.start : each.atoms[-1].span.end]


def _passage(
    document: Document, parts: Sequence[Section], atoms: Sequence[Atom], ordinal: int
) -> Passage:
    text = document.text[atoms[0].start : atoms[-1].span.end]
    # A heading's block may begin with white space; a passage never does.
    start = atoms[0].start + len(text) - len(text.lstrip())
    text = text.strip()
    written = [atom for atom in atoms if atom.kind is not BlockKind.HEADING] or atoms
    return Passage(
        id=f"{document.id}-{ordinal:04d}",
        document_id=document.id,
        ordinal=ordinal,
        start=start,
        end=start + len(text),
        text=text,
        headings=common_path([parts[atom.section].path for atom in written]),
        page=atoms[0].page,
        sentences=tuple(atom.sentence(document.text) for atom in atoms),
    )


class _UnitSplitter(TextSplitter):
    """Splits a text at the borders of given units, with langchain's merging.

    Units are slices that follow each other without a gap, so a chunk is their plain
    concatenation: no separator, no overlap, nothing stripped. Their lengths are those that
    the model's tokenizer gave; one longer than a chunk counts as a full one and stays alone.
    """

    def __init__(self, units: Sequence[tuple[str, int]], chunk_tokens: int) -> None:
        lengths: dict[str, int] = {}
        for unit, tokens in units:
            counted = min(max(tokens, 1), chunk_tokens)
            lengths[unit] = max(counted, lengths.get(unit, 0))
        super().__init__(
            chunk_size=chunk_tokens,
            chunk_overlap=0,
            length_function=lambda piece: lengths.get(piece, 0),
            strip_whitespace=False,
        )
        self._units = tuple(unit for unit, _ in units)

    def split_text(self, text: str) -> list[str]:
        """Chunks of whole units, in order; joined, they are the text."""
        if text != "".join(self._units):
            raise ValueError("the text is not made of the splitter's units")
        return self._merge_splits(self._units, "")


def _pack(units: Sequence[tuple[str, int]], max_tokens: int) -> list[str]:
    """Chunks of at most ``max_tokens``, as few as can be, and as even as units allow."""
    text = "".join(unit for unit, _ in units)
    total = sum(min(tokens, max_tokens) for _, tokens in units)
    if total <= max_tokens:
        return [text] if text else []
    fullest = _UnitSplitter(units, max_tokens).split_text(text)
    even = min(max_tokens, ceil(total / len(fullest) * _SLACK))
    evenly = _UnitSplitter(units, even).split_text(text)
    return evenly if len(evenly) == len(fullest) else fullest
