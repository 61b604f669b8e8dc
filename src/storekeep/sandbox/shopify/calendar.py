"""Moves a past stretch of trading to the present: whole weeks, shop's clock kept, the last order yesterday."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import UTC, date, datetime

_DAY = 86400
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Shifted:
    """The wall clocks after the move. `walls[i]` of the rows whose moved day is past `last_day` lie in the future."""

    seconds: int
    last_day: int  # days since 1970-01-01
    walls: array[int]

    def visible(self, position: int) -> bool:
        """Whether that order has been placed by the end of the last day."""
        return self.walls[position] // _DAY <= self.last_day


def shift(walls: array[int], yesterday: date) -> Shifted:
    """Moves wall-clock seconds (ascending) by the fewest whole weeks that bring their last day to `yesterday` or past it.

    What then lies after yesterday is yet to come. When yesterday falls on a day without orders (this retailer rested on
    Saturdays), the orders of the next trading day are placed on it, at their own times of day.
    """
    last = yesterday.toordinal() - _EPOCH
    weeks = -((walls[-1] // _DAY - last) // 7)
    moved = array("q", (w + weeks * 7 * _DAY for w in walls))
    days = [w // _DAY for w in moved]
    if last not in days:
        following = min(d for d in days if d > last)
        moved = array("q", (w - (following - last) * _DAY if w // _DAY == following else w for w in moved))
    return Shifted(weeks * 7 * _DAY, last, moved)


def day_of(wall: int) -> date:
    """The calendar day of a wall-clock time."""
    return datetime.fromtimestamp(wall, UTC).date()
