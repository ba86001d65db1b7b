import hashlib
from pathlib import Path

import pytest

from rag.evaluation.datasets.dataset import Gold, Text, Unit
from rag.evaluation.datasets.factory import read_dataset
from tests.evaluation.datasets.files import refusal, write_beir, write_lines

HEADER = "query-id\tcorpus-id\tscore"


def test_documents_and_the_questions_judged(tmp_path: Path) -> None:
    dataset = read_dataset(write_beir(tmp_path / "salon"))
    assert (dataset.name, dataset.unit) == ("salon", Unit.DOCUMENT)
    assert dataset.texts == (
        Text("d1", "Salon", "Il ouvre en février."),
        Text("d2", "", "Les cartes sont rangées."),
        Text("3", "Vide", ""),
    )
    a, b = dataset.queries
    assert (a.id, a.question) == ("a", "quand ouvre le salon")
    assert a.gold == (Gold("d1", None, grade=2),)
    assert b.gold == (Gold("d2", None), Gold("d1", None))
    assert (b.group, b.split, b.language) == ("d2", "test", "fr")


def test_the_digest_is_of_all_bytes_read(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    names = ("qrels/test.tsv", "queries.jsonl", "corpus.jsonl")
    data = b"".join((folder / name).read_bytes() for name in names)
    assert read_dataset(folder).digest == "sha256:" + hashlib.sha256(data).hexdigest()


def test_a_question_with_nothing_relevant_is_unanswerable(tmp_path: Path) -> None:
    dataset = read_dataset(write_beir(tmp_path, test="a\td1\t0\nb\td2\t1\n"))
    assert [each.answerable for each in dataset.queries] == [False, True]
    assert dataset.queries[0].group == "a"


def test_test_is_taken_unless_another_is_asked_for(tmp_path: Path) -> None:
    folder = write_beir(tmp_path, dev="a\td1\t1\n", test="b\td2\t1\n")
    assert [each.id for each in read_dataset(folder).queries] == ["b"]
    assert [each.id for each in read_dataset(folder, "dev").queries] == ["a"]
    assert read_dataset(folder, "dev").queries[0].split == "dev"


def test_the_only_one_is_taken(tmp_path: Path) -> None:
    folder = write_beir(tmp_path, train="a\td1\t1\n")
    assert [each.id for each in read_dataset(folder).queries] == ["a"]


def test_which_one_must_be_told(tmp_path: Path) -> None:
    folder = write_beir(tmp_path, dev="a\td1\t1\n", train="b\td2\t1\n")
    assert "plusieurs parties : dev, train ; dites laquelle" in refusal(folder)
    assert "partie inconnue : « ../dev » ; les parties sont dev, train" in refusal(
        folder, "../dev"
    )


def test_mark_crlf_and_repeated_judgements_are_accepted(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    (folder / "qrels" / "test.tsv").write_bytes(
        f"\ufeff{HEADER}\r\na\td1\t1\r\n\r\na\td1\t1\r\n".encode()
    )
    (query,) = read_dataset(folder).queries
    assert query.gold == (Gold("d1", None),)


def test_a_fault_of_the_judgements(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    cases = [
        (["a\td1\t1"], "ligne 1 : l'en-tête manque"),
        ([HEADER], "aucun jugement"),
        ([HEADER, "a\td1\t-1"], "ligne 2 : la note « -1 » n'est pas un entier"),
        ([HEADER, "a\td1\t0.5"], "ligne 2 : la note « 0.5 » n'est pas un entier"),
        ([HEADER, "a\td1\t²"], "ligne 2 : la note « ² » n'est pas un entier"),
        ([HEADER, "a d1 1"], "ligne 2 : il faut 3 colonnes"),
        ([HEADER, "a\t\t1"], "ligne 2 : un identifiant est vide"),
        ([HEADER, "a\td1\t1", "a\td1\t2"], "ligne 3 : ce couple a déjà la note 1 ligne 2"),
        ([HEADER, "z\td1\t1"], "ligne 2 : question inconnue : « z »"),
        ([HEADER, "a\td1\t1", "a\td9\t0"], "ligne 3 : document inconnu : « d9 »"),
    ]
    untold = []
    for lines, fault in cases:
        path = write_lines(folder / "qrels" / "test.tsv", *lines)
        message = refusal(folder)
        if str(path) not in message or fault not in message:
            untold.append((fault, message))
    assert untold == []


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
def test_a_fault_of_a_line(tmp_path: Path, name: str) -> None:
    cases: list[tuple[object, str]] = [
        ("{", "ligne 2 : ce n'est pas du JSON"),
        ("3", "ligne 2 : la ligne doit être un objet"),
        ({"text": "x"}, "ligne 2 : la clé « _id » manque"),
        ({"_id": True, "text": "x"}, "ligne 2 : « _id » doit être un texte"),
        ({"_id": "a"}, "ligne 2 : la clé « text » manque"),
        ({"_id": "a", "text": ["x"]}, "ligne 2 : « text » doit être un texte"),
        ({"_id": "first", "text": "x"}, "ligne 2 : l'identifiant « first » est déjà pris"),
    ]
    folder = write_beir(tmp_path, test="first\tfirst\t1\n")
    first = {"_id": "first", "text": "x"}
    for each in ("corpus.jsonl", "queries.jsonl"):
        write_lines(folder / each, first)
    untold = []
    for line, fault in cases:
        path = write_lines(folder / name, first, line)
        message = refusal(folder)
        if str(path) not in message or fault not in message:
            untold.append((fault, message))
    assert untold == []


def test_an_empty_question(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    write_lines(folder / "queries.jsonl", {"_id": "a", "text": " "})
    assert "ligne 1 : « text » est vide" in refusal(folder)


@pytest.mark.parametrize(
    ("name", "fault"),
    [("corpus.jsonl", "aucun document"), ("queries.jsonl", "aucune question")],
)
def test_an_empty_file(tmp_path: Path, name: str, fault: str) -> None:
    folder = write_beir(tmp_path)
    write_lines(folder / name, "")
    assert fault in refusal(folder)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    folder = write_beir(tmp_path)
    (folder / name).unlink()
    expected = "aucun fichier .tsv dans qrels/" if "/" in name else f"{name} (il n'existe pas)"
    assert expected in refusal(folder)
