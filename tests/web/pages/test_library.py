from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.index.local.generation import open_generation
from rag.library.keys import Role
from rag.service.service import Service
from rag.updating.folder_sync import SyncRequest
from rag.web.app import create_app
from rag.web.pages import library_listing as listing
from tests.little_embedder import LittleEmbedder
from tests.uploading import eager, settings, update, write
from tests.web.conftest import LOCAL, KeyMaker
from tests.web.pages.browsing import look, seen, settle, texts

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }}"
MENU = ("menu.md", b"# Menu\n\nLe menu du midi co\xc3\xbbte onze euros.\n")
TITLES = "#documents .document-title"


def test_documents_are_listed_by_title(client: TestClient) -> None:
    page = look(client, "/documents")

    assert texts(page, TITLES) == ["Bureau des cartes", "Note", "Salon de la donnée 2026"]
    assert texts(page, "#documents-count") == ["3 documents"]
    assert texts(page, ".shelf bdi") == ["documents", "notes"]
    assert texts(page, ".shelf[aria-current]") == ["Toutes 3 documents"]


def test_a_document_is_shown_with_what_is_known_of_it(client: TestClient) -> None:
    page = look(client, "/documents?q=salon")

    assert texts(page, ".fact")[:2] == ["Agence du numérique", "12 janvier 2026"]
    assert texts(page, ".document-path") == ["salon.md"]
    assert page.css_first(".fact time").attributes["datetime"] == "2026-01-12"


def test_one_collection_is_looked_at(client: TestClient) -> None:
    page = look(client, "/documents?collection=notes")

    assert texts(page, "h1") == ["notes"]
    assert texts(page, TITLES) == ["Note"]
    assert texts(page, "#upload-collection option[selected]") == ["notes"]


def test_words_are_looked_for_in_titles_and_names(client: TestClient) -> None:
    page = look(client, "/documents?q=DONNEE++salon")

    assert texts(page, TITLES) == ["Salon de la donnée 2026"]
    assert page.css_first("#library-q").attributes["value"] == "DONNEE salon"
    assert texts(page, "#documents-count") == ["1 document pour DONNEE salon"]


def test_nothing_found_says_what_to_do(client: TestClient) -> None:
    page = look(client, "/documents?q=introuvable")

    assert not page.css(TITLES)
    assert page.css_first('.empty a[href="/documents"]') is not None


def test_documents_are_listed_by_date(client: TestClient) -> None:
    page = look(client, "/documents?sort=-date")

    assert texts(page, TITLES)[0] == "Salon de la donnée 2026"
    assert texts(page, "#library-sort option[selected]") == ["Du plus récent au plus ancien"]


