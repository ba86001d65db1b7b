import hashlib
import json
from pathlib import Path

import pytest

from rag.evaluation.datasets.dataset import Gold, Polarity, Query, Unit, fingerprint
from rag.evaluation.datasets.factory import read_dataset
from rag.types import Turn
from tests.evaluation.datasets.files import (
    QUESTION,
    UNANSWERABLE,
    refusal,
    without,
    write_lines,
)

GOLD = QUESTION["gold"][0]


def test_a_line_is_a_query(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", QUESTION, UNANSWERABLE)
    dataset = read_dataset(path)
    assert dataset.name == "set"
    assert dataset.unit is Unit.FACT
    assert dataset.texts == ()
    assert dataset.queries == (
        Query(
            id="q1",
            question="Quand le salon ouvre-t-il ?",
            language="fr",
            category="full",
            gold=(Gold("documents/salon.md", "le 3 février 2026"),),
            short=("3 février 2026",),
            group="documents/salon.md",
        ),
        Query("q2", "Qui dirige la Lune ?", "fr", "far", gold=(), group="q2"),
    )


def test_facts_shorts_history_and_split_are_read(tmp_path: Path) -> None:
    line = {
        **QUESTION,
        "gold": [{**GOLD, "fact": 2}, {"document": "./b.md", "quote": "Paris", "fact": 1}],
        "short": ["3 février 2026", "Paris"],
        "history": [
            {"question": "Quel salon ?", "answer": "Celui de Paris."},
            {"question": "?"},
        ],
        "split": "dev",
    }
    (query,) = read_dataset(write_lines(tmp_path / "set.jsonl", line)).queries
    assert query.facts == (1, 2)
    assert query.gold[1].document == "b.md"
    assert query.short == ("3 février 2026", "Paris")
    assert query.history == (Turn("Quel salon ?", "Celui de Paris."), Turn("?"))
    assert query.split == "dev"
    assert query.group == "documents/salon.md"


def test_one_split_or_all(tmp_path: Path) -> None:
    other = {**QUESTION, "id": "q3", "split": "test", "gold": [{**GOLD, "document": "b.md"}]}
    path = write_lines(
        tmp_path / "set.jsonl", {**QUESTION, "split": "dev"}, UNANSWERABLE, other
    )
    assert [each.id for each in read_dataset(path, "dev").queries] == ["q1"]
    assert [each.id for each in read_dataset(path, "test").queries] == ["q3"]
    assert [each.id for each in read_dataset(path).queries] == ["q1", "q2", "q3"]


def test_whether_yes_or_no_answers_is_read(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "set.jsonl",
        {**QUESTION, "polarity": "yes"},
        {**QUESTION, "id": "q2", "polarity": "no"},
        {**QUESTION, "id": "q3", "polarity": ""},
        {**QUESTION, "id": "q4", "polarity": None},
        {**QUESTION, "id": "q5"},
    )
    queries = read_dataset(path).queries
    assert [each.polarity for each in queries] == [Polarity.YES, Polarity.NO, None, None, None]
    # What is expected changed, so that runs before it are of other questions.
    prints = [fingerprint(each) for each in queries]
    assert len(set(prints[:3])) == 3
    assert len(set(prints[2:])) == 1


def test_sealed_questions_are_a_part(tmp_path: Path) -> None:
    sealed = {**QUESTION, "id": "s1", "split": "sealed"}
    silence = {**UNANSWERABLE, "id": "s2", "split": "sealed"}
    path = write_lines(tmp_path / "set.jsonl", sealed, silence)
    # By themselves, they need not be asked for by name.
    for asked in ("", "sealed"):
        dataset = read_dataset(path, asked)
        assert [(each.id, each.split) for each in dataset.queries] == [
            ("s1", "sealed"),
            ("s2", "sealed"),
        ]
    # A document of theirs answers no question of another part.
    path = write_lines(tmp_path / "set.jsonl", sealed, {**QUESTION, "split": "dev"})
    assert "une question de dev, et à une question de sealed ligne 1" in refusal(path, "dev")


@pytest.mark.parametrize("other", ["dev", "test", ""])
def test_sealed_questions_are_not_put_with_others(tmp_path: Path, other: str) -> None:
    sealed = {**UNANSWERABLE, "id": "s1", "split": "sealed"}
    path = write_lines(tmp_path / "set.jsonl", {**QUESTION, "split": other}, sealed)
    message = refusal(path)
    assert "des questions scellées y sont avec d'autres" in message
    assert "--split sealed" in message
    assert [each.id for each in read_dataset(path, "sealed").queries] == ["s1"]
    if other:
        assert [each.id for each in read_dataset(path, other).queries] == ["q1"]


def test_a_part_that_is_none_is_told_with_those_there_are(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", QUESTION)
    message = refusal(path, "scellée")
    assert "Partie inconnue : « scellée »" in message
    assert all(part in message for part in ("dev", "test", "sealed"))


def test_mark_crlf_and_blank_lines_are_accepted(tmp_path: Path) -> None:
    lines = [json.dumps(each) for each in (QUESTION, UNANSWERABLE)]
    data = b"\xef\xbb\xbf" + "\r\n\r\n".join(lines).encode()
    path = tmp_path / "set.jsonl"
    path.write_bytes(data)
    dataset = read_dataset(path)
    assert [each.id for each in dataset.queries] == ["q1", "q2"]
    assert dataset.digest == "sha256:" + hashlib.sha256(data).hexdigest()


def test_what_cannot_be_stored_or_shown_is_replaced(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "set.jsonl",
        r'{"id":"q1","question":"a\ud800\u001b[31mb",'
        r'"lang":"fr","category":"far","answerable":false,"gold":[],"short":null}',
    )
    assert read_dataset(path).queries[0].question == "a\ufffd [31mb"


def test_a_fault_is_told_with_its_line(tmp_path: Path) -> None:
    cases: list[tuple[object, str]] = [
        ("{", "ce n'est pas du JSON (colonne 2)"),
        ("[" * 100_000, "imbriqué trop profondément"),
        ('{"id": ' + "1" * 5000 + "}", "trop de chiffres"),
        ([QUESTION], "la ligne doit être un objet"),
        (without(QUESTION, "id"), "la clé « id » manque"),
        (without(QUESTION, "question"), "la clé « question » manque"),
        (without(QUESTION, "lang"), "la clé « lang » manque"),
        (without(QUESTION, "category"), "la clé « category » manque"),
        (without(QUESTION, "answerable"), "la clé « answerable » manque"),
        (without(QUESTION, "gold"), "la clé « gold » manque"),
        ({**QUESTION, "golds": []}, "clé inconnue : golds"),
        ({**QUESTION, "x": 1, "y": 2}, "clés inconnues : x, y"),
        ({**QUESTION, "id": 7}, "« id » doit être un texte"),
        ({**QUESTION, "id": " "}, "« id » est vide"),
        ({**QUESTION, "question": " \u00a0"}, "« question » est vide"),
        ({**QUESTION, "question": None}, "« question » doit être un texte"),
        ({**QUESTION, "answerable": "oui"}, "« answerable » doit être true ou false"),
        ({**QUESTION, "gold": {}}, "« gold » doit être une liste"),
        ({**QUESTION, "gold": ["x"]}, "chaque élément de « gold » doit être un objet"),
        ({**QUESTION, "gold": [without(GOLD, "quote")]}, "la clé « quote » manque"),
        ({**QUESTION, "gold": [{**GOLD, "start": 3}]}, "clé inconnue : start"),
        ({**QUESTION, "gold": [{**GOLD, "fact": 0}]}, "« fact » doit être un entier"),
        ({**QUESTION, "gold": [{**GOLD, "fact": True}]}, "« fact » doit être un entier"),
        ({**QUESTION, "gold": []}, "« answerable » est true, mais « gold » est vide"),
        ({**UNANSWERABLE, "gold": [GOLD]}, "est false, mais « gold » n'est pas vide"),
        ({**UNANSWERABLE, "short": "Personne"}, "est false, mais « short » répond"),
        ({**QUESTION, "short": 3}, "« short » doit être un texte"),
        ({**QUESTION, "short": ["3 février", ""]}, "« short » est vide"),
        ({**QUESTION, "split": "train"}, "partie inconnue : « train »"),
        ({**QUESTION, "polarity": "oui"}, "« polarity » vaut « oui » ; il y faut yes ou no"),
        ({**QUESTION, "polarity": "Yes"}, "« polarity » vaut « Yes » ; il y faut yes ou no"),
        ({**QUESTION, "polarity": True}, "« polarity » doit être un texte"),
        ({**UNANSWERABLE, "polarity": "no"}, "est false, mais « polarity » répond"),
        ({**QUESTION, "history": "Quel salon ?"}, "« history » doit être une liste"),
        ({**QUESTION, "history": [{"answer": "x"}]}, "la clé « question » manque"),
        ({**QUESTION, "history": [{"question": "x", "answer": 1}]}, "« answer » doit être"),
    ]
    untold = []
    for line, fault in cases:
        path = write_lines(tmp_path / "set.jsonl", {**UNANSWERABLE, "id": "q0"}, "", line)
        message = refusal(path)
        place = f"{path} ne peut pas servir de jeu d'évaluation : ligne 3 : "
        if not message.startswith(place) or fault not in message:
            untold.append((fault, message))
    assert untold == []


def test_as_many_shorts_as_facts(tmp_path: Path) -> None:
    gold = [GOLD, {**GOLD, "fact": 2}]
    path = write_lines(tmp_path / "set.jsonl", {**QUESTION, "gold": gold, "short": list("abc")})
    assert "« short » donne 3 réponses pour 2 faits" in refusal(path)


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", QUESTION)
    path.write_bytes(path.read_bytes() + '{"id": "é'.encode("latin-1"))
    assert "ligne 2 : l'octet 9 n'est pas de l'UTF-8" in refusal(path)


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", QUESTION, {**UNANSWERABLE, "id": "q1"})
    assert "ligne 2 : l'identifiant « q1 » est déjà celui de la ligne 1" in refusal(path)


@pytest.mark.parametrize("asked", ["", "dev", "test"])
def test_a_document_is_in_one_split(tmp_path: Path, asked: str) -> None:
    path = write_lines(
        tmp_path / "set.jsonl",
        {**QUESTION, "split": "dev"},
        {**QUESTION, "id": "q3", "split": "test", "gold": [{**GOLD, "document": "b.md"}, GOLD]},
        {**QUESTION, "id": "q4", "split": "test"},
    )
    message = refusal(path, asked)
    assert "ligne 2 : « documents/salon.md » répond ici à une question de test" in message
    assert "de dev ligne 1" in message
    assert "ligne 3" not in message


def test_ten_faults_are_told_and_the_others_counted(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", *[without(QUESTION, "id")] * 13)
    message = refusal(path)
    assert "(13 fautes) :" in message
    assert [f"ligne {number} :" in message for number in (1, 10, 11)] == [True, True, False]
    assert message.endswith("… et 3 autres.")


@pytest.mark.parametrize("line", ["", QUESTION])
def test_nothing_asked(tmp_path: Path, line: object) -> None:
    path = write_lines(tmp_path / "set.jsonl", line)
    message = refusal(path, "dev" if line else "")
    assert "aucune question" in message


def test_messages_are_in_french_typography(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", without(QUESTION, "id"))
    with pytest.raises(Exception, match="«\xa0id\xa0» manque\xa0; ajoutez-la"):
        read_dataset(path)


def test_the_questions_of_the_project_can_be_read() -> None:
    path = Path(__file__).parents[3] / "eval" / "questions.jsonl"
    assert len(read_dataset(path).queries) >= 150
