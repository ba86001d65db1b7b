"""Questions put on the ask page, and answers held back on their way."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

OPENING: Final = "À quelle heure ouvre la cantine ?"
OPENS: Final = "La cantine ouvre à onze heures trente et ferme à quatorze heures."
FAIR: Final = "Quand ouvre le salon de la donnée ?"
PRICE: Final = "Combien coûte un repas complet à la cantine ?"
PROGRAMME: Final = "Que comprend la matinée du programme ?"
DOGS: Final = "Les chiens sont-ils admis dans le parc ?"
NOWHERE: Final = "Quelle est la capitale de la Mongolie ?"
DAM: Final = "Combien d'eau retient le barrage de Serre-Ponçon ?"
TURBINE: Final = "À quelle vitesse tourne la turbine du moulin de Vaucanson ?"
BADGE: Final = "Where do visitors collect a badge?"
SURE: Final = re.compile(r"^Confiance (très )?haute$")

# Lets an answer come up to its last event, and that one when the page is told to.
HOLD: Final = """
const plain = window.fetch;
window.fetch = async (path, options) => {
  const response = await plain(path, options);
  if (path !== "/v1/ask") return response;
  const events = (await response.text()).split(/(?<=\\n\\n)/).filter((each) => each.trim());
  const body = new ReadableStream({
    async start(controller) {
      const send = (text) => controller.enqueue(new TextEncoder().encode(text));
      const { signal } = options;
      const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
      events.slice(0, -1).forEach(send);
      await Promise.race([stopped, new Promise((resolve) => (window.release = resolve))]);
      if (signal.aborted) return controller.error(signal.reason);
      if (window.cut) return controller.close();
      send(events.at(-1));
      controller.close();
    },
  });
  return new Response(body, { headers: response.headers });
};
"""


def begin(page: Page, question: str) -> Locator:
    """Put a question; the place of its answer, which may still be to come."""
    # Until the scripts have come, Enter is a new line.
    page.locator("#question").wait_for()
    page.wait_for_load_state()
    before = page.locator(".turn").count()
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    expect(page.locator(".turn")).to_have_count(before + 1)
    return page.locator(".turn").last


def ask(page: Page, question: str) -> Locator:
    """Put a question and wait for the whole answer."""
    turn = begin(page, question)
    expect(turn.locator(".feedback")).to_be_visible()
    return turn


def said(page: Page) -> Locator:
    """What a screen reader is told on the ask page."""
    return page.locator("#announcement")
