from collections.abc import Mapping
from pathlib import Path, PurePath

import pytest

from rag.errors import DatasetError
from rag.evaluation.datasets.dataset import Gold, Query
from rag.evaluation.datasets.factory import read_dataset
from rag.evaluation.gold import find_by_path, places
from rag.evaluation.runs import Place
from rag.ingest.discovery import FoundFile, discover
from rag.ingest.reading import read_document
from rag.settings import LimitSettings
from rag.types import Document, Span

ROOT = Path(__file__).parents[2]


def document(identity: str, text: str = "Il ouvre le 3\xa0mai, puis le 3\xa0mai.") -> Document:
    return Document(identity, "c", f"{identity}.md", "sha256:0", identity, text, ())


def query(identity: str, *golds: Gold) -> Query:
    return Query(identity, "?", "fr", "full", golds)


def find(*documents: Document) -> Mapping[str, Document]:
    return {each.id: each for each in documents}


def test_the_places_of_each_query_in_the_order_of_its_golds() -> None:
    queries = [
        query("q1", Gold("b", "Paris", fact=2), Gold("a", "3 mai")),
        query("q2"),
        query("q3", Gold("a", None), Gold("a", "3\xa0mai", start=26)),
    ]
    text = "Il ouvre le 3\xa0mai, puis le 3\xa0mai."
    documents = find(document("a", text), document("b", "à Paris"))
    assert places(queries, documents.get) == {
        "q1": (Place("b", Span(2, 7), 2), Place("a", Span(12, 17), 1)),
        "q2": (),
        "q3": (Place("a", Span(0, 33), 1), Place("a", Span(27, 32), 1)),
    }


def test_each_document_is_read_once() -> None:
    read: list[str] = []

    def reading(name: str) -> Document:
        read.append(name)
        return document(name)

    queries = [query(str(n), Gold("a", "3 mai"), Gold("b", "3 mai")) for n in range(3)]
    places(queries, reading)
    assert sorted(read) == ["a", "b"]


def test_all_that_is_missing_is_told_at_once() -> None:
    queries = [
        query("q1", Gold("a", "3 mai")),
        query("q2", Gold("a", "4 mai")),
        query("q3", Gold("ailleurs.md", "3 mai")),
    ]
    with pytest.raises(DatasetError) as refused:
        places(queries, find(document("a")).get)
    message = str(refused.value).replace("\xa0", " ")
    assert "(2 fautes)" in message
    assert "question q2 : « 4 mai » n'est pas dans a ;" in message
    assert "question q3 : le document ailleurs.md n'est pas dans l'index ;" in message
    assert "q1" not in message


def test_ten_are_named_and_the_others_counted() -> None:
    queries = [query(f"q{n:02d}", Gold("a", "absent")) for n in range(1, 15)]
    with pytest.raises(DatasetError) as refused:
        places(queries, find(document("a")).get)
    message = str(refused.value)
    assert "q10" in message
    assert "q11" not in message
    assert message.endswith("… et 4 autres.")


def test_a_path_means_an_indexed_document() -> None:
    cases: list[tuple[str, list[str], str | None]] = [
        ("documents/s/x.md", ["documents/s/x.md", "s/x.md"], "documents/s/x.md"),
        ("documents/s/x.md", ["s/x.md", "x.md"], "s/x.md"),
        ("documents/s/x.md", ["x.md", "t/x.md"], "x.md"),
        ("documents/s/x.md", ["copie/documents/s/x.md", "t/x.md"], "copie/documents/s/x.md"),
        ("documents/s/x.md", ["a/documents/s/x.md", "b/documents/s/x.md"], None),
        ("documents/s/x.md", ["t/x.md", "s/xx.md", "s/ax.md"], None),
        ("x.md", ["s/x.md"], "s/x.md"),
        ("x.md", ["s/ax.md"], None),
        ("./s//x.md", ["s/x.md"], "s/x.md"),
        ("e\u0301te\u0301.md", ["été.md"], "été.md"),
    ]
    found = [
        (name, paths, each and each.id)
        for name, paths, _ in cases
        for each in [find_by_path({path: path for path in paths}, document)(name)]
    ]
    assert found == cases


def test_the_quotes_of_the_project_are_in_its_documents() -> None:
    documents: dict[str, Document] = {}
    for each in discover([ROOT / "documents"]):
        assert isinstance(each, FoundFile)
        path = PurePath(each.path.relative_to(each.root))
        read = read_document(each.path.read_bytes(), path, "documents", LimitSettings())
        documents[read.path] = read
    queries = read_dataset(ROOT / "eval" / "questions.jsonl").queries
    found = places(queries, find_by_path({path: path for path in documents}, documents.get))
    assert all(len(found[each.id]) == len(each.gold) for each in queries)
