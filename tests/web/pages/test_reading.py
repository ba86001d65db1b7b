import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from rag.library.keys import Role
from rag.service.service import Service
from rag.updating.folder_sync import SyncRequest
from rag.web.pages import reading
from rag.web.pages.document_layout import parts
from tests.little_embedder import LittleEmbedder
from tests.uploading import SALON, update, write
from tests.web.conftest import KeyMaker
from tests.web.pages.browsing import look as page
from tests.web.pages.browsing import texts

HOSTILE = (
    '---\ntitle: "<script>alert(1)</script>"\nlink: "javascript:alert(1)"\n'
    'language: "fr\\" onload=x"\n---\n\n'
    "# <img src=x onerror=alert(1)>\n\n"
    f"{'w' * 10_000} <script>alert(2)</script> \u0645\u0631\u062d\u0628\u0627.\n"
)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    files = {"salon.md": SALON, "hostile.md": HOSTILE}
    write(tmp_path / "files", files)
    update(tmp_path / "index", SyncRequest([tmp_path / "files"], "documents"), LittleEmbedder())
    return tmp_path / "index"


@pytest.fixture
def ids(client: TestClient) -> dict[str, str]:
    listed = client.get("/v1/documents").json()["documents"]
    return {each["path"]: each["id"] for each in listed}


def cited(client: TestClient, document_id: str, words: str) -> str:
    text = client.get(f"/v1/documents/{document_id}/text").text
    start = text.index(words)
    return f"/documents/{document_id}?start={start}&end={start + len(words)}"


def test_a_document_is_set_with_its_title_its_outline_and_its_links(
    client: TestClient, ids: dict[str, str]
) -> None:
    tree = page(client, f"/documents/{ids['salon.md']}")
    assert texts(tree, "h1") == ["Salon de la donnée 2026"]
    assert texts(tree, ".sheet h2") == ["Dates et lieu", "Programme", "Lauréats"]
    links = tree.css(".outline a")
    assert [link.text() for link in links] == texts(tree, ".sheet h2")
    for link in links:
        assert tree.css_first(f"[id='{(link.attributes['href'] or '')[1:]}']")
    assert texts(tree, ".sheet li")[0] == "une conférence sur les archives ;"
    assert texts(tree, ".sheet th") == ["Projet", "Porteur", "Secteur"]
    source = tree.css_first("a[rel~=noopener]")
    assert source
    assert source.attributes["href"] == "https://agence.example/salon"
    original = tree.css_first("a[download]")
    assert original
    got = client.get(original.attributes["href"] or "")
    assert got.text == SALON
    assert not tree.css("mark")


@pytest.mark.parametrize("words", ["3 février 2026", "1 100 exposants.\n\nProgramme\n\nLa mat"])
def test_the_cited_characters_are_marked_and_no_others(
    client: TestClient, ids: dict[str, str], words: str
) -> None:
    tree = page(client, cited(client, ids["salon.md"], words))
    marks = tree.css("mark")
    assert [mark.text() for mark in marks] == words.split("\n\n")
    assert [mark.attributes.get("id") for mark in marks] == [
        "citation",
        *[None] * (len(marks) - 1),
    ]
    assert "data-after" in marks[-1].attributes


def test_a_cited_row_is_marked_cell_by_cell(client: TestClient, ids: dict[str, str]) -> None:
    tree = page(client, cited(client, ids["salon.md"], "MAGRITTE | RAIDIUM | Santé"))
    assert texts(tree, "td mark") == ["MAGRITTE", "RAIDIUM", "Santé"]


def test_a_cited_title_is_marked_where_the_page_says_it(
    client: TestClient, ids: dict[str, str]
) -> None:
    tree = page(client, cited(client, ids["salon.md"], "donnée"))
    assert texts(tree, "h1 mark#citation") == ["donnée"]


