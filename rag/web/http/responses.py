"""Our dataclasses as JSON responses, without a second look at what we made ourselves."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter
from starlette.responses import Response

from rag.library.job import Job

T = TypeVar("T")

_JSON: Final = "application/json"
_JOB: Final = TypeAdapter(Job)
_JOBS: Final = TypeAdapter(dict[str, list[Job]])
_HIDDEN: Final[Any] = {"key"}


def rendered(adapter: TypeAdapter[T], value: T) -> Response:
    """A value as a JSON response."""
    return Response(adapter.dump_json(value), media_type=_JSON)


def created(adapter: TypeAdapter[T], value: T, fields: set[str]) -> Response:
    """The response to something that was made: these of its fields."""
    return Response(adapter.dump_json(value, include=fields), 201, media_type=_JSON)


def shown(job: Job, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A job, without the key that asked for it."""
    return Response(_JOB.dump_json(job, exclude=_HIDDEN), status, headers, _JSON)


def listed(jobs: list[Job]) -> Response:
    """Jobs, without the keys that asked for them."""
    hidden: Any = {"jobs": {"__all__": _HIDDEN}}
    return Response(_JOBS.dump_json({"jobs": jobs}, exclude=hidden), media_type=_JSON)


def accepted(job: Job) -> Response:
    """The response to a change that was queued: the job, and where to follow it."""
    return shown(job, 202, {"Location": f"/v1/jobs/{job.id}"})
