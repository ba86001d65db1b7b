import os
from pathlib import Path

import pytest

from rag.errors import BaselineError
from rag.evaluation.json_files import load_json


def load(path: Path) -> object:
    return load_json(path, 1, missing=f"{path} n'existe pas.", remedy="refaites-le")


def refused(path: Path) -> str:
    with pytest.raises(BaselineError) as caught:
        load(path)
    return str(caught.value)


def test_json_is_read_with_or_without_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": "\xc3\xa9"}')
    assert load(path) == {"a": "é"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{\n]", "ce n'est pas du JSON (ligne 2, colonne 1)"),
        (b"", "ce n'est pas du JSON (colonne 1)"),
        (b"\xff", "l'octet 1 n'est pas de l'UTF-8"),
        (b"[" * 100_000, "imbriqué trop profondément"),
        (b" " * ((1 << 20) + 1), "dépasse 1\u00a0Mio"),
    ],
)
def test_what_is_no_json_is_told_with_what_to_do(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    told = refused(path)
    assert said.replace("\u00a0", " ") in told.replace("\u00a0", " ")
    assert told.startswith(str(path))
    assert told.endswith("ou refaites-le.")


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    assert "c'est un dossier" in refused(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "ce n'est pas un fichier ordinaire" in refused(tmp_path / "pipe")
    assert refused(tmp_path / "absent") == f"{tmp_path / 'absent'} n'existe pas."
    (tmp_path / "file").write_text("")
    assert "n'est pas un dossier" in refused(tmp_path / "file" / "x")
