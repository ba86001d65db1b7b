"""Nothing out of scope comes out: access to collections rests on it."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from rag.answering.citations import check
from rag.index.documents import Entry
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.local_index import open_local_index
from rag.retrieval.fusion import Method
from rag.service import Searcher
from rag.service.stopwatch import Stopwatch
from rag.types import Answer, Citation, Hit, Metadata, Place
from tests.index.local.samples import CountingEmbedder, build, entry
from tests.uploading import eager, settings

COLLECTIONS: Final = ("alpha", "beta", "gamma")
LONG: Final = (
    "la demande de congé se dépose auprès du chef de service au moins dix jours avant le "
    "départ prévu avec les pièces utiles. le chef de service répond par écrit dans les cinq "
    "jours et son silence vaut accord pour la période demandée. un refus est motivé"
)
SHARED: Final = (
    "La cantine ouvre à midi et ferme à quatorze heures chaque jour ouvré.",
    "Le budget du service des archives est de 12 M€ pour une année entière.",
    "Marie Durand dirige le service des archives depuis le printemps.",
)
QUESTIONS: Final = (
    "Quand ouvre la cantine ?",
    "Quel est le budget du service des archives ?",
    "Qui dirige le service des archives, et quand ouvre la cantine ?",
    "Comment déposer une demande de congé ?",
    "Que dit le document secretalpha0 ?",
    "secretbeta1 secretgamma2 secretalpha1 secretbeta0",
    "zzz yyy",
)


def document(collection: str, number: int) -> Entry:
    """A document that says in all that can be shown of it whose it is."""
    secret = f"secret{collection}{number}"
    near = f"{LONG} et contesté{' ensuite' * (number % 2)}."
    split = f"{LONG.replace('. ', ' ; ')} et contesté."
    shared = (*SHARED[number % 3 :], near if number < 2 else split)
    return entry(
        f"{secret}.md",
        *shared,
        f"Le mot de passe de {secret} tourne chaque matin à sept heures.",
        title=f"Titre {secret}",
        collection=collection,
        headings=(f"Partie {secret}",),
        metadata=Metadata(
            date=f"202{number}-01-01",
            source=f"Service {secret}",
            source_url=f"https://{secret}.example",
            language=("fr", "en", None)[number % 3],
            categories=(f"rubrique{number}",),
        ),
    )


ENTRIES: Final = tuple(
    document(collection, number) for collection in COLLECTIONS for number in range(3)
)
IDS: Final = {each.document.id: each for each in ENTRIES}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("index")
    build(folder, ENTRIES)
    with Searcher(
        settings(folder), open_local_index(folder), CountingEmbedder(), eager()
    ) as opened:
        assert opened.index.generation.manifest.duplicates >= 10
        yield opened


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one question brings out."""

    answer: Answer
    hits: tuple[Hit, ...]

    @property
    def shown(self) -> tuple[Hit | Citation, ...]:
        return (*self.hits, *self.answer.hits, *self.answer.citations)

    @property
    def documents(self) -> set[str]:
        places = {place.document_id for place in self.places}
        return places | {each.document_id for each in self.shown}

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(place for each in self.shown for place in each.also_in)

    @property
    def words(self) -> str:
        """Everything that is sent, but the question itself."""
        answer = replace(self.answer, question="")
        return json.dumps([asdict(answer), *map(asdict, self.hits)], ensure_ascii=False)


def see(asked: Searcher, question: str, filters: Filters) -> Seen:
    read = asked.read(question)
    vectors = CountingEmbedder().embed_queries(read.texts)
    found = asked.find(read, vectors, 100, filters)
    hits = tuple(
        hit for method in Method for hit in asked.rank(read, vectors, 100, filters, method)
    )
    return Seen(asyncio.run(asked.answer(found, Stopwatch())), hits)


def admitted(asked: Searcher, filters: Filters) -> set[str]:
    page = asked.index.documents.page(filters, limit=len(ENTRIES))
    return {header.id for header in page.headers}