def test_the_reference_to_copy_tells_quote_title_publisher_and_date(
    client: TestClient, ids: dict[str, str]
) -> None:
    tree = page(client, cited(client, ids["salon.md"], "3 février 2026"))
    data = tree.css_first("script#reference")
    assert data
    assert json.loads(data.text())["text"] == (
        "«\u00a03 février 2026\u00a0»\n"
        "Salon de la donnée 2026, Agence du numérique, 12 janvier 2026"
    )
    assert texts(tree, ".cited-path") == ["Dates et lieu"]


@pytest.mark.parametrize(
    "query", ["start=5&end=5", "start=0&end=999999", "start=x&end=9", "end=" + "9" * 5000]
)
def test_a_place_that_is_not_there_is_said_not_guessed(
    client: TestClient, ids: dict[str, str], query: str
) -> None:
    tree = page(client, f"/documents/{ids['salon.md']}?{query}")
    assert tree.css_first(".notice.warn") or query.startswith("start=x")
    assert bool(tree.css("mark")) is query.startswith("start=x")


def test_the_way_back_leads_to_the_question_asked(
    client: TestClient, ids: dict[str, str]
) -> None:
    back = page(client, f"/documents/{ids['salon.md']}?q=Qui+%26+o%C3%B9%3F").css_first("#back")
    assert back
    assert parse_qs(urlsplit(back.attributes["href"] or "").query) == {"q": ["Qui & où?"]}


def test_hostile_text_is_text(client: TestClient, ids: dict[str, str]) -> None:
    address = f"/documents/{ids['hostile.md']}?q=%22%3E%3Cscript%3Ealert(3)%3C/script%3E"
    tree = page(client, address)
    for script in tree.css("script"):
        assert "src" in script.attributes or script.attributes["type"] == "application/json"
    assert not tree.css("img")
    assert not tree.css("a[href^='javascript']")
    assert not tree.css("[style], [onload], [onerror]")
    assert texts(tree, "h1") == ["<script>alert(1)</script>"]
    assert "w" * 10_000 in texts(tree, ".sheet")[0]
    assert "lang" not in tree.css_first("article").attributes  # type: ignore[union-attr]


def test_a_file_that_is_gone_is_said_and_not_linked(
    client: TestClient, ids: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "files" / "salon.md").unlink()
    tree = page(client, f"/documents/{ids['salon.md']}")
    assert not tree.css("a[download]")
    assert "il ne peut plus être téléchargé" in texts(tree, ".reading-head .muted")[0]


def test_a_long_document_comes_in_parts_and_opens_at_the_one_cited(
    client: TestClient, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "parts", lambda blocks: parts(blocks, 200))
    address = f"/documents/{ids['salon.md']}"
    first = page(client, address)
    assert first.css_first("a[rel=next]")
    assert not first.css_first("a[rel=prev]")
    seen = []
    here: str | None = address
    while here:
        tree = page(client, here)
        seen += texts(tree, ".sheet h2, .sheet td")
        following = tree.css_first("a[rel=next]")
        here = following.attributes["href"] if following else None
    assert seen[:3] == ["Dates et lieu", "Programme", "Lauréats"]
    assert seen[-1] == "Robotique"
    tree = page(client, cited(client, ids["salon.md"], "ORCHESTRO"))
    assert texts(tree, "mark") == ["ORCHESTRO"]
    outside = tree.css_first(".outline a")
    assert outside
    assert (outside.attributes["href"] or "").startswith(f"{address}?part=1#s")


def test_what_may_not_be_seen_is_not_there(
    service: Service, client: TestClient, ids: dict[str, str], key: KeyMaker
) -> None:
    headers = {**key(Role.READER, "notes"), "Accept": "text/html"}
    for document_id in (ids["salon.md"], "nothing", "%00", "x" * 3000):
        response = client.get(f"/documents/{document_id}", headers=headers)
        assert response.status_code == 404
        assert "text/html" in response.headers["content-type"]
        assert "Salon" not in response.text


def test_the_page_speaks_the_readers_language_and_keeps_the_documents(
    client: TestClient, ids: dict[str, str]
) -> None:
    tree = page(client, f"/documents/{ids['salon.md']}?lang=en")
    assert texts(tree, ".outline summary") == ["Outline"]
    assert texts(tree, "time") == ["12 January 2026"]
