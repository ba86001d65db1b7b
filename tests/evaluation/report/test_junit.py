from dataclasses import replace
from xml.etree import ElementTree as Xml

from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.report.junit import junit_xml
from tests.evaluation.report import sample


def cases(text: str) -> dict[str, Xml.Element]:
    root = Xml.fromstring(text)  # noqa: S314 – written by us a moment ago
    return {case.attrib["name"].split("\u00a0")[0]: case for case in root.iter("testcase")}


def test_a_case_fails_where_the_question_did() -> None:
    found = cases(junit_xml(sample.run()))
    assert set(found) == {f"q{number}" for number in range(1, 10)}
    failures = {
        name: failure.attrib["type"]
        for name, case in found.items()
        if (failure := case.find("failure")) is not None
    }
    assert failures == {
        "q2": "wrong",
        "q3": "missed",
        "q4": "invented",
        "q6": "wrong",
        "q7": "lost",
    }


def test_counts_and_categories() -> None:
    root = Xml.fromstring(junit_xml(sample.run()))  # noqa: S314
    assert (root.attrib["tests"], root.attrib["failures"]) == ("9", "5")
    suites = {suite.attrib["name"]: suite.attrib["failures"] for suite in root}
    assert suites == {
        "Phrases entières": "4",
        "Sans réponse, sujet voisin": "1",
        "Tableaux": "0",
    }
    assert cases(junit_xml(sample.run()))["q4"].attrib["classname"] == "near"


def test_a_failure_says_what_was_expected_and_what_was_answered() -> None:
    failure = cases(junit_xml(sample.run()))["q2"].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == (
        "réponse fausse\u00a0; attendu\u00a0: «\u00a0le 3 mars\u00a0»\u00a0; "
        "répondu\u00a0: «\u00a0ouvre le 3 mars [1]\u00a0» (confiance 80\u00a0%)"
    )
    assert "a.md\u00a0: 3 mars" in (failure.text or "")


def test_the_time_is_in_seconds() -> None:
    found = cases(junit_xml(sample.run()))
    assert found["q1"].attrib["time"] == "0.020"
    assert found["q7"].attrib["time"] == "0.000"


@given(st.text(st.characters(codec=None), min_size=1, max_size=50))
def test_any_text_gives_well_formed_xml(text: str) -> None:
    query = replace(sample.asked("q"), question=text, category=text, short=(text,))
    outcome = sample.outcome(query, 0.9, True, False)
    run = replace(sample.run(), outcomes=(outcome,))
    written = junit_xml(replace(run, conditions=replace(run.conditions, dataset=text)))
    written.encode("utf-8")
    assert len(cases(written)) == 1
