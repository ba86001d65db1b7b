from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

import pytest

from rag.library.job import JobKind, JobState
from rag.retrieval.fusion import Method
from rag.service.catalogue import Order
from rag.types import BlockKind, Support
from rag.web.api.ask import Segment
from rag.web.api.document_content import Sentence
from rag.web.api.documents import ListQuery
from rag.web.api.jobs import Job
from rag.web.api.schema import Model, api_field, describing
from rag.web.api.search import Finding, SearchRequest


def test_what_is_told_is_what_there_is() -> None:
    for model, field, kind in (
        (SearchRequest, "method", Method),
        (Finding, "method", Method),
        (ListQuery, "sort", Order),
        (Sentence, "kind", BlockKind),
        (Segment, "support", Support),
        (Job, "kind", JobKind),
        (Job, "state", JobState),
    ):
        assert list(get_args(model.model_fields[field].annotation)) == values(kind)


def values(kind: Iterable[StrEnum]) -> list[str]:
    return [each.value for each in kind]


@dataclass
class Thing:
    id: str
    start: int
    secret: str = ""
    size: int | None = None


@describing(Thing, without={"secret"}, id=api_field("Son « nom ».", "x"))
class Described(Model):
    """Une chose."""

    size: int


def test_a_model_has_the_fields_of_what_it_describes() -> None:
    told_of = Described.model_json_schema()
    assert told_of["title"] == "Described"
    assert told_of["description"] == "Une chose."
    assert sorted(told_of["required"]) == ["id", "size", "start"]
    assert told_of["properties"]["id"]["description"] == "Son «\u00a0nom\u00a0»."
    assert told_of["properties"]["start"]["minimum"] == 0
    assert told_of["properties"]["size"]["type"] == "integer"
    assert not told_of["additionalProperties"]


def test_a_field_that_is_not_there_cannot_be_told_of() -> None:
    with pytest.raises(TypeError, match="other"):
        describing(Thing, other=api_field("Rien."))
    with pytest.raises(TypeError, match="other"):
        describing(Thing, without={"other"})
