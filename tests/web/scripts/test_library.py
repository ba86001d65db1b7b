"""What the page of the library says of changes that end while it is open."""

from playwright.sync_api import Page, Route, expect

from rag.library.job import JobFile, JobKind
from rag.service.service import Service

EMPTY = "Ce document est vide."


def test_each_reason_names_the_files_that_it_is_about(page: Page, service: Service) -> None:
    names = ("menu.md", "<b>vide.md", "vide.txt")
    files = [JobFile(str(at), name) for at, name in enumerate(names)]
    job = service.jobs.add(JobKind.ADD, "notes", files)
    reasons = dict(zip(names, (None, EMPTY, EMPTY), strict=True))

    def end(route: Route) -> None:
        told = [
            {"document_id": "d", "name": name, "reason": why} for name, why in reasons.items()
        ]
        ended = {"id": job.id, "kind": "add", "state": "partly", "stage": "", "done": 0}
        route.fulfill(json={"jobs": [{**ended, "total": 0, "error": None, "files": told}]})

    page.route("**/v1/jobs?*", end)
    page.goto("/documents")

    why = page.locator(".activity-why")
    expect(why).to_have_text(f"<b>vide.md, vide.txt\u00a0: {EMPTY}")
    expect(why.locator("bdi")).to_have_text(["<b>vide.md", "vide.txt"])
    expect(page.locator(".activity-state")).to_have_text("Ajouté en partie")
