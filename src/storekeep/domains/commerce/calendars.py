"""A store's calendar: the time zone that says on which day something happened, and the currency of the store itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from storekeep.domains.commerce.models import StoreCalendar
from storekeep.kit import clock
from storekeep.runtime.database import TenantSession

# Days share this many locks a store, so that a window over many years does not fill the server's lock table.
_DAY_LOCKS = 512


@dataclass(frozen=True, slots=True)
class Calendar:
    """The zone (IANA name) and currency under which a store's days are counted."""

    store_id: UUID
    time_zone: str
    currency: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone itself; UTC for a name nobody knows."""
        return clock.zone(self.time_zone)


class CalendarChanged(Exception):
    """The store's time zone changed while records were on their way: read them again under the new one."""


async def find_calendar(session: TenantSession, store_id: UUID) -> Calendar | None:
    """The calendar under which the store's days are stored; None before its first run."""
    query = select(StoreCalendar.time_zone, StoreCalendar.currency).where(StoreCalendar.store_id == store_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Calendar(store_id, row.time_zone, row.currency)


def _lock_space(store_id: UUID) -> int:
    return int.from_bytes(store_id.bytes[-4:], "big", signed=True)


async def lock_days(session: TenantSession, store_id: UUID, days: set[date]) -> None:
    """Own the figures of these days until the transaction ends.

    Once a transaction, after the rows it changes were locked: orders by id, then customers by id, then days. Everybody keeps to
    that order, so two writers may wait for each other but never both.
    """
    keys = sorted({day.toordinal() % _DAY_LOCKS for day in days})
    await _lock(session, store_id, keys)


async def lock_all_days(session: TenantSession, store_id: UUID) -> None:
    """Own the figures of every day of the store until the transaction ends."""
    await _lock(session, store_id, list(range(_DAY_LOCKS)))


async def _lock(session: TenantSession, store_id: UUID, keys: list[int]) -> None:
    statement = text("SELECT pg_advisory_xact_lock(:space, key) FROM unnest(CAST(:keys AS integer[])) AS key")
    await session.execute(statement, {"space": _lock_space(store_id), "keys": keys})


async def ensure_calendar(session: TenantSession, calendar: Calendar) -> None:
    """Raise CalendarChanged unless the store's days are still counted by `calendar`. Call it when the days are locked."""
    if await find_calendar(session, calendar.store_id) != calendar:
        raise CalendarChanged(str(calendar.store_id))
