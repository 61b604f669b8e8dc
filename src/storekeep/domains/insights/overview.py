"""The dashboard's tiles: every metric over a range, against the range before. A part that fails leaves the others standing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from storekeep.domains.commerce.public import NO_FIGURES, CustomerCounts, Figures, customer_counts, daily
from storekeep.domains.insights.definitions import METRICS, Metric, Unit
from storekeep.domains.insights.question import Question
from storekeep.domains.insights.ranges import Range
from storekeep.kit.money import quantize, to_wire
from storekeep.runtime.database import TenantSession

log = structlog.get_logger(__name__)
T = TypeVar("T")
NOBODY = CustomerCounts(0, 0, 0)
SPARKLINE_POINTS = 60
_FOUR, _WIDE = Decimal("0.0001"), Context(prec=60)


@dataclass(frozen=True, slots=True)
class PartError:
    """A part of an answer that could not be worked out."""

    part: str
    code: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A metric's value and the one it is compared with, both as sent: money with its decimals, ratios with four, None unknown.

    `change` is (value − previous) ÷ |previous|, four decimals; None without a previous value other than zero.
    """

    metric: Metric
    value: str | None
    previous: str | None
    change: str | None
    sparkline: list[str | None]


@dataclass(frozen=True, slots=True)
class Overview:
    """All tiles of a range and what failed."""

    tiles: list[Tile]
    errors: list[PartError]


class Parts:
    """Works out the parts of one answer, each behind a savepoint, and keeps the errors of those that failed."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session
        self.errors: list[PartError] = []

    async def get(self, part: str, make: Callable[[], Awaitable[T]]) -> T | None:
        """What `make` answers, or None after a database error, which is remembered under `part`."""
        try:
            async with self._session.begin_nested():
                return await make()
        except SQLAlchemyError:
            log.warning("insight_part_failed", part=part, exc_info=True)
            self.errors.append(PartError(part, "PART_UNAVAILABLE"))
            return None


async def overview(session: TenantSession, question: Question, chosen: Range, before: Range | None) -> Overview:
    """Every metric of the range; `before` is what it is compared with, None for nothing."""
    parts = Parts(session)
    days = await parts.get("sales", lambda: _daily(session, question, chosen))
    people = await parts.get("customers", lambda: _people(session, question, chosen))
    past = await parts.get("previous_sales", lambda: _daily(session, question, before)) if before else None
    past_people = await parts.get("previous_customers", lambda: _people(session, question, before)) if before else None
    tiles = [
        _tile(metric, question.currency, chosen, (days, people), (past, past_people) if before else (None, None))
        for metric in METRICS
    ]
    return Overview(tiles, parts.errors)


Facts = tuple[dict[date, Figures] | None, CustomerCounts | None]


async def _daily(session: TenantSession, question: Question, chosen: Range) -> dict[date, Figures]:
    return await daily(session, store_id=question.store_id, currency=question.currency, first=chosen.first, last=chosen.last)


async def _people(session: TenantSession, question: Question, chosen: Range) -> CustomerCounts:
    counts = await customer_counts(
        session, store_id=question.store_id, currency=question.currency, first=chosen.first, last=chosen.last
    )
    return counts.get(None, NOBODY)


_ABOUT_PEOPLE = frozenset({"customers", "new_customers", "returning_customers", "returning_rate"})


def _tile(metric: Metric, currency: str, chosen: Range, now: Facts, past: Facts) -> Tile:
    value, previous = _value(metric, now), _value(metric, past)
    return Tile(
        metric,
        _wire(metric, value, currency),
        _wire(metric, previous, currency),
        change_ratio(value, previous),
        _sparkline(metric, currency, chosen, now[0]),
    )


def _value(metric: Metric, facts: Facts) -> Decimal | int | None:
    days, people = facts
    if metric.key in _ABOUT_PEOPLE:
        return None if people is None else metric.value(NO_FIGURES, people)
    return None if days is None else metric.value(sum(days.values(), NO_FIGURES), NOBODY)


def change_ratio(value: Decimal | int | None, previous: Decimal | int | None) -> str | None:
    """(value − previous) ÷ |previous| with four decimals, or None where that means nothing."""
    if value is None or not previous:
        return None
    return _four_decimals((Decimal(value) - previous) / abs(Decimal(previous)))


def _four_decimals(ratio: Decimal) -> str:
    # Rounded half-up, as money is; a ratio that rounds to nothing has no sign.
    rounded = ratio.quantize(_FOUR, rounding=ROUND_HALF_UP, context=_WIDE)
    return str(rounded if rounded else abs(rounded))


def _wire(metric: Metric, value: Decimal | int | None, currency: str) -> str | None:
    if value is None:
        return None
    if metric.unit is Unit.MONEY:
        return to_wire(quantize(Decimal(value), currency), currency)
    return _four_decimals(Decimal(value)) if metric.unit is Unit.RATIO else str(int(value))


def _sparkline(metric: Metric, currency: str, chosen: Range, days: dict[date, Figures] | None) -> list[str | None]:
    if days is None or not metric.from_days:
        return []
    width = max(1, -(-chosen.days // SPARKLINE_POINTS))
    first = chosen.first.toordinal()
    sums: list[Figures] = [NO_FIGURES] * -(-chosen.days // width)
    for day, figures in days.items():
        place = (day.toordinal() - first) // width
        sums[place] = sums[place] + figures
    return [_wire(metric, _of_day(metric, figures), currency) for figures in sums]


def _of_day(metric: Metric, figures: Figures) -> Decimal | int | None:
    people = CustomerCounts(figures.customers, figures.new_customers, figures.returning_customers)
    return metric.value(figures, people)
