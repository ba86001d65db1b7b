"""A source as plain text with front matter, in the encoding of an old office machine."""

import yaml

from .source import Heading, Items, Paragraph, Source, Table, plain


def render(source: Source, encoding: str) -> bytes:
    """The text; headings stand alone on their line and tables are tab-separated."""
    front = yaml.safe_dump(
        {
            "title": source.title,
            "date": source.date,
            "source": source.publisher,
            "link": source.link,
            "language": source.language,
            "categories": list(source.categories),
        },
        allow_unicode=True,
        sort_keys=False,
        width=1000,
    )
    body = "\n\n".join(_part(part) for part in source.parts)
    return f"---\n{front}---\n\n{body}\n".encode(encoding)


def _part(part: Heading | Paragraph | Items | Table) -> str:
    match part:
        case Heading(_, runs) | Paragraph(runs):
            return plain(runs)
        case Items(ordered, items):
            marks = [f"{at}." if ordered else "-" for at in range(1, len(items) + 1)]
            return "\n".join(
                f"{mark} {plain(item)}" for mark, item in zip(marks, items, strict=True)
            )
        case Table(rows):
            return "\n".join("\t".join(plain(cell) for cell in row) for row in rows)
