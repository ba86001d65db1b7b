import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.index.documents import Entry
from rag.index.filters import Filters
from rag.index.local.generation import Generation, open_generation
from rag.index.local.lexical import FieldWeights, LexicalQuery
from rag.index.local.scope import Scopes
from rag.index.local.scoped_bm25 import best_lexical, kept_lengths, passage_frequencies
from rag.index.search_texts import lexical_fields, sentence_text
from rag.text.references import reference_terms
from rag.text.terms import lexical_terms
from rag.types import Mention, Question
from tests.drawn_documents import WORDS, documents
from tests.index.local.samples import build, entry

FIELDS = FieldWeights(body=1.0, title=0.0, references=1.5)
SEEN = documents("ouverte", 60, 1, (2, 5, 9, 30))
# Here « archives » stands everywhere and « budget » nowhere, in passages of other lengths.
SHORT = [
    entry(f"{place}.md", "archives", title="archives", collection="cachée")
    for place in range(200)
]
LONG = [
    entry(f"{place}.md", f"{'budget congé ' * 90} {place}.", title="vote", collection="secrète")
    for place in range(50)
]
COPIED = [
    entry(f"x{place}.md", "Le budget est voté. " * 3, collection="ouverte") for place in "ab"
]


def opened(folder: Path, *shelves: list[Entry]) -> Generation:
    build(folder, [each for shelf in shelves for each in shelf])
    return open_generation(folder)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with opened(tmp_path_factory.mktemp("alone"), SEEN, COPIED) as generation:
        yield generation


@pytest.fixture(scope="module", params=["short", "long", "both"])
def beside(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generation]:
    hidden = {"short": SHORT, "long": LONG, "both": [*LONG, *SHORT]}[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    with opened(folder, SEEN, COPIED, hidden) as generation:
        yield generation


def question(text: str) -> Question:
    terms = tuple(dict.fromkeys(lexical_terms(text)))
    references = tuple(dict.fromkeys(reference_terms(text)))
    return Question(text, text, "fr", terms, references, Mention.NONE)


@pytest.mark.parametrize("seed", range(60))
def test_scores_are_those_that_the_collection_alone_would_get(
    alone: Generation, beside: Generation, seed: int
) -> None:
    drawn = random.Random(seed)  # noqa: S311 – tests, not secrets
    asked = drawn.choices([*WORDS, "licorne", "L. 121-1"], k=drawn.randint(0, 6))
    depth = drawn.choice([1, 2, 5, 10, 40, 200])
    read = question(" ".join(asked))
    scope = Scopes(beside).scope(Filters(collections=("ouverte",)))
    assert scope is not None
    rows, scores = best_lexical(beside, read, depth, FIELDS, scope)
    expected, weights = alone.lexical.search(
        LexicalQuery(read.terms, read.references), depth, FIELDS
    )
    first = int(scope.rows.argmax())
    np.testing.assert_allclose(scores, weights, rtol=1e-6)
    apart = np.diff(weights, prepend=np.inf, append=0) < -1e-5 * weights.max(initial=0)
    # Rounding may exchange two that are as good.
    certain = apart[:-1] & apart[1:]
    assert (rows - first)[certain].tolist() == expected[certain].tolist()


def filled(number: int, words: str, length: int, collection: str = "ouverte") -> Entry:
    """A document of these words among others that stand nowhere else."""
    others = (f"mot{collection}{number}x{place}" for place in range(length))
    text = f"{words} {' '.join(others)}"
    return entry(f"{number}.md", text, title=f"t{number}", collection=collection)


RARE = [
    filled(0, "archives", 20),
    *(filled(number, "budget" if number < 13 else "", 20) for number in range(1, 40)),
]
LONGEST = [
    filled(0, "budget budget budget", 38),
    *(filled(number, "budget", 8) for number in range(1, 60)),
    *(filled(number, "", 36) for number in range(60, 90)),
]


@pytest.mark.parametrize(
    ("own", "hidden"),
    [
        (
            RARE,
            [
                filled(n, "archives budget" if n % 9 else "archives", 20, "z")
                for n in range(400)
            ],
        ),
        (LONGEST, [filled(n, "", 1, "z") for n in range(400)]),
    ],
    ids=["rarity", "length"],
)
def test_the_best_is_found_however_deep_the_whole_index_puts_it(
    tmp_path: Path, own: list[Entry], hidden: list[Entry]
) -> None:
    with opened(tmp_path, own, hidden) as generation:
        scope = Scopes(generation).scope(Filters(collections=("ouverte",)))
        assert scope is not None
        (best,), _ = best_lexical(generation, question("archives budget"), 1, FIELDS, scope)
        assert generation.store.passages_at([best])[best].document_id == own[0].document.id


def test_terms_of_passages_are_counted_as_they_were_indexed(beside: Generation) -> None:
    headers = {header.id: header for header in beside.store.headers()}
    rows = np.arange(0, len(beside.tables.passages), 7)
    ids = np.arange(len(beside.vocabulary.terms), dtype=np.int32)
    counts = passage_frequencies(beside, rows, ids)
    for place, row in enumerate(rows.tolist()):
        passage = beside.store.passages_at([row])[row]
        stems = [lexical_terms(sentence_text(passage, each)) for each in passage.sentences]
        fields = lexical_fields(headers[passage.document_id].title, passage, stems)
        found = beside.vocabulary.ids(fields.body, fields.references)
        assert counts[:, place].tolist() == np.bincount(found, minlength=len(ids)).tolist()
        lengths = beside.tables.passages[["n_terms", "n_references"]][row].tolist()
        assert lengths == (len(fields.body), len(fields.references))


def test_what_nobody_may_see_has_no_score(beside: Generation) -> None:
    scopes = Scopes(beside)
    for filters in (
        Filters(collections=()),
        Filters(collections=("ouverte",), documents=("x",)),
    ):
        scope = scopes.scope(filters)
        assert scope is not None
        rows, scores = best_lexical(beside, question("budget"), 10, FIELDS, scope)
        assert rows.tolist() == scores.tolist() == []


def test_long_lengths_are_kept_in_steps() -> None:
    lengths = np.array([0, 1, 39, 40, 41, 42, 55, 56, 59, 60, 87, 88, 95, 96, 1000], np.int32)
    assert kept_lengths(lengths).tolist() == [
        0, 1, 39, 40, 40, 42, 54, 56, 56, 60, 84, 88, 88, 96, 984,
    ]  # fmt: skip
