"""axe-core, run in the page."""

from importlib.resources import files
from typing import Final

from playwright.sync_api import Page

_SOURCE: Final = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
# These wait in axe-core for a person to ask for them: they are of WCAG 2.2 A and AA.
_MORE: Final = (
    "target-size",
    "label-content-name-mismatch",
    "td-has-header",
    "css-orientation-lock",
)
_RUN: Final = """async (more) => {
  const rules = Object.fromEntries(more.map((name) => [name, { enabled: true }]));
  const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
  return violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 300)} ${node.failureSummary}`));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it stands: its own rules and WCAG's."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SOURCE)
    found: list[str] = page.evaluate(_RUN, list(_MORE))
    return found
