"""A document's source: front matter, then headings, paragraphs, lists and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one look; ``link`` is its address, if any."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Items:
    """A list of one level."""

    ordered: bool
    items: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row names the columns."""

    rows: tuple[tuple[Runs, ...], ...]


Part = Heading | Paragraph | Items | Table


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed source file."""

    title: str
    date: str
    publisher: str
    link: str
    language: str
    categories: tuple[str, ...]
    parts: tuple[Part, ...]


def plain(runs: Runs) -> str:
    """The text of some runs."""
    return "".join(run.text for run in runs)


def load(path: Path) -> Source:
    """Parse a source file."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.safe_load(front)
    return Source(
        title=fields["title"],
        date=str(fields["date"]),
        publisher=fields["source"],
        link=fields["link"],
        language=fields["language"],
        categories=tuple(fields["categories"]),
        parts=tuple(_parts(MarkdownIt().enable("table").parse(body))),
    )


def _parts(tokens: Sequence[Token]) -> list[Part]:
    parts: list[Part] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _end(tokens, position)
        inside = tokens[position : end + 1]
        parts.append(_part(token, inside))
        position = end + 1
    return parts


def _part(token: Token, inside: Sequence[Token]) -> Part:
    lines = [_runs(each) for each in inside if each.type == "inline"]
    if token.type == "heading_open":
        return Heading(int(token.tag[1]), lines[0])
    if token.type == "paragraph_open":
        return Paragraph(lines[0])
    if token.type in {"bullet_list_open", "ordered_list_open"}:
        return Items(token.type.startswith("ordered"), tuple(lines))
    if token.type == "table_open":
        width = sum(each.type == "th_open" for each in inside)
        rows = [tuple(lines[at : at + width]) for at in range(0, len(lines), width)]
        return Table(tuple(rows))
    raise ValueError(f"a source may not hold {token.type}")


def _end(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for position in range(start, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position
    raise ValueError("unbalanced source")


def _runs(inline: Token) -> Runs:
    runs: list[Run] = []
    bold = italic = False
    link: str | None = None
    for token in inline.children or []:
        match token.type:
            case "strong_open" | "strong_close":
                bold = token.nesting == 1
            case "em_open" | "em_close":
                italic = token.nesting == 1
            case "link_open":
                link = str(token.attrs["href"])
            case "link_close":
                link = None
            case "softbreak" | "hardbreak":
                runs.append(Run(" ", bold, italic, link))
            case _ if token.content:
                runs.append(Run(token.content, bold, italic, link))
    return tuple(runs)
