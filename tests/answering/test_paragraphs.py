from rag.answering.paragraphs import widened
from rag.answering.quote_context import Unit
from rag.types import Kind
from tests.answering.documents import document, span

LONG = "Une phrase qui suffit à dire seule ce qu'elle dit"
HELD = document(
    f"""
    · Non. {LONG}. Une suite.
    · {LONG} aussi. Une autre. Une dernière.
    - Court.
    """
)


def told(words: str, kind: Kind) -> str:
    body = widened(HELD, Unit(span(HELD, words)), kind).body
    return HELD.text[body.start : body.end]


def test_what_is_widened_by_kind() -> None:
    expected = {
        (f"{LONG}.", Kind.OTHER): f"{LONG}.",
        (f"{LONG}.", Kind.DECISION): f"Non. {LONG}.",
        (f"{LONG} aussi.", Kind.DECISION): f"{LONG} aussi.",
        (f"{LONG}.", Kind.COMPARISON): f"Non. {LONG}. Une suite.",
        ("Non.", Kind.OTHER): f"Non. {LONG}.",
        ("Une suite.", Kind.OTHER): "Une suite.",
        ("Une autre.", Kind.OTHER): "Une autre. Une dernière.",
        ("Court.", Kind.COMPARISON): "Court.",
    }
    assert {each: told(*each) for each in expected} == expected
