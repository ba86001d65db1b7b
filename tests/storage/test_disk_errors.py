import errno
from pathlib import Path

import pytest

from rag.storage.disk_errors import refusal, remedy


def test_what_the_system_says_is_said_in_french(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Is a directory") as caught:
        tmp_path.read_bytes()
    assert refusal(caught.value) == "c'est un dossier"
    assert refusal(OSError(errno.ENOSPC, "No space left on device")) == "le disque est plein"


def test_what_has_no_words_has_its_number() -> None:
    unknown = OSError(errno.EPROTO, "Protocol error")
    assert refusal(unknown) == f"erreur du système n°\u00a0{errno.EPROTO}"
    assert refusal(OSError("bizarre")) == "erreur du système"


def test_what_to_do_is_what_mends_it() -> None:
    assert "droits" in remedy(PermissionError(errno.EACCES, "Permission denied"))
    assert remedy(FileNotFoundError(errno.ENOENT, "No such file")) == "Vérifiez ce chemin."
    assert "place" in remedy(OSError(errno.ENOSPC, "No space left on device"))
    for unknown in (OSError(errno.EPROTO, "Protocol error"), OSError("bizarre")):
        assert remedy(unknown).startswith("Réessayez")