def check_nothing_else_is_seen(seen: Seen, allowed: set[str], asked: Searcher) -> None:
    assert seen.documents <= allowed
    for identity, each in IDS.items():
        if identity not in allowed:
            for secret in (
                identity,
                each.document.path.removesuffix(".md"),
                each.document.version,
            ):
                assert secret not in seen.words
    for hit in (*seen.hits, *seen.answer.hits):
        text = IDS[hit.document_id].document.text
        assert text[hit.start : hit.end] == hit.text
        assert hit.title == IDS[hit.document_id].document.title
    documents = {identity: asked.document(identity) for identity in IDS}
    assert all(check(citation, documents) for citation in seen.answer.citations)


some_filters = st.builds(
    Filters,
    collections=st.none() | st.lists(st.sampled_from(COLLECTIONS), unique=True).map(tuple),
    documents=st.lists(st.sampled_from(sorted(IDS)), max_size=3).map(tuple),
    languages=st.sampled_from([(), ("fr",), ("en",)]),
    sources=st.sampled_from([(), ("service SECRETalpha0",)]),
    categories=st.sampled_from([(), ("rubrique0",), ("rubrique1", "rubrique2")]),
    date_from=st.none() | st.just("2021-01-01"),
    date_to=st.none() | st.just("2021-12-31"),
)


@given(question=st.sampled_from(QUESTIONS), filters=some_filters)
@profile(max_examples=80, deadline=None)
def test_only_admitted_documents_are_found_quoted_or_named(
    asked: Searcher, question: str, filters: Filters
) -> None:
    seen = see(asked, question, filters)
    allowed = admitted(asked, filters)
    check_nothing_else_is_seen(seen, allowed, asked)
    assert bool(seen.hits) == bool(allowed)


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_document_alone_and_each_pair(asked: Searcher, question: str) -> None:
    alone = [(identity,) for identity in sorted(IDS)]
    for chosen in (*alone, *combinations(sorted(IDS), 2)):
        seen = see(asked, question, Filters(documents=chosen))
        check_nothing_else_is_seen(seen, set(chosen), asked)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_all_that_is_in_scope_can_be_found(asked: Searcher, collection: str) -> None:
    hits = asked.search("la cantine", 100, Filters(collections=(collection,)))
    own = [each for each in ENTRIES if each.document.collection == collection]
    passages = {passage.id for each in own for passage in each.passages}
    found = {hit.passage_id for hit in hits}
    # What is not found itself is named beside its copy.
    places = {(place.document_id, place.start) for hit in hits for place in hit.also_in}
    beside = {
        passage.id
        for each in own
        for passage in each.passages
        if (passage.document_id, passage.start) in places
    }
    assert found | beside == passages
    assert not found & beside


def test_the_answer_is_the_admitted_copy_s(asked: Searcher) -> None:
    question = "Qui dirige le service des archives depuis le printemps ?"
    own = [each for each in ENTRIES if each.document.collection == "alpha"]
    everywhere = asked.ask(question, filters=Filters(collections=("alpha",)))
    assert len(everywhere.citations[0].also_in) == 2
    for number, each in enumerate(own):
        answer = asked.ask(question, filters=Filters(documents=(each.document.id,)))
        (citation, *_) = answer.citations
        assert answer.answered
        assert citation.quote == everywhere.citations[0].quote == SHARED[2]
        assert citation.document_id == each.document.id
        assert citation.title == f"Titre secretalpha{number}"
        assert citation.source_url == f"https://secretalpha{number}.example"
        assert citation.headings == (f"Partie secretalpha{number}",)
        assert citation.also_in == ()


