from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.metadata import (
    dateline,
    file_date,
    metadata_from,
    parse_date,
    split_front_matter,
)
from rag.types import Metadata

from .helpers import PROSE, paragraph


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


def test_what_is_no_front_matter_stays_in_the_text() -> None:
    texts = (
        "---\n- un\n- deux\n---\nCorps.",
        "---\ntitle: T\nsans fin",
        "Corps.",
        "---\n---\nCorps.",
    )
    taken = [text for text in texts if split_front_matter(text) != (Metadata(), text)]
    assert taken == []


def test_wrong_types_do_no_harm() -> None:
    keys = ("title", "date", "source", "url", "lang", "author", "description", "tags")
    for value in (None, [], {}, 3.5, True, float("inf"), ["x", None], {"name": 3}):
        metadata = metadata_from(dict.fromkeys(keys, value))
        assert (metadata.date, metadata.source_url) == (None, None), value


@given(st.text(max_size=300))
def test_any_head_is_survived(head: str) -> None:
    metadata, body = split_front_matter(f"---\n{head}\n---\n")
    assert isinstance(metadata, Metadata)
    assert isinstance(body, str)


def test_usual_forms_of_dates() -> None:
    forms: tuple[tuple[object, str], ...] = (
        ("2026-02-19T14:49:43.000Z", "2026-02-19"),
        ("2026-02-19", "2026-02-19"),
        ("2026/02/03", "2026-02-03"),
        ("20260203", "2026-02-03"),
        ("D:20260203101500+01'00'", "2026-02-03"),
        ("Tue Dec 30 2025 15:53:26 GMT+0000 (Coordinated Universal Time)", "2025-12-30"),
        ("Tue, 30 Dec 2025 15:53:26 +0000", "2025-12-30"),
        ("3 février 2026", "2026-02-03"),
        ("1er mars 2026", "2026-03-01"),
        ("le mardi 3 Février 2026 à 10 h", "2026-02-03"),
        ("February 3, 2026", "2026-02-03"),
        ("Aug. 12 2025", "2025-08-12"),
        ("03/02/2026", "2026-02-03"),
        (datetime(2026, 2, 3, 23, 59), "2026-02-03"),
        (date(2026, 2, 3), "2026-02-03"),
        (20260203, "2026-02-03"),
    )
    misread = [(written, iso) for written, iso in forms if parse_date(written) != iso]
    assert misread == []


def test_what_is_no_date() -> None:
    others: tuple[object, ...] = (
        "",
        "février 2026",
        "31/02/2026",
        "2026-13-01",
        "demain",
        None,
        True,
        3.5,
        12,
        [],
        "0000-00-00",
    )
    assert [written for written in others if parse_date(written) is not None] == []


@given(st.text())
def test_any_text_gives_an_iso_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or date.fromisoformat(found).isoformat() == found


def test_a_tools_default_is_no_date() -> None:
    assert file_date("2013-12-23T23:15:00Z") is None
    assert file_date("2026-03-05T10:00:00Z") == "2026-03-05"


def test_a_line_that_dates_the_document() -> None:
    lines = (
        ("Paris, le 12 février 2026", "2026-02-12"),
        ("Publié le 3 mars 2026", "2026-03-03"),
        ("2026-02-17", "2026-02-17"),
        ("Direction générale des entreprises, 2026-03-05", "2026-03-05"),
        ("Le lundi 1er juin 2026", "2026-06-01"),
    )
    misread = [
        line for line, iso in lines if dateline([paragraph("Titre"), paragraph(line)]) != iso
    ]
    assert misread == []


def test_the_date_of_an_event_does_not() -> None:
    lines = (
        "Paris – Espace Champerret les 30 juin & 1er juillet 2026",
        "Le salon se tiendra le 3 février 2026",
        "Réunion du 12 mars 2026",
    )
    assert [line for line in lines if dateline([paragraph(line)]) is not None] == []


def test_only_the_first_lines_count() -> None:
    assert dateline([*[paragraph(PROSE)] * 6, paragraph("Paris, le 12 février 2026")]) is None
