import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rag.errors import DatasetError, IndexCorruptError, UnknownError
from rag.evaluation.datasets.own import read_own
from rag.index.local.generation import open_generation
from rag.index.local.publication import hold_build_lock
from rag.library.database import Database
from rag.library.feedback import Feedback, FeedbackLog, Reference
from rag.library.keys import Role
from rag.library.library import ServiceLayout
from rag.service.access import LOCAL, Principal
from rag.service.feedback import Draft, draft_questions, keep_verdict
from rag.service.service import Service
from rag.updating.folder_sync import SyncRequest
from tests.little_embedder import LittleEmbedder
from tests.service.test_recent_answers import ANSWER
from tests.uploading import BUREAU, SALON, eager, settings, update, write

QUESTION = "Qui préside le Bureau des cartes ?"
QUOTE = "Jeanne Martin préside le Bureau des cartes depuis 2024."
Give = Callable[..., Feedback]


def index(folder: Path, **files: str) -> None:
    write(folder / "files", {f"{name}.md": text for name, text in files.items()})
    previous = (
        open_generation(folder / "index") if (folder / "index/CURRENT").exists() else None
    )
    update(
        folder / "index",
        SyncRequest([folder / "files"], "documents"),
        LittleEmbedder(),
        previous,
    )
    if previous is not None:
        previous.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index(tmp_path, bureau=BUREAU, salon=SALON)
    return tmp_path


def quoted(folder: Path, quote: str = QUOTE) -> Reference:
    with open_generation(folder / "index") as generation:
        for header in generation.store.headers():
            text = generation.store.document(header.id).text
            if quote in text:
                start = text.index(quote)
                return Reference(header.id, header.version, start, start + len(quote))
    raise LookupError(quote)


@pytest.fixture
def give(folder: Path) -> Give:
    def add(**given: Any) -> Feedback:  # noqa: ANN401 – whatever a verdict holds
        layout = ServiceLayout(settings(folder / "index").service_directory)
        with closing(Database(layout.database)) as database:
            fields = {
                "answer_id": "r1",
                "helpful": True,
                "comment": "Merci.",
                "question": QUESTION,
                "answered": True,
                "confidence": 0.9,
                "references": [quoted(folder)],
                "generation": "g",
                "collections": ["documents"],
            }
            return FeedbackLog(database).add(Feedback(**{**fields, **given}))

    return add


def drafts(folder: Path, since: datetime | None = None) -> list[Draft]:
    with draft_questions(settings(folder / "index"), since) as made:
        return list(made)


def lines(folder: Path, since: datetime | None = None) -> list[dict[str, Any]]:
    return [each.line for each in drafts(folder, since)]


def test_a_verdict_is_a_question_with_its_quotes(folder: Path, give: Give) -> None:
    verdict = give()
    (line,) = lines(folder)
    assert line["id"] == verdict.id
    assert (line["question"], line["lang"]) == (QUESTION, "fr")
    assert line["answerable"] is None
    assert line["gold"] == [{"document": "bureau.md", "quote": QUOTE}]
    assert line["review"]["helpful"] is True
    assert line["review"]["comment"] == "Merci."
    assert line["review"]["lost"] == 0


def test_once_reviewed_it_is_a_question_of_ours(folder: Path, give: Give) -> None:
    give()
    (line,) = lines(folder)
    path = folder / "set.jsonl"
    path.write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(DatasetError):
        read_own(path)
    del line["review"]
    path.write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(DatasetError, match="answerable"):
        read_own(path)
    line["answerable"] = True
    path.write_text(json.dumps(line), encoding="utf-8")
    (query,) = read_own(path).queries
    assert (query.question, query.gold[0].quote) == (QUESTION, QUOTE)


def test_what_did_not_help_is_not_expected(folder: Path, give: Give) -> None:
    give(helpful=False, comment="Faux !")
    (line,) = lines(folder)
    assert line["gold"] == []
    assert line["review"]["cited"] == [{"document": "bureau.md", "quote": QUOTE}]
    assert line["review"]["helpful"] is False


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_document_that_changed_or_went_is_not_quoted(
    folder: Path, give: Give, change: str
) -> None:
    give(references=[quoted(folder), quoted(folder, "1 100 exposants")])
    if change == "changed":
        index(folder, bureau=f"# Autre titre\n\n{BUREAU}")
    else:
        (folder / "files" / "bureau.md").unlink()
        index(folder)
    (draft,) = drafts(folder)
    assert [each["document"] for each in draft.line["gold"]] == ["salon.md"]
    assert draft.lost == 1
    assert QUOTE not in json.dumps(draft.line, ensure_ascii=False)


def test_who_judges_twice_counts_once_as_last_said(folder: Path, give: Give) -> None:
    give(helpful=True, key="k1")
    give(helpful=False, key="k2")
    give(answer_id="r2", key="k1")
    give(helpful=False, comment="Finalement non.", key="k1")
    verdicts = [(each["review"]["answer"], each["review"]["comment"]) for each in lines(folder)]
    assert verdicts == [("r1", "Merci."), ("r2", "Merci."), ("r1", "Finalement non.")]


def test_since_a_moment(folder: Path, give: Give) -> None:
    give()
    assert len(lines(folder, datetime(2000, 1, 1))) == 1
    assert lines(folder, datetime.now(UTC) + timedelta(days=1)) == []


def test_without_an_index_questions_have_no_quotes(folder: Path, give: Give) -> None:
    give()
    (folder / "index" / "CURRENT").unlink()
    (draft,) = drafts(folder)
    assert draft.line["gold"] == []
    assert draft.lost == 1


def test_without_records_there_is_nothing_and_nothing_is_made(folder: Path) -> None:
    assert lines(folder) == []
    assert not (folder / "index" / "service").exists()


def test_a_damaged_index_is_told(folder: Path, give: Give) -> None:
    give()
    (folder / "index" / "CURRENT").write_text("autre chose")
    with pytest.raises(IndexCorruptError):
        lines(folder)


def test_read_while_the_index_is_being_built(folder: Path, give: Give) -> None:
    give()
    with hold_build_lock(folder / "index"):
        assert len(lines(folder)) == 1


def test_a_verdict_is_kept_of_an_answer_that_its_judge_was_given(tmp_path: Path) -> None:
    service = Service(settings(tmp_path / "index"), LittleEmbedder(), eager())
    judge = Principal("k", "moi", Role.READER, ("notes",))
    service.recent.remember(ANSWER, "k")
    kept = asyncio.run(keep_verdict(service, judge, ANSWER.id, True, "Oui"))
    assert service.feedback.all() == [kept]
    assert (kept.question, kept.helpful, kept.comment) == (ANSWER.question, True, "Oui")
    assert (kept.collections, kept.key) == (("notes",), "k")
    for who, answer_id in ((LOCAL, ANSWER.id), (judge, "jamais")):
        with pytest.raises(UnknownError):
            asyncio.run(keep_verdict(service, who, answer_id, True))
