import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.web.pages.static import read_static

FOLDER = Path(__file__).parents[3] / "rag" / "web" / "static"
FORBIDDEN = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|eval|document\.write|setHTMLUnsafe"
    r"|createContextualFragment|setAttribute\([\"']on)\b|new Function"
)
ELSEWHERE = re.compile(r"(?:https?:|[\"'(])//[a-z0-9-]+\.[a-z]", re.IGNORECASE)


def test_a_file_is_kept_for_a_year_under_its_version(client: TestClient) -> None:
    sheet = read_static().url("style.css")
    response = client.get(sheet)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_it_is_packed_for_who_unpacks(client: TestClient) -> None:
    sheet = read_static().url("style.css")
    packed = client.get(sheet, headers={"accept-encoding": "br, gzip"})
    plain = client.get(sheet, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


def test_another_version_gets_what_there_is_and_does_not_keep_it(client: TestClient) -> None:
    response = client.get("/static/0000/page.js")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "..%2fapp.py", "%2e%2e/app.py", "../app.py"])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/0000/{name}").status_code == 404


def test_the_version_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    first = read_static(tmp_path)
    (tmp_path / "a.css").write_text("b{}")
    assert read_static(tmp_path).version != first.version
    (tmp_path / "a.css").write_text("a{}")
    (tmp_path / "secret.py").write_text("")
    assert read_static(tmp_path) == first


def test_a_missing_file_is_told_when_the_page_is_made(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        read_static(tmp_path).url("nothing.css")


def test_no_script_makes_a_page_out_of_a_text() -> None:
    scripts = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js")}
    assert scripts
    assert [name for name, text in scripts.items() if FORBIDDEN.search(text)] == []


def test_no_file_asks_another_host_for_anything() -> None:
    asking = []
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        if ELSEWHERE.search(text) or "@import" in text:
            asking.append(path.name)
    assert asking == []
