"""A dataset put to an index from end to end, with the little embedder."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rag.errors import DatasetError, IndexMissingError, InputPathError
from rag.evaluation import evaluate as evaluation
from rag.evaluation.datasets.dataset import Unit
from rag.evaluation.evaluate import EvaluationRequest, evaluate
from rag.evaluation.runs import Outcome, Run
from rag.index.local.generation import open_generation
from rag.settings import Settings
from rag.updating.folder_sync import SyncRequest
from rag.updating.update_index import Watcher
from tests.evaluation.datasets.files import write_lines
from tests.little_embedder import LittleEmbedder
from tests.uploading import BUREAU, SALON, settings, update, write

FAIR = "Le salon de la donnée attend 1 100 exposants. Il ouvre le 3 février 2026 à Paris."
MAPS = "Jeanne Martin préside le Bureau des cartes depuis 2024, et garde les plans anciens."
OPENS = "Quand ouvre le salon de la donnée ?"
PRESIDES = "Qui préside le Bureau des cartes ?"
TART = "Comment cuire une tarte aux pommes ?"


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> LittleEmbedder:
    """What embeds in all runs of a test, and counts the texts that it was given."""
    little = LittleEmbedder()
    monkeypatch.setattr(evaluation, "open_embedder", lambda *given: little)
    return little


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    write(folder, {"salon.md": SALON, "bureau.md": BUREAU})
    return folder


def with_threshold(index: Path, threshold: float) -> Settings:
    plain = settings(index)
    answering = plain.answering.model_copy(update={"threshold": threshold})
    return plain.model_copy(update={"answering": answering})


def run(
    tmp_path: Path,
    dataset: Path,
    *,
    split: str = "",
    documents: Path | None = None,
    keep: Path | None = None,
    threshold: float = 0.0,
    every: int = 1,
) -> Run:
    request = EvaluationRequest(dataset, split, documents, keep, every)
    return evaluate(with_threshold(tmp_path / "index", threshold), request, Watcher())


def own(
    identity: str, question: str, document: str, *quotes: str, split: str = ""
) -> Mapping[str, Any]:
    """A line of our own format: each quote is a fact of its own."""
    gold = [
        {"document": document, "quote": quote, "fact": fact}
        for fact, quote in enumerate(quotes, start=1)
    ]
    return {
        "id": identity,
        "question": question,
        "lang": "fr",
        "category": "full",
        "answerable": bool(gold),
        "gold": gold,
        **({"split": split} if split else {}),
    }


def questions(tmp_path: Path) -> Path:
    return write_lines(
        tmp_path / "own.jsonl",
        own("q1", OPENS, "salon.md", "3 février 2026", split="dev"),
        own("q2", PRESIDES, "bureau.md", "Jeanne Martin", split="test"),
        own("q3", TART, "", split="test"),
    )


def squad(tmp_path: Path) -> Path:
    """Two articles of a paragraph; the second question is one that nothing answers."""

    def article(title: str, context: str, *qas: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"title": title, "paragraphs": [{"context": context, "qas": list(qas)}]}

    when = {"text": "3 février 2026", "answer_start": FAIR.index("3 février 2026")}
    content = {
        "version": "v2.0",
        "data": [
            article(
                "Salon de la donnée",
                FAIR,
                {"id": "s1", "question": OPENS, "answers": [when], "is_impossible": False},
                {"id": "s2", "question": TART, "answers": [], "is_impossible": True},
            ),
            article("Bureau des cartes", MAPS),
        ],
    }
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def beir(tmp_path: Path, **qrels: str) -> Path:
    """Three documents, of which ``salon`` and its copy hold the same text."""
    folder = tmp_path / "beir"
    write_lines(
        folder / "corpus.jsonl",
        {"_id": "salon", "title": "Salon", "text": FAIR},
        {"_id": "https://cartes.example/é", "title": "Cartes", "text": MAPS},
        {"_id": "copie", "title": "Salon", "text": FAIR},
    )
    write_lines(
        folder / "queries.jsonl", {"_id": "a", "text": OPENS}, {"_id": "b", "text": PRESIDES}
    )
    for split, text in qrels.items():
        write_lines(folder / "qrels" / f"{split}.tsv", f"query-id\tcorpus-id\tscore\n{text}")
    return folder


def outcome(run: Run, identity: str) -> Outcome:
    return next(each for each in run.outcomes if each.query.id == identity)


def quoted(run: Run, identity: str) -> list[str]:
    """The characters at the places of a question's golds."""
    return [
        run.texts[place.document_id].text[place.span.start : place.span.end]
        for place in outcome(run, identity).places
    ]


