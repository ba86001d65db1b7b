"""JSON that others may have touched, read field by field; a fault says where it lies."""

import math
from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from rag.evaluation.datasets.dataset import Unit
from rag.evaluation.french import shortened, shown
from rag.evaluation.runs import Conditions

_LONGEST_NAME = 80

_Member = TypeVar("_Member", bound=StrEnum)


class Fault(ValueError):
    """A field is absent or of the wrong kind; the message is French, without a full stop."""


class Fields:
    """The members of a JSON object, each asked for by the kind that it must be."""

    __slots__ = ("_members", "_where")

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise Fault(f"{where} n'est pas un objet")
        self._members: dict[str, object] = value
        self._where = where

    def names(self) -> tuple[str, ...]:
        """The names of the members, in order."""
        return tuple(self._members)

    def within(self, name: str) -> "Fields":
        """A member that is an object."""
        return Fields(self._member(name), self._path(name))

    def items(self, name: str) -> Iterator["Fields"]:
        """A member that is a list of objects."""
        value = self._member(name)
        if not isinstance(value, list):
            raise self._fault(name, "une liste")
        for number, each in enumerate(value, 1):
            yield Fields(each, f"{self._path(name)}, élément {number},")

    def text(self, name: str) -> str:
        """A member that is a string."""
        value = self._member(name)
        if not isinstance(value, str):
            raise self._fault(name, "un texte")
        return value

    def flag(self, name: str) -> bool:
        """A member that is true or false."""
        value = self._member(name)
        if not isinstance(value, bool):
            raise self._fault(name, "true ou false")
        return value

    def integer(self, name: str) -> int:
        """A member that is a whole number, 0 and up."""
        value = self._member(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._fault(name, "un nombre entier positif ou nul")
        return value

    def number(self, name: str) -> float:
        """A member that is a finite number."""
        value = self._member(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fault(name, "un nombre")
        try:
            read = float(value)
        except OverflowError:
            read = math.inf
        if not math.isfinite(read):
            raise self._fault(name, "un nombre fini")
        return read

    def numbers(self, name: str) -> tuple[float | None, ...]:
        """A member that is a list of finite numbers, null standing for none."""
        value = self._member(name)
        if not isinstance(value, list):
            raise self._fault(name, "une liste")
        path = self._path(name)
        places = {f"élément {number}": each for number, each in enumerate(value, 1)}
        read = Fields(places, path)
        return tuple(
            None if each is None else read.number(place) for place, each in places.items()
        )

    def texts(self, name: str) -> tuple[str, ...]:
        """A member that is a list of strings."""
        value = self._member(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self._fault(name, "une liste de textes")
        return tuple(value)

    def empty(self, name: str) -> bool:
        """Whether a member, which must be there, is null."""
        return self._member(name) is None

    def member(self, name: str, kind: type[_Member]) -> _Member:
        """A member that is one of an enumeration's values."""
        value = self.text(name)
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(each.value for each in kind)
            raise self._fault(name, f"l'une des valeurs {known}") from None

    def conditions(self, name: str) -> Conditions:
        """A member that is the conditions of a run."""
        fields = self.within(name)
        return Conditions(
            dataset=fields.text("dataset"),
            digest=fields.text("digest"),
            split=fields.text("split"),
            unit=fields.member("unit", Unit),
            threshold=fields.number("threshold"),
            version=fields.text("version"),
            model=fields.text("model"),
            index=fields.text("index"),
            created=fields.text("created"),
            documents=fields.integer("documents"),
            passages=fields.integer("passages"),
        )

    def _member(self, name: str) -> object:
        if name not in self._members:
            raise Fault(f"{self._path(name)} manque")
        return self._members[name]

    def _path(self, name: str) -> str:
        return f"{self._where} › {shown(shortened(name, _LONGEST_NAME))}"

    def _fault(self, name: str, wanted: str) -> Fault:
        return Fault(f"{self._path(name)} devrait être {wanted}")
