import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.metadata import metadata_from, split_front_matter
from rag.types import Metadata


def split(yaml: str) -> Metadata:
    metadata, body = split_front_matter(f"---\n{yaml}\n---\nCorps.")
    assert body == "Corps."
    return metadata


def test_keys_by_any_of_their_names() -> None:
    metadata = split(
        'Titre: "T"\npublished_date: 2026-02-03\npublisher: P\nsource_url: https://a.fr/x\n'
        "langue: fr\nauthors: [A, B]\nseoDescription: D\ncategory: x, y"
    )
    assert metadata == Metadata(
        "T", "2026-02-03", "P", "https://a.fr/x", "fr", "A, B", "D", ("x", "y")
    )


def test_a_source_that_is_an_address_is_the_address() -> None:
    metadata = split("title: T\nsource: https://a.fr/x")
    assert (metadata.source, metadata.source_url) == (None, "https://a.fr/x")


def test_yaml_that_does_not_parse_is_read_line_by_line() -> None:
    metadata = split('title: Foo : bar\ndate: 2026-02-03\ntags:\n  - un\n  - "deux"')
    assert (metadata.title, metadata.date) == ("Foo : bar", "2026-02-03")
    assert metadata.categories == ("un", "deux")


def test_an_alias_bomb_unfolds_nothing() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a, *a, *a]" for n in range(30))
    metadata = split(f"{bomb}\ntitle: *b29")
    assert metadata.title == "*b29"


def test_objects_are_not_built() -> None:
    assert (
        split("title: !!python/object/apply:os.system ['true']\ndate: 2026-02-03").date
        == "2026-02-03"
    )


@pytest.mark.parametrize(
    "text",
    ["---\n- un\n- deux\n---\nCorps.", "---\ntitle: T\nsans fin", "Corps.", "---\n---\nCorps."],
)
def test_what_is_no_front_matter_stays_in_the_text(text: str) -> None:
    assert split_front_matter(text) == (Metadata(), text)


@pytest.mark.parametrize(
    "value", [None, [], {}, 3.5, True, float("inf"), ["x", None], {"name": 3}]
)
def test_wrong_types_do_no_harm(value: object) -> None:
    keys = ("title", "date", "source", "url", "lang", "author", "description", "tags")
    metadata = metadata_from(dict.fromkeys(keys, value))
    assert metadata.date is None
    assert metadata.source_url is None


@given(st.text(max_size=300))
def test_any_head_is_survived(head: str) -> None:
    metadata, body = split_front_matter(f"---\n{head}\n---\n")
    assert isinstance(metadata, Metadata)
    assert isinstance(body, str)
