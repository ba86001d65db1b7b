import json
from pathlib import Path

import pytest

from rag.evaluation.datasets.dataset import Gold, Text, Unit
from rag.evaluation.datasets.factory import read_dataset
from tests.evaluation.datasets.files import CONTEXT, asked, refusal, squad

PIAF = Path(__file__).parents[4] / "shared" / "data" / "piaf-v1.1.json"


def write(folder: Path, content: object) -> Path:
    path = folder / "set.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_paragraph_is_a_text_and_its_answers_are_golds(tmp_path: Path) -> None:
    dataset = read_dataset(write(tmp_path, squad(asked())))
    assert dataset.unit is Unit.DOCUMENT
    assert dataset.texts == (Text("00000-0000", "Salon", CONTEXT),)
    (query,) = dataset.queries
    assert query.gold == (Gold("00000-0000", "3 février 2026", start=18),)
    assert query.short == ("3 février 2026",)
    assert (query.language, query.group, query.split) == ("fr", "Salon", "")
    assert query.facts == (1,)


def test_distinct_answers_are_alternatives(tmp_path: Path) -> None:
    answers = [
        {"text": "3 février 2026", "answer_start": 18},
        {"text": "3 février 2026", "answer_start": 18},
        {"text": "février", "answer_start": 20},
        {"text": "février", "answer_start": 56},
    ]
    path = write(tmp_path, squad({**asked(), "answers": answers}))
    (query,) = read_dataset(path).queries
    assert [each.start for each in query.gold] == [18, 20, 56]
    assert query.short == ("3 février 2026", "février")
    assert query.facts == (1,)


def test_the_second_version_has_questions_without_answer(tmp_path: Path) -> None:
    plausible = {"text": "Paris", "answer_start": 35}
    path = write(
        tmp_path,
        squad(
            {**asked(1), "is_impossible": False},
            {
                **asked(2),
                "is_impossible": True,
                "answers": [],
                "plausible_answers": [plausible],
            },
        ),
    )
    assert [each.answerable for each in read_dataset(path).queries] == [True, False]


@pytest.mark.parametrize(("told", "actual"), [(16, 18), (17, 18), (19, 18), (20, 18)])
def test_a_start_one_or_two_characters_off_is_mended(
    tmp_path: Path, told: int, actual: int
) -> None:
    path = write(tmp_path, squad(asked(start=told)))
    assert read_dataset(path).queries[0].gold[0].start == actual


def test_white_space_around_an_answer_is_not_part_of_it(tmp_path: Path) -> None:
    path = write(tmp_path, squad(asked(text=" 3 février 2026 ", start=17)))
    (gold,) = read_dataset(path).queries[0].gold
    assert (gold.quote, gold.start) == ("3 février 2026", 18)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<i>Terminator 2 : Le Jugement</i>", "Terminator 2 : Le Jugement"),
        ("University_of_Notre_Dame", "University of Notre Dame"),
        ("1 < 2 ans", "1 < 2 ans"),
    ],
)
def test_a_title_is_as_it_is_read(tmp_path: Path, title: str, shown: str) -> None:
    dataset = read_dataset(write(tmp_path, squad(asked(), title=title)))
    assert dataset.texts[0].title == dataset.queries[0].group == shown


def test_lone_surrogates_do_not_move_offsets(tmp_path: Path) -> None:
    path = write(tmp_path, squad(asked(text="\ud800b", start=1), context="a\ud800b"))
    dataset = read_dataset(path)
    (gold,) = dataset.queries[0].gold
    assert gold.start == 1
    assert dataset.texts[0].text[1:3] == gold.quote == "\ufffdb"


def test_a_fault_is_told_with_its_place(tmp_path: Path) -> None:
    cases: list[tuple[object, str]] = [
        ([], "le fichier doit être un objet"),
        ({}, "la clé « data » manque"),
        ({"data": []}, "aucune question"),
        ({"data": [3]}, "data[0] : l'article doit être un objet"),
        ({"data": [{"title": "x"}]}, "data[0] : la clé « paragraphs » manque"),
        (squad(asked(), context=" "), "data[0].paragraphs[0] : « context » est vide"),
        (squad(), "aucune question"),
        (squad(asked(), asked()), "qas[1] : l'identifiant « s1 » est déjà pris"),
        (squad({**asked(), "question": ""}), "qas[0] : « question » est vide"),
        (squad({**asked(), "answers": []}), "« answers » est vide"),
        (squad({**asked(), "is_impossible": True}), "« is_impossible » est true"),
        (squad({**asked(), "is_impossible": 1}), "« is_impossible » doit être true ou false"),
        (squad(asked(None)), "« id » doit être un texte"),
        (squad(asked(start=22)), "ne porte pas « 3 février 2026 » à la position 22"),
        (squad(asked(start=10**30)), "ne porte pas « 3 février 2026 »"),
        (squad(asked(start=-1)), "« answer_start » doit être un entier d'au moins 0"),
        (squad(asked(text=" ")), "« text » est vide"),
    ]
    told = [(fault, refusal(write(tmp_path, content))) for content, fault in cases]
    assert [(fault, message) for fault, message in told if fault not in message] == []


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, squad(asked("a", start=22), asked("b"), asked("c", "x"))))
    assert "(2 fautes)" in message
    assert "qas[0]" in message
    assert "qas[1]" not in message
    assert "qas[2]" in message


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b'{"data": [}', "ce n'est pas du JSON (colonne 11)"),
        (b'{\n"data": [}', "ce n'est pas du JSON (ligne 2, colonne 10)"),
        (b"", "ce n'est pas du JSON"),
        (b"\xe9", "l'octet 1 n'est pas de l'UTF-8"),
    ],
)
def test_bytes_that_are_not_json(tmp_path: Path, data: bytes, fault: str) -> None:
    path = tmp_path / "set.json"
    path.write_bytes(data)
    assert fault in refusal(path)


def test_it_has_no_splits(tmp_path: Path) -> None:
    assert "n'a pas de parties" in refusal(write(tmp_path, squad(asked())), "test")


@pytest.mark.skipif(not PIAF.exists(), reason="PIAF is not beside the project")
def test_piaf_is_read_whole() -> None:
    dataset = read_dataset(PIAF)
    assert (len(dataset.texts), len(dataset.queries)) == (1518, 7569)
    texts = {each.id: each.text for each in dataset.texts}
    for query in dataset.queries:
        assert query.language == "fr"
        for gold in query.gold:
            assert gold.quote is not None
            assert gold.start is not None
            assert texts[gold.document].startswith(gold.quote, gold.start)
