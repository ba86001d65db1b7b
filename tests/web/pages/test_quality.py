import os
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.evaluation.report.writing import write_report
from rag.evaluation.run_record import encode_record
from rag.evaluation.runs import Place
from rag.evaluation.view import failed, tally_of
from rag.library.keys import Role
from rag.settings import Settings
from rag.types import Span
from tests.evaluation.made_records import found, record
from tests.evaluation.report import sample
from tests.uploading import settings
from tests.web.conftest import KeyMaker
from tests.web.pages.browsing import PAGE, look, texts


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Where the service looks for a report; there is none yet."""
    return tmp_path / "report"


@pytest.fixture
def server_settings(index: Path, report: Path) -> Settings:
    plain = settings(index)
    server = plain.server.model_copy(update={"report": report})
    return plain.model_copy(update={"server": server})


@pytest.fixture
def written(report: Path) -> Path:
    write_report(report, sample.run(), sample.summary())
    return report


def test_without_a_report_the_page_says_how_to_make_one(
    client: TestClient, report: Path
) -> None:
    page = look(client, "/quality")
    assert texts(page, "h1") == ["Aucune évaluation pour le moment"]
    assert "sourcier eval" in texts(page, ".command")[0]
    assert texts(page, ".command")[0].endswith(f"--report {report}")


def test_the_page_shows_figures_with_their_intervals_and_their_meaning(
    client: TestClient, written: Path
) -> None:
    page = look(client, "/quality")
    figures = page.css(".figure")
    assert figures
    for figure in figures:
        assert all(
            figure.css_first(f".figure-{part}") for part in ("label", "interval", "meaning")
        )
    exact = next(each for each in figures if "Citations exactes" in each.text())
    assert " ".join(exact.text().split()).startswith("Citations exactes 100 % 8 questions")
    assert len(page.css(".chart svg.chart-drawing[role=img]")) == 3
    assert not page.css("[style]")


def test_every_failed_question_leads_to_the_report_and_to_asking_it(
    client: TestClient, written: Path
) -> None:
    page = look(client, "/quality")
    report = look(client, "/quality/report/report.html")
    cases = page.css("[aria-labelledby=failures] .case")
    assert len(cases) == failed(tally_of(sample.outcomes()))
    for case in cases:
        links = [link.attributes["href"] or "" for link in case.css(".case-links a")]
        address, _, anchor = links[0].partition("#")
        assert address == "/quality/report/report.html"
        assert report.css_first(f"details [id='{anchor}']")
        assert links[1].startswith("/?q=")


def test_right_answers_kept_back_have_a_list_of_their_own(
    client: TestClient, written: Path
) -> None:
    page = look(client, "/quality")
    (case,) = page.css("[aria-labelledby=kept-back] .case")
    assert "réponse juste, mais tue" in case.text()
    assert [link.attributes["href"] for link in case.css(".case-links a")][-1].startswith(
        "/?q="
    )
    assert "Une réponse juste n’a pas été donnée" in texts(page, ".quality-lede")[0]
    assert "pas comptée parmi les échecs" in texts(page, "[aria-labelledby=kept-back] > p")[0]


def test_a_question_leads_to_the_very_characters_that_answer_it(
    client: TestClient, index: Path, report: Path
) -> None:
    listed = client.get("/v1/documents").json()["documents"]
    salon = next(each for each in listed if each["path"] == "salon.md")
    text = client.get(f"/v1/documents/{salon['id']}/text").text
    start = text.index("3 février 2026")
    run = sample.run()
    wrong = replace(run.outcomes[1], places=(Place("there", Span(start, start + 14), 1),))
    known = next(iter(run.texts.values()))
    texts_of = {"there": replace(known, id="there", text=text, version=salon["version"])}
    write_report(report, replace(run, outcomes=(wrong,), texts=texts_of), sample.summary())

    link = look(client, "/quality").css_first(".case-sources a")
    assert link
    assert link.text() == "Salon de la donnée 2026"
    there = look(client, (link.attributes["href"] or "").partition("#")[0])
    assert texts(there, "mark#citation") == ["3 février 2026"]


def test_a_key_of_some_collections_sees_figures_but_no_question(
    client: TestClient, written: Path, key: KeyMaker
) -> None:
    some, all_of_them = key(Role.READER, "notes"), key(Role.READER)
    page = look(client, "/quality", some)
    assert page.css(".figure")
    assert not page.css(".case, a[href^='/quality/report']")
    assert look(client, "/quality", all_of_them).css(".case")
    for headers, status in ((some, 404), (all_of_them, 200)):
        got = client.get("/quality/report/run.json", headers={**headers, **PAGE})
        assert got.status_code == status


def test_the_report_is_shown_contained_and_its_data_saved(
    client: TestClient, written: Path
) -> None:
    shown = client.get("/quality/report/report.html")
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "script-src" not in policy
    for name in ("run.json", "junit.xml", "run.trec", "qrels.trec"):
        got = client.get(f"/quality/report/{name}")
        assert got.content == (written / name).read_bytes()
        assert got.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name", ["secret.txt", "..%2Fsecret.txt", "%2e%2e/secret.txt", "run.json%00"]
)
def test_nothing_else_of_the_folder_is_served(
    client: TestClient, written: Path, name: str
) -> None:
    (written / "secret.txt").write_text("réservé")
    (written.parent / "secret.txt").write_text("réservé")
    response = client.get(f"/quality/report/{name}")
    assert response.status_code == 404
    assert "réservé" not in response.text


def test_a_damaged_report_is_told_in_full_to_who_may_mend_it_only(
    client: TestClient, report: Path, key: KeyMaker
) -> None:
    report.mkdir()
    (report / "run.json").write_text("{")
    page = look(client, "/quality")
    assert texts(page, "h1") == ["Le dernier rapport est illisible"]
    assert str(report) in texts(page, ".notice")[0]
    page = look(client, "/quality", key(Role.READER))
    assert not page.css(".notice")
    assert str(report) not in (page.html or "")


def test_hostile_text_of_a_report_is_text(client: TestClient, report: Path) -> None:
    hostile = "<script>alert(1)</script>\ud800\x00 " + "w" * 10_000
    question = replace(
        found(hostile, right=False, category=hostile, confidence=1e300), question=hostile
    )
    made = record([question])
    conditions = replace(made.conditions, dataset=hostile, split=hostile, model=hostile)
    report.mkdir()
    (report / "run.json").write_text(encode_record(replace(made, conditions=conditions)))
    page = look(client, "/quality")
    assert not [each for each in page.css("script") if "alert" in each.text()]
    assert texts(page, ".case-question")[0].startswith("<script>alert(1)</script>\ufffd\ufffd")


def test_a_new_report_takes_the_place_of_the_last(client: TestClient, written: Path) -> None:
    before = texts(look(client, "/quality"), ".quality-lede")
    run = sample.run()

    fewer = replace(run, outcomes=run.outcomes[:1])
    write_report(written, fewer, sample.summary())
    path = written / "run.json"
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))
    after = texts(look(client, "/quality"), ".quality-lede")
    assert before != after
    assert after == [
        "Sur 1 question à laquelle les documents répondent : 100 % de réponses justes, "
        "0 % de fausses, 0 % de silences."
    ]


def test_the_page_speaks_english_too(client: TestClient, written: Path) -> None:
    page = look(client, "/quality?lang=en")
    assert texts(page, "h1") == ["Quality of the answers"]
    assert "0 to 59.4%" in page.css_first(".figures").text()  # type: ignore[union-attr]
    (lede,) = texts(page, ".quality-lede")
    assert lede.startswith("Of 5 questions that the documents answer, 20% get a right answer,")


def test_the_page_opens_with_what_users_were_given(client: TestClient, written: Path) -> None:
    page = look(client, "/quality")
    (lede,) = texts(page, ".quality-lede")
    assert lede.startswith(
        "Sur 5 questions auxquelles les documents répondent, 20 % reçoivent une réponse juste, "
        "40 % une fausse et 40 % un silence. Sur 2 questions sans réponse possible, 50 % en "
        "reçoivent une à tort."
    )
    first = [each.text(strip=True) for each in page.css(".figure-label")][:3]
    assert first == ["Réponses justes données", "Réponses fausses données", "Réponses à tort"]


def test_the_category_that_is_served_worst_comes_first(
    client: TestClient, written: Path
) -> None:
    page = look(client, "/quality")
    # One whole sentence of five is served, one of two that are near, one of two tables.
    assert texts(page, ".categories tbody th") == [
        "Phrases entières",
        "Sans réponse, sujet voisin",
        "Tableaux",
    ]


@pytest.fixture
def sealed(report: Path) -> Path:
    write_report(report, sample.sealed(), sample.summary())
    return report


def test_sealed_questions_are_told_by_category_alone(client: TestClient, sealed: Path) -> None:
    page = look(client, "/quality")
    assert page.css(".figure")
    assert page.css(".chart")
    assert len(page.css(".categories tbody tr")) == 3
    assert texts(page, "[aria-labelledby=failures] .notice") == [
        "Ces questions sont scellées : elles mesurent, par type, et personne ne les lit "
        "une à une."
    ]
    assert not page.css(".case, [aria-labelledby=kept-back]")
    assert "faute de confiance" not in texts(page, ".quality-lede")[0]
    words = ("Question q", "3 mars", "ouvre le")
    assert [word for word in words if word in (page.html or "")] == []


def test_links_to_a_sealed_report_lead_to_what_is_there(
    client: TestClient, sealed: Path
) -> None:
    page = look(client, "/quality")
    links = {link.attributes["href"] or "" for link in page.css("a[href^='/quality/report/']")}
    assert "/quality/report/report.html" in links
    assert [link for link in sorted(links) if client.get(link).status_code != 200] == []
