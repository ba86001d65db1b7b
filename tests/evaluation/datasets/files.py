"""Small datasets, written where a test asks for them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rag.errors import DatasetError
from rag.evaluation.datasets.factory import read_dataset

QUESTION: Mapping[str, Any] = {
    "id": "q1",
    "question": "Quand le salon ouvre-t-il ?",
    "lang": "fr",
    "category": "full",
    "answerable": True,
    "gold": [{"document": "documents/salon.md", "quote": "le 3 février 2026"}],
    "short": "3 février 2026",
}
UNANSWERABLE: Mapping[str, Any] = {
    "id": "q2",
    "question": "Qui dirige la Lune ?",
    "lang": "fr",
    "category": "far",
    "answerable": False,
    "gold": [],
}
CONTEXT = "Le salon ouvre le 3 février 2026 à Paris. Il ferme le 5 février."


def without(fields: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != key}


def write_lines(path: Path, *lines: object) -> Path:
    """A line a value: text as it stands, anything else as JSON."""
    texts = [
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
        for line in lines
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{text}\n" for text in texts).encode())
    return path


def write_beir(folder: Path, **qrels: str) -> Path:
    write_lines(
        folder / "corpus.jsonl",
        {"_id": "d1", "title": "Salon", "text": "Il ouvre en février.", "metadata": {}},
        {"_id": "d2", "text": "Les cartes sont rangées."},
        {"_id": 3, "title": "Vide", "text": ""},
    )
    write_lines(
        folder / "queries.jsonl",
        {"_id": "a", "text": "quand ouvre le salon", "metadata": {"url": "x"}},
        {"_id": "b", "text": "où sont rangées les cartes"},
        {"_id": "c", "text": "question sans jugement"},
    )
    for split, text in (qrels or {"test": "a\td1\t2\na\td2\t0\nb\td2\t1\nb\td1\t1\n"}).items():
        write_lines(folder / "qrels" / f"{split}.tsv", f"query-id\tcorpus-id\tscore\n{text}")
    return folder


def squad(*qas: Mapping[str, Any], context: str = CONTEXT, title: str = "Salon") -> object:
    return {
        "version": "1.1",
        "data": [{"title": title, "paragraphs": [{"context": context, "qas": list(qas)}]}],
    }


def asked(
    identity: object = "s1", text: str = "3 février 2026", start: int = 18
) -> dict[str, Any]:
    return {
        "id": identity,
        "question": "Quand le salon ouvre-t-il ?",
        "answers": [{"text": text, "answer_start": start}],
    }


def refusal(path: Path, split: str = "") -> str:
    """Why the set is refused, with plain spaces."""
    with pytest.raises(DatasetError) as refused:
        read_dataset(path, split)
    return str(refused.value).replace("\xa0", " ")
