"""Why a change to the library did not go through, or not whole, file by file."""

from dataclasses import dataclass

from rag.library.job import Job


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, in French as the service gives it, and the files that it holds for.

    ``names`` is empty where nothing needs to be named: the change was about one file, or
    the reason holds for the whole of it.
    """

    names: tuple[str, ...]
    text: str


def reasons(job: Job) -> tuple[Reason, ...]:
    """The reasons of a job, that of the whole first; each is told once."""
    named: dict[str, tuple[str, ...]] = {job.error: ()} if job.error else {}
    for file in job.files:
        if file.reason and file.reason != job.error:
            named[file.reason] = (*named.get(file.reason, ()), file.name)
    alone = len(job.files) == 1
    return tuple(Reason(() if alone else names, text) for text, names in named.items())
