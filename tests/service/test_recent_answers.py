import threading
from dataclasses import replace

import pytest

from rag.errors import UnknownError
from rag.library.feedback import Reference
from rag.service.recent_answers import RecentAnswers
from rag.types import Answer, Citation, IndexIdentity, Timings, Verdict

CITATION = Citation(1, "doc", "sha256:0", "Titre", None, None, None, None, (), 3, 9, "extrait")
ANSWER = Answer(
    id="a",
    question="Quand ?",
    asked_as=None,
    answered=True,
    verdict=Verdict.ANSWERED,
    confidence=0.8,
    mode="extractive",
    text="extrait [1]",
    segments=(),
    highlights=(),
    citations=(CITATION,),
    hits=(),
    index=IndexIdentity("generation", "little"),
    timings_ms=Timings(0.0, 0.0, 0.0, 0.0, 0.0),
)


def test_what_is_remembered_holds_no_word_of_the_documents() -> None:
    recent = RecentAnswers()
    recent.remember(ANSWER, "clé")
    given = recent.find("a", "clé")
    assert given.references == (Reference("doc", "sha256:0", 3, 9),)
    assert (given.question, given.answered, given.confidence) == ("Quand ?", True, 0.8)
    assert (given.generation, given.key) == ("generation", "clé")
    assert "extrait" not in repr(given)


@pytest.mark.parametrize(("answer_id", "key"), [("a", "autre"), ("a", ""), ("b", "clé")])
def test_an_answer_is_unknown_to_other_keys_as_one_never_given(
    answer_id: str, key: str
) -> None:
    recent = RecentAnswers()
    recent.remember(ANSWER, "clé")
    with pytest.raises(UnknownError) as refused:
        recent.find(answer_id, key)
    with pytest.raises(UnknownError) as unknown:
        recent.find("jamais")
    assert str(refused.value) == str(unknown.value)


def test_the_oldest_give_way() -> None:
    recent = RecentAnswers(most=2)
    for name in "abc":
        recent.remember(replace(ANSWER, id=name))
    with pytest.raises(UnknownError):
        recent.find("a")
    assert [recent.find(name).answer_id for name in "bc"] == ["b", "c"]


def test_threads_remember_together() -> None:
    recent = RecentAnswers(most=50)

    def many(name: str) -> None:
        for number in range(200):
            recent.remember(replace(ANSWER, id=f"{name}{number}"))

    threads = [threading.Thread(target=many, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    known = 0
    for name in "abcd":
        for number in range(200):
            try:
                recent.find(f"{name}{number}")
            except UnknownError:
                continue
            known += 1
    assert known == 50