def test_our_questions_put_to_files(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    found = run(tmp_path, questions(tmp_path), documents=files)
    assert [each.query.id for each in found.outcomes] == ["q1", "q2", "q3"]
    assert found.conditions.unit is Unit.FACT
    assert found.conditions.documents == 2
    assert found.conditions.model == "little"
    assert quoted(found, "q1") == ["3 février 2026"]
    assert quoted(found, "q2") == ["Jeanne Martin"]
    for identity in ("q1", "q2"):
        values = outcome(found, identity).values
        assert outcome(found, identity).ranking[0].unit == f"{identity}#1"
        assert values["recall@1"] == values["mrr@10"] == values["span_recall@1"] == 1
        assert values["sentence_hit@1"] == values["right"] == values["given_right"] == 1
        assert values["quote_fidelity"] == values["citation_recall"] == 1
        assert values["utility@2"] == 1
    assert "recall@1" not in outcome(found, "q3").values


def test_a_question_answered_by_two_facts_of_one_passage(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    dataset = write_lines(
        tmp_path / "own.jsonl",
        own("q1", OPENS, "files/salon.md", "3 février 2026", "Palais des Congrès"),
    )
    found = run(tmp_path, dataset, documents=files)
    assert [line.unit for line in outcome(found, "q1").ranking[:2]] == ["q1#1", "q1#2"]
    # One passage holds both, as two lines of the ranking: half of the facts are first.
    assert outcome(found, "q1").values["recall@1"] == 1 / 2
    assert outcome(found, "q1").values["recall@5"] == 1
    assert outcome(found, "q1").values["span_recall@1"] == 1


def test_the_documents_expected_are_kept_and_those_cited(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    write(files, {"autre.md": "# Autre\n\nUn texte que rien ne demande."})
    dataset = write_lines(tmp_path / "own.jsonl", own("q1", OPENS, "bureau.md", "12 M€"))
    found = run(tmp_path, dataset, documents=files)
    wrong = outcome(found, "q1")
    assert wrong.examination is not None
    cited = {each.document_id for each in wrong.examination.answer.citations}
    assert {found.texts[each].path for each in cited} == {"salon.md"}
    assert {each.path for each in found.texts.values()} == {"salon.md", "bureau.md"}
    assert wrong.values["right"] == 0
    assert wrong.values["given_wrong"] == 1


def test_what_is_made_for_a_run_is_gone_after_it(
    tmp_path: Path, files: Path, embedder: LittleEmbedder, temporary: Path
) -> None:
    run(tmp_path, questions(tmp_path), documents=files)
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "index").exists()


def test_one_split_is_put_and_told(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    found = run(tmp_path, questions(tmp_path), split="dev", documents=files)
    assert [each.query.id for each in found.outcomes] == ["q1"]
    assert found.conditions.split == "dev"
    found = run(tmp_path, questions(tmp_path), split="test", documents=files, every=2)
    assert [each.query.id for each in found.outcomes] == ["q2"]
    assert found.conditions.split == "test"


def test_a_kept_index_is_taken_over_by_the_next_run(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    keep = tmp_path / "kept"
    first = run(tmp_path, questions(tmp_path), documents=files, keep=keep)
    embedded = embedder.embedded
    assert embedded > 0
    second = run(tmp_path, questions(tmp_path), documents=files, keep=keep)
    assert embedder.embedded == embedded
    assert [each.values for each in second.outcomes] == [each.values for each in first.outcomes]
    (files / "bureau.md").write_text(BUREAU.replace("12 M€", "15 M€"), encoding="utf-8")
    run(tmp_path, questions(tmp_path), documents=files, keep=keep)
    # What changed in one document is embedded anew; what is in the other is taken over.
    assert embedded < embedder.embedded < 2 * embedded


def test_a_kept_index_holds_nothing_of_another_dataset(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    keep = tmp_path / "kept"
    run(tmp_path, questions(tmp_path), documents=files, keep=keep)
    assert run(tmp_path, squad(tmp_path), keep=keep).conditions.documents == 2
    with open_generation(keep) as generation:
        assert {each.collection for each in generation.store.headers()} == {"dataset"}
    embedded = embedder.embedded
    run(tmp_path, squad(tmp_path), keep=keep)
    assert embedder.embedded == embedded


def test_a_quote_that_is_not_there_is_refused_before_anything_is_embedded(
    tmp_path: Path, files: Path, embedder: LittleEmbedder, temporary: Path
) -> None:
    dataset = write_lines(
        tmp_path / "own.jsonl",
        own("q1", OPENS, "salon.md", "3 février 2026"),
        own("q2", PRESIDES, "bureau.md", "Jeanne Dupont"),
    )
    with pytest.raises(DatasetError, match="Jeanne Dupont"):
        run(tmp_path, dataset, documents=files)
    assert embedder.embedded == 0
    assert list(temporary.iterdir()) == []


def test_a_document_that_is_not_there_is_refused_before_anything_is_embedded(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    dataset = write_lines(tmp_path / "own.jsonl", own("q1", OPENS, "absent.md", "3 février"))
    with pytest.raises(DatasetError, match=r"absent\.md"):
        run(tmp_path, dataset, documents=files)
    assert embedder.embedded == 0


def test_only_the_questions_put_must_be_answered_by_the_documents(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    (files / "bureau.md").unlink()
    found = run(tmp_path, questions(tmp_path), split="dev", documents=files)
    assert found.conditions.documents == 1
    with pytest.raises(DatasetError, match=r"bureau\.md"):
        run(tmp_path, questions(tmp_path), split="test", documents=files)


def test_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, embedder: LittleEmbedder
) -> None:
    with pytest.raises(InputPathError):
        run(tmp_path, questions(tmp_path), documents=tmp_path / "absent")


def test_files_left_out_are_told_and_progress_too(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    (files / "cassé.pdf").write_bytes(b"%PDF-1.4 rien")
    warned: list[str] = []
    counted: list[tuple[int, int]] = []
    watcher = Watcher(
        warning=warned.append,
        questions=lambda done, total: counted.append((done, total)),
    )
    request = EvaluationRequest(questions(tmp_path), documents=files)
    evaluate(settings(tmp_path / "index"), request, watcher)
    assert len(warned) == 1
    assert "cassé.pdf" in warned[0]
    assert counted[-1] == (3, 3)


def test_squad_with_a_question_that_nothing_answers(
    tmp_path: Path, embedder: LittleEmbedder
) -> None:
    found = run(tmp_path, squad(tmp_path))
    assert found.conditions.unit is Unit.DOCUMENT
    assert found.conditions.documents == 2
    answered, impossible = found.outcomes
    assert answered.ranking[0].unit == "00000-0000"
    assert answered.relevant == {"00000-0000": 1}
    assert quoted(found, "s1") == ["3 février 2026"]
    assert answered.values["recall@1"] == answered.values["span_recall@1"] == 1
    assert answered.values["given_right"] == 1
    # At a threshold of zero it is answered all the same, which is wrong: 0 - 5 × 1.
    assert impossible.places == ()
    assert impossible.answered
    assert "recall@1" not in impossible.values
    assert impossible.values["invented"] == 1
    assert impossible.values["utility@5"] == -5


def test_a_threshold_out_of_reach_keeps_silent_and_composes_all_the_same(
    tmp_path: Path, embedder: LittleEmbedder
) -> None:
    found = run(tmp_path, squad(tmp_path), threshold=1.0)
    assert found.conditions.threshold == 1
    answered, impossible = found.outcomes
    assert not answered.answered
    assert not impossible.answered
    assert answered.right
    assert answered.examination is not None
    assert "3 février 2026" in answered.examination.answer.text
    assert answered.values["right"] == 1
    assert answered.values["given_right"] == answered.values["utility@5"] == 0
    assert impossible.values["invented"] == impossible.values["utility@5"] == 0


def test_beir_counts_documents_by_its_own_ids_and_copies_as_one(
    tmp_path: Path, embedder: LittleEmbedder
) -> None:
    maps = "https://cartes.example/é"
    folder = beir(tmp_path, test=f"a\tsalon\t2\na\tcopie\t2\nb\t{maps}\t1")
    found = run(tmp_path, folder)
    fair, bureau = found.outcomes
    assert {line.unit for line in fair.ranking[:2]} == {"salon", "copie"}
    assert fair.relevant == {"salon": 2, "copie": 2}
    assert sorted(line.unit for line in fair.ranking) == sorted({"salon", "copie", maps})
    # One of the two relevant documents is first, both are among five, in the ideal order.
    assert fair.values["recall@1"] == 1 / 2
    assert fair.values["recall@5"] == 1
    assert fair.values["ndcg@10"] == pytest.approx(1)
    assert bureau.ranking[0].unit == maps
    assert bureau.values["recall@1"] == bureau.values["mrr@10"] == 1
    assert "right" not in bureau.values
    assert not {"given_right", "given_wrong", "invented"} & set(bureau.values)


def test_a_split_of_beir_is_one_of_its_judgements(
    tmp_path: Path, embedder: LittleEmbedder
) -> None:
    folder = beir(tmp_path, test="a\tsalon\t1", dev="b\tsalon\t1")
    assert [each.query.id for each in run(tmp_path, folder).outcomes] == ["a"]
    dev = run(tmp_path, folder, split="dev")
    assert [each.query.id for each in dev.outcomes] == ["b"]
    assert dev.conditions.split == "dev"
    # The judgement is of a document that does not answer: it is not first.
    assert dev.outcomes[0].values["recall@1"] == 0
    assert dev.outcomes[0].values["recall@100"] == 1


def test_a_dataset_that_brings_its_documents_takes_no_others(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    with pytest.raises(DatasetError, match="--documents"):
        run(tmp_path, squad(tmp_path), documents=files)
    assert embedder.embedded == 0


def test_the_published_index_is_asked_where_no_documents_are_given(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    report, _ = update(
        tmp_path / "index", SyncRequest([files], "published"), LittleEmbedder("little")
    )
    found = run(tmp_path, questions(tmp_path))
    assert embedder.embedded == 0
    assert found.conditions.index == report.generation
    assert found.conditions.passages == report.passages
    assert {each.collection for each in found.texts.values()} == {"published"}
    assert outcome(found, "q1").values["recall@1"] == 1


def test_the_published_index_may_lack_what_is_expected(
    tmp_path: Path, files: Path, embedder: LittleEmbedder
) -> None:
    with pytest.raises(IndexMissingError):
        run(tmp_path, questions(tmp_path))
    (files / "bureau.md").unlink()
    update(tmp_path / "index", SyncRequest([files], "published"), LittleEmbedder())
    with pytest.raises(DatasetError, match=r"bureau\.md"):
        run(tmp_path, questions(tmp_path))
