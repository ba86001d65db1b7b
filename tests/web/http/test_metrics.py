import re

from starlette.testclient import TestClient

from rag.library.job import Ending, JobKind, JobState
from rag.library.keys import Role
from rag.service.service import Service
from rag.web.http.metrics import Metrics
from tests.web.conftest import KeyMaker


def value(client: TestClient, sample: str, headers: dict[str, str] | None = None) -> float:
    text = client.get("/metrics", headers=headers).text
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    assert found, f"{sample} is not in:\n{text}"
    return float(found[1])


def ask(client: TestClient, question: str) -> dict[str, object]:
    response = client.post("/v1/ask", json={"question": question})
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_requests_are_counted_by_template_and_never_by_path(client: TestClient) -> None:
    for number in range(3):
        client.get(f"/v1/jobs/unknown-{number}")
        client.get(f"/nowhere-{number}")
    text = client.get("/metrics").text
    assert "unknown-1" not in text
    assert "nowhere-1" not in text
    counted = 'sourcier_requests_total{{method="GET",route="{}",status="404"}}'
    assert value(client, counted.format("/v1/jobs/{job_id}")) == 3
    assert value(client, counted.format("other")) == 3


def test_a_method_of_nobodys_is_no_new_series(client: TestClient) -> None:
    for number in range(5):
        client.request(f"BREW{number}", "/v1/ask")
    assert "BREW" not in client.get("/metrics").text


def test_answers_and_their_stages_are_counted(client: TestClient) -> None:
    answered = ask(client, "Quand ouvre le Salon de la donnée ?")
    said = answered["verdict"]
    assert value(client, f'sourcier_answers_total{{verdict="{said}"}}') == 1
    for stage in ("embed", "retrieve", "read", "compose", "total"):
        assert value(client, f'sourcier_stage_seconds_count{{stage="{stage}"}}') == 1
    assert value(client, "sourcier_questions_waiting") == 0


def test_searches_are_counted_by_method(client: TestClient) -> None:
    client.post("/v1/search", json={"query": "cantine", "method": "lexical"})
    assert value(client, 'sourcier_searches_total{method="lexical"}') == 1


def test_the_index_is_described(client: TestClient, service: Service) -> None:
    manifest = service.live.revision
    assert manifest is not None
    assert value(client, "sourcier_index_loaded") == 1
    assert value(client, "sourcier_index_documents") == manifest.documents
    assert value(client, "sourcier_index_passages") == manifest.passages
    assert value(
        client,
        f'sourcier_index_info{{generation="{manifest.generation}",model="little"}}',
    )


def test_jobs_are_counted_by_state(client: TestClient) -> None:
    assert value(client, 'sourcier_jobs{state="failed"}') == 0


def test_jobs_that_end_are_counted_however_few_are_kept(
    client: TestClient, service: Service
) -> None:
    def end(state: JobState) -> None:
        job = service.jobs.add(JobKind.ADD, "notes")
        service.jobs.finish(job.id, Ending(state))

    failed = 'sourcier_jobs_ended_total{state="failed"}'
    assert value(client, failed) == 0
    end(JobState.FAILED)
    assert value(client, failed) == 1
    service.jobs.prune(0)
    assert value(client, failed) == 1
    end(JobState.FAILED)
    end(JobState.DONE)
    assert value(client, failed) == 2
    assert value(client, 'sourcier_jobs_ended_total{state="done"}') == 1
    # Those that ended before a service started are none of its own.
    assert f"{failed} 0.0" in Metrics(service).expose().decode()


def test_the_process_is_measured(client: TestClient) -> None:
    assert value(client, "process_resident_memory_bytes") > 10_000_000


def test_where_keys_are_demanded_only_an_administrator_sees_them(
    client: TestClient, key: KeyMaker
) -> None:
    assert client.get("/metrics", headers=key(Role.READER)).status_code == 403
    assert client.get("/metrics", headers=key(Role.EDITOR)).status_code == 403
    limited = client.get("/metrics", headers=key(Role.ADMIN, "documents"))
    assert limited.status_code == 403
    assert "sourcier_" not in limited.text
    assert client.get("/metrics").status_code == 401
    assert value(client, "sourcier_index_loaded", key(Role.ADMIN)) == 1


def test_two_services_in_one_process_count_apart(client: TestClient, service: Service) -> None:
    client.get("/healthz")
    assert b"/healthz" not in Metrics(service).expose()
