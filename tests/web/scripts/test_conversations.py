"""Conversations as the browser keeps them: opened, renamed, removed, outlived."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.scripts.answers import answer, ask, citation, document, kept, let_answer


def _filled(count: int) -> str:
    """As many conversations as a browser would keep them, the last changed first."""
    told = answer("Oui.")
    turn = {"question": "Quand ?", "answer": told, "at": "2026-01-01"}
    conversations: list[dict[str, Any]] = [
        {
            "id": f"c{number}",
            "title": f"Titre {number}",
            "owner": "",
            "created": "2026-01-01T00:00:00.000Z",
            "updated": f"2026-01-01T00:{59 - number:02}:00.000Z",
            "turns": [turn],
        }
        for number in range(count)
    ]
    held = {"version": 1, "conversations": conversations}
    return json.dumps(held, separators=(",", ":"))


def _keep(page: Page, text: str) -> None:
    page.evaluate("(text) => localStorage.setItem('sourcier.conversations', text)", text)


def test_a_conversation_is_there_again_after_a_reload(page: Page) -> None:
    let_answer(page, answer("Le 3 mai.", marks=[(3, 8)]), answer())
    page.goto("/")
    ask(page, "Quand ?")
    ask(page, "Et où ?")
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    assert page.locator(".segment mark").all_inner_texts() == ["3 mai"]
    assert [each["question"] for each in kept(page)[0]["turns"]] == ["Quand ?", "Et où ?"]
    page.go_back()
    expect(page.locator("#welcome")).to_be_visible()


def test_the_drawer_opens_another_conversation(page: Page) -> None:
    let_answer(page, answer("Un."), answer("Deux."))
    page.goto("/")
    ask(page, "Premier ?")
    page.click("a.new")
    expect(page.locator("#welcome")).to_be_visible()
    page.wait_for_load_state()
    ask(page, "Second ?")
    page.click("[data-conversations]")
    links = page.locator(".conversation-link [data-title]")
    assert links.all_inner_texts() == ["Second ?", "Premier ?"]
    assert page.locator("[aria-current] [data-title]").last.inner_text() == "Second ?"
    links.last.click()
    expect(page.locator(".answer-text")).to_have_text("Un. 1")
    expect(page.locator("#conversations")).to_be_hidden()
    page.go_back()
    expect(page.locator(".answer-text")).to_have_text("Deux. 1")


def test_a_conversation_is_renamed_with_the_keyboard_alone(page: Page) -> None:
    let_answer(page, answer("Un."))
    page.goto("/")
    ask(page, "Premier ?")
    page.click("[data-conversations]")
    page.focus("[data-do=rename]")
    page.keyboard.press("Enter")
    page.keyboard.type("Autre")
    page.keyboard.press("Escape")
    assert kept(page)[0]["title"] == "Premier ?"
    page.keyboard.press("Enter")
    page.keyboard.type("  Mon\u202e  nom ")
    page.keyboard.press("Enter")
    expect(page.locator(".conversation-link [data-title]")).to_have_text("Mon nom")
    assert page.evaluate("document.activeElement.dataset.do") == "rename"
    assert page.locator("#conversations").is_visible()


def test_what_was_removed_can_be_put_back_until_the_drawer_is_closed(page: Page) -> None:
    let_answer(page, answer("Un."))
    page.goto("/")
    ask(page, "Premier ?")
    page.click("[data-conversations]")
    page.click("[data-do=remove]")
    assert kept(page) == []
    expect(page.locator(".conversation-removed")).to_contain_text("« Premier ? » supprimée")
    page.keyboard.press("Enter")
    assert [each["title"] for each in kept(page)] == ["Premier ?"]
    page.click("[data-do=remove]")
    page.keyboard.press("Escape")
    expect(page.locator("#welcome")).to_be_visible()
    assert kept(page) == []


def test_at_most_fifty_are_kept_the_oldest_giving_way(page: Page) -> None:
    let_answer(page, answer("Un."))
    page.goto("/")
    _keep(page, _filled(50))
    ask(page, "Encore ?")
    titles = [each["title"] for each in kept(page)]
    assert len(titles) == 50
    assert titles[:2] == ["Encore ?", "Titre 0"]
    assert "Titre 49" not in titles


def test_where_there_is_no_room_the_oldest_give_way(page: Page) -> None:
    before = _filled(9)
    page.add_init_script(
        f"""
        const plain = Storage.prototype.setItem;
        Storage.prototype.setItem = function (name, value) {{
          if (value.length > {len(before)}) throw new DOMException("", "QuotaExceededError");
          plain.call(this, name, value);
        }};
        """
    )
    let_answer(page, answer("Un."))
    page.goto("/")
    _keep(page, before)
    ask(page, "Encore ?")
    titles = [each["title"] for each in kept(page)]
    assert titles[0] == "Encore ?"
    assert titles[1:] == [f"Titre {number}" for number in range(len(titles) - 1)]
    assert 1 < len(titles) < 10


def test_without_storage_the_page_works_and_says_so(page: Page) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('no'); }")
    let_answer(page, answer("Un."))
    page.goto("/")
    ask(page, "Premier ?")
    page.click("[data-conversations]")
    expect(page.locator("[data-kept]")).to_contain_text("refuse de conserver")
    assert page.locator(".conversation-link").count() == 1


def test_without_storage_it_is_said_once_beside_the_conversation(page: Page) -> None:
    let_answer(page, answer("Un."))
    page.goto("/")
    ask(page, "Premier ?")
    notice = page.locator(".turn .notice.warn").filter(has_text="refuse de conserver")
    expect(notice).to_have_count(0)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error(); }; }")
    ask(page, "Second ?")
    expect(page.locator(".turn").last.locator(".notice")).to_be_visible()
    said = page.locator("#announcement")
    expect(said).to_contain_text("Réponse prête, 1 document cité. Ce navigateur refuse")
    ask(page, "Et où ?")
    expect(notice).to_have_count(1)
    expect(said).to_have_text("Réponse prête, 1 document cité")


def test_without_storage_what_the_page_came_with_is_said_not_to_last(page: Page) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('no'); }")
    page.goto("/?q=Quand ouvre le salon ?")
    expect(page.locator(".turn .notice.warn")).to_contain_text("refuse de conserver")


def test_each_document_is_asked_about_once_however_often_it_is_cited(page: Page) -> None:
    other = citation(2, "Deux.", document_id="d2")
    told = answer("Un.", "Deux.", citations=[citation(1, "Un."), other])
    let_answer(page, told)
    page.goto("/")
    for question in ("Un ?", "Deux ?", "Trois ?"):
        ask(page, question)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.reload()
    expect(page.locator(".turn")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    states = [each.rpartition("/")[2] for each in seen if "/v1/documents/" in each]
    assert sorted(states) == ["d1", "d2"]


def test_a_question_that_two_conversations_have_is_opened_in_its_own(page: Page) -> None:
    page.goto("/")
    for first in ("Quand ouvre le salon ?", "Où ouvre le salon ?"):
        page.goto(f"/?q={first}&q=Et qui ?")
        page.locator(".tools button").nth(1).wait_for()
        expect(page.locator(".turn-question").first).to_contain_text(first[:9])
    page.goto("/?q=Quand ouvre le salon ?&q=Et qui ?")
    expect(page.locator(".turn-question").first).to_contain_text("Quand")
    assert len(kept(page)) == 2


def test_the_language_changes_in_the_conversation(page: Page) -> None:
    let_answer(page, answer("Un."))
    page.goto("/")
    ask(page, "Premier ?")
    page.click(".site-tools a[hreflang=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".answer-text")).to_have_text("Un. 1")


def test_what_is_kept_in_disorder_is_passed_over(page: Page) -> None:
    odd = '{"version":1,"conversations":[1,{"id":"c","turns":[null]},null]}'
    for text in ("{", "null", '{"version":9}', odd):
        page.goto("/")
        _keep(page, text)
        page.goto("/#c=c")
        expect(page.locator("#missing")).to_be_visible()
        expect(page.locator("[data-conversations]")).to_be_hidden()
        page.goto("about:blank")


def test_the_conversations_of_another_key_are_not_shown(page: Page) -> None:
    page.goto("/")
    text = _filled(1).replace('"owner":""', '"owner":"k2"')
    _keep(page, text)
    page.goto("/#c=c0")
    expect(page.locator("#missing")).to_be_visible()
    let_answer(page, answer("Un."))
    ask(page, "À moi ?")
    assert {each["owner"] for each in kept(page)} == {"", "k2"}


def test_two_tabs_do_not_undo_each_other(context: BrowserContext) -> None:
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        let_answer(page, answer("Un."))
        page.goto("/")
    ask(one, "Premier ?")
    ask(other, "Second ?")
    ask(one, "Et où ?")
    assert [each["title"] for each in kept(other)] == ["Premier ?", "Second ?"]
    assert len(kept(other)[0]["turns"]) == 2


def test_an_answered_address_becomes_one_conversation_however_often_it_is_opened(
    page: Page,
) -> None:
    for _ in range(2):
        page.goto("/?q=Quand ouvre le salon ?")
        page.locator(".tools button").first.wait_for()
        page.reload()
        page.locator(".tools button").first.wait_for()
    assert [len(each["turns"]) for each in kept(page)] == [1]
    assert page.locator(".turn").count() == 1


def test_nothing_is_kept_of_a_document_that_is_no_more(page: Page) -> None:
    quote = "La cantine ferme à quinze heures."
    let_answer(page, answer(quote))
    page.goto("/")
    ask(page, "Quand ?")
    page.route("**/v1/documents/d1", lambda route: route.fulfill(status=404, json={}))
    page.reload()
    expect(page.locator(".stale")).to_contain_text("retiré")
    expect(page.locator(".sources")).to_have_count(0)
    assert quote not in json.dumps(kept(page), ensure_ascii=False)
    assert quote not in page.content()
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    assert quote not in page.content()


def test_a_document_that_changed_is_told(page: Page) -> None:
    let_answer(page, answer("Le 3 mai."))
    page.goto("/")
    ask(page, "Quand ?")
    page.route(
        "**/v1/documents/d1", lambda route: route.fulfill(json=document(version="sha256:2"))
    )
    page.reload()
    expect(page.locator(".stale")).to_contain_text("a changé")
    expect(page.locator(".answer-text")).to_have_text("Le 3 mai. 1")
    page.click(".stale [data-again]")
    expect(page.locator(".turn")).to_have_count(2)


def test_hostile_words_stay_words(page: Page) -> None:
    hostile = '<img src=x onerror="alert(1)"><script>alert(1)</script> {{7*7}} \u202eabc'
    link = {"source_url": "javascript:alert(1)", "source": hostile, "headings": [hostile]}
    also = [{"document_id": "d/../2", "title": hostile, "start": 0, "end": 1}]
    cited = citation(1, hostile, title=hostile, **link, also_in=also)
    let_answer(page, answer(hostile, citations=[cited]))
    page.goto("/")
    ask(page, hostile)
    page.reload()
    page.click("[data-conversations]")
    expect(page.locator(".conversation-link [data-title]")).to_contain_text("<img src=x")
    expect(page.locator(".quote blockquote")).to_have_text(hostile)
    assert page.locator(".turn img, .turn script, .drawer img").count() == 0
    assert page.locator("a[href^='javascript' i]").count() == 0
    assert page.locator(".source-links a").count() == 1
    assert "\u202e" not in page.locator(".source-title").inner_text()
    hrefs = page.locator(".also-in a").evaluate_all("(all) => all.map((a) => a.pathname)")
    assert hrefs == ["/documents/d%2F..%2F2"]
