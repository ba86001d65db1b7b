from starlette.testclient import TestClient

from rag.web.api import documents


def test_list_is_as_documented(reading: TestClient) -> None:
    response = reading.get("/v1/documents")

    listed = documents.DocumentList.model_validate_json(response.content)
    assert listed.total == 3
    assert [each.title for each in listed.documents] == [
        "Bureau des cartes",
        "Note",
        "Salon de la donnée 2026",
    ]
    assert listed.next is None


def test_pages_follow_one_another(reading: TestClient) -> None:
    seen = []
    url: str | None = "/v1/documents?limit=2&sort=-date"
    while url:
        page = reading.get(url).json()
        seen += [each["title"] for each in page["documents"]]
        url = page["next"]

    assert seen == ["Salon de la donnée 2026", "Bureau des cartes", "Note"]


def test_the_next_page_asks_for_the_same(reading: TestClient) -> None:
    asked = {"q": "é & d", "collection": "documents", "limit": "1", "sort": "-date"}

    page = reading.get("/v1/documents", params={**asked, "q": ""}).json()
    after = reading.get(page["next"]).json()

    assert (page["total"], after["total"]) == (2, 2)
    assert (after["offset"], after["limit"], after["next"]) == (1, 1, None)
    assert after["documents"][0]["title"] == "Bureau des cartes"


def test_list_can_be_narrowed(reading: TestClient) -> None:
    def titles(**asked: str) -> list[str]:
        found = reading.get("/v1/documents", params=asked).json()["documents"]
        return [each["title"] for each in found]

    assert titles(collection="notes") == ["Note"]
    assert titles(q="CARTES") == ["Bureau des cartes"]
    assert titles(q="introuvable") == []


def test_what_cannot_be_listed_is_refused(reading: TestClient) -> None:
    for asked in (
        "limit=0",
        "limit=501",
        "offset=-1",
        "offset=1e9",
        "offset=99999999999999999999999999",
        "sort=size",
        "colection=notes",
    ):
        assert reading.get(f"/v1/documents?{asked}").status_code == 422, asked


def test_beyond_the_end_there_is_nothing(reading: TestClient) -> None:
    page = reading.get("/v1/documents?offset=9007199254740992").json()

    assert (page["total"], page["documents"], page["next"]) == (3, [], None)


def test_a_document_is_as_documented(reading: TestClient, salon: str) -> None:
    response = reading.get(f"/v1/documents/{salon}")

    document = documents.Document.model_validate_json(response.content)
    assert document.metadata.date == "2026-01-12"
    assert (document.path, document.uploaded) == ("salon.md", None)
