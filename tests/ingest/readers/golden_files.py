import json
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def golden_bytes(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def golden_outline(name: str) -> list[tuple[str, str]]:
    rows = json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    return [(kind, text) for kind, text in rows]


def without_no_breaks(outline: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """No-break spaces cannot be told apart in a golden file read by a person."""
    return [(kind, text.replace("\xa0", " ").replace("\u202f", " ")) for kind, text in outline]
