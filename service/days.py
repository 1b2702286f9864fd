"""Days as people mean them: in the service's own time zone."""

from datetime import UTC, date, datetime, time, timedelta

from domain.errors import InvalidError
from service.runtime import Runtime


def start_of(runtime: Runtime, day: date, *, days: int = 0) -> datetime:
    """Return when a day begins, in UTC, or so many days after; raises InvalidError."""
    try:
        starts = datetime.combine(day, time.min, runtime.time_zone) + timedelta(days=days)
        return starts.astimezone(UTC)
    except OverflowError as error:
        message = "the day is out of bounds"
        raise InvalidError(message) from error
