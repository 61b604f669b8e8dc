"""Ranges of days: defaults, comparisons and buckets, at the ends of the calendar too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeep.domains.insights.errors import RangeTooLong
from storekeep.domains.insights.ranges import Compare, Interval, Range, bucket_of, buckets, compared, resolve

TODAY = date(2026, 11, 21)


def test_the_default_is_the_thirty_days_up_to_today() -> None:
    assert resolve(None, None, TODAY) == Range(date(2026, 10, 23), TODAY)
    assert resolve(None, None, TODAY).days == 30


def test_an_open_end_is_today_and_an_open_start_thirty_days_before_the_end() -> None:
    assert resolve(date(2026, 11, 1), None, TODAY) == Range(date(2026, 11, 1), TODAY)
    assert resolve(None, date(2011, 12, 9), TODAY) == Range(date(2011, 11, 10), date(2011, 12, 9))
    assert resolve(date(2027, 1, 1), None, TODAY) == Range(date(2027, 1, 1), date(2027, 1, 1))


def test_the_first_day_of_the_calendar_is_as_far_back_as_it_goes() -> None:
    assert resolve(None, date(1, 1, 3), TODAY) == Range(date(1, 1, 1), date(1, 1, 3))
    assert compared(Range(date(1, 1, 1), date(1, 1, 3)), Compare.PREVIOUS) is None
    assert compared(Range(date(1, 1, 1), date(1, 1, 3)), Compare.YEAR) is None


def test_more_than_ten_years_are_refused() -> None:
    with pytest.raises(RangeTooLong):
        resolve(date(1900, 1, 1), TODAY, TODAY)


def test_a_leap_day_is_compared_with_the_last_of_february() -> None:
    year_before = compared(Range(date(2024, 2, 29), date(2024, 3, 1)), Compare.YEAR)
    assert year_before == Range(date(2023, 2, 28), date(2023, 3, 1))


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    assert bucket_of(date(2026, 11, 22), Interval.WEEK) == date(2026, 11, 16)
    assert buckets(Range(date(2026, 1, 31), date(2026, 3, 1)), Interval.MONTH) == [
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    ]


def test_the_last_day_of_the_calendar_ends_the_buckets() -> None:
    for interval in Interval:
        assert buckets(Range(date(9999, 12, 31), date(9999, 12, 31)), interval)


days = st.dates(min_value=date(1990, 1, 1), max_value=date(2040, 12, 31))


@given(first=days, length=st.integers(0, 800), interval=st.sampled_from(Interval))
def test_every_day_of_a_range_falls_into_exactly_one_of_its_buckets(first: date, length: int, interval: Interval) -> None:
    chosen = Range(first, first + timedelta(days=length))
    starts = buckets(chosen, interval)
    assert starts == sorted(set(starts))
    every = {bucket_of(first + timedelta(days=n), interval) for n in range(length + 1)}
    assert every == set(starts)


@given(first=days, length=st.integers(0, 800))
def test_the_previous_range_is_as_long_and_ends_the_day_before(first: date, length: int) -> None:
    chosen = Range(first, first + timedelta(days=length))
    before = compared(chosen, Compare.PREVIOUS)
    assert before is not None
    assert (before.days, before.last) == (chosen.days, chosen.first - timedelta(days=1))
