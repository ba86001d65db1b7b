from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import IndexCorruptError
from rag.index.local.arrays import save_array
from rag.index.local.codec import KINDS
from rag.index.local.layout import GenerationLayout
from rag.index.local.tables import Tables, TablesWriter, open_tables
from rag.types import BlockKind, Mention


def written(folder: Path, counts: list[int]) -> Tables:
    writer = TablesWriter()
    position = 0
    for number, count in enumerate(counts):
        writer.add_passage(
            document=number // 2,
            sentences=count,
            n_terms=number,
            n_references=number % 2,
            context=[number % 3],
        )
        for _ in range(count):
            writer.add_sentence(
                position,
                position + 5,
                BlockKind.LIST_ITEM,
                Mention.DATE | Mention.ORGANISATION,
                70_000,
                [position % 3, 0],
            )
            position += 5
        writer.add_surplus([0, 0, number % 3], [0, 1])
    layout = GenerationLayout(folder)
    writer.write(layout, np.array([2, 1, 0], np.int32))
    return open_tables(layout)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    tables = written(tmp_path, [2, 1])
    assert tables.passages.tolist() == [(0, 0, 2, 0, 0), (0, 2, 1, 1, 1)]
    kind = KINDS.index(BlockKind.LIST_ITEM)
    assert tables.sentences.tolist() == [
        (0, 0, 5, kind, 1025, 65_535),
        (0, 5, 10, kind, 1025, 65_535),
        (1, 10, 15, kind, 1025, 65_535),
    ]
    assert tables.context_terms.tolist() == [2, 1]
    assert tables.context_indptr.tolist() == [0, 1, 2]
    # Of the first passage the fields hold term 2 thrice, and its sentences 2 and 1.
    assert tables.surplus_terms.tolist() == [[2, 1, 2], [2, -1, 1]]
    assert tables.surplus_indptr.tolist() == [0, 2, 3]
    assert tables.terms.tolist() == [2, 2, 0, 2, 1, 2]
    assert tables.indptr.tolist() == [0, 2, 4, 6]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.data())
def test_sentences_of_passages(tmp_path: Path, counts: list[int], data: st.DataObject) -> None:
    tables = written(tmp_path, counts)
    rows = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=8))
    numbers, bounds = tables.sentences_of(np.array(rows, np.int64))
    assert len(bounds) == len(rows) + 1
    firsts = np.cumsum([0, *counts])
    for place, row in enumerate(rows):
        own = numbers[bounds[place] : bounds[place + 1]].tolist()
        assert own == list(range(firsts[row], firsts[row + 1]))


def test_tables_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    written(tmp_path, [2, 1])
    layout = GenerationLayout(tmp_path)
    save_array(layout.terms, np.zeros(3, np.int32))
    with pytest.raises(IndexCorruptError):
        open_tables(layout)
    save_array(layout.terms, np.zeros(6, np.int64))
    with pytest.raises(IndexCorruptError):
        open_tables(layout)


def test_contexts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    written(tmp_path, [2, 1])
    layout = GenerationLayout(tmp_path)
    save_array(layout.context_terms, np.zeros(3, np.int32))
    with pytest.raises(IndexCorruptError):
        open_tables(layout)


def test_a_surplus_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    written(tmp_path, [2, 1])
    layout = GenerationLayout(tmp_path)
    save_array(layout.surplus_terms, np.zeros((2, 9), np.int32))
    with pytest.raises(IndexCorruptError):
        open_tables(layout)
    save_array(layout.surplus_terms, np.zeros((1, 3), np.int32))
    with pytest.raises(IndexCorruptError):
        open_tables(layout)
