"""Ranges of days: which days a question is about, what they are compared with, and into which buckets they fall. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from storekeep.domains.insights.errors import RangeTooLong

MAX_DAYS = 3660


class Compare(StrEnum):
    """What a range is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"


class Interval(StrEnum):
    """The width of a chart's buckets. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Range:
    """Days first..last, both inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def resolve(first: date | None, last: date | None, today: date) -> Range:
    """The range asked for; by default the 30 days up to today. Raises RangeTooLong over MAX_DAYS days."""
    end = last or max(today, first or today)
    start = first or _minus_days(end, 29)
    chosen = Range(start, end)
    if chosen.days > MAX_DAYS:
        raise RangeTooLong(details={"maxDays": MAX_DAYS})
    return chosen


def compared(chosen: Range, compare: Compare) -> Range | None:
    """The range it is compared with: as many days just before, or the same dates a year earlier; None where there is none."""
    if compare is Compare.NONE:
        return None
    try:
        if compare is Compare.YEAR:
            return Range(_year_before(chosen.first), _year_before(chosen.last))
        last = chosen.first - timedelta(days=1)
        return Range(last - timedelta(days=chosen.days - 1), last)
    except (OverflowError, ValueError):
        return None  # before the year 1


def buckets(chosen: Range, interval: Interval) -> list[date]:
    """The first days of the buckets that cover the range, in order; the first one may begin before the range."""
    starts, day = [], bucket_of(chosen.first, interval)
    while day <= chosen.last:
        starts.append(day)
        step = _next(day, interval)
        if step is None:
            break
        day = step
    return starts


def bucket_of(day: date, interval: Interval) -> date:
    """The first day of the bucket that holds `day`; where a week would begin before the year 1, the day itself."""
    if interval is Interval.MONTH:
        return day.replace(day=1)
    if interval is Interval.WEEK:
        return _minus_days(day, day.weekday())
    return day


def _next(day: date, interval: Interval) -> date | None:
    try:
        if interval is Interval.MONTH:
            return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return day + timedelta(days=7 if interval is Interval.WEEK else 1)
    except OverflowError:
        return None


def _minus_days(day: date, days: int) -> date:
    return date.fromordinal(max(1, day.toordinal() - days))


def _year_before(day: date) -> date:
    year = day.year - 1
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))
