import re

from rag import errors


def tree(root: type[errors.SourcierError]) -> list[type[errors.SourcierError]]:
    return [root, *(each for child in root.__subclasses__() for each in tree(child))]


def test_the_docstring_draws_the_whole_tree() -> None:
    drawn = re.findall(r"^[│├└─\s]*(\w+Error)", errors.__doc__ or "", re.MULTILINE)
    assert drawn == [each.__name__ for each in tree(errors.SourcierError)]


def test_wrong_usage_has_its_exit_code_and_the_rest_is_failure() -> None:
    wrong = set(tree(errors.UsageError))
    codes = {kind.__name__: kind.exit_code for kind in tree(errors.SourcierError)}
    assert codes == {
        kind.__name__: 2 if kind in wrong else 1 for kind in tree(errors.SourcierError)
    }
