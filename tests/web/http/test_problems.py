import errno
import inspect
import json
import sqlite3

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from rag import errors
from rag.web.http.problems import INTERNAL, Problem, Refused, as_json, problem_of, respond
from tests.web.asgi import scope


def made(kind: type[errors.SourcierError]) -> errors.SourcierError:
    if issubclass(kind, errors.BusyError):
        return kind("Trop.", 7)
    return kind("Dit.")


def test_each_kind_has_its_status() -> None:
    expected: dict[type[errors.SourcierError], int] = {
        errors.UnknownError: 404,
        errors.ConflictError: 409,
        errors.KeyRefusedError: 401,
        errors.RoleError: 403,
        errors.UploadTooLargeError: 413,
        errors.MediaTypeError: 415,
        errors.QueueFullError: 503,
        errors.RateLimitError: 429,
        errors.LibraryError: 503,
        errors.QuestionError: 422,
        errors.UsageError: 422,
        errors.IndexMissingError: 503,
        errors.IndexStaleError: 503,
        errors.IndexCorruptError: 503,
        errors.IndexWriteError: 503,
        errors.ModelCorruptError: 503,
    }
    assert {kind: problem_of(made(kind)).status for kind in expected} == expected


def test_what_a_request_can_meet_is_never_an_unexpected_error() -> None:
    met = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.ServiceError | errors.UsageError | errors.IndexingError)
        and not kind.__subclasses__()
    ]
    assert met
    assert [kind for kind in met if problem_of(made(kind)).slug == INTERNAL.slug] == []


def test_a_busy_service_says_when_to_come_back() -> None:
    assert problem_of(errors.QueueFullError("Plein.", 7)).headers["Retry-After"] == "7"
    assert problem_of(errors.RateLimitError("Assez.", 0)).headers["Retry-After"] == "1"


def test_a_refused_key_says_how_to_give_one() -> None:
    assert (
        problem_of(errors.KeyRefusedError("Non."))
        .headers["WWW-Authenticate"]
        .startswith("Bearer")
    )


@pytest.mark.parametrize(
    "kind", [errors.IndexCorruptError, errors.LibraryError, errors.ModelNotFoundError]
)
def test_files_are_named_only_to_whoever_keeps_the_service(
    kind: type[errors.SourcierError],
) -> None:
    error = kind("/srv/secret/index/CURRENT est abîmé.")
    assert "/srv" not in problem_of(error).detail
    assert "/srv" in problem_of(error, trusted=True).detail


def test_a_full_disk_is_told_however_deep() -> None:
    full = errors.LibraryError("…")
    full.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert problem_of(full).status == 507
    wrapped = HTTPException(400)
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert problem_of(wrapped).status == 507


def test_a_full_disk_in_the_words_of_sqlite() -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    full = errors.LibraryError("…")
    full.__cause__ = error
    assert problem_of(full).status == 507


def test_a_body_that_could_not_be_read_is_told_by_its_reason() -> None:
    wrapped = HTTPException(400, "There was an error parsing the body")
    wrapped.__cause__ = errors.UploadTooLargeError("Trop.")
    assert problem_of(wrapped).status == 413
    assert problem_of(HTTPException(400, "There was an error")).detail.startswith("Le corps")


def test_an_unforeseen_error_tells_nothing_of_itself() -> None:
    told = as_json(problem_of(KeyError("password=hunter2")), scope(path="/v1/ask"))
    assert json.loads(told)["status"] == 500
    assert b"hunter2" not in told
    assert b"KeyError" not in told


def test_the_members_are_those_of_the_rfc_and_the_id_of_the_request() -> None:
    problem = problem_of(errors.UnknownError("Aucun document « x » !"))
    response = respond(problem, scope(path="/a"))
    assert response.media_type == "application/problem+json"
    assert json.loads(bytes(response.body)) == {
        "type": "urn:sourcier:problem:unknown",
        "title": "Introuvable",
        "status": 404,
        "detail": "Aucun document «\u00a0x\u00a0»\u00a0!",
        "instance": "/a",
        "request_id": "",
    }


def test_the_paths_of_openai_get_an_error_its_clients_read() -> None:
    faulty = RequestValidationError([{"type": "missing", "loc": ("body", "messages")}])
    asked = scope(path="/v1/chat/completions")
    error = json.loads(as_json(problem_of(faulty), asked))["error"]
    assert error["type"] == "invalid_request_error"
    assert error["param"] == "body.messages"
    assert "obligatoire" in error["message"]
    busy = json.loads(as_json(problem_of(errors.QueueFullError("Plein.", 1)), asked))
    assert busy["error"]["type"] == "server_error"
    assert "error" not in json.loads(as_json(problem_of(faulty), scope(path="/v1/ask")))


@pytest.mark.parametrize("path", ["/\ud800", "/é\r\n\x00", "/" + "a" * 100_000, '/"<script>'])
def test_any_path_can_be_told(path: str) -> None:
    told = json.loads(as_json(INTERNAL, scope(path="/") | {"path": path}))
    assert told["instance"].isascii()
    assert len(told["instance"]) < 5000


def test_a_refusal_of_the_frame_is_told_as_it_is() -> None:
    problem = Problem("timeout", 408, "Lent", "Trop lent.")
    assert problem_of(Refused(problem)) is problem
