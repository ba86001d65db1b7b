import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evaluation.datasets.dataset import Gold, Query
from rag.evaluation.report.page import facts_of, failures_lede, report_page
from rag.evaluation.run_comparison import Comparison
from rag.evaluation.runs import Outcome, Run, Summary
from rag.evaluation.statistics import Difference
from rag.evaluation.view import tally_of
from rag.types import Turn
from tests.evaluation.metrics import made
from tests.evaluation.report import html, sample

NO_ICON = {"rel": "icon", "href": "data:,"}
HOSTILE = "<script>alert(1)</script>'\"&{{ 7*7 }}\u202e\x00\ud800</p></details>"


@pytest.fixture(scope="module")
def text() -> str:
    return report_page(sample.run(), sample.summary())


def run_of(*outcomes: Outcome) -> Run:
    return replace(sample.run(), outcomes=outcomes)


def hostile(word: str) -> Outcome:
    query = Query(
        id=word,
        question=word,
        language=word,
        category=word,
        gold=(Gold(word, word),),
        short=(word,),
        history=(Turn(word, word),),
    )
    outcome = sample.outcome(query, 0.9, True, False)
    assert outcome.examination is not None
    answer = outcome.examination.answer
    hit = replace(answer.hits[0], title=word, text=word, headings=(word,))
    cited = replace(answer.citations[0], title=word, quote=word, headings=(word,))
    answer = replace(answer, text=word, hits=(hit,), citations=(cited,))
    return replace(outcome, examination=replace(outcome.examination, answer=answer))


def outside(page: html.Page) -> Iterator[str]:
    """What the page would load or run; its icon is empty, so that no browser asks for one."""
    for element in page.elements:
        if element.attributes == NO_ICON:
            continue
        for name, value in element.attributes.items():
            if name in {"src", "srcset", "data", "action", "poster", "xlink:href"}:
                yield value
            if name == "href" and not value.startswith("#"):
                yield value
            if name.startswith("on"):
                yield name
        if element.tag in {"script", "link", "iframe", "object", "embed", "base", "img"}:
            yield element.tag
    for style in page.all("style"):
        yield from re.findall(r"@import|url\([^)]*\)", style.text)


def test_the_page_is_well_formed_and_loads_nothing(text: str) -> None:
    page = html.read(text)
    assert list(outside(page)) == []
    policy = [meta.attributes.get("content", "") for meta in page.all("meta")]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in policy
    assert set(re.findall(r"url\(([^)]*)\)", text)) == set(
        re.findall(r"url\((#[0-9a-z]+)\)", text)
    )


def test_ids_are_unique_and_links_lead_somewhere(text: str) -> None:
    page = html.read(text)
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    links = {each.attributes["href"][1:] for each in page.all("a")}
    assert links <= set(ids)
    assert {"essentiel", "mesures", "echecs"} <= links


