"""The time as the records tell it."""

from datetime import UTC, datetime


def now() -> str:
    """This moment in UTC, ISO 8601, to the second."""
    return moment(datetime.now(UTC))


def moment(time: datetime) -> str:
    """A moment as `now` writes it; one without a zone is in this machine's."""
    return time.astimezone(UTC).isoformat(timespec="seconds")
