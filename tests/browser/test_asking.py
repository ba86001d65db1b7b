"""Questions and answers, with scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import asking
from tests.browser.asking import ask, begin, said
from tests.browser.visits import Visits


def test_an_answer_comes_with_numbers_and_the_cards_of_its_sources(page: Page) -> None:
    turn = ask(page, asking.OPENING)
    expect(turn.locator(".turn-question")).to_contain_text("À quelle heure ouvre la cantine")
    expect(turn.locator(".segment")).to_contain_text(asking.OPENS)
    expect(turn.locator(".cite")).to_have_accessible_name("Source 1\u00a0: La cantine")
    card = turn.locator(".source")
    for part in (
        "La cantine",
        "Service intérieur",
        "2 février 2026",
        "Le menu 🍲 de la semaine",
    ):
        expect(card).to_contain_text(part)
    expect(card.locator("blockquote")).to_have_text(asking.OPENS)
    expect(turn.locator(".confidence-words")).to_have_text(asking.SURE)
    expect(said(page)).to_have_text("Réponse prête, 1 document cité")
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#question")).to_have_value("")
    expect(page).to_have_title(re.compile("^À quelle heure ouvre la cantine"))


def test_the_words_that_answer_stand_out(page: Page) -> None:
    turn = ask(page, asking.FAIR)
    expect(turn.locator(".segment mark").first).to_have_text("3 février 2026")


def test_what_has_come_of_an_answer_is_shown_before_its_end(visit: Visits) -> None:
    context = visit.come()
    context.add_init_script(asking.HOLD)
    page = context.new_page()
    page.goto("/")
    turn = begin(page, asking.OPENING)
    expect(turn.locator(".segment")).to_contain_text(asking.OPENS)
    expect(turn.locator(".source blockquote")).to_have_text(asking.OPENS)
    expect(turn.locator(".pending")).to_be_visible()
    expect(turn.locator(".confidence")).to_have_count(0)
    page.evaluate("release()")
    expect(turn.locator(".confidence")).to_be_visible()
    expect(turn.locator(".pending")).to_have_count(0)


def test_a_question_can_be_stopped_and_comes_back_to_its_field(visit: Visits) -> None:
    context = visit.come()
    context.add_init_script(asking.HOLD)
    page = context.new_page()
    page.goto("/")
    turn = begin(page, asking.OPENING)
    # The words that arrive move the button: no more come after these.
    expect(turn.locator(".segment")).to_be_visible()
    turn.get_by_role("button", name="Arrêter").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#question")).to_have_value(asking.OPENING)
    expect(said(page)).to_have_text("Question arrêtée")


def test_an_answer_cut_on_its_way_is_said_and_asked_again(visit: Visits) -> None:
    context = visit.come()
    context.add_init_script(asking.HOLD)
    page = context.new_page()
    page.goto("/")
    turn = begin(page, asking.OPENING)
    expect(turn.locator(".segment")).to_be_visible()
    page.evaluate("window.cut = true, release()")
    expect(turn.get_by_text("La réponse s’est interrompue en chemin.")).to_be_visible()
    page.evaluate("window.cut = false")
    turn.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".turn .segment")).to_be_visible()
    page.evaluate("release()")
    expect(page.locator(".turn .confidence")).to_be_visible()


def test_a_service_that_cannot_be_reached_is_said_and_asked_again(visit: Visits) -> None:
    visit.watch.expect("net::ERR_FAILED")
    page = visit()
    page.route("**/v1/ask", lambda route: route.abort())
    turn = begin(page, asking.OPENING)
    expect(turn.get_by_text("Le service ne répond pas.")).to_be_visible()
    page.unroute("**/v1/ask")
    turn.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".turn .segment")).to_contain_text(asking.OPENS)


def test_a_number_lights_its_sentence_and_its_card(page: Page) -> None:
    turn = ask(page, asking.PRICE)
    lit = re.compile(r"\blit\b")
    first, second = (turn.locator(".segment").nth(index) for index in (0, 1))
    for number in (turn.locator(".cite").nth(0), turn.locator(".quote").nth(0)):
        number.hover()
        expect(first).to_have_class(lit)
        expect(turn.locator(".quote").nth(0)).to_have_class(lit)
        expect(turn.locator(".cite").nth(0)).to_have_class(lit)
        expect(second).not_to_have_class(lit)
    page.mouse.move(0, 0)
    expect(turn.locator(".lit")).to_have_count(0)
    turn.locator(".cite").nth(1).focus()
    expect(second).to_have_class(lit)
    expect(turn.locator(".quote").nth(1)).to_have_class(lit)
    expect(first).not_to_have_class(lit)


def test_a_number_never_stands_alone_on_a_line(visit: Visits) -> None:
    page = visit(narrow=True)
    words = (
        ask(page, asking.OPENING)
        .locator("p.segment")
        .evaluate_handle(
            "(each) => { const words = document.createRange();"
            " words.setStart(each.firstChild, 0);"
            " words.setEndBefore(each.querySelector('.cites')); return words; }"
        )
    )
    apart = """(words) => {
      const number = document.querySelector(".cite").getBoundingClientRect();
      const last = [...words.getClientRects()].at(-1);
      return number.top > last.bottom || number.left < last.right - 1;
    }"""
    for width in range(320, 520, 10):
        page.set_viewport_size({"width": width, "height": 740})
        assert not words.evaluate(apart), width


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_on_a_telephone_the_sources_come_right_after_the_answer(
    visit: Visits, scripts: bool
) -> None:
    page = visit(narrow=True, scripts=scripts)
    page.locator("#question").fill(asking.OPENING)
    page.get_by_role("button", name="Demander").click()
    turn = page.locator(".turn")
    expect(turn.locator(".feedback")).to_be_visible()
    parts = [".turn-question", ".answer-text", ".confidence", ".sources", ".feedback"]
    if scripts:
        parts.insert(-1, ".tools")
        buttons = [each.bounding_box() for each in turn.locator(".tools button").all()]
        assert len({each and each["y"] for each in buttons}) == 1
    boxes = [turn.locator(each).bounding_box() for each in parts]
    tops = [each["y"] for each in boxes if each]
    assert len(tops) == len(parts)
    assert tops == sorted(tops)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_after_a_short_answer_the_field_is_at_the_bottom_of_the_window(
    visit: Visits, scripts: bool
) -> None:
    page = visit(scripts=scripts)
    page.locator("#question").fill(asking.OPENING)
    page.get_by_role("button", name="Demander").click()
    expect(page.locator(".turn .feedback")).to_be_visible()
    field, footer = page.locator("#asking"), page.locator(".site-footer")
    below = "(each) => [each.getBoundingClientRect().bottom, innerHeight]"
    bottom, window = footer.evaluate(below)
    assert bottom == pytest.approx(window, abs=1)
    at, top = field.bounding_box(), footer.bounding_box()
    assert at is not None
    assert top is not None
    assert at["y"] + at["height"] == pytest.approx(top["y"], abs=1)


def test_a_number_leads_to_its_quote(page: Page) -> None:
    turn = ask(page, asking.PRICE)
    turn.locator(".cite").nth(1).click()
    quote = turn.locator('.quote[data-number="2"]')
    expect(quote).to_be_focused()
    expect(quote).to_be_in_viewport()


def test_a_row_of_a_table_is_answered_as_a_table(page: Page) -> None:
    table = ask(page, asking.PRICE).get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Formule", "Prix"])
    expect(table.get_by_role("row").nth(1)).to_contain_text("Repas complet")
    expect(table.get_by_role("row").nth(1)).to_contain_text("9,80 €")


def test_a_question_that_leans_on_the_one_before_is_understood(page: Page) -> None:
    ask(page, asking.OPENING)
    with page.expect_request("**/v1/ask") as sent:
        turn = ask(page, "Et à quelle heure ferme-t-elle ?")
    history = sent.value.post_data_json["history"]
    assert [each["question"] for each in history] == [asking.OPENING]
    expect(turn.locator(".segment")).to_contain_text("ferme à quatorze heures")
    expect(page.locator(".turn")).to_have_count(2)


def test_without_an_answer_it_says_so_and_offers_the_nearest_passages(page: Page) -> None:
    turn = ask(page, asking.NOWHERE)
    expect(turn.locator(".silence")).to_contain_text("pas trouvé de réponse")
    expect(turn.locator(".confidence")).to_have_count(0)
    expect(turn.get_by_role("heading", name="Les passages les plus proches")).to_be_visible()
    expect(turn.locator(".hit")).to_have_count(3)
    expect(said(page)).to_contain_text("les passages les plus proches suivent")
    top = {
        part: turn.locator(part).evaluate("(each) => each.getBoundingClientRect().top")
        for part in (".silence", ".nearest", ".tools", ".feedback")
    }
    assert sorted(top, key=top.__getitem__) == list(top)
    turn.locator(".hit a").first.click()
    expect(page.locator("mark.cited-text").first).to_be_in_viewport()


def test_an_example_is_asked_by_a_click(page: Page) -> None:
    example = page.locator("a.example").first
    expect(example).to_have_text("Qui peut déjeuner à la Cantine des Tilleuls\u00a0?")
    example.click()
    expect(page.locator(".turn .segment").first).to_contain_text("Les agents et leurs invités")
    expect(page.locator("#welcome")).to_be_hidden()


@pytest.mark.parametrize(("verdict", "helpful"), [("Oui", True), ("Non", False)])
def test_a_reader_says_whether_an_answer_helped(
    page: Page, verdict: str, helpful: bool
) -> None:
    form = ask(page, asking.OPENING).locator(".feedback")
    with page.expect_response("**/v1/feedback") as kept:
        form.get_by_role("button", name=verdict, exact=True).click()
    assert kept.value.ok
    assert kept.value.request.post_data_json["helpful"] is helpful
    expect(form.get_by_text("Merci de votre avis.")).to_be_visible()


def test_a_reader_says_what_was_missing(page: Page) -> None:
    form = ask(page, asking.OPENING).locator(".feedback")
    form.get_by_role("button", name="Non", exact=True).click()
    form.get_by_role("textbox").fill("Et le samedi ?")
    with page.expect_response("**/v1/feedback") as kept:
        form.get_by_role("button", name="Envoyer le commentaire").click()
    sent = kept.value.request.post_data_json
    assert (sent["comment"], sent["helpful"]) == ("Et le samedi ?", False)
    expect(form.get_by_text("Commentaire envoyé, merci.")).to_be_visible()


def test_a_copied_answer_brings_its_references(visit: Visits) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, asking.OPENING)
    turn.get_by_role("button", name="Copier la réponse").click()
    expect(turn.get_by_role("button", name="Copié")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"{asking.OPENS} [1]\n")
    assert "[1] La cantine, Service intérieur, 2 février 2026, Le menu" in text
    assert re.search(rf"{visit.home}/documents/\w+\?start=\d+&end=\d+#citation", text)


def test_words_selected_in_an_answer_are_copied_with_the_references_of_their_numbers(
    visit: Visits,
) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, asking.PRICE)
    turn.locator(".segment").nth(1).select_text()
    page.keyboard.press("Control+C")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "[2]" in text
    assert "[1]" not in text
    assert "La cantine" in text


def test_a_question_without_words_is_refused_beside_its_field(visit: Visits) -> None:
    visit.watch.expect("422")
    page = visit()
    page.locator("#question").fill("?!")
    page.locator("#question").press("Enter")
    expect(page.locator("#question-fault")).to_be_visible()
    expect(page.locator("#question")).to_have_value("?!")
    expect(page.locator("#question")).to_have_attribute("aria-invalid", "true")
    page.locator("#question").press_sequentially(" Où ?")
    expect(page.locator("#question-fault")).to_be_hidden()


@pytest.mark.parametrize(("height", "place"), [(256, "static"), (740, "sticky")])
def test_the_field_leaves_room_to_read_in_a_low_window(
    visit: Visits, height: int, place: str
) -> None:
    page = visit(narrow=True)
    ask(page, asking.OPENING)
    page.set_viewport_size({"width": 320, "height": height})
    expect(page.locator("#asking")).to_have_css("position", place)