def test_headings_go_down_one_level_at_a_time(text: str) -> None:
    levels = [int(e.tag[1]) for e in html.read(text).elements if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_are_captioned_and_their_headers_scoped(text: str) -> None:
    page = html.read(text)
    assert len(page.all("table")) == len(page.all("caption")) == 6
    assert all(each.attributes.get("scope") in {"row", "col"} for each in page.all("th"))


def test_plots_have_a_text_alternative_and_their_data(text: str) -> None:
    page = html.read(text)
    figures = page.all("figure", "plot")
    assert [each.attributes["id"] for each in figures] == [
        "courbe-recall",
        "courbe-risk",
        "courbe-reliability",
        "courbe-latency",
    ]
    assert all(svg.attributes["aria-label"] for svg in page.all("svg"))
    assert all("Les données" in figure.text for figure in figures)


def test_every_failed_question_is_told_and_no_other(text: str) -> None:
    cases = html.read(text).all("details", "case")
    told = [re.search(r"Question (q\d) \?", case.text) for case in cases]
    assert {match.group(1) for match in told if match} == {"q2", "q3", "q4", "q6", "q7"}
    assert len(cases) == 5


def test_a_case_shows_question_gold_answer_and_passages(text: str) -> None:
    page = html.read(text)
    case = next(case for case in page.all("details", "case") if "Question q6" in case.text)
    for words in ("Et avant ?", "le 3 mars", "95,0\u00a0%", "Trouvé au rang\u00a02"):
        assert words in case.text
    assert "<mark>3 mars</mark>" in text


def test_filters_work_by_style_alone(text: str) -> None:
    page = html.read(text)
    radios = {each.attributes["id"] for each in page.all("input")}
    assert radios == {
        "genre-all",
        "genre-wrong",
        "genre-invented",
        "genre-missed",
        "genre-lost",
        "category-all",
        "category-1",
        "category-2",
    }
    (style,) = page.all("style")
    assert all(f"#{name}:checked" in style.text for name in radios if "all" not in name)
    groups = {e.attributes["class"] for e in page.all("section", "group")}
    assert groups == {"group g1 has-wrong has-missed has-lost", "group g2 has-invented"}


def test_figures_and_categories_are_shown(text: str) -> None:
    page = html.read(text)
    assert "questions.jsonl" in page.all("h1")[0].text
    assert "partie test" in page.all("h1")[0].text
    body = page.all("main")[0].text
    for words in ("MRR à 10", "Fidélité des citations", "100,0\u00a0%", "Phrases entières"):
        assert words in body
    # What users were given comes before anything else: 5 answerable, 2 that nothing answers.
    said = page.all("p", "lede")[0].text
    assert said.startswith(
        "Sur 5 questions auxquelles les documents répondent, 20\u00a0% reçoivent"
    )
    labels = [each.text for each in page.all("p", "label")]
    assert labels[:3] == [
        "Réponses justes données",
        "Réponses fausses données",
        "Réponses à tort",
    ]


def test_the_category_that_is_served_worst_comes_first(text: str) -> None:
    (table,) = html.read(text).all("table", "by-category")
    # One of five whole sentences is served, one of two that are near, one of two tables.
    order = ["Phrases entières", "Sans réponse, sujet voisin", "Tableaux"]
    found = [table.text.index(label) for label in order]
    assert found == sorted(found)
    fine = (sample.outcome(sample.asked("a"), 0.9, True, True),
            sample.outcome(sample.asked("b", "table"), 0.9, True, False))  # fmt: skip
    page = html.read(report_page(run_of(*fine), sample.summary()))
    (table,) = page.all("table", "by-category")
    assert table.text.index("Tableaux") < table.text.index("Phrases entières")


def test_a_sealed_run_is_told_by_category_alone() -> None:
    run = sample.sealed()
    page = html.read(report_page(run, sample.summary(), comparison_of_each()))
    body = page.all("body")[0].text
    told = [
        word
        for word in ("Question q", "3 mars", "Et avant", "ouvre le", "Le salon")
        if word in body
    ]
    assert told == []
    assert page.all("details", "case") == []
    assert page.all("input") == []
    assert "personne ne les lit une à une" in body
    (table,) = page.all("table", "by-category")
    assert "Tableaux" in table.text
    assert page.all("figure", "plot")


def test_a_comparison_of_sealed_questions_counts_and_names_none() -> None:
    comparison = replace(comparison_of_each(), worse=("s-0042", "s-0043"), better=("s-0044",))
    page = html.read(report_page(sample.sealed(), sample.summary(), comparison))
    (section,) = [e for e in page.all("section") if e.attributes.get("id") == "comparaison"]
    assert "Questions en échec qui ne l’étaient pas\u00a0: 2" in section.text
    assert "Questions qui ne sont plus en échec\u00a0: 1" in section.text
    assert re.findall(r"s-00\d\d", section.text) == []


def test_the_same_run_gives_the_same_page(text: str) -> None:
    assert report_page(sample.run(), sample.summary()) == text


@pytest.mark.parametrize("word", [HOSTILE, "م" * 40 + "\u202e" + HOSTILE, "w" * 10_000])
def test_hostile_texts_are_but_text(text: str, word: str) -> None:
    run = run_of(hostile(word))
    conditions = replace(run.conditions, dataset=word, split=word, model=word, created=word)
    written = report_page(replace(run, conditions=conditions), sample.summary())
    page = html.read(written)
    assert list(outside(page)) == []
    assert "49" not in page.all("h1")[0].text
    written.encode("utf-8")
    assert "\x00" not in written
    assert {each.tag for each in page.elements} <= {
        each.tag for each in html.read(text).elements
    }


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(codec=None), min_size=1, max_size=30))
def test_any_text_leaves_the_page_well_formed(word: str) -> None:
    page = html.read(report_page(run_of(hostile(word)), Summary({}, {})))
    assert list(outside(page)) == []
    assert len(page.all("details", "case")) == 1


