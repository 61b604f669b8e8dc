"""Charts: the figures of a range bucket by bucket, every bucket present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storekeep.domains.commerce.public import NO_FIGURES, CustomerCounts, Figures, customer_counts, daily
from storekeep.domains.insights.question import Question
from storekeep.domains.insights.ranges import Interval, Range, bucket_of, buckets
from storekeep.runtime.database import TenantSession

NOBODY = CustomerCounts(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket: its first day (never before the range), the sums of its days, and who ordered in it."""

    day: date
    figures: Figures
    people: CustomerCounts


async def timeseries(session: TenantSession, question: Question, chosen: Range, interval: Interval) -> list[Point]:
    """The range in buckets. The first and the last may be cut short by the range's ends."""
    days = await daily(session, store_id=question.store_id, currency=question.currency, first=chosen.first, last=chosen.last)
    sums: dict[date, Figures] = {}
    for day, figures in days.items():
        start = bucket_of(day, interval)
        sums[start] = sums.get(start, NO_FIGURES) + figures
    people: dict[date | None, CustomerCounts] = {}
    if interval is not Interval.DAY:
        # A person is counted once a bucket, which days' counts cannot be added up to.
        people = await customer_counts(
            session,
            store_id=question.store_id,
            currency=question.currency,
            first=chosen.first,
            last=chosen.last,
            bucket=interval.value,
        )
    else:
        people = {day: CustomerCounts(f.customers, f.new_customers, f.returning_customers) for day, f in days.items()}
    return [
        Point(max(start, chosen.first), sums.get(start, NO_FIGURES), people.get(start, NOBODY))
        for start in buckets(chosen, interval)
    ]
