"""A run as JUnit XML, which every CI knows how to show."""

import re
from itertools import groupby
from xml.etree import ElementTree as Xml

from rag.evaluation.french import category_label, percent, shortened, shown
from rag.evaluation.runs import FAILURES, Outcome, Run

_LINE = 300
_COLON = "\u00a0: "
_THEN = "\u00a0; "
_BREAKING = re.compile(r"[ \t\r\n]+")


def junit_xml(run: Run) -> str:
    """One test case for each question, in a suite for each category.

    A case fails where `FAILURES` has its verdict. ``classname`` is the category,
    ``name`` the id and the question, ``time`` the seconds that the answer took. The text
    is what XML 1.0 allows: any other character is U+FFFD.
    """
    root = Xml.Element("testsuites", name=shown(run.conditions.dataset))
    ordered = sorted(run.outcomes, key=lambda outcome: outcome.query.category)
    for category, group in groupby(ordered, lambda outcome: outcome.query.category):
        _add_suite(root, category, list(group), run.conditions.created)
    _count(root, run.outcomes)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, "unicode")}\n'


def _add_suite(root: Xml.Element, category: str, group: list[Outcome], created: str) -> None:
    suite = Xml.SubElement(
        root, "testsuite", name=shown(category_label(category)), timestamp=shown(created)
    )
    _count(suite, group)
    for outcome in group:
        _add_case(suite, outcome)


def _count(element: Xml.Element, outcomes: list[Outcome] | tuple[Outcome, ...]) -> None:
    failed = sum(outcome.verdict in FAILURES for outcome in outcomes)
    element.set("tests", str(len(outcomes)))
    element.set("failures", str(failed))
    element.set("errors", "0")
    element.set("time", f"{sum(map(_seconds, outcomes)):.3f}")


def _add_case(suite: Xml.Element, outcome: Outcome) -> None:
    query = outcome.query
    case = Xml.SubElement(
        suite,
        "testcase",
        classname=shown(query.category),
        name=_line(f"{query.id}{_COLON}{query.question}"),
        time=f"{_seconds(outcome):.3f}",
    )
    verdict = outcome.verdict
    if verdict not in FAILURES:
        return
    expected = f"attendu{_COLON}{_expected(outcome)}"
    summary = _line(_THEN.join((verdict.label, expected, _given(outcome))))
    failure = Xml.SubElement(case, "failure", type=verdict.value, message=summary)
    golds = (
        f"{gold.document}{_COLON}{gold.quote or 'le document entier'}" for gold in query.gold
    )
    failure.text = shown("\n".join((verdict.meaning, *golds)))


def _expected(outcome: Outcome) -> str:
    query = outcome.query
    if not query.answerable:
        return "le silence"
    wanted = query.short or tuple(gold.quote or gold.document for gold in query.gold[:1])
    link = " et " if len(query.facts) > 1 else " ou "
    return link.join(_quoted(each, _LINE // 3) for each in wanted[:3])


def _given(outcome: Outcome) -> str:
    if outcome.examination is None:
        return "aucune réponse"
    answer = outcome.examination.answer
    verb = "répondu" if outcome.answered else "préparé, mais tu"
    text = _quoted(answer.text, _LINE // 2)
    return f"{verb}{_COLON}{text} (confiance {percent(answer.confidence, 0)})"


def _quoted(text: str, most: int) -> str:
    return f"«\u00a0{shortened(text, most)}\u00a0»"


def _seconds(outcome: Outcome) -> float:
    if outcome.examination is None:
        return 0.0
    return max(0.0, outcome.examination.answer.timings_ms.total / 1000)


def _line(text: str) -> str:
    # XML parsers turn white space of attributes into blanks: no-break ones are kept.
    return shown(_BREAKING.sub(" ", shortened(text, 2 * _LINE)))
