import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from rag.errors import IndexCorruptError, LibraryError, UnknownError
from rag.index.filters import EVERYTHING, Filters
from rag.index.local.layout import IndexLayout
from rag.library.job import FINISHED, Ending, Job, JobState
from rag.retrieval.fusion import Method
from rag.service import service as module
from rag.service.catalogue import Catalogue
from rag.service.service import OPENING, Query, Service
from rag.settings import Settings
from rag.types import Answer
from rag.updating.job_worker import apply_jobs
from rag.updating.supervisor import Worker
from tests.little_embedder import LittleEmbedder
from tests.service.changing import publish, queue
from tests.uploading import BUREAU, SALON, eager, settings

WHO = "Qui préside le Bureau des cartes ?"


class InThread:
    """Works jobs off in a thread, as the process would."""

    def __init__(self, chosen: Settings) -> None:
        self._work = asyncio.ensure_future(
            asyncio.to_thread(apply_jobs, chosen, embedder=LittleEmbedder())
        )

    async def wait(self) -> int:
        await asyncio.shield(self._work)
        return 0

    def kill(self) -> None:
        self.terminate()

    def terminate(self) -> None:
        pass


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Service]:
    """A service over ``folder / "index"``, started, whose jobs are done in a thread."""
    chosen = settings(folder / "index")

    async def launch() -> Worker:
        return InThread(chosen)

    service = Service(chosen, LittleEmbedder(), eager(), launch=launch)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


def over(folder: Path, test: Callable[[Service], Coroutine[Any, Any, None]]) -> None:
    """Run a test against a service, in a loop of its own."""

    async def run() -> None:
        async with serving(folder) as service:
            await asyncio.wait_for(test(service), 60)

    asyncio.run(run())


async def finished(service: Service, job: Job) -> Job:
    """The job once it is told finished."""
    service.wake()
    while (found := await service.job(job.id)).state not in FINISHED:
        await asyncio.sleep(0.005)
    return found


def total(catalogue: Catalogue) -> int:
    return catalogue.page(EVERYTHING).total


def test_answers_are_remembered_for_the_key_that_asked(tmp_path: Path) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})

    async def test(service: Service) -> None:
        answer = await service.ask(Query(WHO, key="clé"))
        given = service.recent.find(answer.id, "clé")
        assert given.references[0].document_id == answer.citations[0].document_id
        with pytest.raises(UnknownError):
            service.recent.find(answer.id, "autre")
        async with aclosing(service.stream(Query(WHO))) as parts:
            hits, _, streamed = [part async for part in parts]
        assert isinstance(streamed, Answer)
        assert hits == streamed.hits
        assert service.recent.find(streamed.id).question == WHO
        finding = await service.search(Query(WHO), Method.LEXICAL)
        assert finding.hits[0].score == pytest.approx(finding.hits[0].signals.bm25)
        assert service.waiting == 0
        assert await service.count_tokens(["un deux", ""]) == [2, 0]

    over(tmp_path, test)


