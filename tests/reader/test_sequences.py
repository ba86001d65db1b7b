from hypothesis import given
from hypothesis import strategies as st

from rag.protocols import ReaderPassage
from rag.reader.sequences import (
    CONTEXT,
    LIST_ITEM,
    LONGEST,
    MOST_QUESTION,
    QUESTION,
    SENTENCE,
    TABLE_ROW,
    SequenceMaker,
)
from rag.types import BlockKind

OPENING, CLOSING = 0, 2
MAKER = SequenceMaker(lambda text: [10 + len(word) for word in text.split()], OPENING, CLOSING)


def test_a_sequence_by_hand() -> None:
    passage = ReaderPassage(
        "un titre",
        (
            ("deux mots", BlockKind.PARAGRAPH),
            ("", BlockKind.PARAGRAPH),
            ("item", BlockKind.LIST_ITEM),
            ("a | b", BlockKind.TABLE_ROW),
        ),
    )
    made = MAKER.make("qui ?", passage)
    assert made.ids == [0, 13, 11, 2, 2, 12, 15, 2, 2, 14, 14, 14, 11, 11, 11, 2]
    assert made.roles == [
        *[QUESTION] * 5,
        *[CONTEXT] * 4,
        *[SENTENCE] * 2,
        LIST_ITEM,
        *[TABLE_ROW] * 3,
        CONTEXT,
    ]
    assert made.units == [(9, 11), (11, 11), (11, 12), (12, 15)]


@given(
    st.text("ab ", max_size=400),
    st.text("ab ", max_size=400),
    st.lists(st.text("ab ", max_size=300), max_size=8),
)
def test_whatever_is_given_it_is_cut_and_units_follow_one_another(
    question: str, context: str, units: list[str]
) -> None:
    passage = ReaderPassage(context, tuple((each, BlockKind.PARAGRAPH) for each in units))
    made = MAKER.make(question, passage)
    assert len(made.ids) == len(made.roles) <= LONGEST
    assert made.ids[0] == OPENING
    assert made.ids[-1] == CLOSING
    assert made.roles.count(QUESTION) <= MOST_QUESTION + 3
    ends = [end for unit in made.units for end in unit]
    assert ends == sorted(ends)
    assert len(made.units) == len(units)
    assert all(end < len(made.ids) for end in ends)
