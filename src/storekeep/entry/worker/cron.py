"""Ticks every room's schedules. Any number of workers may run it: a tick is one worker's, decided by a database lock."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable

import structlog
from sqlalchemy import text

from storekeep.runtime.database.engine import Database
from storekeep.runtime.manifest import CronSpec, Room
from storekeep.runtime.services import Services

log = structlog.get_logger(__name__)


async def run_schedules(rooms: Iterable[Room], db: Database, services: Services) -> None:
    """Tick every schedule of every room until cancelled.

    One at a time: a tick holds a connection of app_system while its work asks for another, and the pool has few. Several that
    each held one would wait for each other until they failed.
    """
    specs = [spec for room in rooms for spec in room.cron]
    turn = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for spec in specs:
            group.create_task(_repeat(spec, db, services, turn))


async def _repeat(spec: CronSpec, db: Database, services: Services, turn: asyncio.Lock) -> None:
    while True:
        try:
            async with turn:
                await tick(spec, db, services)
        except Exception:
            # PostgreSQL may be away, or the schedule's own work failed: the next tick finds the same things due.
            log.warning("schedule_failed", schedule=spec.name, exc_info=True)
        await asyncio.sleep(spec.every_s)


async def tick(spec: CronSpec, db: Database, services: Services) -> bool:
    """Run the schedule once unless another worker is at it; True when it ran here."""
    key = zlib.crc32(spec.name.encode())
    async with db.system(f"one worker ticks {spec.name}") as session:
        mine = (await session.execute(text("SELECT pg_try_advisory_xact_lock(815, :key)"), {"key": key - 2**31})).scalar_one()
        if not mine:
            return False
        await spec.run(services)
    return True
