from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.build_stages import Stage
from rag.library.job import Job, JobFile, JobKind, JobState
from rag.service.catalogue import Order
from rag.service.service import OPENING
from rag.web.pages.library_listing import STAGES, Reason, Wanted, reasons, share

JOB = Job("1", JobKind.ADD, "documents", JobState.RUNNING, (), "2026-01-01T00:00:00+00:00")


@given(
    st.builds(
        Wanted,
        collection=st.text(max_size=20),
        text=st.lists(st.text("aé&=? #%+", min_size=1).filter(str.strip), max_size=3).map(
            lambda words: " ".join(" ".join(words).split())
        ),
        order=st.sampled_from(Order),
        page=st.integers(1, 999_999),
    )
)
def test_an_address_asks_for_what_it_was_made_of(wanted: Wanted) -> None:
    from urllib.parse import parse_qsl, urlsplit

    parts = urlsplit(wanted.url)

    assert parts.path == "/documents"
    assert Wanted.of(dict(parse_qsl(parts.query))) == wanted


def test_the_plain_list_has_the_plain_address() -> None:
    assert Wanted().url == "/documents"


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "1e9", "9" * 30, ""])
def test_a_page_that_makes_no_sense_is_the_first(page: str) -> None:
    assert Wanted.of({"page": page}).page == 1


def test_an_order_that_makes_no_sense_is_by_title() -> None:
    assert Wanted.of({"sort": "title; drop"}).order is Order.TITLE


def test_another_collection_is_looked_at_from_its_first_page() -> None:
    wanted = Wanted("notes", "menu", Order.NEWEST, 3)

    assert wanted.within("autres") == Wanted("autres", "menu", Order.NEWEST, 1)


def test_the_share_done_never_goes_back() -> None:
    stages = ["", "reading", *Stage, OPENING]
    shares = [
        share(replace(JOB, stage=stage, done=done, total=4))
        for stage in stages
        for done in range(5)
    ]

    assert list(STAGES) == stages
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 99)


def test_a_stage_that_counts_nothing_yet_is_at_its_beginning() -> None:
    assert share(replace(JOB, stage=Stage.STORED, done=7, total=0)) == STAGES[Stage.STORED][0]


def job(*files: JobFile, error: str | None = None) -> Job:
    return Job("j", JobKind.ADD, "notes", JobState.PARTLY, files, "2026-01-01", error=error)


def test_files_left_out_for_one_reason_are_named_together() -> None:
    found = reasons(
        job(
            JobFile("1", "a.md", reason="Vide."),
            JobFile("2", "b.md"),
            JobFile("3", "c.md", reason="Abîmé."),
            JobFile("4", "d.md", reason="Vide."),
        )
    )

    assert found == (Reason(("a.md", "d.md"), "Vide."), Reason(("c.md",), "Abîmé."))


def test_a_lone_file_needs_no_name() -> None:
    assert reasons(job(JobFile("1", "a.md", reason="Vide."))) == (Reason((), "Vide."),)


def test_what_holds_for_the_whole_is_told_once_and_first() -> None:
    files = JobFile("1", "a.md", reason="Arrêt."), JobFile("2", "b.md", reason="Vide.")

    assert reasons(job(*files, error="Arrêt.")) == (
        Reason((), "Arrêt."),
        Reason(("b.md",), "Vide."),
    )
