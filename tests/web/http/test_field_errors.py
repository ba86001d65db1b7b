import json
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rag.web.http.field_errors import faults


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=10)]
    k: Annotated[int, Field(ge=1, le=9)] = 3
    method: Literal["dense", "lexical"] = "dense"
    names: Annotated[list[str], Field(max_length=2)] = []
    day: str = ""

    @field_validator("day")
    @classmethod
    def _day(cls, value: str) -> str:
        if value == "hier":
            raise ValueError("donnez une date AAAA-MM-JJ")
        return value


def found(**values: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as raised:
        Asked.model_validate(values)
    return {each["field"]: each["message"] for each in faults(raised.value.errors())}


def test_each_fault_says_where_and_what_is_expected() -> None:
    assert found(k="x", method="both", names=["a"] * 3, more=1) == {
        "question": "ce champ est obligatoire",
        "k": "un nombre entier est attendu",
        "method": "une de ces valeurs est attendue\u00a0: dense ou lexical",
        "names": "au plus 2 éléments",
        "more": "ce champ n'existe pas",
    }


def test_bounds_are_told() -> None:
    assert found(question="x" * 11, k=10) == {
        "question": "au plus 10 caractères",
        "k": "au plus 9 est attendu",
    }


def test_what_our_own_validators_say_is_kept() -> None:
    assert found(question="?", day="hier") == {"day": "donnez une date AAAA-MM-JJ"}


def test_no_more_than_a_few_are_told() -> None:
    many = faults({"type": "missing", "loc": ("body", n)} for n in range(1000))
    assert len(many) == 20


@given(st.text(alphabet="βγδζ", min_size=11, max_size=40))
def test_no_value_is_repeated(secret: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Asked.model_validate(dict.fromkeys(("question", "k", "method", "names"), secret))
    assert secret not in json.dumps(faults(raised.value.errors()), ensure_ascii=False)


def test_an_unknown_kind_of_fault_is_still_a_fault() -> None:
    told = faults([{"type": "something_new", "loc": ("query",), "ctx": {"input": "secret"}}])
    assert told[0]["message"] == "cette valeur n'est pas acceptée"
