from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexCorruptError
from rag.index.local.arrays import save_array
from rag.index.local.layout import GenerationLayout
from rag.index.local.vocabulary import (
    SurfaceBuilder,
    VocabularyBuilder,
    open_surfaces,
    open_vocabulary,
)


@pytest.fixture
def layout(tmp_path: Path) -> GenerationLayout:
    return GenerationLayout(tmp_path)


def test_terms_are_counted_once_a_passage_and_a_sentence(layout: GenerationLayout) -> None:
    builder = VocabularyBuilder()
    builder.passage(["salon", "pari", "salon"], ["2026"])
    first = builder.sentence(["salon", "salon"], [])
    builder.sentence(["salon", "pari"], ["2026"])
    builder.passage(["2026", "salon"], [])
    final = builder.write(layout)
    vocabulary = open_vocabulary(layout)
    assert vocabulary.terms == ("2026", "pari", "salon", "§2026")
    assert vocabulary.passage_counts.tolist() == [1, 1, 2, 1]
    assert vocabulary.sentence_counts.tolist() == [0, 1, 2, 1]
    assert final[first].tolist() == [2, 2]
    found = vocabulary.ids(["salon", "inconnu", "2026"], ["2026", "salon"])
    assert found.tolist() == [2, -1, 0, 3, -1]
    assert found.dtype == np.int32


def test_terms_that_are_no_lines_are_left_out(layout: GenerationLayout) -> None:
    builder = VocabularyBuilder()
    assert builder.sentence(["a\nb", "\ud800", "\x00", "été"], []) == [0]
    builder.write(layout)
    assert open_vocabulary(layout).terms == ("été",)


def test_no_terms_at_all(layout: GenerationLayout) -> None:
    assert VocabularyBuilder().write(layout).tolist() == []
    SurfaceBuilder().write(layout)
    assert open_vocabulary(layout).ids(["a"]).tolist() == [-1]
    assert open_surfaces(layout).words == ()


def test_words_are_counted_in_whatever_case(layout: GenerationLayout) -> None:
    builder = SurfaceBuilder()
    builder.add(["Paris", "Paris", "PARIS", "paris", "le", "Le", "2026", "x" * 41, "a\u2028b"])
    builder.add(["ANSSI"])
    builder.end_collection()
    builder.write(layout)
    surfaces = open_surfaces(layout)
    assert surfaces.words == ("anssi", "le", "paris")
    assert surfaces.counts.tolist() == [1, 2, 4]


def test_what_each_collection_holds_is_set_apart(layout: GenerationLayout) -> None:
    terms = VocabularyBuilder()
    terms.passage(["zoo", "salon"], [])
    terms.sentence(["salon", "salon"], [])
    assert terms.end_collection() == 2
    assert terms.end_collection() == 2
    terms.passage(["salon", "art"], ["9"])
    assert terms.end_collection() == 5
    terms.write(layout)
    assert open_vocabulary(layout).terms == ("art", "salon", "zoo", "§9")
    held = np.load(layout.collection_terms).T.tolist()
    assert held == [[1, 1, 1], [2, 1, 0], [0, 1, 0], [1, 1, 0], [3, 1, 0]]

    words = SurfaceBuilder()
    words.add(["Zoo", "zoo", "salon", "2026"])
    assert words.end_collection() == 2
    words.add(["Salon", "Art"])
    assert words.end_collection() == 4
    words.write(layout)
    assert open_surfaces(layout).counts.tolist() == [1, 2, 2]
    held = np.load(layout.collection_words).T.tolist()
    assert held == [[1, 1], [2, 2], [0, 1], [1, 1]]


def test_files_that_do_not_fit_are_refused(layout: GenerationLayout) -> None:
    builder = VocabularyBuilder()
    builder.passage(["a", "b"], [])
    builder.write(layout)
    SurfaceBuilder().write(layout)
    layout.vocabulary.write_text("a\n", encoding="utf-8")
    with pytest.raises(IndexCorruptError):
        open_vocabulary(layout)
    layout.vocabulary.write_bytes(b"\xff\n")
    with pytest.raises(IndexCorruptError):
        open_vocabulary(layout)
    save_array(layout.surface_counts, np.array([1], np.int32))
    with pytest.raises(IndexCorruptError):
        open_surfaces(layout)
