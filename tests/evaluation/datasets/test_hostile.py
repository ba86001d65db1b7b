"""Whatever a file holds, it is read or refused in words."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rag.errors import DatasetError
from rag.evaluation.datasets.factory import read_dataset
from tests.evaluation.datasets.files import QUESTION, asked, squad, write_beir

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def read(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with suppress(DatasetError):
            assert read_dataset(path).queries


@given(st.binary(max_size=60), st.sampled_from(["set.json", "set.jsonl"]))
def test_any_bytes(data: bytes, name: str) -> None:
    read(name, data)


@given(st.sampled_from([*QUESTION, "history", "split"]), VALUES)
def test_any_value_in_a_line(key: str, value: object) -> None:
    read("set.jsonl", json.dumps({**QUESTION, key: value}).encode())


@given(st.sampled_from(["document", "quote", "fact"]), VALUES)
def test_any_value_in_a_gold(key: str, value: object) -> None:
    gold = {**QUESTION["gold"][0], key: value}
    read("set.jsonl", json.dumps({**QUESTION, "gold": [gold]}).encode())


@given(st.sampled_from(["id", "question", "answers", "is_impossible"]), VALUES)
def test_any_value_in_a_squad_question(key: str, value: object) -> None:
    read("set.json", json.dumps(squad({**asked(), key: value})).encode())


@given(VALUES, st.sampled_from(["data", "paragraphs", "qas"]))
def test_any_value_in_a_squad_file(value: object, level: str) -> None:
    content = {
        "data": value,
        "paragraphs": [{"title": "t", "paragraphs": value}],
        "qas": [{"title": "t", "paragraphs": [{"context": "c", "qas": value}]}],
    }
    read("set.json", json.dumps({"data": content[level]}).encode())


@given(
    st.sampled_from(["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"]),
    st.binary(max_size=40) | st.dictionaries(st.sampled_from(["_id", "text", "title"]), VALUES),
)
def test_any_line_in_a_folder(name: str, line: bytes | dict[str, object]) -> None:
    data = line if isinstance(line, bytes) else json.dumps(line).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = write_beir(Path(folder)) / name
        path.write_bytes(path.read_bytes() + data)
        with suppress(DatasetError):
            assert read_dataset(Path(folder)).queries