def test_a_job_is_told_finished_only_once_answers_show_it(tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        for name, text in (("bureau.md", BUREAU), ("salon.md", SALON)):
            job = queue(service.settings, "documents", {name: text})
            assert (await service.job(job.id)).state is JobState.QUEUED
            done = await finished(service, job)
            assert done.state is JobState.DONE
            assert service.live.generation == done.generation
            (told,) = await service.recent_jobs(limit=1)
            assert told == done
        assert (await service.ask(Query(WHO))).answered
        assert await service.read(total) == 2

    over(tmp_path, test)


def test_jobs_that_wait_at_the_start_are_taken_up(tmp_path: Path) -> None:
    job = queue(settings(tmp_path / "index"), "documents", {"bureau.md": BUREAU})

    async def test(service: Service) -> None:
        assert (await finished(service, job)).state is JobState.DONE

    over(tmp_path, test)


def test_a_job_whose_index_this_server_cannot_open_is_not_finished(tmp_path: Path) -> None:
    publish(tmp_path, {"bureau.md": BUREAU})

    async def test(service: Service) -> None:
        newer = publish(tmp_path, {"salon.md": SALON})
        IndexLayout(tmp_path / "index").generation(newer).passages.write_bytes(b"not it")
        job = queue(service.settings, "documents", {"salon.md": SALON})
        service.jobs.finish(job.id, Ending(JobState.DONE, generation=newer))
        told = await service.job(job.id)
        assert (told.state, told.stage, told.ended) == (JobState.RUNNING, OPENING, None)
        assert isinstance(service.live.fault, IndexCorruptError)
        assert (await service.ask(Query(WHO))).answered
        # It is told as it ended once nothing is left that could contradict it.
        (tmp_path / "index" / "CURRENT").unlink()
        assert (await service.job(job.id)).state is JobState.DONE

    over(tmp_path, test)


def test_an_unknown_job_is_unknown(tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        with pytest.raises(UnknownError):
            await service.job("inconnu")

    over(tmp_path, test)


def test_a_service_without_an_index_has_an_empty_catalogue(tmp_path: Path) -> None:
    async def test(service: Service) -> None:
        assert await service.read(total) == 0
        publish(tmp_path, {"bureau.md": BUREAU})
        assert await service.read(total) == 1
        assert await service.read(lambda catalogue: catalogue.collections()) == {"documents": 1}
        nothing = Filters(collections=())
        assert await service.read(lambda catalogue: catalogue.page(nothing).total) == 0

    over(tmp_path, test)


def test_a_damaged_index_is_not_an_empty_one(tmp_path: Path) -> None:
    name = publish(tmp_path, {"bureau.md": BUREAU})
    IndexLayout(tmp_path / "index").generation(name).passages.write_bytes(b"not it")

    async def test(service: Service) -> None:
        with pytest.raises(IndexCorruptError):
            await service.read(total)

    over(tmp_path, test)


def test_what_another_process_publishes_is_noticed_while_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WATCH_SECONDS", 0.005)
    publish(tmp_path, {"bureau.md": BUREAU})

    async def test(service: Service) -> None:
        newer = await asyncio.to_thread(publish, tmp_path, {"salon.md": SALON})
        # Looked at as the watch leaves it: asking for the manifest would look by itself.
        while (current := service.live._current) is None or (
            current.searcher.identity.generation != newer
        ):
            await asyncio.sleep(0.005)

    over(tmp_path, test)


def test_jobs_queued_by_others_are_worked_on_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WATCH_SECONDS", 0.005)
    monkeypatch.setattr(module, "_WATCHES_PER_LOOK", 2)

    async def test(service: Service) -> None:
        job = queue(service.settings, "documents", {"bureau.md": BUREAU})
        while (await service.job(job.id)).state not in FINISHED:
            await asyncio.sleep(0.005)

    over(tmp_path, test)


def test_two_services_share_an_index(tmp_path: Path) -> None:
    publish(tmp_path, {"salon.md": SALON})

    async def test(first: Service) -> None:
        async with serving(tmp_path) as second:
            jobs = [
                queue(service.settings, "documents", {name: BUREAU})
                for service, name in ((first, "a.md"), (second, "b.md"))
            ]
            first.wake()
            second.wake()
            for job in jobs:
                for service in (first, second):
                    assert (await finished(service, job)).state is JobState.DONE
            assert await first.read(total) == await second.read(total) == 3

    over(tmp_path, test)


def test_records_that_are_no_records_are_refused_at_the_start(tmp_path: Path) -> None:
    chosen = settings(tmp_path / "index")
    chosen.service_directory.mkdir(parents=True)
    (chosen.service_directory / "service.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(LibraryError):
        Service(chosen, LittleEmbedder(), eager())


def test_a_service_that_was_stopped_leaves_no_thread(tmp_path: Path) -> None:
    import threading

    publish(tmp_path, {"bureau.md": BUREAU})

    async def test(service: Service) -> None:
        await service.ask(Query(WHO))
        await service.read(total)

    over(tmp_path, test)
    left = {thread.name.rstrip("_0123456789") for thread in threading.enumerate()}
    assert not left & {"records", "reading", "finding", "embedding", "index"}
