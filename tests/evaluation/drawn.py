"""Recorded questions that hypothesis draws, hostile texts and extreme numbers included."""

from collections.abc import Mapping

from hypothesis import strategies as st

from rag.evaluation.run_record import RecordedQuestion
from rag.evaluation.runs import Verdict

TEXT = st.text(st.characters(codec=None), max_size=12)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


def questions(
    answer: st.SearchStrategy[str], values: st.SearchStrategy[Mapping[str, float]]
) -> st.SearchStrategy[list[RecordedQuestion]]:
    """At most four, each with an id of its own."""
    question = st.builds(
        RecordedQuestion,
        id=TEXT,
        fingerprint=TEXT,
        question=TEXT,
        category=TEXT,
        answerable=st.booleans(),
        answered=st.booleans(),
        right=st.booleans(),
        verdict=st.sampled_from(Verdict),
        confidence=st.none() | NUMBER,
        answer=answer,
        values=values,
    )
    return st.lists(question, max_size=4, unique_by=lambda each: each.id)
