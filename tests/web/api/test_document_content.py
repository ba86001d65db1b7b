from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from rag.service.service import Service
from rag.updating.folder_sync import SyncRequest
from rag.web.api import document_content
from rag.web.app import create_app
from tests.little_embedder import LittleEmbedder
from tests.uploading import SALON, eager, settings, update, write
from tests.web.conftest import LOCAL


def test_passages_are_as_documented_and_lie_in_the_text(
    reading: TestClient, salon: str
) -> None:
    text = reading.get(f"/v1/documents/{salon}/text").text
    response = reading.get(f"/v1/documents/{salon}/passages")

    listed = document_content.PassageList.model_validate_json(response.content)
    assert listed.passages
    for passage in listed.passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.sentences


@given(start=st.integers(0, 2000), end=st.none() | st.integers(0, 2000))
def test_a_part_of_the_text_is_cut_at_code_points(
    reading: TestClient, salon: str, start: int, end: int | None
) -> None:
    whole = reading.get(f"/v1/documents/{salon}/text").text
    asked = {"start": start} if end is None else {"start": start, "end": end}

    part = reading.get(f"/v1/documents/{salon}/text", params=asked)

    assert part.text == whole[start:end]
    assert part.headers["x-text-length"] == str(len(whole))


def test_text_is_plain_and_in_utf8(reading: TestClient, salon: str) -> None:
    response = reading.get(f"/v1/documents/{salon}/text")

    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert "3 février 2026" in response.content.decode()


def test_a_part_that_is_none_is_refused(reading: TestClient, salon: str) -> None:
    for asked in ("start=-1", "end=x", "stop=3"):
        assert reading.get(f"/v1/documents/{salon}/text?{asked}").status_code == 422, asked


def test_original_is_saved_and_never_shown(reading: TestClient, salon: str) -> None:
    response = reading.get(f"/v1/documents/{salon}/original")

    assert response.content == SALON.encode()
    assert response.headers["content-type"] == "text/markdown"
    assert response.headers["content-disposition"] == 'attachment; filename="salon.md"'
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_an_unknown_document_is_not_found(reading: TestClient) -> None:
    identities = ("0" * 16, "é", "..", "%2e%2e", "a%00b", "x" * 100)
    paths = ("", "/text", "/passages", "/original")
    told = {
        (identity, path): reading.get(f"/v1/documents/{identity}{path}")
        for identity, path in product(identities, paths)
    }
    problem = (404, "application/problem+json")
    kinds = {
        asked: (each.status_code, each.headers["content-type"]) for asked, each in told.items()
    }
    assert {asked: kind for asked, kind in kinds.items() if kind != problem} == {}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("un rapport.md", "attachment; filename*=utf-8''un%20rapport.md"),
        ("été « 2026 ».md", "attachment; filename*=utf-8''%C3%A9t%C3%A9%20%C2%AB%20"),
        ('a"b;c.md', "attachment; filename*=utf-8''a%22b%3Bc.md"),
    ],
)
def test_an_originals_name_cannot_break_its_header(
    tmp_path: Path, name: str, told: str
) -> None:
    write(tmp_path / "files", {name: SALON})
    update(tmp_path / "index", SyncRequest([tmp_path / "files"], "documents"), LittleEmbedder())
    service = Service(settings(tmp_path / "index"), LittleEmbedder(), eager())
    with TestClient(create_app(service), base_url=LOCAL) as client:
        (document,) = client.get("/v1/documents").json()["documents"]
        original = client.get(f"/v1/documents/{document['id']}/original")

    assert original.content == SALON.encode()
    assert original.headers["content-disposition"].startswith(told)


@pytest.mark.parametrize("change", ["written", "removed"])
def test_a_file_that_is_no_longer_what_was_read_is_not_given(
    tmp_path: Path, change: str
) -> None:
    write(tmp_path / "files", {"salon.md": SALON})
    update(tmp_path / "index", SyncRequest([tmp_path / "files"], "documents"), LittleEmbedder())
    file = tmp_path / "files" / "salon.md"
    if change == "written":
        file.write_text("Un secret", encoding="utf-8")
    else:
        file.unlink()
    service = Service(settings(tmp_path / "index"), LittleEmbedder(), eager())
    with TestClient(create_app(service), base_url=LOCAL) as client:
        (document,) = client.get("/v1/documents").json()["documents"]
        original = client.get(f"/v1/documents/{document['id']}/original")

    assert original.status_code == 404
    assert "secret" not in original.text


def test_a_part_of_an_original(reading: TestClient, salon: str) -> None:
    path = f"/v1/documents/{salon}/original"
    part = reading.get(path, headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, SALON.encode()[2:6])


def test_a_part_that_is_not_there_is_a_problem(reading: TestClient, salon: str) -> None:
    for asked in ("bytes=5-1", "bytes=9999999-", "bytes=", "lines=1-2", "x"):
        refused = reading.get(f"/v1/documents/{salon}/original", headers={"Range": asked})
        assert refused.status_code == 416, asked
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["content-range"] == f"bytes */{len(SALON.encode())}"
        assert refused.json()["type"] == "urn:sourcier:problem:range"