def test_pages_follow_one_another(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PER_PAGE", 2)

    first = look(client, "/documents?sort=name")
    after = first.css_first('.pager a[rel="next"]').attributes["href"]
    last = look(client, str(after))

    assert texts(first, ".pager-here") == ["Page 1 sur 2"]
    assert texts(first, TITLES) + texts(last, TITLES) == [
        "Bureau des cartes",
        "Note",
        "Salon de la donnée 2026",
    ]
    assert last.css_first('.pager a[rel="next"]') is None
    assert texts(look(client, "/documents?page=99"), ".pager-here") == ["Page 2 sur 2"]


def test_an_unknown_collection_is_not_found(client: TestClient) -> None:
    response = client.get("/documents?collection=ailleurs", headers={"Accept": "text/html"})

    seen(response, 404)


def test_the_page_is_in_english_too(client: TestClient) -> None:
    page = look(client, "/documents?lang=en")

    assert texts(page, ".shelf[aria-current]") == ["All 3 documents"]
    assert page.css_first("html").attributes["lang"] == "en"


def test_a_reader_changes_nothing(client: TestClient, key: KeyMaker) -> None:
    page = look(client, "/documents", key(Role.READER))

    assert texts(page, TITLES)
    assert not page.css("#upload, .document-actions, dialog, #history, .new-shelf, .shelf-end")


def test_an_editor_changes_documents_but_no_collections(
    client: TestClient, key: KeyMaker
) -> None:
    page = look(client, "/documents?collection=notes", key(Role.EDITOR))

    assert page.css("#upload")
    assert page.css(".document-actions .removes")
    assert not page.css(".new-shelf, .shelf-end")


def test_a_key_sees_its_collections_alone(client: TestClient, key: KeyMaker) -> None:
    page = look(client, "/documents", key(Role.EDITOR, "notes"))

    assert texts(page, TITLES) == ["Note"]
    assert texts(page, ".shelf bdi") == []
    assert page.css_first('#upload input[name="collection"]').attributes["value"] == "notes"
    assert "Salon" not in page.html


def test_a_document_found_in_a_folder_says_where_it_is_replaced(client: TestClient) -> None:
    page = look(client, "/documents")

    assert len(page.css(".document-actions .removes")) == 3
    links = page.css(".document:not([data-sent]) .replaces")
    assert len(links) == 3
    there = look(client, links[0].attributes["href"] or "")
    assert "vient d’un dossier indexé" in there.body.text()  # type: ignore[union-attr]
    assert not there.css("input[type=file]")


def test_one_collection_is_not_offered_to_choose_from(
    client: TestClient, key: KeyMaker
) -> None:
    page = look(client, "/documents", key(Role.EDITOR, "notes"))

    assert not page.css(".shelf, .new-shelf, #upload-collection")


def test_another_collection_can_be_made_where_there_is_one(
    client: TestClient, service: Service
) -> None:
    assert client.delete("/v1/collections/notes").status_code == 202
    settle(service, client)
    page = look(client, "/documents")

    assert not page.css(".shelf")
    assert len(page.css(".library-main .new-shelf")) == 1


def test_a_form_adds_documents(client: TestClient, service: Service) -> None:
    response = client.post(
        "/documents",
        files=[("files", MENU)],
        data={"collection": "notes"},
        follow_redirects=False,
    )
    settle(service, client)

    assert (response.status_code, response.headers["location"]) == (303, "/documents#activity")
    page = look(client, "/documents?collection=notes")
    assert texts(page, TITLES) == ["Menu", "Note"]
    assert texts(page, "#history .badge") == ["Ajouté"]
    assert len(page.css(".document[data-sent] .replaces")) == 1


def test_what_is_under_way_is_shown(client: TestClient, service: Service) -> None:
    from rag.library.job import JobFile, JobKind

    job = service.jobs.add(JobKind.ADD, "notes", [JobFile(str(n), f"{n}.md") for n in range(5)])

    (row,) = look(client, "/documents").css("#activity-rows > li")
    assert row.attributes["data-job"] == job.id
    assert row.css_first(".activity-name").text(strip=True).endswith("et 2 autres")
    assert row.css_first(".activity-state").text() == "En attente"


def test_a_name_that_is_taken_is_told_beside_the_form(client: TestClient) -> None:
    sent = [("files", ("salon.md", b"# Salon\n\nAutre.\n"))]
    page = seen(client.post("/documents", files=sent, headers={"Accept": "text/html"}), 409)

    assert "« Remplacer »" in " ".join(texts(page, "#upload-fault")).replace("\u00a0", " ")
    described = page.css_first("#upload-files").attributes["aria-describedby"]
    assert described is not None
    assert "upload-fault" in described.split()
    assert len(texts(page, TITLES)) == 3


def test_a_format_that_is_not_read_is_told_beside_the_form(client: TestClient) -> None:
    sent = [("files", ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100)))]
    page = seen(client.post("/documents", files=sent, headers={"Accept": "text/html"}), 415)

    assert "PDF" in texts(page, "#upload-fault")[0]


