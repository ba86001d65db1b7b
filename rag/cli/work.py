"""The command ``sourcier work``: applies the jobs that wait."""

import resource
import sys
from types import MappingProxyType
from typing import Annotated, Final

import typer

from rag.cli.options import IndexOption
from rag.cli.process import FAILED, PARTLY_DONE
from rag.library.job import Job, JobKind, JobState
from rag.settings import Settings, load_settings, read_settings
from rag.text.typography import counted, typeset

_KINDS: Final = MappingProxyType(
    {
        JobKind.ADD: "Ajout, collection",
        JobKind.REPLACE: "Remplacement, collection",
        JobKind.REMOVE: "Retrait, collection",
        JobKind.REMOVE_COLLECTION: "Retrait de la collection",
    }
)
_STATES: Final = MappingProxyType(
    {
        JobState.DONE: "fait",
        JobState.PARTLY: "fait en partie",
        JobState.FAILED: "échoué",
    }
)


def work(
    index_dir: IndexOption = None,
    told: Annotated[bool, typer.Option("--told", hidden=True)] = False,
) -> None:
    """Applique à l'index les ajouts, remplacements et suppressions en attente.

    Le service le fait de lui-même pendant qu'il tourne ; cette commande sert quand il est
    arrêté, ou à heure fixe (cron). L'ancien index répond jusqu'à la publication du nouveau.
    Codes de sortie : 0 tout est fait ou rien n'attendait, 1 rien n'a pu l'être, 3 fait en
    partie.
    """
    from rag.cli.display import IndexingDisplay
    from rag.updating.job_worker import apply_jobs

    settings = _told() if told else load_settings(index_dir)
    with IndexingDisplay() as display:
        jobs: list[Job] = []
        while some := apply_jobs(settings, display.watcher):
            jobs += some
    _print(jobs)
    states = {job.state for job in jobs}
    if states == {JobState.FAILED}:
        raise typer.Exit(FAILED)
    if states - {JobState.DONE}:
        raise typer.Exit(PARTLY_DONE)


def _told() -> Settings:
    """The settings that the service gives on standard input, with the bound that they set."""
    settings = read_settings(sys.stdin.buffer.read())
    most = settings.server.worker_bytes
    if most:
        # What it writes to, and not what it maps: the model and the index are files.
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    return settings


def _print(jobs: list[Job]) -> None:
    if not jobs:
        typer.echo("Aucun changement n'attend, ou un autre processus s'en charge déjà.")
        return
    for job in jobs:
        what = f"{_KINDS[job.kind]} « {job.collection} »"
        if job.files:
            what = f"{what}, {counted(len(job.files), 'document')}"
        typer.echo(typeset(f"{what} : {_STATES.get(job.state, job.state.value)}."))
        for file in job.files:
            if file.reason is not None:
                typer.echo(typeset(f"  {file.name} : {file.reason}"), err=True)
        if job.error is not None and not any(file.reason for file in job.files):
            typer.echo(typeset(f"  {job.error}"), err=True)
