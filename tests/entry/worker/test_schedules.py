"""Schedules tick side by side without starving each other of connections."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from storekeep.entry.worker.cron import run_schedules
from storekeep.runtime.database import Database
from storekeep.runtime.manifest import CronSpec, Room
from storekeep.runtime.services import Services
from tests.support.database import TestDatabase


async def test_more_schedules_than_system_connections_all_tick(test_database: TestDatabase) -> None:
    ticked: set[str] = set()
    database = Database(test_database.config(pool_size=5))

    def spec(name: str) -> CronSpec:
        async def run(_: Services) -> None:
            async with database.system("what a schedule does") as session:
                await session.execute(text("SELECT 1"))
            ticked.add(name)
            if len(ticked) == 5:
                everything.set()

        return CronSpec(f"test.{name}", 3600, run)

    everything = asyncio.Event()
    room = Room(name="room", cron=tuple(spec(str(number)) for number in range(5)))
    ticking = asyncio.create_task(run_schedules([room], database, Services()))
    try:
        await asyncio.wait_for(everything.wait(), 8)  # the pool itself would give up after ten seconds
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        await database.close()