def test_the_one_file_that_is_refused_is_named(client: TestClient, service: Service) -> None:
    refused = ("<b>setup.exe", b"MZ" + bytes(100))
    sent = [("files", MENU), ("files", refused), ("files", ("notes.txt", b"Une note.\n"))]
    page = seen(client.post("/documents", files=sent, headers={"Accept": "text/html"}), 415)

    assert texts(page, "#upload-fault bdi") == ["<b>setup.exe"]
    assert service.jobs.recent() == []


def test_the_one_file_whose_name_is_taken_is_named(client: TestClient) -> None:
    sent = [("files", MENU), ("files", ("salon.md", b"# Salon\n\nAutre.\n"))]
    page = seen(client.post("/documents", files=sent, headers={"Accept": "text/html"}), 409)

    assert texts(page, "#upload-fault bdi") == ["salon.md"]


def test_the_one_file_that_is_too_large_is_named(client: TestClient, service: Service) -> None:
    large = b"a" * (service.settings.limits.file_bytes + 1)
    sent = [("files", MENU), ("files", ("gros.txt", large))]
    page = seen(client.post("/documents", files=sent, headers={"Accept": "text/html"}), 413)

    assert texts(page, "#upload-fault bdi") == ["gros.txt"]


def test_the_history_names_the_file_that_each_reason_is_about(
    client: TestClient, service: Service
) -> None:
    client.post("/documents", files=[("files", MENU), ("files", ("vide.md", b""))])
    settle(service, client)
    page = look(client, "/documents")

    assert texts(page, "#history .badge") == ["Ajouté en partie"]
    assert texts(page, "#history .reason bdi") == ["vide.md"]
    assert texts(page, "#history .reason")[-1].startswith("vide.md : Ce document est vide")


def test_a_reader_sends_nothing(client: TestClient, key: KeyMaker) -> None:
    headers = {**key(Role.READER), "Accept": "text/html"}
    response = client.post("/documents", files=[("files", MENU)], headers=headers)

    seen(response, 403)


def test_the_page_of_another_site_sends_nothing(client: TestClient, service: Service) -> None:
    headers = {"Origin": "https://ailleurs.example"}
    response = client.post("/documents", files=[("files", MENU)], headers=headers)

    assert response.status_code == 403
    assert service.jobs.recent() == []


@pytest.fixture
def hostile(index: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A client of a library with a document, a name and a reason that mean harm."""
    folder = tmp_path / "hostile"
    front = f'---\ntitle: "{HOSTILE}"\nsource: "{HOSTILE}"\nlanguage: en\n---\n\n'
    write(
        folder, {"<b>nom<b>.md": f"{front}# T\n\nUn texte.\n", "<i>.xlsx": "x", "vide.md": ""}
    )
    with open_generation(index) as previous:
        update(index, SyncRequest([folder], HOSTILE), LittleEmbedder(), previous)
    service = Service(settings(index), LittleEmbedder(), eager())
    with TestClient(create_app(service), base_url=LOCAL) as opened:
        yield opened


def test_hostile_text_is_shown_as_text(hostile: TestClient) -> None:
    page = look(hostile, "/documents")

    assert HOSTILE in texts(page, TITLES)
    assert HOSTILE in texts(page, ".shelf bdi")
    assert not page.css("main script, main img, main b, main i")
    assert "onerror" not in {name for node in page.css("*") for name in node.attributes}


def test_what_was_left_out_is_told_with_its_reason(hostile: TestClient) -> None:
    page = look(hostile, "/documents")

    assert texts(page, "#skipped summary") == ["2 fichiers laissés de côté"]
    assert sorted(texts(page, "#skipped bdi")) == ["<i>.xlsx", "vide.md"]
    assert all(texts(page, "#skipped .reason"))


def test_a_title_in_another_language_says_so(hostile: TestClient) -> None:
    (title,) = look(hostile, "/documents?q=script").css(TITLES)

    assert title.attributes["lang"] == "en"
