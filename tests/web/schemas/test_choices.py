from enum import StrEnum
from typing import get_args

import pytest

from rag.library.job import JobKind, JobState
from rag.retrieval.fusion import Method
from rag.service.catalogue import Order
from rag.types import BlockKind
from rag.web.schemas import choices


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (choices.MethodName, Method),
        (choices.OrderName, Order),
        (choices.BlockKindName, BlockKind),
        (choices.JobKindName, JobKind),
        (choices.JobStateName, JobState),
    ],
)
def test_what_is_told_is_what_there_is(told: object, kind: type[StrEnum]) -> None:
    assert list(get_args(told)) == [each.value for each in kind]
