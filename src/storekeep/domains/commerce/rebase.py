"""When a store's time zone or currency becomes another: every day column and every figure of the store, computed anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from storekeep.domains.commerce.calendars import Calendar, find_calendar, lock_all_days
from storekeep.domains.commerce.models import StoreCalendar
from storekeep.domains.commerce.sales_days import recompute_days
from storekeep.kit.clock import day_in, now
from storekeep.kit.ids import uuid7
from storekeep.runtime.database import TenantSession

# ruff: noqa: S608 (every name put together here is one of our own)

_CHUNK = 10_000
_DAYS = 60
# (table, its moment, the day that follows from it)
_DATED = (
    ("orders", "source_created_at", "created_day"),
    ("orders", "processed_at", "sales_day"),
    ("refunds", "processed_at", "refund_day"),
    ("order_corrections", "happened_at", "correction_day"),
    ("customers", "source_created_at", "created_day"),
)


async def adopt_calendar(session: TenantSession, calendar: Calendar) -> bool:
    """Make `calendar` the store's. True when it was another before and everything dated was recomputed.

    Call it before anything else that writes or locks, in a transaction that is short: it waits for every writer of the store and
    holds them up until it ends.
    """
    stored = await find_calendar(session, calendar.store_id)
    if stored == calendar:
        return False
    await lock_all_days(session, calendar.store_id)
    stored = await find_calendar(session, calendar.store_id)
    if stored == calendar:
        return False
    row = {"time_zone": calendar.time_zone, "currency": calendar.currency, "updated_at": now()}
    await session.execute(
        insert(StoreCalendar)
        .values(tenant_id=session.tenant_id, id=uuid7(), store_id=calendar.store_id, **row)
        .on_conflict_do_update(index_elements=["tenant_id", "store_id"], set_=row)
    )
    if stored is None:
        return False
    if stored.zone.key != calendar.zone.key:
        for table, moment, day in _DATED:
            await _redate(session, calendar, table, moment, day)
    await recompute_all(session, calendar)
    return True


async def recompute_all(session: TenantSession, calendar: Calendar) -> None:
    """Every figure of the store from its base rows. All its days must be locked."""
    days = " UNION ".join(
        f"SELECT {day} AS day FROM {table} WHERE tenant_id = :tenant AND store_id = :store" for table, _, day in _DATED
    )
    query = text(f"{days} UNION SELECT day FROM sales_days WHERE tenant_id = :tenant AND store_id = :store ORDER BY day")
    found = await session.execute(query, {"tenant": session.tenant_id, "store": calendar.store_id})
    every = list(found.scalars())
    for start in range(0, len(every), _DAYS):
        await recompute_days(session, calendar, every[start : start + _DAYS])


async def _redate(session: TenantSession, calendar: Calendar, table: str, moment: str, day: str) -> None:
    update = text(
        f"UPDATE {table} t SET {day} = fresh.day FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS fresh (id, day)"
        f" WHERE t.tenant_id = :tenant AND t.id = fresh.id AND t.{day} <> fresh.day"
    )
    async for rows in _chunks(session, calendar, table, moment):
        days = [_day(row[1], calendar.zone) for row in rows]
        await session.execute(update, {"tenant": session.tenant_id, "ids": [row[0] for row in rows], "days": days})


async def _chunks(session: TenantSession, calendar: Calendar, table: str, moment: str) -> AsyncIterator[list[Any]]:
    query = text(
        f"SELECT id, {moment} FROM {table} WHERE tenant_id = :tenant AND store_id = :store AND id > :after"
        f" ORDER BY id LIMIT {_CHUNK}"
    )
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        key = {"tenant": session.tenant_id, "store": calendar.store_id, "after": after}
        rows = list((await session.execute(query, key)).all())
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _day(at: datetime, zone: ZoneInfo) -> date:
    try:
        return day_in(at, zone)
    except OverflowError:  # at either end of time, where the other zone's day has no date
        return at.date()
