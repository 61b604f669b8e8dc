"""Time: the one place the program learns what time it is, so that tests can choose it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_frozen: ContextVar[datetime | None] = ContextVar("storekeep_clock", default=None)


def now() -> datetime:
    """The current moment, aware, UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block `now()` answers `moment` (aware). Meant for tests and for replaying a past decision."""
    if moment.tzinfo is None:
        raise ValueError("moment must be aware")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def zone(name: str | None) -> ZoneInfo:
    """The IANA zone of that name; UTC when the name is missing or unknown, for a shop's zone is outside data."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def day_in(moment: datetime, tz: ZoneInfo) -> date:
    """The calendar day on which `moment` (aware) falls in `tz`."""
    return moment.astimezone(tz).date()


def day_bounds(first: date, last: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open UTC interval [start, end) of the days `first`..`last` inclusive in `tz`.

    A day is 23 or 25 hours long where clocks change. Raises ValueError when last < first or the interval leaves year 1..9999.
    """
    if last < first:
        raise ValueError("last day before first")
    try:
        start = datetime(first.year, first.month, first.day, tzinfo=tz).astimezone(UTC)
        after = last + timedelta(days=1)
        end = datetime(after.year, after.month, after.day, tzinfo=tz).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("date out of range") from error
    return start, end
