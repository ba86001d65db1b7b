from rag.library.job import Job, JobFile, JobKind, JobState
from rag.web.pages.reasons import Reason, reasons


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
