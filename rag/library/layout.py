"""Where everything lies on disk in the service's folder.

::

    <service>/
    ├── service.sqlite      keys, collections, uploads, jobs, feedback
    ├── originals/<sha256>  uploaded files by their content
    └── servers/<id>.lock   held by each process that works on jobs
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServiceLayout:
    """The paths of a service's folder."""

    root: Path

    @property
    def database(self) -> Path:
        """SQLite: the records."""
        return self.root / "service.sqlite"

    @property
    def originals(self) -> Path:
        """Folder of the uploaded files."""
        return self.root / "originals"

    @property
    def owners(self) -> Path:
        """Folder of the locks of those who work on jobs."""
        return self.root / "servers"
