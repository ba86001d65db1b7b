"""The commands of ``docs/deployment.md`` that can be run here do what the page says."""

import re
import shlex
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from rag.library.database import Database
from rag.library.keys import Keys, Role
from rag.settings import ServerSettings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")


def test_the_records_are_saved_as_often_as_one_likes(tmp_path: Path) -> None:
    found = re.search(r"^/opt/sourcier/bin/python (-c .*sqlite3.*)$", PAGE, re.MULTILINE)
    assert found
    saved = tmp_path / "saved.sqlite"
    command = shlex.split(found[1].replace("/sauvegarde/service.sqlite", str(saved)))
    with closing(Database(tmp_path / "service.sqlite")) as database:
        keys = Keys(database)
        for count in (1, 2):
            keys.create(f"clé {count}", Role.READER)
            subprocess.run([sys.executable, *command], cwd=tmp_path, check=True)
            with closing(Database(saved)) as copy:
                assert len(Keys(copy).all()) == count


def test_every_setting_of_the_server_is_told_of() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE))
    assert set(ServerSettings.model_fields) - told <= {"report"}


def test_the_unit_waits_longer_than_a_stop_may_take() -> None:
    unit = (ROOT / "docs" / "deployment" / "sourcier.service").read_text(encoding="utf-8")
    found = re.search(r"^TimeoutStopSec=(\d+)s$", unit, re.MULTILINE)
    assert found
    assert int(found[1]) > 2 * ServerSettings().shutdown_seconds + 5
