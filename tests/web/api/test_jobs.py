from starlette.testclient import TestClient

from rag.library.job import Ending, JobFile, JobKind, JobState
from rag.service.service import Service
from rag.web.api import jobs
from tests.web.api.following import finished, part


def test_a_job_is_as_documented_from_its_start_to_its_end(client: TestClient) -> None:
    response = client.post("/v1/documents", files=[part("a.md", "Texte")])

    queued = jobs.Job.model_validate_json(response.content)
    assert queued.state in {JobState.QUEUED, JobState.RUNNING}
    ended = jobs.Job.model_validate(finished(client, response))
    assert ended.state == JobState.DONE
    assert ended.generation is not None
    assert ended.ended is not None


def test_newest_jobs_come_first(client: TestClient, service: Service) -> None:
    for number in range(3):
        job = service.jobs.add(JobKind.ADD, "documents", [JobFile(str(number), "a.md")])
        service.jobs.finish(job.id, Ending(JobState.DONE))

    listed = jobs.JobList.model_validate_json(client.get("/v1/jobs?limit=2").content)

    assert [each.files[0].document_id for each in listed.jobs] == ["2", "1"]


def test_jobs_can_be_narrowed_to_a_collection(client: TestClient, service: Service) -> None:
    for collection in ("documents", "notes"):
        job = service.jobs.add(JobKind.REMOVE, collection)
        service.jobs.finish(job.id, Ending(JobState.DONE))

    listed = client.get("/v1/jobs?collection=notes").json()["jobs"]

    assert [each["collection"] for each in listed] == ["notes"]


def test_an_unknown_job_is_not_found(client: TestClient) -> None:
    for asked in ("0", "é", "x" * 100, "%00"):
        assert client.get(f"/v1/jobs/{asked}").status_code == 404, asked


def test_what_cannot_be_listed_is_refused(client: TestClient) -> None:
    for asked in ("limit=0", "limit=501", "state=done"):
        assert client.get(f"/v1/jobs?{asked}").status_code == 422, asked
