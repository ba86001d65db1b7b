import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.errors import IndexCorruptError
from rag.index.local.lexical import (
    DEFAULT_WEIGHTS,
    FieldWeights,
    Lexical,
    LexicalQuery,
    LexicalWriter,
)
from rag.index.search_texts import LexicalFields

BODY_ONLY = FieldWeights(body=1.0, title=0.0, references=0.0)


def index(folder: Path, bodies: list[str], commit_every: int | None = None) -> Lexical:
    writer = LexicalWriter(folder)
    for row, body in enumerate(bodies):
        words = tuple(body.split())
        refs = tuple(word for word in words if word.startswith("nis"))
        writer.add(row, LexicalFields(words, words[:1], refs))
        if commit_every and row % commit_every == commit_every - 1:
            writer._writer.commit()
    writer.finish()
    return Lexical(folder)


def bm25(bodies: list[str], query: str) -> list[float]:
    """Okapi BM25 as in Robertson and Zaragoza 2009, k1 1.2, b .75, Lucene's idf."""
    texts = [body.split() for body in bodies]
    mean = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        score = 0.0
        for term in query.split():
            holding = sum(term in other for other in texts)
            idf = log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
            count = Counter(text)[term]
            norm = 1.2 * (0.25 + 0.75 * len(text) / mean)
            score += idf * count * 2.2 / (count + norm)
        scores.append(score)
    return scores


@pytest.fixture
def bodies() -> list[str]:
    rng = np.random.default_rng(5)
    words = [f"w{number}" for number in range(60)]
    odds = 1 / np.arange(1, 61)
    return [
        " ".join(rng.choice(words, rng.integers(3, 40), p=odds / odds.sum()))
        for _ in range(300)
    ]


def scores(
    lexical: Lexical, query: LexicalQuery, weights: FieldWeights = DEFAULT_WEIGHTS
) -> NDArray[np.float32]:
    """The BM25 of every passage; 0 where no term is shared."""
    everything = np.zeros(lexical.passages, np.float32)
    rows, found = lexical.search(query, lexical.passages, weights)
    everything[rows] = found
    return everything


def test_scores_are_bm25(tmp_path: Path, bodies: list[str]) -> None:
    lexical = index(tmp_path / "l", bodies)
    query = LexicalQuery(("w7", "w30", "w59"))
    rows, scores = lexical.search(query, 300, BODY_ONLY)
    expected = np.array(bm25(bodies, "w7 w30 w59"))
    # Lengths up to 40 terms are stored exactly, so that only rounding is left.
    np.testing.assert_allclose(scores, expected[rows], rtol=1e-4)
    assert set(rows) == set(np.flatnonzero(expected))


def test_best_come_first_and_ties_by_row(tmp_path: Path) -> None:
    lexical = index(tmp_path / "l", ["a b", "a c", "x y", "a a d", "a b"])
    rows, scores = lexical.search(LexicalQuery(("a", "b")), 10, BODY_ONLY)
    assert rows.tolist() == [0, 4, 3, 1]
    assert scores.dtype == np.float32
    assert (np.diff(scores) <= 0).all()


def test_several_segments_give_the_rows_and_scores_of_one(
    tmp_path: Path, bodies: list[str]
) -> None:
    one = index(tmp_path / "one", bodies)
    many = index(tmp_path / "many", bodies, commit_every=60)
    assert one._searcher.num_segments == 1
    assert many._searcher.num_segments > 1
    query = LexicalQuery(("w3", "w20", "w55"))
    for k in (7, 300):
        rows, scores = one.search(query, k)
        other_rows, other_scores = many.search(query, k)
        np.testing.assert_allclose(scores, other_scores, rtol=1e-6)
        if k == 300:
            assert rows.tolist() == other_rows.tolist()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.03, 0.04, 0.5, 1.0])
@pytest.mark.parametrize("commit_every", [None, 60])
def test_among_some_passages_scores_and_order_are_those_among_all(
    tmp_path: Path, bodies: list[str], share: float, commit_every: int | None
) -> None:
    lexical = index(tmp_path / "l", bodies, commit_every)
    among = np.zeros(300, np.bool_)
    among[np.random.default_rng(7).permutation(300)[: int(300 * share)]] = True
    for query in (LexicalQuery(("w1", "w3", "w20")), LexicalQuery(("w55", "w59"))):
        rows, weights = lexical.search(query, 300)
        kept = among[rows]
        for k in (1, 7, 300):
            found, scores = lexical.search(query, k, among=among)
            assert found.tolist() == rows[kept][:k].tolist()
            assert scores.tolist() == weights[kept][:k].tolist()


