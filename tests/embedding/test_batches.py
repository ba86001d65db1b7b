from hypothesis import given
from hypothesis import strategies as st

from rag.embedding.batches import plan_batches, plan_rows


def test_grouped_by_length_under_the_budget() -> None:
    assert list(plan_rows([3, 9, 4, 1], 10)) == [[1], [2, 0], [3]]


def test_padding_and_mask_by_hand() -> None:
    (batch,) = plan_batches([[5], [6, 7, 8]], budget=6, pad=1)
    assert batch.rows.tolist() == [1, 0]
    assert batch.ids.tolist() == [[6, 7, 8], [5, 1, 1]]
    assert batch.mask.tolist() == [[1, 1, 1], [1, 0, 0]]


@given(st.lists(st.integers(1, 600), max_size=60), st.integers(1, 5000))
def test_every_text_once_and_budget_kept(lengths: list[int], budget: int) -> None:
    groups = list(plan_rows(lengths, budget))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[r] for r in group) <= budget
