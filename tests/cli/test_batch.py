import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.cli.batch import Line, read_batch, run_batch
from rag.errors import BatchError
from rag.service import Searcher
from rag.types import Cited, Turn
from tests.cli.test_app import run
from tests.uploading import BUREAU, SALON, searcher

FOLLOW_UP = Line(
    "suite", "Qui le préside ?", (Turn("Quel est le budget du Bureau des cartes ?", "12 M€"),)
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("library")
    with searcher(folder, {"salon.md": SALON, "bureau.md": BUREAU}) as opened:
        yield opened


def written(folder: Path, *lines: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_a_line_may_carry_the_turns_before_it(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "id": 1,
            "question": "a",
            "history": [{"question": "b", "answer": "c"}, {"question": "d"}],
        },
        {"id": 2, "question": "a", "history": [{"question": "b", "answer": None}]},
        {"id": 3, "question": "a", "history": []},
        {"id": 4, "question": "a", "history": None},
        {"id": 5, "question": "a"},
        {
            "id": 6,
            "question": "a",
            "history": [
                {
                    "question": "b",
                    "cited": [{"document_id": "c", "start": 1, "end": 2, "quote": "d"}],
                }
            ],
        },
    )
    assert read_batch(path) == [
        Line(1, "a", (Turn("b", "c"), Turn("d"))),
        Line(2, "a", (Turn("b"),)),
        Line(3, "a"),
        Line(4, "a"),
        Line(5, "a"),
        Line(6, "a", (Turn("b", cited=(Cited("c", 1, 2),)),)),
    ]


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ("b", "liste"),
        ({"question": "b"}, "liste"),
        (["b"], "tour 1"),
        ([{"question": "b"}, {"answer": "c"}], "tour 2"),
        ([{"question": 3}], "« question »"),
        ([{"question": "b", "answer": ["c"]}], "« answer »"),
        ([{"question": "b", "cited": [{"document_id": "c"}]}], "« cited »"),
        ([{"question": "b", "cited": "c"}], "« cited »"),
    ],
)
def test_a_history_that_cannot_be_read_is_named(
    tmp_path: Path, history: object, said: str
) -> None:
    path = written(
        tmp_path, {"id": 1, "question": "a"}, {"id": 2, "question": "a", "history": history}
    )
    with pytest.raises(BatchError, match=said) as caught:
        read_batch(path)
    assert "ligne 2" in str(caught.value)
    assert "« history »" in str(caught.value)


def test_a_follow_up_is_answered_by_the_light_of_its_history(asked: Searcher) -> None:
    (answered,) = run_batch(asked, [FOLLOW_UP], 3, answers=True)
    assert answered["id"] == "suite"
    assert answered["question"] == "Qui le préside ?"
    assert "Jeanne Martin" in answered["text"]
    (found,) = run_batch(asked, [FOLLOW_UP], 3, answers=False)
    assert found["query"] == "Qui le préside ?"
    assert found["hits"] == list(answered["hits"])


def test_a_conversation_asked_alone_answers_as_in_a_batch(asked: Searcher) -> None:
    (answered,) = run_batch(asked, [FOLLOW_UP], 3, answers=True)
    alone = asked.ask(FOLLOW_UP.question, 3, FOLLOW_UP.history)
    assert (alone.text, alone.confidence) == (answered["text"], answered["confidence"])
    assert alone.question == FOLLOW_UP.question


@pytest.mark.parametrize("command", ["ask", "search"])
def test_the_help_speaks_of_history(command: str) -> None:
    assert "history" in run(command, "--help").stdout
