"""The last evaluation, from its figures to a question that failed."""

import re

from playwright.sync_api import expect

from tests.browser.visits import Visits


def test_figures_and_curves_are_shown_with_what_they_mean(visit: Visits) -> None:
    page = visit("/quality")
    expect(page.get_by_role("heading", level=1)).to_have_text("Qualité des réponses")
    figure = page.locator(".figure").filter(has_text="Passage trouvé du premier coup")
    expect(figure.locator(".figure-value")).to_contain_text("%")
    expect(figure).to_contain_text("est le tout premier")
    charts = page.locator("figure.chart svg[role=img]")
    expect(charts).to_have_count(3)
    page.get_by_text("Les données").first.click()
    expect(page.locator("figure table").first).to_be_visible()


def test_a_failed_question_leads_to_its_place_in_the_report(visit: Visits) -> None:
    page = visit("/quality")
    for group in page.locator(".failure-group summary").all():
        group.click()
    case = page.locator(".case").filter(has_text="Question q2")
    expect(case).to_contain_text("réponse fausse")
    case.get_by_role("link", name="Détail dans le rapport").click()
    expect(page).to_have_url(re.compile(r"/quality/report/report\.html#.+"))
    anchor = page.url.partition("#")[2]
    expect(page.locator(f'[id="{anchor}"]')).to_be_in_viewport()
    opened = page.locator("details", has=page.locator(f'[id="{anchor}"]')).last
    expect(opened).to_contain_text("Question q2")


def test_a_failed_question_is_asked_again(visit: Visits) -> None:
    page = visit("/quality")
    page.locator(".failure-group summary").first.click()
    page.locator(".case").first.get_by_role("link", name="Poser cette question").click()
    expect(page.locator(".turn")).to_have_count(1)
