"""What is done on the page of the library, and waiting until it is done."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect

# A change is made by a process of its own, which opens the model first.
CHANGE: Final = 60_000


def document(page: Page, title: str) -> Locator:
    """The line of a document in the list."""
    return page.locator(".document").filter(has_text=title)


def add(page: Page, *files: Path) -> None:
    """Choose files to be added, and wait until they all are in the list."""
    page.locator("#upload-files").set_input_files(files)
    for file in files:
        ended(page, file.name, "Ajouté")


def ended(page: Page, name: str, state: str) -> Locator:
    """Wait until what was done about something has ended so; its line."""
    row = page.locator(".activity-row").filter(has_text=name)
    expect(row.locator(".activity-state").last).to_have_text(state, timeout=CHANGE)
    return row


def remove(page: Page, title: str) -> None:
    """Delete a document, say yes, and wait until it is gone from the list."""
    document(page, title).get_by_role("link", name="Supprimer").click()
    dialog = page.get_by_role("dialog", name="Supprimer ce document")
    expect(dialog).to_contain_text(title)
    dialog.get_by_role("button", name="Supprimer").click()
    expect(document(page, title)).to_have_count(0, timeout=CHANGE)


def remove_shelf(page: Page, name: str) -> None:
    """Delete the collection that is shown, with its documents, and wait until it is gone."""
    page.get_by_role("link", name="Supprimer la collection").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Supprimer cette collection")
    expect(page.locator("main")).to_contain_text(name)
    page.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_role("link", name=name)).to_have_count(0, timeout=CHANGE)


def written(folder: Path, name: str, *lines: str) -> Path:
    """A Markdown file."""
    path = folder / name
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return path


def drop(page: Page, files: Sequence[tuple[str, str]]) -> None:
    """Drop files, given by their names and contents, on the page."""
    transfer = page.evaluate_handle(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, text] of files) transfer.items.add(new File([text], name));
          return transfer;
        }""",
        [list(each) for each in files],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", event, {"dataTransfer": transfer})
        if event == "dragover":
            expect(page.locator("#drop-veil")).to_be_visible()
    expect(page.locator("#drop-veil")).to_be_hidden()
