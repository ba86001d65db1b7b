from dataclasses import replace

from rag.evaluation.datasets.dataset import Gold, Query, fingerprint
from rag.types import Turn

ASKED = Query(
    "q1", "Quand ?", "fr", "full", (Gold("a.md", "3 mars"),), ("le 3 mars",), (Turn("Où ?"),)
)


def test_what_is_asked_or_expected_changes_it() -> None:
    others = [
        replace(ASKED, question="Quand\u00a0?"),
        replace(ASKED, language="en"),
        replace(ASKED, gold=(Gold("a.md", "4 mars"),)),
        replace(ASKED, gold=(Gold("a.md", "3 mars", fact=2),)),
        replace(ASKED, gold=()),
        replace(ASKED, short=("le 4 mars",)),
        replace(ASKED, history=(Turn("Où ?", "À Paris."),)),
        replace(ASKED, question="\ud800"),
    ]
    assert [other for other in others if fingerprint(other) == fingerprint(ASKED)] == []


def test_what_no_measure_looks_at_does_not() -> None:
    other = replace(ASKED, id="q2", category="typo", split="dev", group="a")
    assert fingerprint(other) == fingerprint(ASKED)


def test_it_is_the_same_on_every_machine() -> None:
    assert fingerprint(ASKED) == "40f580bf660b57c3"