@pytest.mark.parametrize("admitted", [1, 299])
def test_among_passages_that_share_no_term_nothing_is_found(
    tmp_path: Path, admitted: int
) -> None:
    lexical = index(tmp_path / "l", ["a"] * (300 - admitted) + ["b"] * admitted)
    among = np.arange(300) >= 300 - admitted
    for query in (LexicalQuery(("a",)), LexicalQuery(()), LexicalQuery(HOSTILE)):
        rows, scores = lexical.search(query, 5, among=among)
        assert rows.tolist() == scores.tolist() == []


def test_weights_add_up_field_by_field(tmp_path: Path) -> None:
    lexical = index(tmp_path / "l", ["nis2 a", "b nis2", "c d"])
    query = LexicalQuery(("nis2",), ("nis2",))
    parts = [
        scores(lexical, query, FieldWeights(*weights))
        for weights in ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    ]
    whole = scores(lexical, query, FieldWeights(2, 0.5, 3))
    np.testing.assert_allclose(whole, 2 * parts[0] + 0.5 * parts[1] + 3 * parts[2], rtol=1e-6)
    assert parts[1].tolist()[1:] == [0.0, 0.0]
    assert (parts[2][:2] > 0).all()


def test_a_repeated_term_counts_once(tmp_path: Path) -> None:
    lexical = index(tmp_path / "l", ["a b", "c d"])
    once = lexical.search(LexicalQuery(("a",)), 5)
    often = lexical.search(LexicalQuery(("a",) * 50), 5)
    assert once[1].tolist() == often[1].tolist()


@pytest.mark.parametrize("k", [-1, 0])
def test_nothing_is_asked(tmp_path: Path, k: int) -> None:
    rows, scores = index(tmp_path / "l", ["a"]).search(LexicalQuery(("a",)), k)
    assert rows.tolist() == scores.tolist() == []


def test_an_empty_index_and_an_empty_query(tmp_path: Path) -> None:
    empty = index(tmp_path / "empty", [])
    assert empty.passages == 0
    assert empty.search(LexicalQuery(("a",)), 5)[0].tolist() == []
    full = index(tmp_path / "full", ["a"])
    assert full.search(LexicalQuery(()), 5)[0].tolist() == []


HOSTILE = (
    "\x00",
    "\ud800",
    "a" * 100_000,
    "",
    " ",
    "a b",
    "(a OR",
    '"',
    "*:*",
    "body:a",
    "/.*/",
    "\u202e",
    "😀",
)


def test_hostile_terms_are_harmless(tmp_path: Path) -> None:
    lexical = index(tmp_path / "l", ["a b", "c d"])
    rows, _ = lexical.search(LexicalQuery((*HOSTILE, "c"), HOSTILE), 5)
    assert rows.tolist() == [1]
    many = tuple(f"x{number}" for number in range(10_000))
    assert lexical.search(LexicalQuery((*many, "a"), many), 5)[0].tolist() == [0]


def test_any_text_is_a_term(tmp_path: Path) -> None:
    lexical = index(tmp_path / "l", ["a b", "c d"])

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.text(max_size=12), max_size=8))
    def ask(terms: list[str]) -> None:
        rows, _ = lexical.search(LexicalQuery(tuple(terms), tuple(terms)), 3)
        holding = {"a": 0, "b": 0, "c": 1, "d": 1}
        assert set(rows) == {holding[term] for term in terms if term in holding}

    ask()


def test_opening_writes_nothing_and_outlives_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "l"
    index(folder, ["a b", "c d"])
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.iterdir()]}
    lexical = Lexical(folder)
    after = {path: path.stat().st_mtime_ns for path in [folder, *folder.iterdir()]}
    assert after == before
    assert not any(path.name.endswith(".lock") for path in folder.iterdir())
    shutil.rmtree(folder)
    assert lexical.search(LexicalQuery(("d",)), 5)[0].tolist() == [1]
    assert scores(lexical, LexicalQuery(("d",)))[1] > 0


def test_a_refusal_to_write_is_an_os_error(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.index.local.test_lexical import index\n"
        "try: index(Path(sys.argv[1]), [f'a{n} b{n * n} c' for n in range(3000)])\n"
        "except OSError as error: print(error.errno)\n"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "l")],
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
        preexec_fn=limit,
        text=True,
        timeout=60,
    )
    assert done.stdout == f"{errno.EFBIG}\n", done.stderr


def test_no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "l"
    index(folder, ["a b"])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert Lexical(folder).search(LexicalQuery(("a",)), 1)[0].tolist() == [0]


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "l"
    index(folder, ["a b"])
    os.truncate(folder / "meta.json", 5)
    with pytest.raises(IndexCorruptError, match="sourcier index"):
        Lexical(folder)
    with pytest.raises(FileNotFoundError):
        Lexical(tmp_path / "nowhere")
