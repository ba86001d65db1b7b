from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.metadata import file_date, parse_date


@pytest.mark.parametrize(
    ("written", "iso"),
    [
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
    ],
)
def test_usual_forms(written: object, iso: str) -> None:
    assert parse_date(written) == iso


@pytest.mark.parametrize(
    "written",
    [
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
    ],
)
def test_what_is_no_date(written: object) -> None:
    assert parse_date(written) is None


@given(st.text())
def test_any_text_gives_an_iso_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or date.fromisoformat(found).isoformat() == found


def test_a_tools_default_is_no_date() -> None:
    assert file_date("2013-12-23T23:15:00Z") is None
    assert file_date("2026-03-05T10:00:00Z") == "2026-03-05"
