from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.datasets.dataset import Dataset, Text, Unit
from rag.evaluation.datasets.factory import read_dataset
from rag.evaluation.evaluation_index import COLLECTION, dataset_ids, entries, index_id
from rag.evaluation.gold import find_in_index, places
from rag.evaluation.runs import Place
from rag.index.documents import Entry
from rag.index.local.build import BuildRequest, build_generation
from rag.index.local.local_index import open_local_index
from rag.index.local.publication import hold_build_lock
from rag.settings import ChunkingSettings
from rag.types import BlockKind, Span
from tests.evaluation.datasets.files import write_beir
from tests.little_embedder import LittleEmbedder

CHUNKING = ChunkingSettings()


def indexed(*texts: Text) -> list[Entry]:
    return list(entries(texts, LittleEmbedder(), CHUNKING))


def blocks(entry: Entry) -> list[str]:
    return [entry.document.text[each.start : each.end] for each in entry.document.blocks]


def test_a_text_is_a_document_under_its_title() -> None:
    (entry,) = indexed(Text("00000-0000", "Salon", " Il ouvre le 3 mai à Paris. "))
    document = entry.document
    assert (document.id, document.collection) == (index_id("00000-0000"), COLLECTION)
    assert (document.path, document.title) == ("00000-0000", "Salon")
    assert (document.metadata.title, document.metadata.language) == ("Salon", "fr")
    assert document.text == " Il ouvre le 3 mai à Paris. "
    assert [(each.kind, each.start, each.end) for each in document.blocks] == [
        (BlockKind.PARAGRAPH, 1, 27)
    ]
    (passage,) = entry.passages
    assert passage.text == "Il ouvre le 3 mai à Paris."
    assert entry.stamp.size == 29  # 28 characters, « à » in two bytes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("un\ndeux", ["un\ndeux"]),
        ("un\n\ndeux\n \t\n\ntrois\n", ["un", "deux", "trois"]),
        ("un\r\n\r\ndeux", ["un", "deux"]),
        ("\n\nun\n\n", ["un"]),
        ("un\xa0\n\xa0\ndeux", ["un", "deux"]),
    ],
)
def test_blank_lines_part_paragraphs(text: str, expected: list[str]) -> None:
    (entry,) = indexed(Text("1", "", text))
    assert entry.document.text == text
    assert blocks(entry) == expected


@given(st.text(st.sampled_from("ab. \n\r\t\xa0\u2028"), max_size=40))
def test_offsets_are_those_of_the_text(text: str) -> None:
    (entry,) = indexed(Text("1", "t", text or "a"))
    document = entry.document
    held = "".join("".join(each.split()) for each in blocks(entry))
    assert held == "".join(document.text.split())
    for passage in entry.passages:
        assert document.text[passage.start : passage.end] == passage.text


def test_a_title_stands_for_a_text_that_is_blank() -> None:
    (entry,) = indexed(Text("1", "Salon", " \n"))
    assert entry.document.text == "Salon"
    assert len(entry.passages) == 1


def test_ids_depend_on_the_dataset_s_ids_alone() -> None:
    one, two = Text("1", "a", "x"), Text("2", "b", "y")
    assert indexed(two)[0].document.id == indexed(one, two)[1].document.id
    assert dataset_ids([one, two]) == {index_id("1"): "1", index_id("2"): "2"}


def test_no_two_ids_are_taken_for_one() -> None:
    names = ["a/b", "a//b", "./a/b", "a", "./a", "é", "e\u0301", "%C3%A9", ".", "..", "a ", "a"]
    assert len({index_id(name) for name in names}) == len(set(names))


def golds_found(dataset: Dataset, folder: Path) -> dict[str, Sequence[Place]]:
    embedder = LittleEmbedder()
    with hold_build_lock(folder) as lock:
        found = entries(dataset.texts, embedder, CHUNKING)
        build_generation(lock, BuildRequest(found, CHUNKING.model_dump(), 50_000), embedder)
    index = open_local_index(folder)
    try:
        found_places = places(dataset.queries, find_in_index(dataset, index.documents))
        return dict(found_places)
    finally:
        index.close()


def test_a_folder_is_indexed_and_its_golds_are_found(tmp_path: Path) -> None:
    dataset = read_dataset(write_beir(tmp_path / "set"))
    found = golds_found(dataset, tmp_path / "index")
    assert found["a"] == (Place(index_id("d1"), Span(0, 20), 1),)
    assert [each.document_id for each in found["b"]] == [index_id("d2"), index_id("d1")]


def test_a_document_without_anything_is_known_and_never_found(tmp_path: Path) -> None:
    dataset = read_dataset(write_beir(tmp_path / "set"))
    texts = (*dataset.texts, Text("4", "", ""))
    nothing = Dataset(dataset.name, Unit.DOCUMENT, dataset.queries, texts, dataset.digest)
    assert indexed(*texts)[-1].passages == ()
    assert golds_found(nothing, tmp_path / "index").keys() == {"a", "b"}