def test_texts_are_kept_apart_in_their_direction() -> None:
    run = run_of(hostile("ambigu"))
    conditions = replace(run.conditions, dataset="ambigu", split="ambigu", model="ambigu")
    page = html.read(report_page(replace(run, conditions=conditions), sample.summary()))
    holding = [each for each in page.elements if each.leaf and "ambigu" in each.text]
    assert len(holding) > 15
    assert all(each.isolated for each in holding if each.tag != "style")


def test_a_large_run_stays_small_and_says_what_it_leaves_out() -> None:
    outcomes = [
        sample.outcome(
            replace(sample.asked(f"q{n}"), question="question " * 30), 0.9, True, False
        )
        for n in range(1000)
    ]
    text = report_page(Run(sample.CONDITIONS, tuple(outcomes), made.DOCUMENTS), Summary({}, {}))
    assert len(html.read(text).all("details", "case")) == 200
    assert "800 sont laissées de côté" in text
    assert len(text) < 3_000_000


def test_a_run_without_questions_and_one_without_failures() -> None:
    empty = html.read(report_page(run_of(), Summary({}, {})))
    assert "Aucune question" in empty.all("p", "lede")[0].text
    fine = report_page(run_of(sample.run().outcomes[0]), sample.summary())
    assert "Aucune question n’est en échec." in fine
    assert html.read(fine).all("input") == []


def comparison_of_each() -> Comparison:
    return Comparison(
        sample.CONDITIONS,
        {"recall@5": Difference(-0.1, -0.15, -0.05, 0.002, 0.001, 9)},
        {"table": {"recall@5": Difference(0.0, 0.0, 0.0, 1.0, 1.0, 2)}},
        worse=("q2", "<b>"),
        better=("q8",),
    )


def test_a_comparison_shows_differences_and_the_questions_that_changed() -> None:
    text = report_page(sample.run(), sample.summary(), comparison_of_each())
    page = html.read(text)
    (row,) = page.all("tr", "worse")
    for words in ("Rappel à 5", "−10,0\u00a0pt", "moins bien", "0,002"):
        assert words in row.text
    (section,) = [e for e in page.all("section") if e.attributes.get("id") == "comparaison"]
    for words in ("Tableaux", "q2", "<b>", "q8", "3\u00a0février 2026"):
        assert words in section.text


def test_the_tally_counts_every_question_once() -> None:
    tally = {verdict.value: count for verdict, count in tally_of(sample.outcomes()).items()}
    assert tally == {
        "right": 1,
        "found": 1,
        "quiet": 1,
        "shy": 1,
        "missed": 1,
        "lost": 1,
        "wrong": 2,
        "invented": 1,
    }


def test_the_conditions_are_in_words() -> None:
    facts = dict(facts_of(sample.CONDITIONS, sample.outcomes()))
    assert facts["Date"] == "3\u00a0février 2026 à 9\u00a0h\u00a005 (UTC)"
    assert facts["Seuil de confiance"] == "50,0\u00a0%"
    assert facts["Questions"] == "9, dont 2 sans réponse possible"
    assert facts["Passages"] == "1\u202f234"
    assert facts["Jugement par"] == "faits"


@pytest.mark.parametrize(
    ("shown", "total", "said"),
    [
        (0, 0, "Aucune question n’est en échec."),
        (1, 1, "Une question est en échec."),
        (3, 3, "Les 3 questions en échec"),
        (200, 1834, "200 des 1\u202f834 questions en échec"),
        (200, 1834, "1\u202f634 sont laissées de côté et se lisent dans run.json"),
    ],
)
def test_the_page_says_how_many_failures_it_leaves_out(
    shown: int, total: int, said: str
) -> None:
    assert said in failures_lede(shown, total)
