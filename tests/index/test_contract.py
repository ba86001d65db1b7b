"""What every index must do, whatever its engine: each is run through the same tests."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from rag.errors import IndexingError
from rag.index.documents import Entry, Order, SkippedFile
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.local_index import LocalIndex, open_local_index
from rag.index.passage_index import KIND_CODES, CandidateSet, PassageIndex
from rag.text.mentions import mention_kinds
from rag.text.references import reference_terms
from rag.text.terms import lexical_terms
from rag.types import Mention, Metadata, Question
from tests.index.local.samples import CountingEmbedder, build, entry

OPEN = Filters(collections=("ouverte",))
HIDDEN = "Durandil"


class Engine(Protocol):
    """Makes indexes of one kind, one after the other in the same place."""

    def publish(
        self, entries: Sequence[Entry], skipped: Sequence[SkippedFile] = ()
    ) -> PassageIndex:
        """The index of these documents, in the place of the one before."""


class LocalEngine:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def publish(
        self, entries: Sequence[Entry], skipped: Sequence[SkippedFile] = ()
    ) -> LocalIndex:
        build(self._folder, entries, skipped=tuple(skipped))
        return open_local_index(self._folder)


ENGINES = {"local": LocalEngine}

SHARED = "Les agents déposent leur demande de congé au moins dix jours avant le départ."
NOTE = entry(
    "note.md",
    SHARED,
    "Le budget annuel baisse. La cantine ferme en janvier 2024.",
    title="Note de service",
    collection="ouverte",
    headings=("Cantine",),
    metadata=Metadata(
        date="2025-03-01", source="Direction", language="fr", categories=("RH", "Vie")
    ),
)
MEMO = entry(
    "memo.md",
    SHARED,
    f"Le budget secret de {HIDDEN} est de 3 M€, article L. 9-2.",
    title="Mémo",
    collection="cachée",
    metadata=Metadata(date="2026-03-01", source="Économie", language="fr-CA"),
)
GUIDE = entry(
    "guide.md",
    "The office opens at nine.",
    title="Guide",
    collection="ouverte",
    metadata=Metadata(language="en", categories=("rh",)),
)
ENTRIES = (NOTE, MEMO, GUIDE)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    made: Engine = ENGINES[request.param](tmp_path_factory.mktemp(request.param))
    return made


@pytest.fixture(scope="module")
def index(engine: Engine) -> Iterator[PassageIndex]:
    left_out = SkippedFile("ouverte", "/corpus", "/corpus/vide.md", "vide")
    with closing(engine.publish(ENTRIES, [left_out])) as opened:
        yield opened


def asked(text: str) -> Question:
    terms, references = lexical_terms(text), reference_terms(text)
    return Question(
        text, text, "fr", tuple(dict.fromkeys(terms)), tuple(references), Mention.NONE
    )


def found(
    index: PassageIndex, text: str, filters: Filters = EVERYTHING, depth: int = 100
) -> CandidateSet:
    vector = CountingEmbedder().embed_queries([text])[0]
    return index.candidates(asked(text), vector, depth, filters)


def texts(candidates: CandidateSet) -> list[str]:
    read = candidates.read(range(len(candidates.cosine)))
    return [each.passage.text for each in read]


def test_a_revision_says_what_is_indexed(index: PassageIndex) -> None:
    revision = index.revision
    assert (revision.documents, revision.model.name) == (3, "little")
    assert dict(revision.collections) == {"ouverte": 2, "cachée": 1}
    assert revision.generation
    assert revision.created
    assert revision.passages == len(texts(found(index, "budget")))


def test_arrays_fit_together(index: PassageIndex) -> None:
    candidates = found(index, "Quel est le budget annuel, article L. 9-2 ?")
    n, m, t = len(candidates.cosine), int(candidates.bounds[-1]), len(candidates.frequencies)
    assert candidates.bm25.shape == candidates.best_sentence.shape == (n,)
    assert candidates.bounds.shape == (n + 1,)
    for each in ("sentence_cosines", "kinds", "mentions", "lengths", "owners"):
        assert getattr(candidates, each).shape == (m,)
    assert candidates.frequencies.shape == (t, m)
    assert candidates.in_context.shape == (t, n)
    assert candidates.followed.shape == (t - 1, m)
    question = asked("Quel est le budget annuel, article L. 9-2 ?")
    known = candidates.counts.known
    assert known.shape == (len(question.terms) + len(question.references),)
    assert int(known.sum()) == t


def test_every_number_is_what_the_texts_say(index: PassageIndex) -> None:
    question = asked("budget annuel de la cantine")
    candidates = found(index, question.text)
    vector = CountingEmbedder().embed_queries([question.text])[0]
    known = [
        t for t, there in zip(question.terms, candidates.counts.known, strict=True) if there
    ]
    shown = candidates.read(range(len(candidates.cosine)))
    slot = 0
    for place, each in enumerate(shown):
        title = {*lexical_terms(each.source.title)}
        headings = {term for name in each.passage.headings for term in lexical_terms(name)}
        context = [term in title | headings for term in known]
        assert candidates.in_context[:, place].tolist() == context
        for sentence in each.passage.sentences:
            start = each.passage.start
            words = each.passage.text[sentence.start - start : sentence.end - start]
            terms = lexical_terms(words)
            counts = [terms.count(term) for term in known]
            pairs = set(pairwise(terms))
            followed = [pair in pairs for pair in pairwise(known)]
            assert candidates.owners[slot] == place
            assert candidates.frequencies[:, slot].tolist() == counts
            assert candidates.followed[:, slot].tolist() == followed
            assert candidates.kinds[slot] == KIND_CODES[sentence.kind]
            assert candidates.mentions[slot] == int(mention_kinds(words))
            assert candidates.lengths[slot] == len(terms)
            slot += 1
    assert slot == len(candidates.sentence_cosines)
    assert (np.abs(candidates.cosine) <= 1.0001).all()
    assert vector.shape == (index.revision.model.dimensions,)


def test_terms_are_counted_in_the_collections_admitted_and_no_others(
    index: PassageIndex,
) -> None:
    text = f"budget {HIDDEN} licorne"
    everywhere = found(index, text).counts
    assert everywhere.in_passages.tolist() == [2, 1, 0]
    assert everywhere.in_sentences.tolist() == [2, 1, 0]
    within = found(index, text, OPEN).counts
    assert (within.passages, within.sentences) == (3, 4)
    assert within.in_passages.tolist() == [1, 0, 0]
    assert within.known.tolist() == [True, False, False]
    # Whatever else is asked, rarity is that of the collections.
    narrowed = Filters(collections=OPEN.collections, languages=("en",))
    assert found(index, text, narrowed).counts.in_passages.tolist() == [1, 0, 0]


CASES: tuple[tuple[Filters, str], ...] = (
    (EVERYTHING, "note memo guide"),
    (OPEN, "note guide"),
    (Filters(collections=("cachée", "ouverte")), "note memo guide"),
    (Filters(collections=()), ""),
    (Filters(collections=("inconnue", "")), ""),
    (Filters(documents=(MEMO.document.id, "inconnu")), "memo"),
    (Filters(languages=("fr",)), "note memo"),
    (Filters(languages=("FR-be", "en")), "note memo guide"),
    (Filters(sources=("direction",)), "note"),
    (Filters(sources=("e\u0301conomie",)), "memo"),
    (Filters(categories=("Rh",)), "note guide"),
    (Filters(date_from="2025-03-02"), "memo"),
    (Filters(date_to="2025-03-01"), "note"),
    (Filters(date_from="2026-01-01", date_to="2025-01-01"), ""),
    (Filters(collections=("cachée",), languages=("fr",)), "memo"),
    (Filters(collections=("ouverte",), documents=(MEMO.document.id,)), ""),
)


def test_nothing_but_what_filters_admit_is_found_listed_or_shown(index: PassageIndex) -> None:
    wrong = []
    for filters, expected in CASES:
        paths = {name: f"{name}.md" for name in expected.split()}
        page = index.documents.page(filters)
        listed = {header.path for header in page.headers}
        candidates = found(index, "budget congé office", filters)
        read = candidates.read(range(len(candidates.cosine)))
        shown = {each.passage.document_id for each in read}
        shown |= {place.document_id for each in read for place in each.also_in}
        named = {
            each.document.path
            for each in ENTRIES
            if index.documents.find(each.document.id, filters) is not None
        }
        ids = {each.document.id for each in ENTRIES if each.document.path in paths.values()}
        if not listed == named == set(paths.values()) or shown != ids:
            wrong.append((filters, listed, named, shown))
    assert wrong == []


def test_a_passage_out_of_sight_is_shown_as_it_stands_in_sight(index: PassageIndex) -> None:
    for filters, expected in ((OPEN, NOTE), (Filters(collections=("cachée",)), MEMO)):
        candidates = found(index, SHARED, filters)
        (first,) = candidates.read([int(candidates.cosine.argmax())])
        assert first.passage == expected.passages[0]
        assert first.source.title == expected.document.title
        assert first.also_in == ()
        assert first.sentence(0) == expected.passages[0].sentences[0]


def test_candidates_are_the_union_of_both_lists(index: PassageIndex) -> None:
    few = found(index, f"{HIDDEN}", depth=1)
    assert 1 <= len(few.cosine) <= 2
    assert (few.bm25 > 0).sum() == 1
    every = found(index, f"{HIDDEN}", depth=100)
    assert len(every.cosine) == index.revision.passages
    assert (every.bm25 > 0).sum() == 1


def test_words_are_those_of_the_collections_admitted(index: PassageIndex) -> None:
    everywhere, within = index.words(EVERYTHING), index.words(OPEN)
    assert everywhere.counts["budget"] == 2
    assert within.counts["budget"] == 1
    assert HIDDEN.lower() in everywhere.counts
    assert HIDDEN.lower() not in within.counts
    (stem,) = lexical_terms(HIDDEN)
    assert everywhere.knows_term(stem)
    assert not within.knows_term(stem)
    assert index.words(Filters(collections=OPEN.collections)) is within


def test_documents_come_back_as_they_went_in(index: PassageIndex) -> None:
    documents = index.documents
    for each in ENTRIES:
        assert documents.read(each.document.id) == each.document
        assert documents.passages(each.document.id) == each.passages
        assert documents.source_stamp(each.document.id) == each.stamp
    assert documents.collections() == {"ouverte": 2, "cachée": 1}
    assert [each.reason for each in documents.skipped()] == ["vide"]
    assert {header.id for header in documents.headers()} == {
        each.document.id for each in ENTRIES
    }
    assert documents.passages("inconnu") == ()
    for read in (documents.read, documents.source_stamp):
        with pytest.raises(IndexingError):
            read("inconnu")


def test_pages_are_in_order_and_count_all(index: PassageIndex) -> None:
    def titles(*arguments: object) -> tuple[int, list[str]]:
        page = index.documents.page(*arguments)  # type: ignore[arg-type]
        return page.total, [header.title for header in page.headers]

    assert titles(EVERYTHING) == (3, ["Guide", "Mémo", "Note de service"])
    assert titles(EVERYTHING, Order.NEWEST) == (3, ["Mémo", "Note de service", "Guide"])
    assert titles(EVERYTHING, Order.OLDEST) == (3, ["Note de service", "Mémo", "Guide"])
    assert titles(EVERYTHING, Order.NAME) == (3, ["Guide", "Mémo", "Note de service"])
    assert titles(EVERYTHING, Order.TITLE, "", 1, 1) == (3, ["Mémo"])
    assert titles(EVERYTHING, Order.TITLE, "MEMO") == (1, ["Mémo"])
    assert titles(OPEN, Order.TITLE, "memo") == (0, [])
    assert titles(EVERYTHING, Order.TITLE, "", 2**53, 50) == (3, [])


def test_versions_lead_to_documents_admitted(index: PassageIndex) -> None:
    versions = [MEMO.document.version, NOTE.document.version, "sha256:0"]
    everywhere = index.documents.by_version(versions, EVERYTHING)
    assert everywhere.keys() == {MEMO.document.version, NOTE.document.version}
    assert index.documents.by_version(versions, OPEN).keys() == {NOTE.document.version}


def test_a_deleted_text_is_found_by_no_path_and_a_reader_keeps_its_revision(
    engine: Engine, index: PassageIndex
) -> None:
    before = index.revision
    with closing(engine.publish([NOTE, GUIDE])) as after:
        assert after.revision.generation != before.generation
        assert after.revision.documents == 2
        candidates = found(after, f"budget secret de {HIDDEN}")
        assert not any(HIDDEN in text for text in texts(candidates))
        (first,) = found(after, SHARED).read([0])
        assert first.also_in == ()
        (stem,) = lexical_terms(HIDDEN)
        assert HIDDEN.lower() not in after.words(EVERYTHING).counts
        assert not after.words(EVERYTHING).knows_term(stem)
        assert after.documents.find(MEMO.document.id, EVERYTHING) is None
        with pytest.raises(IndexingError):
            after.documents.read(MEMO.document.id)
        # The one that was open goes on as it was.
        assert index.revision == before
        assert any(HIDDEN in text for text in texts(found(index, HIDDEN)))
        assert index.documents.read(MEMO.document.id) == MEMO.document


def test_an_empty_index_has_no_candidates(engine: Engine) -> None:
    with closing(engine.publish([])) as empty:
        for filters in (EVERYTHING, OPEN, Filters(collections=())):
            candidates = found(empty, "budget", filters)
            assert len(candidates.cosine) == len(candidates.frequencies) == 0
            assert candidates.counts.known.tolist() == [False]
            assert candidates.read([]) == []
            assert empty.documents.page(filters).total == 0
        assert empty.words(EVERYTHING).counts == {}
