import os
from pathlib import Path

import pytest

from rag.errors import DatasetError
from rag.evaluation.datasets.factory import read_dataset
from tests.evaluation.datasets.files import QUESTION, refusal, write_lines


@pytest.mark.parametrize("name", ["absent", "absent.jsonl", "absent.json"])
def test_nothing_is_there(tmp_path: Path, name: str) -> None:
    assert "il n'existe pas" in refusal(tmp_path / name)


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(DatasetError, match="son nom n'est pas valable"):
        read_dataset(Path("a\0.jsonl"))


def test_a_file_of_another_form(tmp_path: Path) -> None:
    assert "de forme inconnue" in refusal(write_lines(tmp_path / "set.csv", "x"))


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    assert "Dossier sans jeu d'évaluation" in refusal(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    os.mkfifo(path)
    assert "ce n'est pas un fichier ordinaire" in refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", QUESTION)
    path.chmod(0)
    assert "Vérifiez le chemin et ses droits" in refusal(path)


def test_capitals_in_the_extension(tmp_path: Path) -> None:
    assert len(read_dataset(write_lines(tmp_path / "SET.JSONL", QUESTION)).queries) == 1


def test_an_unknown_split(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "set.jsonl", QUESTION)
    assert "Partie inconnue : « train »" in refusal(path, "train")
