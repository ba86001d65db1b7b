"""A service that demands keys, over a copy of the index."""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.library.database import Database
from rag.library.keys import Keys, Role
from rag.library.library import ServiceLayout
from tests.web.serving import RunningServer, serving


@dataclass(frozen=True, slots=True)
class Locked:
    """``keys`` are the secrets by their names."""

    server: RunningServer
    keys: Mapping[str, str]


@contextmanager
def locked(indexed: Path, folder: Path) -> Iterator[Locked]:
    """Such a service; it has no report of an evaluation."""
    index = shutil.copytree(indexed, folder / "index")
    database = ServiceLayout(index / "service").database
    database.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(Database(database)) as opened:
        keys = Keys(opened)
        secrets = {
            "lectrice": keys.create("lectrice", Role.READER, ("documents",))[1],
            "gérante": keys.create("gérante", Role.ADMIN, None)[1],
        }
    report = {"SOURCIER_SERVER__REPORT": str(folder / "report")}
    with serving(index, environment=report) as server:
        yield Locked(server, secrets)
