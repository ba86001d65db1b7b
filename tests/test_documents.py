"""The documents shipped with the project are what the README says, and its own words."""

import re
from collections import Counter
from pathlib import Path, PurePath

import pytest

from rag.ingest.discovery import FoundFile, discover
from rag.ingest.reading import read_document
from rag.settings import LimitSettings
from rag.types import Document

ROOT = Path(__file__).parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"
RUN = 12
NAMES = (
    "pour l évaluation et la sécurité de l",
    "évaluation de la sécurité des technologies de l information",
)
"""Inside the long names of bodies, the only runs that two texts may share."""


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return read(ROOT / "documents")


def read(folder: Path) -> list[Document]:
    found = list(discover([folder]))
    assert all(isinstance(each, FoundFile) for each in found)
    return [
        read_document(
            each.path.read_bytes(),
            PurePath(each.path.relative_to(each.root)),
            "documents",
            LimitSettings(),
        )
        for each in found
    ]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_there_are_enough_in_each_language(documents: list[Document]) -> None:
    languages = Counter(each.metadata.language for each in documents)
    assert languages["en"] >= 5
    assert len(documents) - languages["en"] >= 40


def test_there_are_enough_of_each_format(documents: list[Document]) -> None:
    formats = Counter(Path(each.path).suffix for each in documents)
    assert all(formats[each] >= 3 for each in (".html", ".txt", ".pdf", ".docx"))


def test_each_has_the_length_of_a_document(documents: list[Document]) -> None:
    lengths = {each.path: len(words(each.text)) for each in documents}
    assert {path: n for path, n in lengths.items() if not 300 <= n <= 1700} == {}


def test_each_names_its_title_date_and_source(documents: list[Document]) -> None:
    for document in documents:
        assert document.metadata.title, document.path
        assert document.metadata.date, document.path
        if Path(document.path).suffix in {".md", ".html", ".txt"}:
            assert document.metadata.source, document.path
            assert document.metadata.source_url, document.path


def test_no_markup_is_left_in_the_text(documents: list[Document]) -> None:
    for document in documents:
        assert "**" not in document.text, document.path
        assert "](http" not in document.text, document.path
        assert not re.search(r"&[a-z]+;", document.text), document.path


@pytest.mark.seeds
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real documents are not beside the project")
def test_no_sentence_is_copied_from_the_seeds(documents: list[Document]) -> None:
    runs: set[tuple[str, ...]] = set()
    for path in SEEDS.iterdir():
        seed = words(path.read_text(encoding="utf-8"))
        runs.update(tuple(seed[at : at + RUN]) for at in range(len(seed) - RUN + 1))
    copied = []
    for document in documents:
        own = words(document.text)
        copied += [
            (document.path, " ".join(own[at : at + RUN]))
            for at in range(len(own) - RUN + 1)
            if tuple(own[at : at + RUN]) in runs
        ]
    assert [each for each in copied if not any(name in each[1] for name in NAMES)] == []
