from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.index.documents import DocumentHeader, Entry
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.generation import Generation, open_generation
from rag.index.local.scope import Scopes
from rag.index.local.store import Store
from rag.types import Metadata
from tests.index.local.samples import build, entry

SHARED = "Les agents déposent leur demande de congé au moins dix jours avant le départ."
NOTE = entry(
    "note.md",
    SHARED,
    "La cantine ferme à quatorze heures.",
    collection="commun",
    metadata=Metadata(
        date="2025-03-01", source="Direction générale", language="fr", categories=("RH", "Vie")
    ),
)
MEMO = entry(
    "memo.md",
    SHARED,
    "Le parking est fermé pour travaux.",
    collection="restreint",
    metadata=Metadata(date="2026-03-01", source="Économie", language="fr-CA"),
)
GUIDE = entry(
    "guide.md",
    SHARED,
    "The office opens at nine.",
    collection="restreint",
    metadata=Metadata(language="en", categories=("rh",)),
)
ENTRIES = (NOTE, MEMO, GUIDE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    folder = tmp_path_factory.mktemp("index")
    build(folder, ENTRIES)
    with open_generation(folder) as generation:
        yield generation


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (EVERYTHING, "note memo guide"),
        (Filters(collections=("commun",)), "note"),
        (Filters(collections=("restreint", "commun")), "note memo guide"),
        (Filters(collections=()), ""),
        (Filters(collections=("Commun", "inconnue", "")), ""),
        (Filters(documents=(MEMO.document.id, "inconnu")), "memo"),
        (Filters(languages=("fr",)), "note memo"),
        (Filters(languages=("FR-be", "en")), "note memo guide"),
        (Filters(languages=("",)), ""),
        (Filters(sources=("direction GÉNÉRALE",)), "note"),
        (Filters(sources=("e\u0301conomie",)), "memo"),
        (Filters(sources=("",)), ""),
        (Filters(categories=("Rh",)), "note guide"),
        (Filters(categories=("vie", "autre")), "note"),
        (Filters(date_from="2025-03-01"), "note memo"),
        (Filters(date_from="2025-03-02"), "memo"),
        (Filters(date_to="2025-03-01"), "note"),
        (Filters(date_from="2025-01-01", date_to="2025-12-31"), "note"),
        (Filters(date_from="2026-01-01", date_to="2025-01-01"), ""),
        (Filters(collections=("restreint",), languages=("fr",)), "memo"),
        (Filters(collections=("commun",), documents=(MEMO.document.id,)), ""),
        (Filters(languages=("\ud800", "f\x00")), ""),
    ],
)
def test_a_document_must_satisfy_all_that_is_asked(
    built: Generation, filters: Filters, expected: str
) -> None:
    scopes = Scopes(built)
    admitted = scopes.admits(filters)
    paths = [
        header.path.removesuffix(".md")
        for header, yes in zip(scopes.headers, admitted, strict=True)
        if yes
    ]
    assert paths == expected.split()
    scope = scopes.scope(filters)
    assert (scope is None) == (len(paths) == len(ENTRIES))


def test_headers_stand_at_their_ordinal(built: Generation) -> None:
    headers = Scopes(built).headers
    assert [header.ordinal for header in headers] == [0, 1, 2]
    assert [header.id for header in headers] == [each.document.id for each in ENTRIES]


@pytest.mark.parametrize("one", [NOTE, MEMO, GUIDE], ids=["note", "memo", "guide"])
def test_a_passage_is_in_scope_where_it_or_a_copy_of_it_is(
    built: Generation, one: Entry
) -> None:
    scope = Scopes(built).scope(Filters(documents=(one.document.id,)))
    assert scope is not None
    texts = [
        built.store.passages_at([row])[row].text for row in scope.rows.nonzero()[0].tolist()
    ]
    # Of the two alike in one collection, one is indexed; the third stands in another.
    assert built.manifest.duplicates == 1
    assert sorted(texts) == sorted(passage.text for passage in one.passages)


def test_no_document_no_row(built: Generation) -> None:
    scope = Scopes(built).scope(Filters(collections=()))
    assert scope is not None
    assert not scope.rows.any()
    assert not scope.documents.any()


def test_an_empty_index_admits_nothing(tmp_path: Path) -> None:
    build(tmp_path, ())
    with open_generation(tmp_path) as empty:
        scopes = Scopes(empty)
        for filters in (EVERYTHING, Filters(collections=()), Filters(date_to="2026-01-01")):
            assert scopes.admits(filters).tolist() == []
            scope = scopes.scope(filters)
            assert scope is None or not scope.rows.any()


def test_headers_are_read_when_they_are_asked_for_and_once_among_threads(
    built: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    read = Store.headers

    def counted(store: Store) -> list[DocumentHeader]:
        calls.append(store)
        return read(store)

    monkeypatch.setattr(Store, "headers", counted)
    scopes = Scopes(built)
    assert scopes.scope(EVERYTHING) is None
    assert calls == []
    asked = [Filters(languages=(code,)) for code in ("fr", "en", "de", "fr")] * 4
    with ThreadPoolExecutor(8) as threads:
        scopes = list(threads.map(scopes.scope, asked))
    assert len(calls) == 1
    assert scopes[0] is scopes[3] is scopes[4]
