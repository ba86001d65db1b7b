"""What the first page weighs, and how soon it can be used."""

from playwright.sync_api import Response

from tests.browser.visits import Visits

MOST_BYTES = 100_000
MOST_MILLISECONDS = 1000
LOADS = 4


def test_the_first_page_weighs_less_than_a_hundred_kilobytes(visit: Visits) -> None:
    page = visit.come().new_page()
    answered: list[Response] = []
    page.on("response", lambda response: answered.append(response))
    page.goto("/", wait_until="networkidle")
    weights = {each.url.rpartition("/")[2]: len(each.body()) for each in answered}
    assert len(weights) > 3
    assert sum(weights.values()) < MOST_BYTES, sorted(
        weights.items(), key=lambda each: -each[1]
    )


def test_the_first_page_can_be_used_within_a_second(visit: Visits) -> None:
    """The best of several loads, each in a new browser: other tests are running beside it."""

    def load() -> float:
        page = visit.come().new_page()
        page.goto("/")
        page.locator("#theme-switch[title]").wait_for()
        entry = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
        return float(page.evaluate(entry))

    assert min(load() for _ in range(LOADS)) < MOST_MILLISECONDS
