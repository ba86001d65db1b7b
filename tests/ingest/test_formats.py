from rag.ingest.formats import (
    ENDINGS,
    FORMATS,
    TEXT,
    format_by_ending,
    format_by_media_type,
)


def test_each_format_is_found_by_its_endings_and_its_media_type() -> None:
    for each in FORMATS:
        assert format_by_media_type(each.media_type) is each
        assert {format_by_ending(ending.upper()) for ending in each.endings} == {each}
    assert format_by_ending("") is format_by_ending(".odt") is None
    assert format_by_media_type("image/png") is None
    assert len(ENDINGS) == sum(len(each.endings) for each in FORMATS)


def test_each_format_has_a_reader() -> None:
    for each in FORMATS:
        reader = each.load_reader()
        assert f"{reader.__module__}:{reader.__name__}".endswith(each.reader)  # type: ignore[attr-defined]


def test_a_format_is_named_in_both_languages() -> None:
    assert (TEXT.name_in("fr"), TEXT.name_in("en")) == ("texte", "text")
    assert all(each.name_in(language) for each in FORMATS for language in ("fr", "en"))
