import re

import pytest

from rag import errors


def tree(root: type[errors.SourcierError]) -> list[type[errors.SourcierError]]:
    return [root, *(each for child in root.__subclasses__() for each in tree(child))]


def test_the_docstring_draws_the_whole_tree() -> None:
    drawn = re.findall(r"^[│├└─\s]*(\w+Error)", errors.__doc__ or "", re.MULTILINE)
    assert drawn == [each.__name__ for each in tree(errors.SourcierError)]


@pytest.mark.parametrize("kind", tree(errors.UsageError))
def test_wrong_usage_has_its_exit_code(kind: type[errors.SourcierError]) -> None:
    assert kind.exit_code == 2


def test_the_rest_is_failure() -> None:
    others = set(tree(errors.SourcierError)) - set(tree(errors.UsageError))
    assert {each.exit_code for each in others} == {1}
