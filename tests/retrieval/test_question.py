import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.retrieval.question import read_question
from rag.retrieval.spelling import Spelling
from rag.types import Mention


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling({"salon": 3, "sécurité": 2}, lambda _: False, lambda _: False)


def test_a_question_is_read_once(spelling: Spelling) -> None:
    read = read_question("  Quand a lieu le slon\u200b ? ", spelling, 4000)
    assert read.text == "Quand a lieu le slon ?"
    assert read.search_text == "Quand a lieu le slon ?"
    assert read.language == "fr"
    assert Mention.DATE in read.wants


def test_spelling_is_repaired_for_search_and_not_for_show(spelling: Spelling) -> None:
    read = read_question("quelle est la securite du salon", spelling, 4000)
    assert read.text == "quelle est la securite du salon"
    assert "sécurité" in read.search_text


def test_english_words_are_no_slips_of_french_ones(spelling: Spelling) -> None:
    read = read_question("What is the security of the saloon?", spelling, 4000)
    assert read.language == "en"
    assert read.search_text == read.text


def test_references_are_read_exactly(spelling: Spelling) -> None:
    read = read_question("Que dit l'art. L. 121-1 ?", spelling, 4000)
    assert "l121-1" in read.references


@pytest.mark.parametrize("raw", ["", "   ", "?!…", "\x00\x07", "\u200b\u200b", "\ud800"])
def test_an_empty_question_is_refused(spelling: Spelling, raw: str) -> None:
    with pytest.raises(QuestionError, match="vide"):
        read_question(raw, spelling, 4000)


def test_a_long_question_is_refused_with_its_length(spelling: Spelling) -> None:
    with pytest.raises(QuestionError, match=r"100000.*4000"):
        read_question("a" * 100_000, spelling, 4000)


@given(st.text(st.characters(), max_size=300))
def test_any_text_is_a_question_or_refused(raw: str) -> None:
    spelling = Spelling({"salon": 3}, lambda _: False, lambda _: False)
    try:
        read = read_question(raw, spelling, 4000)
    except QuestionError:
        return
    read.text.encode()
    assert any(char.isalnum() for char in read.text)