@pytest.mark.parametrize("method", Method)
def test_a_title_of_another_collection_cannot_be_guessed(
    tmp_path: Path, method: Method
) -> None:
    build(
        tmp_path,
        [
            entry("a.md", SHARED[0], title="Projet Manhattan", collection="alpha"),
            entry("b.md", SHARED[0], title="Cantine", collection="beta"),
        ],
    )
    with Searcher(
        settings(tmp_path), open_local_index(tmp_path), CountingEmbedder(), eager()
    ) as opened:
        seen = []
        for word in ("manhattan", "vacances"):
            read = opened.read(word)
            vectors = CountingEmbedder().embed_queries(["la même chose"])
            filters = Filters(collections=("beta",))
            hits = opened.rank(read, vectors, 10, filters, method)
            seen.append([(hit.passage_id, hit.score, hit.signals) for hit in hits])
    assert seen[0] == seen[1]


def test_a_question_in_parts_keeps_to_the_scope_in_each(asked: Searcher) -> None:
    read = asked.read(QUESTIONS[2])
    vectors = CountingEmbedder().embed_queries(read.texts)
    found = asked.find(read, vectors, filters=Filters(collections=("gamma",)))
    assert len(found.parts) == 2
    answer = asyncio.run(asked.answer(found, Stopwatch()))
    assert "Marie Durand" in answer.text
    sentences = [each for part in found.parts for each in part.sentences]
    documents = {each.hit.document_id for each in sentences}
    documents |= {each.document_id for each in answer.citations}
    assert {IDS[identity].document.collection for identity in documents} == {"gamma"}


@pytest.mark.parametrize(
    "filters",
    [
        Filters(collections=()),
        Filters(collections=("inconnue",)),
        Filters(documents=("inconnu",)),
        Filters(date_from="2030-01-01"),
        Filters(collections=("alpha",), categories=("inconnue",)),
    ],
)
@pytest.mark.parametrize("question", QUESTIONS)
def test_where_nothing_is_admitted_it_abstains(
    asked: Searcher, question: str, filters: Filters
) -> None:
    seen = see(asked, question, filters)
    assert seen.shown == ()
    assert not seen.answer.answered
    assert seen.answer.confidence == 0
    assert seen.answer.text


def test_filters_that_admit_all_change_nothing(asked: Searcher) -> None:
    for question in QUESTIONS:
        every = see(asked, question, EVERYTHING)
        named = see(asked, question, Filters(collections=(*COLLECTIONS, "autre")))
        assert named.hits == every.hits
        assert named.answer.hits == every.answer.hits
        assert named.answer.citations == every.answer.citations


def test_without_copies_a_scope_ranks_by_cosine_as_its_documents_alone_would(
    tmp_path: Path,
) -> None:
    entries = [
        entry(f"{number}.md", f"Phrase {number} sur le thème {number % 7}.", collection=name)
        for number in range(60)
        for name in [COLLECTIONS[number % 3]]
    ]
    own = [each for each in entries if each.document.collection == "beta"]
    found = []
    for folder, those, filters in (
        (tmp_path / "all", entries, Filters(collections=("beta",))),
        (tmp_path / "own", own, EVERYTHING),
    ):
        build(folder, those)
        with Searcher(
            settings(folder), open_local_index(folder), CountingEmbedder(), eager()
        ) as opened:
            read = opened.read("Que dit la phrase 31 ?")
            (vectors,) = opened.embed([read])
            found.append(opened.rank(read, vectors, 10, filters, Method.DENSE))
    assert [hit.passage_id for hit in found[0]] == [hit.passage_id for hit in found[1]]
    np.testing.assert_allclose(
        [hit.score for hit in found[0]], [hit.score for hit in found[1]], rtol=1e-5
    )


def test_many_threads_keep_to_their_own_scopes(asked: Searcher) -> None:
    wanted = [
        (question, Filters(collections=(collection,)))
        for question in QUESTIONS
        for collection in COLLECTIONS
    ]
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda each: see(asked, *each), wanted * 3))
    for (_, filters), each in zip(wanted * 3, seen, strict=True):
        check_nothing_else_is_seen(each, admitted(asked, filters), asked)
