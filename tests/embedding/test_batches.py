from hypothesis import given
from hypothesis import strategies as st

from rag.embedding.batches import plan_batches, plan_rows, step_lines, step_width


def test_grouped_by_length_under_the_budget() -> None:
    assert list(plan_rows([3, 9, 4, 1], 10)) == [[1], [2, 0], [3]]


def test_padding_and_mask_by_hand() -> None:
    (batch,) = plan_batches([[5], [6, 7, 8]], budget=6, pad=1, longest=3)
    assert batch.rows.tolist() == [1, 0]
    assert batch.ids.tolist() == [[6, 7, 8], [5, 1, 1]]
    assert batch.mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_lines_that_stand_for_nothing_have_one_token() -> None:
    (batch,) = plan_batches([[5], [6], [7], [8], [9]], budget=100, pad=1, longest=2)
    assert batch.ids.shape == (6, 2)
    assert batch.rows.tolist() == [0, 1, 2, 3, 4]
    assert batch.mask.sum(axis=1).tolist() == [1] * 6


def test_unlike_lengths_go_apart_where_filling_costs_more_than_a_batch() -> None:
    # At a width of 40, two lines of 8 would cost 64 tokens more; a batch costs 32.
    lengths = [40, 40, 40, 40, 8, 8]
    batches = list(plan_batches([[7] * length for length in lengths], 2048, 1, 512))
    assert [batch.ids.shape for batch in batches] == [(4, 40), (2, 8)]


def test_unlike_lengths_go_together_where_a_batch_costs_more() -> None:
    lengths = [24, 24, 16]
    (batch,) = plan_batches([[7] * length for length in lengths], 2048, 1, 512)
    assert batch.ids.shape == (3, 24)


def test_shapes_by_hand() -> None:
    assert [step_width(tokens) for tokens in (1, 8, 9, 64, 65, 500)] == [8, 8, 16, 64, 96, 512]
    assert [step_lines(texts) for texts in (1, 2, 3, 4, 5, 6, 7, 9, 13, 16, 17)] == [
        *(1, 2, 3, 4, 6, 6, 8),
        *(12, 16, 16, 24),
    ]


@given(st.lists(st.integers(1, 512), max_size=60), st.integers(1, 5000))
def test_batches_hold_every_text_once_in_few_shapes(lengths: list[int], budget: int) -> None:
    batches = list(plan_batches([[7] * length for length in lengths], budget, 1, 512))
    assert sorted(row for batch in batches for row in batch.rows) == list(range(len(lengths)))
    for batch in batches:
        lines, width = batch.ids.shape
        assert lines == step_lines(lines)
        assert width == step_width(width)
        assert lines == 1 or lines * width <= budget
        real = batch.mask.sum(axis=1)[: len(batch.rows)]
        assert real.tolist() == [lengths[row] for row in batch.rows]


@given(st.lists(st.integers(1, 600), max_size=60), st.integers(1, 5000))
def test_every_text_once_and_budget_kept(lengths: list[int], budget: int) -> None:
    groups = list(plan_rows(lengths, budget))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[r] for r in group) <= budget
